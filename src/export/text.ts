/**
 * Writing the events of a selection as text, in constant memory.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Finding } from '../../ledger/finding.ts';
import type { DiskFailed } from '../storage/disk.ts';
import type { ReadError } from '../usecase/reader.ts';
import type { Writer } from './format.ts';
import type { Page } from './read.ts';
import type { Digested, Sink } from './sink.ts';

export interface Written extends Digested {
  readonly events: number;
  /** Events whose payload was taken out here. */
  readonly withheld: number;
}

export type WriteError = ReadError | Finding | DiskFailed;

const ENCODER = new TextEncoder();

/** writeText writes what comes, page by page. */
export const writeText = async (
  pages: Iterable<Page>,
  { head, of }: Writer,
  sink: Sink,
  onEvents: (events: number) => void = () => undefined,
): Promise<E.Either<WriteError, Written>> => {
  let [events, withheld] = [0, 0];
  const begun = await sink.write(ENCODER.encode(head));
  if (E.isLeft(begun)) return begun;
  for (const page of pages) {
    if (E.isLeft(page)) return page;
    const text = page.right.map(of).join('');
    const written = await sink.write(ENCODER.encode(text));
    if (E.isLeft(written)) return written;
    events += page.right.length;
    withheld += page.right.filter(({ isCut }) => isCut).length;
    onEvents(events);
  }
  return E.map((digested: Digested) => ({ ...digested, events, withheld }))(sink.finish());
};
