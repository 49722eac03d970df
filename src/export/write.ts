/**
 * Writing the events of a selection in one file, in constant memory.
 */
import * as E from 'fp-ts/lib/Either.js';
import { setImmediate } from 'node:timers/promises';
import type { Encoded, Encoder, WriteError } from './encoder.ts';
import type { Page } from './read.ts';
import type { Digested, Sink } from './sink.ts';

export interface Written extends Digested {
  readonly events: number;
  /** Events whose payload was taken out here. */
  readonly withheld: number;
}

/** writeEvents writes what comes, page by page. */
export const writeEvents = async (
  pages: Iterable<Page>,
  encoder: Encoder,
  sink: Sink,
  onEvents: (events: number, withheld: number) => void | Promise<void> = () => undefined,
): Promise<E.Either<WriteError, Written>> => {
  let [events, withheld] = [0, 0];
  const put = async (bytes: Encoded): Promise<E.Either<WriteError, void>> =>
    E.isLeft(bytes) ? bytes : sink.write(bytes.right);
  const begun = await put(E.right(encoder.head));
  if (E.isLeft(begun)) return begun;
  for (const page of pages) {
    if (E.isLeft(page)) return page;
    events += page.right.length;
    withheld += page.right.filter(({ line }) => line.payload === undefined).length;
    // A signal is heard here, and whoever heard it need not go on.
    await setImmediate();
    // Of a page that is cut off some events may be out already.
    await onEvents(events, withheld);
    const written = await put(encoder.page(page.right));
    if (E.isLeft(written)) return written;
  }
  for (const bytes of encoder.end()) {
    const written = await put(bytes);
    if (E.isLeft(written)) return written;
  }
  return E.map((digested: Digested) => ({ ...digested, events, withheld }))(sink.finish());
};
