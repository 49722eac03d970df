/**
 * Where things stand in a document: lines and columns of offsets, offsets of JSON pointers.
 *
 *     types:             /types           has its key at 1:1 and its value at 2:3
 *       - paid: {a/b: 1} /types/0/paid/a~1b  has its key at 2:12 and its value at 2:17
 */

/** Line and column count from 1; a column counts characters. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

const HIGH_SURROGATE = /[\ud800-\udbff]/g;

/** placeIn is the place of an offset in well-formed text. */
export const placeIn = (text: string, offset: number): Place => {
  let line = 1;
  let start = 0;
  for (let end = text.indexOf('\n'); end !== -1 && end < offset; end = text.indexOf('\n', start)) {
    line++;
    start = end + 1;
  }
  const before = text.slice(start, offset);
  return { line, column: before.length - (before.match(HIGH_SURROGATE)?.length ?? 0) + 1 };
};

/** Offsets of a value, of the key it stands under and of what is in it, by key or position. */
export interface Spot {
  readonly offset: number;
  /** Behind the value. */
  readonly end: number;
  readonly keyOffset: number;
  readonly inner: ReadonlyMap<string, Spot>;
}

/** How many characters that can be seen stand for one in quotes; plain and folded text has none. */
const PIECES: Readonly<Record<string, RegExp>> = { '"': /\\["/\\]|\S/g, "'": /''|\S/g };

/**
 * behind is the offset within the source of a text of what stands behind a beginning of its value:
 * lines may be folded and indented, but what can be seen of them is the same. Where escapes stand
 * for more, it is the beginning.
 */
export const behind = (source: string, before: string): number => {
  const first = source.charAt(0);
  if (first === '"' && /\\[^"/\\]/.test(source)) return 0;
  const isBlock = first === '|' || first === '>';
  const start = isBlock ? source.indexOf('\n') : first in PIECES ? 1 : 0;
  const seen = before.match(/\S/g)?.length ?? 0;
  const pieces = [...source.slice(start).matchAll(PIECES[first] ?? /\S/g)];
  const [last] = pieces.slice(-1);
  const next = pieces[seen]?.index ?? (last === undefined ? 0 : last.index + last[0].length);
  return start + next;
};

/** within is the pointer (RFC 6901) to a member or an item of what a pointer leads to. */
export const within = (pointer: string, step: string | number): string =>
  `${pointer}/${String(step).replaceAll('~', '~0').replaceAll('/', '~1')}`;

/** follow gives the spot that a pointer leads to; where nothing is, that of what is around it. */
export const follow = (root: Spot, pointer: string): Spot => {
  let spot = root;
  for (const step of pointer.split('/').slice(1)) {
    const next = spot.inner.get(step.replaceAll('~1', '/').replaceAll('~0', '~'));
    if (next === undefined) return spot;
    spot = next;
  }
  return spot;
};
