/**
 * Reading lines off a file in constant memory, whatever the file holds: a line that is longer than
 * a line may be is given cut, with its true length.
 */
import * as E from 'fp-ts/lib/Either.js';
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import type { Done, File } from './disk.ts';

export interface RawLine {
  /** Its LF included, where it has one; the bytes are good until the next line is asked for. */
  readonly bytes: Uint8Array;
  readonly offset: number;
  /** More than there are bytes where the line is too long to be one. */
  readonly length: number;
}

const LF = 0x0a;
const CHUNK = 1 << 20;
/** What is kept of a line that is too long: enough to see that it is. */
const MOST = MAX_LINE_BYTES + 1;

/** readFully reads until the bytes are full or the file ends; gives how many there are. */
export const readFully = (file: File, into: Uint8Array, position: number): Done<number> => {
  let filled = 0;
  while (filled < into.length) {
    const read = file.read(into.subarray(filled), position + filled);
    if (E.isLeft(read)) return read;
    if (read.right === 0) break;
    filled += read.right;
  }
  return E.right(filled);
};

/** linesOf gives the lines between two offsets, the last as it is cut off by the end. */
export function* linesOf(file: File, from: number, to: number): Generator<Done<RawLine>, void> {
  const buffer = new Uint8Array(Math.min(CHUNK + MOST, Math.max(0, to - from)));
  let offset = from; // of the line at the start of the buffer
  let filled = 0;
  let skipped = 0; // bytes of an endless line that are no longer in the buffer
  let at = from;
  while (at < to) {
    const room = buffer.subarray(filled, Math.min(filled + CHUNK, filled + to - at));
    const read = readFully(file, room, at);
    if (E.isLeft(read)) {
      yield read;
      return;
    }
    if (read.right === 0) break;
    at += read.right;
    const end = filled + read.right;
    let start = 0;
    const text = buffer.subarray(0, end);
    for (let lf = text.indexOf(LF, filled); lf !== -1; lf = text.indexOf(LF, start)) {
      const length = lf + 1 - start + skipped;
      const bytes = text.subarray(start, lf + 1).subarray(0, MOST);
      // Cut short it still ends where it ended; what stood there was given up already.
      bytes[bytes.length - 1] = LF;
      yield E.right({ bytes, offset, length });
      offset += length;
      skipped = 0;
      start = lf + 1;
    }
    const rest = end - start;
    const kept = Math.min(rest, MOST);
    skipped += rest - kept;
    buffer.copyWithin(0, start, start + kept);
    filled = kept;
  }
  if (filled > 0)
    yield E.right({ bytes: buffer.subarray(0, filled), offset, length: filled + skipped });
}
