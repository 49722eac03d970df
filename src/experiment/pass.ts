/**
 * Reading the events of some types below a size: each type once, by its index, in the order of
 * positions. What is asked of them is asked in that one pass.
 */
import type { EventType } from '../../ledger/name.ts';
import { parseTypePattern } from '../../policies/type-pattern.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import { typesOf } from '../usecase/query-condition.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import type { Seen } from './tally.ts';

/** One event as a pass gives it. */
export interface Passing extends Seen {
  readonly recorded_at: string;
}

interface Row {
  readonly seq: number;
  readonly line: string;
}

const PAGE = 1000;

/** passOver gives each event of some types to whoever asks; gives how many there were. */
export const passOver = (
  reader: Reader,
  patterns: readonly string[],
  size: number,
  take: (passing: Passing) => void,
): Read<number> =>
  reader.look(({ database: { sqlite } }) => {
    const asked = patterns.flatMap((text) => parseTypePattern(text) ?? []);
    const page = sqlite.prepare(
      'SELECT seq, line FROM events INDEXED BY event_type ' +
        'WHERE event_type = ? AND seq >= ? AND seq < ? ORDER BY seq LIMIT ?',
    );
    let count = 0;
    for (const type of typesOf(sqlite, asked, Infinity).toSorted()) {
      for (let from = 0; ;) {
        const rows = page.all(type, from, size, PAGE) as readonly Row[];
        for (const { seq, line } of rows) {
          const { header, payload } = recordedOf(line);
          const { session_id: session, recorded_at } = header;
          take({ seq, type: type as EventType, session, payload, recorded_at });
        }
        count += rows.length;
        const last = rows.at(-1);
        if (last === undefined || rows.length < PAGE) break;
        from = last.seq + 1;
      }
    }
    return count;
  });
