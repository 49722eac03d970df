/**
 * The lines of a stream, in constant memory whatever comes: of a line that is longer than a draft
 * can be nothing is kept but its number.
 */
import { setTimeout } from 'node:timers/promises';
import type { FileUnreadable } from './error.ts';
import { openInput, unreadableBy } from './input.ts';
import { heed } from './leave.ts';

export interface InputLine {
  readonly number: number;
  /** Without its LF; undefined where it is too long. */
  readonly bytes: Uint8Array | undefined;
}

/** Escaped and indented, the longest event may take so much. */
export const MAX_DRAFT_BYTES = 8 << 20;

/** Who has waited so long for more need not wait for what came so far. */
const IDLE_MS = 20;
/** A file is read much faster than its lines are worked on: so many of them give way to nothing. */
const LINES = 100;
const LF = 0x0a;
const BLANK = /^[ \t\r]*$/;

class Splitter {
  private parts: Uint8Array[] = [];
  private length = 0;
  private number = 0;

  private add(bytes: Uint8Array): void {
    this.length += bytes.length;
    if (this.length > MAX_DRAFT_BYTES) this.parts = [];
    // A copy: a few bytes of it must not keep the whole chunk.
    else this.parts.push(bytes.slice());
  }

  /** Undefined where nothing stands in the line: between two drafts that is as good as none. */
  private take(): InputLine | undefined {
    const isTooLong = this.length > MAX_DRAFT_BYTES;
    const bytes = isTooLong ? undefined : Buffer.concat(this.parts);
    this.parts = [];
    this.length = 0;
    this.number++;
    const isBlank =
      bytes !== undefined && bytes.length < 80 && BLANK.test(bytes.toString('latin1'));
    return isBlank ? undefined : { number: this.number, bytes };
  }

  *split(chunk: Uint8Array): Generator<InputLine, void> {
    let start = 0;
    for (let lf = chunk.indexOf(LF); lf !== -1; lf = chunk.indexOf(LF, start)) {
      this.add(chunk.subarray(start, lf));
      start = lf + 1;
      const line = this.take();
      if (line !== undefined) yield line;
    }
    this.add(chunk.subarray(start));
  }

  end(): InputLine | undefined {
    return this.length > 0 ? this.take() : undefined;
  }
}

/** linesOf gives the lines of a file or of stdin, and `idle` where more takes its time. */
export async function* linesOf(
  path: string,
): AsyncGenerator<InputLine | 'idle' | FileUnreadable, void> {
  const stream = openInput(path);
  const splitter = new Splitter();
  const chunks = (stream as AsyncIterable<Uint8Array>)[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = chunks.next();
      const idle = setTimeout(IDLE_MS, 'idle' as const, { ref: false });
      const settled = next.catch(() => undefined);
      if ((await Promise.race([settled, idle])) === 'idle') yield 'idle';
      let chunk: IteratorResult<Uint8Array>;
      try {
        chunk = await next;
      } catch (thrown) {
        yield unreadableBy(path, thrown);
        return;
      }
      if (chunk.done === true) break;
      for (const line of splitter.split(chunk.value)) {
        if (line.number % LINES === 0) await heed();
        yield line;
      }
    }
    const last = splitter.end();
    if (last !== undefined) yield last;
  } finally {
    stream.destroy();
  }
}
