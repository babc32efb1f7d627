import { type Fault, otherCommandLine } from '../fault.ts';

const now = () => Math.floor(Date.now() / 1000);

const starts: readonly { id: string; title: string; says: RegExp; start: () => string; advice: boolean }[] = [
  { id: 'unset', title: 'INSTALL_START_TS is not set', says: /not set/, start: () => '', advice: false },
  { id: 'junk', title: 'INSTALL_START_TS is no number', says: /not a number/, start: () => 'yesterday', advice: true },
  {
    id: 'future',
    title: 'INSTALL_START_TS is to come',
    says: /future/,
    start: () => String(now() + 600),
    advice: true,
  },
  {
    id: 'milliseconds',
    title: 'INSTALL_START_TS is in ms',
    says: /future/,
    start: () => String(Date.now()),
    advice: true,
  },
  { id: 'over', title: 'the install took 301 s', says: /30\d s/, start: () => String(now() - 301), advice: true },
];

/** Check 7: fails if enforced; otherwise warns, or notes that it is unset. */
export const budget: readonly Fault[] = starts.flatMap(({ id, title, says, start, advice }) => [
  {
    id: `budget-${id}`,
    title: `${title}, enforced`,
    expectRed: ['budget'],
    says,
    inject: async () => otherCommandLine({ env: { INSTALL_START_TS: start() } }),
  },
  ...(advice
    ? [
        {
          id: `budget-${id}-advice`,
          title: `${title}, not enforced`,
          expectRed: [],
          expectWarn: ['budget'],
          says,
          inject: async () =>
            otherCommandLine({ flags: { 'enforce-budget': undefined }, env: { INSTALL_START_TS: start() } }),
        },
      ]
    : []),
]);
