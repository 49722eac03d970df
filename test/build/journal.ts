/**
 * Journals in a temporary folder, and the plain fold over them: the oracle of whatever reads a
 * journal in another way.
 */
import * as E from 'fp-ts/lib/Either.js';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hold } from '../../ledger/chain/checkpoint.ts';
import { memoryHistory } from '../../ledger/chain/history.ts';
import type { ChainState, Held } from '../../ledger/chain/state.ts';
import { begin } from '../../ledger/chain/state.ts';
import type { NotProved } from '../../ledger/chain/verify.ts';
import { finish, step } from '../../ledger/chain/verify.ts';
import { native } from '../../ledger/crypto/native.ts';
import type { Finding } from '../../ledger/finding.ts';
import { segmentName } from '../../src/storage/segment.ts';

export const KEY = new Uint8Array(32).fill(7);

/** A segment by its name and what it holds. */
export interface File {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** inFolder runs with a journal of these files, and takes it away again. */
export const inFolder = async <A>(
  files: readonly File[],
  run: (journal: string) => Promise<A>,
): Promise<A> => {
  const folder = mkdtempSync(join(tmpdir(), 'journal-'));
  try {
    const journal = join(folder, 'journal');
    mkdirSync(journal);
    for (const { name, bytes } of files) writeFileSync(join(journal, name), bytes);
    return await run(journal);
  } finally {
    rmSync(folder, { recursive: true });
  }
};

/** segmentsOf puts lines into segments that begin with the lines named. */
export const segmentsOf = (
  lines: readonly Uint8Array[],
  starts: readonly number[],
): readonly File[] => {
  const firsts = [...new Set([0, ...starts])].toSorted((a, b) => a - b);
  return firsts.map((first, i) => ({
    name: segmentName(first),
    bytes: Buffer.concat(lines.slice(first, firsts[i + 1])),
  }));
};

export interface Told {
  readonly finding: Finding;
  readonly place?: { readonly segment: string; readonly offset: number; readonly line: number };
  readonly id?: string;
}

export interface Folded {
  readonly findings: readonly Told[];
  readonly notProved: readonly NotProved[];
  readonly state: ChainState;
  readonly tail: { readonly place: Told['place']; readonly length: number } | undefined;
  /** The lines, and what each was taken to be. */
  readonly lines: readonly Uint8Array[];
  readonly seqs: readonly number[];
}

interface Piece {
  readonly segment: string;
  readonly offset: number;
  readonly line: number;
  readonly bytes: Uint8Array;
}

/** The lines of a segment, split behind every LF. */
const piecesOf = ({ name: segment, bytes }: File): readonly Piece[] => {
  const pieces: Piece[] = [];
  for (let offset = 0, line = 1; offset < bytes.length; line++) {
    const lf = bytes.indexOf(0x0a, offset);
    const end = lf === -1 ? bytes.length : lf + 1;
    pieces.push({ segment, offset, line, bytes: bytes.subarray(offset, end) });
    offset = end;
  }
  return pieces;
};

export const heldOf = (notes: readonly string[]): readonly Held[] =>
  notes.map((note) => {
    const held = hold(native, note);
    if (E.isLeft(held)) throw new Error('no checkpoint');
    return held.right;
  });

/** folded is the fold of the kernel over all lines of all segments. */
export const folded = (files: readonly File[], notes: readonly string[] = []): Folded => {
  const means = { crypto: native, history: memoryHistory(native, KEY) };
  const findings: Told[] = [];
  const seqs: number[] = [];
  const withheldAt = new Map<number, Omit<Told, 'finding'>>();
  let state = begin(undefined, heldOf(notes));
  const pieces = files.flatMap(piecesOf);
  const end = pieces.at(-1);
  const isTail =
    end !== undefined && end.segment === files.at(-1)?.name && end.bytes.at(-1) !== 0x0a;
  const judged = isTail ? pieces.slice(0, -1) : pieces;
  for (const { bytes, ...place } of judged) {
    const taken = step(means, state, bytes);
    const id = taken.line === undefined ? {} : { id: taken.line.id };
    for (const finding of taken.findings) findings.push({ finding, place, ...id });
    if (taken.line?.payload === undefined && taken.line !== undefined)
      withheldAt.set(taken.line.seq, { place, ...id });
    state = taken.state;
    seqs.push(state.seq - 1);
  }
  const last = finish(means, state);
  for (const finding of last.findings) {
    const about = withheldAt.get(finding.seq ?? -1);
    findings.push(finding.code === 'withheld_not_erased' ? { finding, ...about } : { finding });
  }
  const { bytes: rest = new Uint8Array(), ...place } = end ?? {};
  const tail = isTail ? { place: place as Told['place'], length: rest.length } : undefined;
  return {
    findings,
    notProved: last.notProved,
    state,
    tail,
    seqs,
    lines: judged.map(({ bytes }) => bytes),
  };
};
