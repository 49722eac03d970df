/**
 * JSON as somebody else wrote it: where the members of an object stand, and what is odd about
 * each, without making values of what a double or a map would change. A hash of old bytes can only
 * be made again of the same bytes.
 *
 *     {"a":-0.0,"b":{"y":1,"x":2}}    a is the text -0.0; the keys of b are out of order
 */
import * as E from 'fp-ts/lib/Either.js';
import { numberEnd } from '../../ledger/json/number.ts';
import type { Reader } from '../../ledger/json/reader.ts';
import { Refusal, locate, parseText, refuse, skipSpace } from '../../ledger/json/reader.ts';
import { NO, scanString } from '../../ledger/json/scan.ts';
import type { JsonRefused } from '../../ledger/json/value.ts';

/** What no writer of compact, sorted JSON leaves behind. */
export type Oddity = 'white_space' | 'key_order' | 'escape' | 'repeated_key';

export interface RawMember {
  readonly key: string;
  readonly bytes: Uint8Array;
  /** What is odd inside the value. */
  readonly odd: ReadonlySet<Oddity>;
}

/** As deep as the other tools go. */
const MAX_DEPTH = 128;

interface Walk extends Reader {
  odd: Set<Oddity>;
}

/** Skips white space, which is odd, and gives the byte behind it. */
const next = (walk: Walk): number => {
  const { at } = walk;
  const byte = skipSpace(walk);
  if (walk.at !== at) walk.odd.add('white_space');
  return byte;
};

const textAt = (walk: Walk): string | Refusal => {
  const start = walk.at;
  if (scanString(walk.bytes, start) === NO) walk.odd.add('escape');
  return parseText(walk);
};

const WORDS = ['true', 'false', 'null'].map((word) => Buffer.from(word));

const walkLeaf = (walk: Walk, byte: number): Refusal | undefined => {
  const word = WORDS.find((each) => each[0] === byte);
  if (word !== undefined) {
    const end = walk.at + word.length;
    if (!word.equals(walk.bytes.subarray(walk.at, end))) return refuse(walk, 'syntax');
    walk.at = end;
    return undefined;
  }
  const end = numberEnd(walk.bytes, walk.at);
  if (end < 0) return refuse(walk, 'syntax');
  walk.at = end;
  return undefined;
};

const walkList = (walk: Walk, depth: number): Refusal | undefined => {
  walk.at++;
  if (next(walk) === 0x5d) {
    walk.at++;
    return undefined;
  }
  for (;;) {
    const refused = walkValue(walk, depth);
    if (refused !== undefined) return refused;
    const byte = next(walk);
    if (byte !== 0x2c && byte !== 0x5d) return refuse(walk, 'syntax');
    walk.at++;
    if (byte === 0x5d) return undefined;
  }
};

const isAscending = (a: string, b: string): boolean =>
  Buffer.compare(Buffer.from(a), Buffer.from(b)) < 0;

/** Walks an object; `each` is told of every member. */
const walkObject = (
  walk: Walk,
  depth: number,
  each: (key: string, value: () => Refusal | undefined) => Refusal | undefined,
): Refusal | undefined => {
  const keys = new Set<string>();
  let last: string | undefined;
  walk.at++;
  if (next(walk) === 0x7d) {
    walk.at++;
    return undefined;
  }
  for (;;) {
    if (next(walk) !== 0x22) return refuse(walk, 'syntax');
    const key = textAt(walk);
    if (key instanceof Refusal) return key;
    if (keys.has(key)) walk.odd.add('repeated_key');
    else if (last !== undefined && !isAscending(last, key)) walk.odd.add('key_order');
    keys.add(key);
    last = key;
    if (next(walk) !== 0x3a) return refuse(walk, 'syntax');
    walk.at++;
    const refused = each(key, () => walkValue(walk, depth));
    if (refused !== undefined) return refused;
    const byte = next(walk);
    if (byte !== 0x2c && byte !== 0x7d) return refuse(walk, 'syntax');
    walk.at++;
    if (byte === 0x7d) return undefined;
  }
};

const walkValue = (walk: Walk, depth: number): Refusal | undefined => {
  const byte = next(walk);
  if (byte === 0x22) {
    const text = textAt(walk);
    return text instanceof Refusal ? text : undefined;
  }
  if (byte !== 0x7b && byte !== 0x5b) return walkLeaf(walk, byte);
  if (depth >= MAX_DEPTH) return refuse(walk, 'too_deep');
  return byte === 0x5b
    ? walkList(walk, depth + 1)
    : walkObject(walk, depth + 1, (_key, value) => value());
};

/** rawMembers reads the members of an object, each as often as it stands there. */
export const rawMembers = (bytes: Uint8Array): E.Either<JsonRefused, readonly RawMember[]> => {
  const walk: Walk = { bytes, maxDepth: MAX_DEPTH, ascii: undefined, at: 0, odd: new Set() };
  const members: RawMember[] = [];
  const failed = (refusal: Refusal) => E.left(locate(bytes, refusal));
  if (next(walk) !== 0x7b) return failed(refuse(walk, 'syntax'));
  const refused = walkObject(walk, 1, (key, value) => {
    next(walk);
    const start = walk.at;
    walk.odd = new Set();
    const wrong = value();
    members.push({ key, bytes: bytes.subarray(start, walk.at), odd: walk.odd });
    return wrong;
  });
  if (refused !== undefined) return failed(refused);
  return next(walk) === -1 ? E.right(members) : failed(refuse(walk, 'trailing_text'));
};
