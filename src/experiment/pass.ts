/**
 * Reading the events of some types below a size: each type once, by its index, in the order of
 * positions. What is asked of them is asked in that one pass.
 */
import { parseTypePattern } from '../../policies/type-pattern.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import { typesOf } from '../usecase/query-condition.ts';
import type { Read, Reader } from '../usecase/reader.ts';

/** Where events are read: beside a writer, or in a mirror that is being audited. */
export type Source = Pick<Reader, 'look'>;

interface Row {
  readonly seq: number;
  readonly line: string;
}

const PAGE = 1000;

/** passOver gives each event of some types to whoever asks; gives how many there were. */
export const passOver = (
  source: Source,
  patterns: readonly string[],
  size: number,
  take: (event: Recorded) => void,
): Read<number> =>
  source.look(({ database: { sqlite } }) => {
    const asked = patterns.flatMap((text) => parseTypePattern(text) ?? []);
    const page = sqlite.prepare(
      'SELECT seq, line FROM events INDEXED BY event_type ' +
        'WHERE event_type = ? AND seq >= ? AND seq < ? ORDER BY seq LIMIT ?',
    );
    let count = 0;
    for (const type of typesOf(sqlite, asked, Infinity).toSorted()) {
      for (let from = 0; ;) {
        const rows = page.all(type, from, size, PAGE) as readonly Row[];
        for (const { line } of rows) take(recordedOf(line));
        count += rows.length;
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) break;
        from = last.seq + 1;
      }
    }
    return count;
  });
