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

const misspelt = (
  options: Options,
  values: Values,
  args: readonly string[],
): string | undefined => {
  const name = Object.keys(values).find(
    (each) => !BESIDE.has(each) && !Object.hasOwn(options, each),
  );
  if (name === undefined) return undefined;
  // Behind one dash yargs takes each letter for an option.
  const typed = args.find((arg) => /^-[a-z]{2}/i.test(arg) && arg.includes(name));
  if (name.length === 1 && typed !== undefined) {
    const word = typed.slice(1).replace(/=.*$/s, '');
    return `there is no option -${brief(word)}${didYouMean(word, Object.keys(options), '--')}`;
  }
  const told = args.some((arg) => arg.startsWith(`-${name}`)) ? `-${brief(name)}` : dashed(name);
  return `there is no option ${told}${didYouMean(name, Object.keys(options), '--')}`;
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
export const optionFault = (
  options: Options,
  values: Values,
  args: readonly string[],
): string | undefined =>
  misspelt(options, values, args) ?? notAChoice(options, values) ?? missing(options, values);

/**
 * valuedFlag tells a flag that is given a value: yargs takes every one but `true` for no, so that
 * `--dry-run=yes` would do what it was to plan.
 */
export const valuedFlag = (options: Options, args: readonly string[]): string | undefined => {
  const end = args.indexOf('--');
  const typed = args.slice(0, end < 0 ? args.length : end);
  const name = Object.keys(options).find(
    (each) =>
      options[each]?.type === 'flag' &&
      typed.some((arg, at) => arg.startsWith(`--${each}=`) && !isValue(options, typed[at - 1])),
  );
  return name === undefined ? undefined : `--${name} says all by itself: it takes no value`;
};

/** Whether what stands behind a word is its value, whatever that looks like. */
const isValue = (options: Options, before = ''): boolean =>
  before === '-C' ||
  (before.startsWith('--') && (options[before.slice(2)]?.type ?? 'flag') !== 'flag');

/**
 * valueFault tells an option that is given twice, or with nothing: a variable of a shell that is
 * not set would else name the folder in which the command runs.
 */
export const valueFault = (options: Options, values: Values): string | undefined => {
  for (const [name, { type }] of Object.entries(options)) {
    const value = values[name];
    const all: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (type !== 'list' && Array.isArray(value)) return `--${name} is given more than once`;
    if (all.includes('')) return `--${name} takes a value, and it is empty`;
  }
  return undefined;
};
