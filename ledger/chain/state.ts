/**
 * What a verifier carries from one line to the next. Its size does not depend on how many lines
 * there were; what must grow is in the history.
 */
import type { Crypto } from '../crypto/port.ts';
import type { Digest, Origin, Time } from '../name.ts';
import { ZERO_HASH } from '../event/header.ts';
import type { Frontier, OnNode } from '../tree/tree.ts';
import { EMPTY } from '../tree/tree.ts';
import type { History } from './history.ts';
import type { Keyring } from './keyring.ts';
import { NO_KEYS } from './keyring.ts';

/** The means of a verification: they stay the same from line to line. */
export interface Means {
  readonly crypto: Crypto;
  readonly history: History;
  /** Told of the subtrees that a line completes, whatever becomes of the line. */
  readonly onNode?: OnNode;
}

/** A checkpoint that the verifier holds, from wherever it got it. */
export interface Held {
  readonly note: string;
  readonly origin: Origin;
  readonly size: number;
}

export interface ChainState {
  /** Lines taken so far. */
  readonly lines: number;
  readonly seq: number;
  readonly origin: Origin | undefined;
  /** What the next line must link to; undefined behind a line that could not be read. */
  readonly head: Digest | undefined;
  readonly recordedAt: Time | undefined;
  readonly isTorn: boolean;
  readonly keyring: Keyring;
  /** The policy set in force; undefined before the first adoption. */
  readonly policySet: Digest | undefined;
  /** Undefined where a line could not be read: no root can be told then. */
  readonly frontier: Frontier | undefined;
  /** Held checkpoints that were not reached yet, smallest first. */
  readonly held: readonly Held[];
  readonly matched: number;
  /** The largest size of those that matched. */
  readonly matchedSize: number;
  /** Lines without their payload, erased or not. */
  readonly withheld: number;
  readonly attested: number;
  readonly unsigned: number;
}

/**
 * begin gives the state before the first line; the origin is taken from that line where none is
 * given.
 */
export const begin = (origin?: Origin, held: readonly Held[] = []): ChainState => ({
  lines: 0,
  seq: 0,
  origin,
  head: ZERO_HASH,
  recordedAt: undefined,
  isTorn: false,
  keyring: NO_KEYS,
  policySet: undefined,
  frontier: EMPTY,
  held: held.toSorted((a, b) => a.size - b.size),
  matched: 0,
  matchedSize: 0,
  withheld: 0,
  attested: 0,
  unsigned: 0,
});
