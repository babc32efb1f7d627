import type { Rule } from './rule.ts';

/** What the lint says about itself: what it could not judge, and overrides that are none. */
export const lintRules = {
  'cannot-parse': {
    group: 'lint',
    severity: 'error',
    title: 'Text that the grammar does not accept',
    reason: 'What cannot be parsed has not been judged. --allow-unjudged makes this a warning.',
    safeWay: 'Write it so that Postgres (or Python) accepts it; psql meta-commands do not belong into migrations.',
  },
  'cannot-follow': {
    group: 'lint',
    severity: 'error',
    title: 'SQL or code that is only known when the migration runs',
    reason: 'What is not in the file has not been judged. --allow-unjudged makes this a warning.',
    safeWay: 'Write the statement out, or say in an override why it is additive.',
  },
  'budget-exhausted': {
    group: 'lint',
    severity: 'error',
    title: 'More code than is followed',
    reason: 'What comes behind has never been looked at: no flag, override or baseline makes this pass.',
    safeWay: 'Write the operations out, or split the migration.',
  },
  'override-without-reason': {
    group: 'lint',
    severity: 'error',
    title: 'Override without a reason',
    reason: 'An override is a decision somebody has to be able to read later.',
    safeWay: 'Write `meho:allow <rule> because <reason>`.',
  },
  'override-unknown-rule': {
    group: 'lint',
    severity: 'error',
    title: 'Override of a rule that does not exist',
    reason: 'It allows nothing: a typing error would go unnoticed.',
    safeWay: 'See `migration-compat --rules` for the names.',
  },
  'override-unused': {
    group: 'lint',
    severity: 'warning',
    title: 'Override that allows nothing',
    reason: 'The finding it was written for is not there, or is at another statement.',
    safeWay: 'Remove it, or put it directly before the statement.',
  },
  'edited-migration': {
    group: 'lint',
    severity: 'warning',
    title: 'Migration changed after it was in the base',
    reason: 'Databases that have run it will never run the change: schemas drift apart.',
    safeWay: 'Add a new migration instead.',
  },
  'deleted-migration': {
    group: 'lint',
    severity: 'warning',
    title: 'Migration removed',
    reason: 'Databases that have run it name a revision which no longer exists; the next migration run fails.',
    safeWay: 'Leave it in place.',
  },
} as const satisfies Record<string, Rule>;
