/**
 * Groups: destinations of the same items. The receipt of a group says how far all of them have come
 * that must, which are those that fail closed; one that fails open holds nobody.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Read, ReadError, Reader } from '../usecase/reader.ts';
import type { RecordError } from './record.ts';
import { draftOf, record } from './record.ts';
import type { Standing } from './standing.ts';
import { lookOutbox, standings } from './standing.ts';
import { firstOf } from './stood.ts';
import type { World } from './world.ts';

/** How far one has come: all before is answered for, dropped, or has a later one in its place. */
const positionOf = (reader: Reader, now: Standing): Read<number> =>
  E.map((first: number | undefined) => Math.min(now.cursor, first ?? now.cursor))(
    firstOf(reader, now, ['again', 'behind', 'parked'], now.cursor),
  );

const throughOf = (reader: Reader, group: string): Read<number> =>
  E.map((through: number | undefined) => through ?? 0)(
    lookOutbox(reader, (sqlite) =>
      Number(
        sqlite.prepare('SELECT through FROM outbox__grouped WHERE name = ?').pluck().get(group) ??
          0,
      ),
    ),
  );

/** recordGroups records how far groups have come, of those that have come further. */
export const recordGroups = async ({
  ledger,
}: World): Promise<E.Either<ReadError | RecordError, void>> => {
  const { reader } = ledger;
  const all = standings(reader);
  if (E.isLeft(all)) return all;
  const standing = all.right.filter(({ state }) => state !== 'retired');
  const names = new Set(standing.flatMap(({ destination: { group } }) => group?.name ?? []));
  const drafts: JsonObject[] = [];
  for (const name of names) {
    const closed = standing.filter(
      ({ destination: { group } }) => group?.name === name && group.mode === 'fail_closed',
    );
    const members: Record<string, number> = {};
    for (const each of closed) {
      const position = positionOf(reader, each);
      if (E.isLeft(position)) return position;
      members[each.destination.name] = position.right;
    }
    const before = throughOf(reader, name);
    if (E.isLeft(before)) return before;
    const through = Math.min(...Object.values(members));
    if (closed.length > 0 && through > before.right)
      drafts.push(draftOf('outbox.group_delivered', { group: name, through, members }));
  }
  return record(ledger, drafts);
};
