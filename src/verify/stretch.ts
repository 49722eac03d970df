/**
 * What a reader tells of a range of a journal: stretches of lines that are sound among themselves,
 * and lines apart, which the fold of the kernel must judge one by one. A stretch may be taken as a
 * whole wherever its first line fits; that, and what it refers to, is seen where ranges are joined.
 */
import type { Digest, KeyId, Origin, Time } from '../../ledger/name.ts';
import type { Subtrees } from './subtree.ts';

export interface Range {
  /** The number of a segment, and which of its bytes: a line belongs to where it begins. */
  readonly segment: number;
  readonly from: number;
  readonly to: number;
}

export interface Stretch {
  readonly _tag: 'Stretch';
  readonly from: number;
  readonly to: number;
  readonly lines: number;
  readonly ledger: Origin;
  readonly policySet: Digest;
  /** The hash that its first line links to. */
  readonly prev: Digest;
  readonly seq: number;
  readonly firstAt: Time;
  readonly lastAt: Time;
  /** The place of its first line among the hashes and ids of the range. */
  readonly index: number;
  /** As if the log had been as long as the first position says. */
  readonly subtrees: Subtrees;
  readonly attested: number;
  /** How many of its events are not the tool's own, and nobody attested them. */
  readonly bare: number;
  /** Bytes of payloads that were not looked at. */
  readonly skipped: number;
  readonly keys: readonly KeyId[];
  /** What its lines have seen: whose index of the range it is, and the position seen. */
  readonly seenBy: readonly number[];
  readonly seenSeq: readonly number[];
  /** The place of the first of its seen hashes among those of the range. */
  readonly seenIndex: number;
}

/** Lines for the kernel, or one whose end was not met. */
export interface Apart {
  readonly _tag: 'Apart';
  readonly from: number;
  readonly to: number | undefined;
}

export interface Found {
  readonly parts: readonly (Stretch | Apart)[];
  /** Event hashes of all stretches, side by side. */
  readonly hashes: Uint8Array;
  readonly ids: Int32Array;
  readonly seen: Uint8Array;
}
