/**
 * Groups: destinations of the same items. The receipt of a group says how far all of them have come
 * that must, which are those that fail closed; one that fails open holds nobody.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Row } from '../projection/projection.ts';
import type { Read, ReadError, Reader } from '../usecase/reader.ts';
import type { Seen } from '../usecase/seen.ts';
import type { RecordError } from './record.ts';
import { behind } from './queue.ts';
import { draftOf, record, wasOvertaken } from './record.ts';
import type { Standing } from './standing.ts';
import { lookOutbox, standings } from './standing.ts';
import { firstOf } from './stood.ts';
import type { World } from './world.ts';

const DROPPED = "SELECT max(seq) FROM outbox__item WHERE destination = ? AND state = 'dropped'";

/** Where the last lies that was planned or dropped: behind it a group has nothing to tell of. */
const endOf = (reader: Reader, { destination, hasBegun, cursor, dropped }: Standing) =>
  E.map((last: number | null | undefined) => Math.max(hasBegun ? cursor : 0, (last ?? -1) + 1))(
    dropped === 0
      ? E.right(undefined)
      : lookOutbox(
          reader,
          (sqlite) => sqlite.prepare(DROPPED).pluck().get(destination.name) as number | null,
        ),
  );

/**
 * How far one has come, no further than to an end: all before is answered for, dropped, or nothing
 * for it, or has a later one in its place.
 */
const positionOf = (reader: Reader, now: Standing, end: number): Read<number> => {
  let waiting = end;
  for (const found of behind(reader, now)) {
    if (E.isLeft(found)) return found;
    if (found.right.item !== undefined) waiting = Math.min(end, found.right.item.seq);
    if (found.right.item !== undefined || found.right.end >= end) break;
  }
  // What was planned meanwhile is seen here.
  return E.map((first: number | undefined) => Math.min(waiting, first ?? end))(
    firstOf(reader, now, ['again', 'behind', 'parked'], end),
  );
};

const groupedOf = (reader: Reader, group: string): Read<Row | undefined> =>
  lookOutbox(
    reader,
    (sqlite) =>
      sqlite.prepare('SELECT * FROM outbox__grouped WHERE name = ?').get(group) as Row | undefined,
  );

/** What is to be recorded of a group, and what it was decided by. */
interface Reached {
  readonly draft: JsonObject;
  readonly seen: Seen;
}

const reachedOf = (
  reader: Reader,
  name: string,
  closed: readonly Standing[],
): Read<Reached | undefined> => {
  const row = groupedOf(reader, name);
  if (E.isLeft(row)) return row;
  let end = 0;
  for (const each of closed) {
    const own = endOf(reader, each);
    if (E.isLeft(own)) return own;
    end = Math.max(end, own.right);
  }
  const before = Number(row.right?.['through'] ?? 0);
  if (row.right === undefined || end <= before) return E.right(undefined);
  const members: Record<string, number> = {};
  for (const each of closed) {
    const position = positionOf(reader, each, end);
    if (E.isLeft(position)) return position;
    members[each.destination.name] = position.right;
  }
  const through = Math.min(...Object.values(members));
  if (through <= before) return E.right(undefined);
  const draft = draftOf('outbox.group_delivered', { group: name, through, members });
  const of = { projection: 'outbox', table: 'grouped', equal: { name } };
  return E.right({ draft, seen: { ...of, rows: [row.right] } });
};

/** recordGroups records how far groups have come, of those that have come further. */
export const recordGroups = async ({
  ledger,
}: World): Promise<E.Either<ReadError | RecordError, void>> => {
  const { reader } = ledger;
  for (;;) {
    const all = standings(reader);
    if (E.isLeft(all)) return all;
    const standing = all.right.filter(({ state }) => state !== 'retired');
    const names = new Set(standing.flatMap(({ destination: { group } }) => group?.name ?? []));
    const reached: Reached[] = [];
    for (const name of names) {
      const closed = standing.filter(
        ({ destination: { group } }) => group?.name === name && group.mode === 'fail_closed',
      );
      const each = reachedOf(reader, name, closed);
      if (E.isLeft(each)) return each;
      if (each.right !== undefined) reached.push(each.right);
    }
    const drafts = reached.map(({ draft }) => draft);
    const seen = reached.map((each) => each.seen);
    const recorded = await record(ledger, drafts, seen);
    // Somebody else came to say so: what is left to say is looked for anew.
    if (E.isRight(recorded) || !wasOvertaken(recorded.left)) return recorded;
  }
};
