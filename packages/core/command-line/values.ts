import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';
import { whyUnreadable } from '../bounded-file.ts';
import { Invalid } from './flags.ts';

/** Each returns the value or what it expected. */

/** Requires an existing folder, and no folder of that name. */
export function outputFile(file: string): string | Invalid {
  if (file === '') {
    return new Invalid('a file name');
  }
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
    return new Invalid('a file, not a folder');
  }
  try {
    accessSync(path.dirname(path.resolve(file)), constants.W_OK);
    return file;
  } catch (error) {
    return new Invalid(`a file in a folder that can be written to (${whyUnreadable(error)})`);
  }
}

export function wholeSeconds(least: number, most: number): (text: string) => number | Invalid {
  return (text) => {
    const value = /^\d{1,6}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : new Invalid(`whole seconds from ${least} to ${most}`);
  };
}

export function wholeNumber(least: number, most: number): (text: string) => number | Invalid {
  return (text) => {
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    return value >= least && value <= most ? value : new Invalid(`a whole number from ${least} to ${most}`);
  };
}

const unitMs = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** Returns milliseconds. */
export function duration(text: string): number | Invalid {
  const match = /^(\d{1,6})([smhd])$/.exec(text);
  const unit = match?.[2] as keyof typeof unitMs | undefined;
  return unit === undefined
    ? new Invalid('a number with s, m, h or d behind it, e.g. 2h')
    : Number(match?.[1]) * unitMs[unit];
}

export function oneOf<const T extends string>(...choices: readonly T[]): (text: string) => T | Invalid {
  return (text) => choices.find((choice) => choice === text) ?? new Invalid(choices.join(' or '));
}

export function anyText(what: string): (text: string) => string | Invalid {
  return (text) => (text === '' ? new Invalid(what) : text);
}
