/**
 * Looking at a mirror before it is replayed: what it claims to hold, and whether it is, row for
 * row, what the journal makes.
 */
import * as E from 'fp-ts/lib/Either.js';
import { write } from '../../ledger/json/format.ts';
import type { Projection } from '../projection/projection.ts';
import { attemptInOne, attemptSteps } from '../storage/attempt.ts';
import type { Answer, Database } from '../storage/database.ts';
import { isDamage } from '../storage/damage.ts';
import type { Layout, Settings } from '../storage/layout.ts';
import type { ProjectionStatus } from '../storage/mirror/live.ts';
import { projectionsIn } from '../storage/mirror/live.ts';
import { claimAt, claimOf } from '../storage/mirror/claim.ts';
import { Mirror, mirrorFault } from '../storage/mirror/mirror.ts';
import { isWhole } from '../storage/mirror/schema.ts';
import type { Steps } from '../storage/steps.ts';
import { Pace } from '../storage/steps.ts';
import type { Ports } from './ports.ts';

export interface Looking {
  readonly ports: Pick<Ports, 'crypto' | 'disk' | 'databases'>;
  readonly layout: Layout;
  readonly settings: Settings;
  readonly projections: readonly Projection[];
}

/** What there is in the mirror's place. */
export type MirrorState =
  | 'missing'
  | 'older'
  | 'newer'
  | 'not_a_mirror'
  | 'damaged'
  | 'foreign'
  /** It cannot be opened here, and nothing is known of it. */
  | 'unread'
  | 'there';

export interface Look {
  readonly state: MirrorState;
  /** Why it is unread. */
  readonly code?: string;
  /** How many events it claims to hold, whatever its state. */
  readonly size: number;
  /** The checkpoint that it remembers, whatever its state. */
  readonly note?: string | undefined;
  /** Where it takes the journal to end: the first seq of a segment, and an offset. */
  readonly end?: string;
  /** Whether it is damaged in that an index or a trigger is gone: it is opened all the same. */
  readonly isPatchy?: boolean;
  readonly projections: readonly ProjectionStatus[];
}

const NOTHING = { size: 0, projections: [] } as const;

/** Whether a projection has taken events that are not there; in one statement, beside a writer. */
const isAhead = ({ sqlite }: Database): boolean =>
  sqlite.prepare('SELECT 1 FROM projections WHERE size > (SELECT size FROM ended)').get() !==
  undefined;

const stateOf = (
  { settings }: Looking,
  database: Database,
  mirror: Mirror,
): Pick<Look, 'state' | 'isPatchy'> => {
  const ended = mirror.ended();
  if (ended === undefined || isAhead(database)) return { state: 'damaged' };
  if (!isWhole(database.sqlite)) return { state: 'damaged', isPatchy: true };
  return { state: ended.origin === settings.origin ? 'there' : 'foreign' };
};

/** lookAt tells what a mirror that is open holds. */
export const lookAt = (by: Looking, database: Database): Look => {
  const claim = claimOf(database, by.settings);
  if (E.isLeft(claim)) return { ...NOTHING, state: 'unread', code: claim.left.code };
  const { size, note } = claim.right;
  const fault = mirrorFault(database);
  if (fault !== undefined) return { ...NOTHING, state: fault, size, note };
  const mirror = new Mirror(database, by.ports.crypto);
  const ended = mirror.ended();
  return {
    ...stateOf(by, database, mirror),
    ...(ended === undefined ? {} : { end: `${ended.segment}:${ended.offset}` }),
    size,
    note,
    projections: projectionsIn(database.sqlite).map(({ name, version, size: taken, stopped }) => ({
      name,
      version,
      size: taken,
      ...(stopped === null ? {} : { stopped }),
    })),
  };
};

/** withMirror runs reads on the mirror in a place, all on one state of it, and closes it. */
export const withMirror = <T>(
  { ports }: Pick<Looking, 'ports'>,
  path: string,
  run: (database: Database) => T,
): Answer<T> => {
  const opened = ports.databases.open(path, 'read');
  if (E.isLeft(opened)) return opened;
  const ran = attemptInOne(opened.right, () => run(opened.right));
  opened.right.close();
  return ran;
};

/** Where its work is begun, it may be asked already. */
function* begun<T>(database: Database, work: (database: Database) => Steps<T>): Steps<T> {
  return yield* work(database);
}

