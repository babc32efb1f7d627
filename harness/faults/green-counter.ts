import { randomBytes } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { BareContext, FaultSuite } from './fault.ts';
import { fakeToken, healthyNote, healthyWorld, served } from './green-counter/healthy.ts';
import { history } from './green-counter/history.ts';
import { merges } from './green-counter/merges.ts';
import { harmless, wire } from './green-counter/wire.ts';

/** Whatever breaks the streak is named; an answer that can't be read in full is never green. */
export const greenCounter: FaultSuite<BareContext> = {
  name: 'green-counter',
  verifier: 'green-counter',
  healthyCommandLine: async (context, { flags } = {}) => {
    // A file of its own: written anew for a fault beside it, it is empty for a moment, and an empty one has no note.
    const notes = path.join(context.folder, `notes-${randomBytes(4).toString('hex')}.yaml`);
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
  // Each has its own fake GitHub.
  concurrent: true,
  faults: [...history, ...merges, ...wire, ...harmless],
};
