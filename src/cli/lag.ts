/**
 * Whether what was read is all there is: a mirror of an earlier day, or one that a crash left, ends
 * before the journal does, and knows nothing of it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { setTimeout } from 'node:timers/promises';
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import type { Ledger } from '../ledger.ts';
import type { Layout } from '../storage/layout.ts';
import { readFully } from '../storage/line-reader.ts';
import type { Ended } from '../storage/mirror/mirror.ts';
import { segmentAt } from '../storage/segment.ts';
import { closing } from '../storage/whole-file.ts';
import type { Reader } from '../usecase/reader.ts';
import { realPorts } from '../wiring.ts';
import type { Terminal } from './terminal.ts';

/** A writer is ahead of the mirror for moments; so often, and so long, nothing must have moved. */
const LOOKS = 10;
const LOOK_MS = 20;

const LF = 0x0a;

/** How much must stand there: anything, or a line, since what a crash left is no event. */
export const ANYTHING = 1;
export const A_LINE = MAX_LINE_BYTES;

/** Read, and not measured: to measure a file that grows makes the next sync of it dearer. */
const isThere = (path: string, offset: number, most: number): boolean => {
  const file = realPorts.disk.open(path, 'read');
  if (E.isLeft(file)) return false;
  const buffer = new Uint8Array(most);
  const read = closing(file.right, readFully(file.right, buffer, offset));
  if (E.isLeft(read)) return false;
  return most === ANYTHING ? read.right > 0 : buffer.subarray(0, read.right).includes(LF);
};

const isBehind = ({ journal }: Layout, { segment, offset, size }: Ended, most: number): boolean =>
  isThere(segmentAt(journal, segment).path, offset, most) ||
  (size > 0 && isThere(segmentAt(journal, size).path, 0, most));

/** lagOf gives how many events a mirror has that ends before its journal, else undefined. */
export const lagOf = async (
  layout: Layout,
  reader: Reader,
  most = ANYTHING,
): Promise<number | undefined> => {
  let size: number | undefined;
  for (let looks = 0; looks < LOOKS; looks++) {
    const ended = reader.ended();
    if (E.isLeft(ended) || ended.right === undefined || !isBehind(layout, ended.right, most))
      return undefined;
    if (size !== undefined && size !== ended.right.size) return undefined;
    ({ size } = ended.right);
    await setTimeout(LOOK_MS);
  }
  return size;
};

/** tellLag says so where the mirror that was read ends before the journal. */
export const tellLag = async (terminal: Terminal, { layout, reader }: Ledger): Promise<void> => {
  const size = await lagOf(layout, reader);
  if (size === undefined) return;
  terminal.note(
    `the mirror holds ${size} events, and the journal more: ledger replay, or the next append, ` +
      'takes them in',
  );
};
