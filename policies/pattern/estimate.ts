/**
 * What a pattern comes to, told from its text, before an engine is let near it: at least as many
 * instructions as its program has once repetitions are written out, and what compiling it takes.
 *
 *     (?:ab){3}|c     ab 2, three times 6, c 1, the choice 1, beginning and end 2: 10
 */

export interface Estimate {
  /** Instructions; a pattern that is none has some number too. */
  readonly size: number;
  /** Of compiling it, in what one instruction takes (measured). */
  readonly effort: number;
}

const CLASS = String.raw`\[\^?\]?(?:\[:\^?\w*:\]|\\[^]|[^\]\\])*\]`;
const COUNT = String.raw`\{(0|[1-9]\d*)(?:(,)(0|[1-9]\d*)?)?\}`;
const NAMED = String.raw`\\[pP](?:\{[^}]*\}|[^])`;

/** Quoted text, classes by name, other escapes, classes, beginnings of groups, counts, the rest. */
const PIECES = new RegExp(
  String.raw`\\Q([^]*?)(?:\\E|$)|${NAMED}|\\x\{[^}]*\}|\\[^]|${CLASS}|` +
    String.raw`\(\?P?<[^>]*>|\(\?[^:)]*[:)]|${COUNT}|[^]`,
  'gu',
);

/** What stands within one pair of parentheses. */
interface Level {
  readonly captures: boolean;
  /** Of all but the last piece, which a repetition would be about. */
  before: number;
  last: number;
  isEmpty: boolean;
}

const levelOf = (captures: boolean): Level => ({ captures, before: 0, last: 0, isEmpty: true });

/** An alternative of nothing takes an instruction that does nothing. */
const sumOf = ({ before, last, isEmpty }: Level): number => before + last + (isEmpty ? 1 : 0);

const add = (level: Level, size: number): void => {
  level.before += level.last;
  level.last = size;
  level.isEmpty = false;
};

/** A repetition written out: so many times the piece, and a choice for each that may be absent. */
const repeated = (size: number, [, , least, comma, most]: readonly string[]): number => {
  const min = Number(least);
  if (comma === undefined) return Math.max(1, min * size);
  if (most === undefined) return Math.max(1, min) * size + 2;
  const max = Number(most);
  return Math.max(1, max * size + max - min);
};

const take = (levels: Level[], level: Level, piece: readonly string[]): void => {
  const [whole = '', quoted, least] = piece;
  if (quoted !== undefined) for (let i = 0; i < quoted.length; i++) add(level, 1);
  else if (least !== undefined) level.last = repeated(level.last, piece);
  else if (/^[*+?]$/.test(whole)) level.last += whole === '*' ? 2 : 1;
  else if (whole === '|') {
    level.before = sumOf(level) + 1;
    level.last = 0;
    level.isEmpty = true;
  } else if (whole === ')') {
    const inner = levels.length > 1 ? levels.pop() : undefined;
    const outer = levels.at(-1);
    if (inner !== undefined && outer !== undefined)
      add(outer, sumOf(inner) + (inner.captures ? 2 : 0));
  } else if (/^\(\?[^P<]/.test(whole)) {
    if (whole.endsWith(':')) levels.push(levelOf(false));
  } else if (whole.startsWith('(')) levels.push(levelOf(true));
  else add(level, 1);
};

const sizeOf = (pieces: readonly (readonly string[])[]): number => {
  const outermost = levelOf(false);
  const levels = [outermost];
  for (const piece of pieces) take(levels, levels.at(-1) ?? outermost, piece);
  return levels.reduce((sum, level) => sum + sumOf(level), 2);
};

/** A class by name is a table of some hundred ranges. */
const TABLE = 200;
/** So many characters of a range are looked at in the time of one instruction, if at all. */
const CHARACTERS = 32;
/** Beyond these no character has another case. */
const LAST_WITH_CASE = 0x1e943;

const RANGE = /(\\x\{[^}]*\}|\\[^]|[^])-(\\x\{[^}]*\}|\\[^]|[^])/gu;

const codeOf = (character: string, other: number): number => {
  if (!character.startsWith('\\')) return character.codePointAt(0) ?? other;
  return character.startsWith('\\x{') ? Number.parseInt(character.slice(3), 16) : other;
};

/** Without regard to case every character of a range is looked up. */
const foldingOf = (source: string): number => {
  if (!/\(\?[a-zA-Z-]*i/.test(source)) return 0;
  let characters = 0;
  for (const [, from = '', to = ''] of source.matchAll(RANGE)) {
    // An escape in digits is below 512.
    const [first, last] = [codeOf(from, 0), codeOf(to, 0x200)];
    characters += Math.max(0, Math.min(last, LAST_WITH_CASE) - first);
  }
  return characters / CHARACTERS;
};

/** estimate tells what a pattern comes to. */
export const estimate = (source: string): Estimate => {
  const size = sizeOf([...source.matchAll(PIECES)]);
  const tables = source.match(/\\[pP]/g)?.length ?? 0;
  return { size, effort: size + source.length + tables * TABLE + Math.ceil(foldingOf(source)) };
};
