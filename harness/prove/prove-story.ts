import { messageOf } from '../problem.ts';
import { askVerifier } from './ask-verifier.ts';
import type { Asked, Fault, Injected, Story, StoryContext } from './story.ts';
import { complaintsOf, complaintsOfHealthy, type Proof, type Seen } from './verdict.ts';

export interface Proving<Context extends StoryContext> {
  readonly context: Context;
  /** The bundled command. */
  readonly bundle: string;
  /** Gets each proof as it is there. */
  readonly onProof: (proof: Proof) => void;
}

/** What a story came to. */
export interface StoryProofs {
  readonly proofs: readonly Proof[];
  /** What was wrong with the release before any fault; then no fault is injected. */
  readonly unhealthy: readonly string[];
}

/**
 * Injects each fault of a story, one at a time unless the story says otherwise, and asks the verifier: before the first on the healthy release, with
 * each fault in place, and on the release that must be healthy again after each fault that was more than another command
 * line, and after the last.
 */
export async function proveStory<Context extends StoryContext>(
  story: Story<Context>,
  { context, bundle, onProof }: Proving<Context>,
): Promise<StoryProofs> {
  const ask = async (overrides?: Injected) =>
    story.see === undefined
      ? askVerifier(
          bundle,
          story.verifier,
          withOverrides(await story.ask(context, overrides), overrides),
          context.signal,
        )
      : story.see(context);
  const before = await ask();
  const unhealthy = complaintsOfHealthy(before);
  if (unhealthy.length > 0) {
    return { proofs: [], unhealthy: [...unhealthy, before.words] };
  }
  const proofs: Proof[] = [];
  const size = story.sideBySide ?? 1;
  for (let from = 0; from < story.faults.length; from += size) {
    context.signal.throwIfAborted();
    const together = story.faults
      .slice(from, from + size)
      .map((fault) => prove(fault, context, ask, looksAfter(story, fault)));
    for (const proof of await Promise.all(together)) {
      proofs.push(proof);
      onProof(proof);
    }
  }
  return { proofs, unhealthy };
}

function looksAfter<Context extends StoryContext>({ faults, healthyAgain }: Story<Context>, fault: Fault<Context>) {
  if (fault === faults.at(-1)) {
    return 'always';
  }
  return healthyAgain === 'at the end' ? 'never' : 'unless only asked';
}

async function prove<Context extends StoryContext>(
  fault: Fault<Context>,
  context: Context,
  ask: (overrides?: Injected) => Promise<Seen>,
  looksAfter: 'always' | 'unless only asked' | 'never',
): Promise<Proof> {
  const look = (overrides?: Injected) => fault.judge?.(context, overrides) ?? ask(overrides);
  let seen: Seen | undefined;
  let onlyAsked = false;
  const complaints: string[] = [];
  try {
    await using overrides = await fault.inject(context);
    onlyAsked = overrides.onlyAsked === true;
    seen = await look(overrides);
    complaints.push(...complaintsOf(fault, seen));
  } catch (error) {
    context.signal.throwIfAborted();
    complaints.push(`it could not be injected and taken back: ${messageOf(error)}`);
  }
  if (seen !== undefined && complaints.length > 0) {
    complaints.push(`it said: ${seen.words === '' ? 'nothing' : seen.words}`);
  }
  if (looksAfter === 'never' || (looksAfter === 'unless only asked' && onlyAsked)) {
    return { fault, seen, complaints };
  }
  const after = await look();
  const sick = complaintsOfHealthy(after);
  return { fault, seen, complaints: [...complaints, ...(sick.length > 0 ? [...sick, after.words] : [])] };
}

function withOverrides(healthy: Asked, overrides: Partial<Injected> = {}): Asked {
  const flags: Record<string, string | true> = {};
  for (const [name, value] of Object.entries({ ...healthy.flags, ...overrides.flags })) {
    if (value !== undefined) {
      flags[name] = value;
    }
  }
  return { flags, env: { ...healthy.env, ...overrides.env } };
}
