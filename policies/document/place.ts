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
  readonly keyOffset: number;
  readonly inner: ReadonlyMap<string, Spot>;
}

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
