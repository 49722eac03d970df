/**
 * The files of a bundle, wherever they lie: in a folder, in an archive, in a page. They are read a
 * piece at a time, so that none of them need fit into memory.
 */
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import { decodeUtf8, invalidUtf8At } from '../../ledger/encoding/utf8.ts';

export interface Entry {
  /** With `/` between its parts, whatever the system has there. */
  readonly name: string;
  readonly size: number;
  readonly read: () => Iterable<Uint8Array>;
}

export type Files = ReadonlyMap<string, Entry>;

/** A digest that is made of one piece after the other. */
export interface Hasher {
  readonly update: (bytes: Uint8Array) => void;
  /** In hexadecimal. */
  readonly digest: () => string;
}

const PART = /^[A-Za-z0-9_-][A-Za-z0-9._-]*$/;
const MAX_NAME = 90;

/** isSafeName says whether a name leads nowhere but into the bundle, on any system. */
export const isSafeName = (name: string): boolean =>
  name.length <= MAX_NAME && name.split('/').every((part) => PART.test(part));

/** digestOf reads a file for its digest. */
export const digestOf = (entry: Entry, hasher: () => Hasher): string => {
  const hash = hasher();
  for (const piece of entry.read()) hash.update(piece);
  return hash.digest();
};

const joined = (pieces: readonly Uint8Array[]): Uint8Array => {
  const all = new Uint8Array(pieces.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const piece of pieces) {
    all.set(piece, at);
    at += piece.length;
  }
  return all;
};

/** textOf reads a file of at most so many bytes, undefined where it is longer or no UTF-8. */
export const textOf = (entry: Entry | undefined, most: number): string | undefined => {
  if (entry === undefined || entry.size > most) return undefined;
  const bytes = joined([...entry.read()].map((piece) => piece.slice()));
  return invalidUtf8At(bytes) < 0 ? decodeUtf8(bytes) : undefined;
};

const LF = 0x0a;

/** linesOf gives the lines of a file, LF included; one that is too long is cut, and the last. */
export function* linesOf(entry: Entry): Generator<Uint8Array, void> {
  let rest = new Uint8Array(0);
  for (const piece of entry.read()) {
    let start = 0;
    for (let lf = piece.indexOf(LF); lf >= 0; lf = piece.indexOf(LF, start)) {
      const line = piece.subarray(start, lf + 1);
      yield rest.length === 0 ? line : joined([rest, line]);
      rest = new Uint8Array(0);
      start = lf + 1;
    }
    const left = piece.subarray(start);
    if (left.length > 0) rest = new Uint8Array(joined([rest, left]));
    if (rest.length > MAX_LINE_BYTES) break;
  }
  if (rest.length > 0) yield rest;
}