/** workOnMirror does long work on it in the same way. */
export function* workOnMirror<T>(
  { ports }: Pick<Looking, 'ports'>,
  path: string,
  work: (database: Database) => Steps<T>,
): Steps<Answer<T>> {
  const opened = ports.databases.open(path, 'read');
  if (E.isLeft(opened)) return opened;
  const worked = yield* attemptSteps(path, begun(opened.right, work));
  opened.right.close();
  return worked;
}

/** lookAtMirror tells what there is, without a write. */
export const lookAtMirror = (by: Looking): Look => {
  const { ports, layout } = by;
  const there = ports.disk.stat(layout.mirror);
  if (E.isRight(there) && there.right === undefined) return { ...NOTHING, state: 'missing' };
  const looked = withMirror(by, layout.mirror, (database) => lookAt(by, database));
  if (E.isRight(looked)) return looked.right;
  const { code } = looked.left;
  const claim = isDamage(looked.left) ? claimAt({ ...by, ...ports }) : looked;
  return E.isLeft(claim)
    ? { ...NOTHING, state: 'unread', code }
    : { ...NOTHING, state: 'damaged', size: claim.right.size, note: claim.right.note };
};

const textOf = (row: unknown): string =>
  JSON.stringify(row, (_, value: unknown) =>
    Buffer.isBuffer(value) ? value.toString('hex') : value,
  );

const TABLES = { events: 'seq', tags: 'tag, seq', nodes: 'height, position' } as const;

interface RowOfLine {
  readonly line?: string;
}

/** A line that lost its payload since says nothing that the old one did not. */
const isWithheld = (old: unknown, row: unknown): boolean => {
  const [before, after] = [old, row] as readonly [RowOfLine | undefined, RowOfLine];
  return (
    typeof after.line === 'string' &&
    before?.line?.startsWith(`${after.line.slice(0, -1)},"payload":`) === true
  );
};

export interface Compared {
  /** How many events stood there already as they must. */
  readonly same: number;
  readonly isEqual: boolean;
}

/**
 * How many rows of a table both have at the same place, less what was erased since, and whether
 * they have no others.
 */
function* compare(before: Database, after: Database, table: keyof typeof TABLES): Steps<Compared> {
  const select = `SELECT * FROM ${table} ORDER BY ${TABLES[table]}`;
  const olds = before.sqlite.prepare(select).iterate();
  let same = 0;
  let isEqual = true;
  let old = olds.next();
  const pace = new Pace();
  for (const row of after.sqlite.prepare(select).iterate()) {
    const text = textOf(row);
    const isSame = old.done !== true && textOf(old.value) === text;
    if (isSame || isWithheld(old.value, row)) same++;
    isEqual &&= isSame;
    if (old.done !== true) old = olds.next();
    if (pace.isOver(text.length)) yield;
  }
  isEqual &&= old.done === true;
  olds.return?.();
  return { same, isEqual };
}

/** The note is left out: each remembers the one that lay beside it last. */
const endOf = ({ sqlite }: Database): string =>
  textOf(
    sqlite
      .prepare('SELECT origin, size, head, recorded_at, segment, offset, peaks FROM ended')
      .all(),
  );

const foldsOf = (by: Looking, database: Database): string => {
  const { fold } = new Mirror(database, by.ports.crypto);
  fold.attach(by.projections);
  const { crypto } = by.ports;
  return write([
    fold.digests(crypto),
    fold.status().map(({ name, size, stopped = null }) => [name, size, stopped]),
  ]);
};

/** compareMirrors compares a mirror with the one that was made anew of the journal. */
export function* compareMirrors(by: Looking, before: string, after: string): Steps<Compared> {
  const compared = yield* workOnMirror(by, before, (old) =>
    workOnMirror(by, after, function* both(fresh): Steps<Compared> {
      const events = yield* compare(old, fresh, 'events');
      const isEqual =
        events.isEqual &&
        (yield* compare(old, fresh, 'tags')).isEqual &&
        (yield* compare(old, fresh, 'nodes')).isEqual &&
        endOf(old) === endOf(fresh) &&
        isWhole(old.sqlite) &&
        foldsOf(by, old) === foldsOf(by, fresh) &&
        old.sqlite.pragma('integrity_check(1)', { simple: true }) === 'ok';
      return { same: events.same, isEqual };
    }),
  );
  const answer = E.flatten(compared);
  return E.isRight(answer) ? answer.right : { same: 0, isEqual: false };
}
