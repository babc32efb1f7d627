import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fakeToken, healthyNote, healthyWorld, served } from './green-counter/healthy.ts';
import { history } from './green-counter/history.ts';
import { merges } from './green-counter/merges.ts';
import { harmless, wire } from './green-counter/wire.ts';
import type { BareContext, Story } from './story.ts';

/** The streak of green smokes: whatever breaks it is found and named, and what can't be read in full is never green. */
export const greenCounter: Story<BareContext> = {
  name: 'green-counter',
  verifier: 'green-counter',
  ask: async (context, { flags } = {}) => {
    const notes = path.join(context.folder, 'notes.yaml');
    await writeFile(notes, JSON.stringify([healthyNote]));
    return {
      flags: {
        repo: healthyWorld.repo,
        notes,
        'rate-limit-wait': '5',
        'request-timeout': '10',
        'api-url': flags?.['api-url'] ?? (await served(context, {})),
      },
      env: { GITHUB_TOKEN: fakeToken, GITHUB_API_URL: '' },
    };
  },
  // Each has a GitHub of its own.
  sideBySide: 4,
  faults: [...history, ...merges, ...wire, ...harmless],
};
