/**
 * What the YAML library finds wrong with the form of a text, in this project's terms.
 */
import type { YAMLError } from 'yaml';
import type { ProblemReason, Trouble } from './problem.ts';
import { MAX_PROBLEMS } from './problem.ts';
import { MAX_SHOWN, shown } from './shown.ts';

/** What the library's codes mean here; `syntax` for those that are not named. */
const REASONS: Readonly<Partial<Record<YAMLError['code'], ProblemReason>>> = {
  ALIAS_PROPS: 'alias',
  BAD_ALIAS: 'alias',
  BAD_COLLECTION_TYPE: 'tag',
  BAD_DIRECTIVE: 'directive',
  BAD_DQ_ESCAPE: 'bad_text',
  KEY_OVER_1024_CHARS: 'too_long',
  MULTIPLE_ANCHORS: 'anchor',
  MULTIPLE_TAGS: 'tag',
  RESOURCE_EXHAUSTION: 'too_deep',
  TAG_RESOLVE_FAILED: 'tag',
};

const EXPECTED: Readonly<Partial<Record<YAMLError['code'], string>>> = {
  BAD_DQ_ESCAPE: 'an escape that YAML has',
  BAD_INDENT: 'indentation that fits the lines around it',
  BAD_SCALAR_START: 'quotes around text that begins so',
  BLOCK_AS_IMPLICIT_KEY: 'a nested list or map on lines of its own',
  BLOCK_IN_FLOW: 'brackets or indentation, not one in the other',
  KEY_OVER_1024_CHARS: 'a key of at most 1024 characters',
  MULTILINE_IMPLICIT_KEY: 'a key on one line, then a colon',
  TAB_AS_INDENT: 'spaces as indentation',
};

export const END_OF_LINE = 'the end of the line';
export const CLOSING = { '"': 'a closing "', "'": "a closing '" } as const;

/** Where one code says different things, the beginning of the message tells which. */
const BY_MESSAGE: readonly (readonly [RegExp, string])[] = [
  [/^Missing closing "/, CLOSING['"']],
  [/^Missing closing '/, CLOSING["'"]],
  [/^Comments/, 'white space before #'],
  [/^Implicit map keys/, 'a colon behind the key'],
  [/ at node end$/, END_OF_LINE],
  [/^Unexpected (?:,|empty item) in/, 'an item before the comma'],
  [/block-seq-ind/, 'the list on lines of its own'],
];

const OTHERWISE = 'a key, a value or the end';

const expectedBy = ({ code, message }: YAMLError): string => {
  const [, missing] = /^Missing (.+)$/.exec(message) ?? [];
  const [, end] = / end with a (.)$/.exec(message) ?? [];
  const [, by] = BY_MESSAGE.find(([pattern]) => pattern.test(message)) ?? [];
  return by ?? missing ?? end ?? EXPECTED[code] ?? OTHERWISE;
};

const translated = (error: YAMLError, text: string): Trouble => {
  const offset = Math.min(error.pos[0], text.length);
  const [rest = ''] = text.slice(offset, offset + 2 * MAX_SHOWN).split('\n');
  return {
    offset,
    pointer: '',
    reason: REASONS[error.code] ?? 'syntax',
    expected: expectedBy(error),
    found: rest === '' ? END_OF_LINE : shown(rest),
  };
};

/** told translates what the library says, errors and warnings, as far as it is told at all. */
export const told = (errors: readonly YAMLError[], text: string): readonly Trouble[] =>
  errors
    .toSorted((a, b) => a.pos[0] - b.pos[0])
    .slice(0, MAX_PROBLEMS)
    .map((error) => translated(error, text));
