/**
 * What is wrong with the options of a command line, in the order in which it helps to know: first a
 * name that there is none of, since what is missing may well be what was misspelt.
 */
import type { Options } from './command.ts';
import { brief, didYouMean } from './suggestion.ts';

type Values = Readonly<Record<string, unknown>>;

/** What yargs puts beside the options. */
const BESIDE = new Set(['_', '$0', 'C', 'h']);

const dashed = (name: string): string => (name.length === 1 ? `-${name}` : `--${brief(name)}`);

const misspelt = (options: Options, values: Values): string | undefined => {
  const name = Object.keys(values).find(
    (each) => !BESIDE.has(each) && !Object.hasOwn(options, each),
  );
  if (name === undefined) return undefined;
  return `there is no option ${dashed(name)}${didYouMean(name, Object.keys(options), '--')}`;
};

const listed = (names: readonly string[]): string =>
  [names.slice(0, -1).join(', '), ...names.slice(-1)].filter((part) => part !== '').join(' or ');

const notAChoice = (options: Options, values: Values): string | undefined => {
  for (const [name, { choices }] of Object.entries(options)) {
    const value = values[name];
    if (choices === undefined || typeof value !== 'string' || choices.includes(value)) continue;
    return `--${name} takes ${listed(choices)}, not ${brief(value)}${didYouMean(value, choices)}`;
  }
  return undefined;
};

const missing = (options: Options, values: Values): string | undefined => {
  const names = Object.keys(options).filter(
    (name) => options[name]?.needed === true && values[name] === undefined,
  );
  return names.length === 0 ? undefined : `it takes ${names.map(dashed).join(' and ')}`;
};

/** optionFault tells it, undefined where it is something else that is wrong. */
export const optionFault = (options: Options, values: Values): string | undefined =>
  misspelt(options, values) ?? notAChoice(options, values) ?? missing(options, values);
