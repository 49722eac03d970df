/**
 * Reading the events of some types below a size: each type once, by its index, in the order of
 * positions. What is asked of them is asked in that one pass.
 */
import * as E from 'fp-ts/lib/Either.js';
import { parseTypePattern } from '../../policies/type-pattern.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import { statementOf } from '../storage/statement.ts';
import type { Steps } from '../storage/steps.ts';
import { atOnce } from '../storage/steps.ts';
import { typesOf } from '../usecase/query-condition.ts';
import type { Read, Reader } from '../usecase/reader.ts';

/** Where events are read: beside a writer, or in a mirror that is being audited. */
export type Source = Pick<Reader, 'look'>;

interface Row {
  readonly seq: number;
  readonly line: string;
}

const PAGE = 1000;
const ASK =
  'SELECT seq, line FROM events INDEXED BY event_type ' +
  'WHERE event_type = ? AND seq >= ? AND seq < ? ORDER BY seq LIMIT ?';

/** passSteps gives each event of some types to whoever asks; gives how many there were. */
export function* passSteps(
  source: Source,
  patterns: readonly string[],
  size: number,
  take: (event: Recorded) => void,
): Steps<Read<number>> {
  const asked = patterns.flatMap((text) => parseTypePattern(text) ?? []);
  const types = source.look(({ database: { sqlite } }) => typesOf(sqlite, asked, Infinity));
  if (E.isLeft(types)) return types;
  let count = 0;
  for (const type of types.right.toSorted()) {
    for (let from = 0; ;) {
      const rows = source.look(({ database: { sqlite } }) => {
        const page = statementOf(sqlite, ASK).all(type, from, size, PAGE) as readonly Row[];
        for (const { line } of page) take(recordedOf(line));
        return page;
      });
      if (E.isLeft(rows)) return rows;
      count += rows.right.length;
      const last = rows.right.at(-1);
      if (last === undefined || rows.right.length < PAGE) break;
      from = last.seq + 1;
      yield;
    }
  }
  return E.right(count);
}

/** passOver does so without giving way to anything. */
export const passOver = (...asked: Parameters<typeof passSteps>): Read<number> =>
  atOnce(passSteps(...asked));
