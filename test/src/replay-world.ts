/**
 * A small ledger on a disk of this test alone, with an operator, a log key and checkpoints, to be
 * damaged and replayed; and what a replay must leave alike, however often it was interrupted.
 */
import { expect } from 'vitest';
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { native } from '../../ledger/crypto/native.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { signerOf } from '../../ledger/key/key.ts';
import type { KeyName, Origin } from '../../ledger/name.ts';
import type { Options } from '../../src/ledger.ts';
import { Ledger } from '../../src/ledger.ts';
import type { Projection } from '../../src/projection/projection.ts';
import type { Database } from '../../src/storage/database.ts';
import type { Disk } from '../../src/storage/disk.ts';
import type { Layout, Settings } from '../../src/storage/layout.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import { readFully } from '../../src/storage/line-reader.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { foundingDraft, makeFolders, putSettings } from '../../src/usecase/create.ts';
import type { Ports } from '../../src/usecase/ports.ts';
import type { ReplayOptions } from '../../src/usecase/replay-request.ts';
import { isTaken } from '../../src/usecase/receipt.ts';
import { simulatedDatabases } from '../simulation/databases.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { simulatedDisk } from '../simulation/disk.ts';
import { simulatedLock } from '../simulation/lock.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';

const ORIGIN = 'example.com/replayed' as Origin;

const key = (name: string, seed: string): Signer =>
  right(signerOf(native, name as KeyName, native.sha256(encodeUtf8(seed))));

export const logKey = key(ORIGIN, 'log');
export const newLogKey = key(ORIGIN, 'another log');
export const operator = key('alice', 'alice');
export const stranger = key('mallory', 'mallory');

export const SETTINGS: Settings = {
  origin: ORIGIN,
  limits: { segment_bytes: 4000, checkpoint_events: 6, checkpoint_seconds: 1_000_000 },
};

/** Another one as soon as one event is another, or at another place; and it reads its own rows. */
export const places: Projection = {
  name: 'places',
  version: 1,
  schema: { place: { columns: { id: 'text', hash: 'text', before: 'integer' }, key: ['id'] } },
  evolve: (state, { event_hash: hash, header: { id } }) =>
    state.put('place', { id, hash, before: state.rows('place').length }),
};

export interface Place {
  readonly layout: Layout;
  readonly disk: Disk;
  readonly ports: Ports;
}

/** portsOn gives what a process on a simulated disk has; what it draws follows from its own use. */
export const portsOn = (disk: SimulatedDisk): Ports => {
  let time = Date.UTC(2026, 0, 1);
  let made = disk.process.number * 1_000_000;
  return {
    crypto: native,
    disk,
    databases: simulatedDatabases(disk),
    lock: simulatedLock(disk),
    now: () => (time += 1),
    random: (bytes) => native.sha256(encodeUtf8(`random ${made++}`)).slice(0, bytes),
  };
};

export const LAYOUT = layoutOf('/ledger');

/** placeOn gives the ledger as another process on the same machine has it. */
export const placeOn = (disk: SimulatedDisk): Place & { readonly disk: SimulatedDisk } => {
  const own = disk.another();
  return { layout: LAYOUT, disk: own, ports: portsOn(own) };
};

/** ledgerAt opens the ledger there, signing checkpoints unless it is told otherwise. */
export const ledgerAt = ({ ports, layout }: Place, options: Options = {}): Ledger =>
  new Ledger(ports, layout, SETTINGS, { projections: [places], lockWaitMs: 200, ...options });

/** append adds events by their ids; all of them are taken. */
export const append = async (ledger: Ledger, ids: readonly string[]): Promise<void> => {
  for (const id of ids) {
    const receipts = right(await ledger.append([draftOf(id)]));
    if (!receipts.every(isTaken)) throw new Error(JSON.stringify(receipts));
  }
};

/** found makes a ledger of 20 events, or of so many, in some segments, and closes it. */
export const found = async (
  place: Place,
  options: Options = { logKey },
  size = 20,
): Promise<void> => {
  right(makeFolders(place.disk, place.layout));
  right(putSettings(place.disk, place.layout, SETTINGS));
  const ledger = ledgerAt(place, options);
  const keys = { log: options.logKey, operator };
  right(await ledger.append([foundingDraft(ORIGIN, keys)], { surface: 'record' }));
  await append(
    ledger,
    Array.from({ length: size - 1 }, (_, i) => `e-${i}`),
  );
  await ledger.close();
};

/** foundOn makes one on a simulated disk, where all of it is durable. */
export const foundOn = async (options: Options = { logKey }, size = 20): Promise<SimulatedDisk> => {
  const disk = simulatedDisk();
  await found(placeOn(disk), options, size);
  disk.machine.syncEverything();
  return disk.another();
};

export const bytesOf = (disk: Disk, path: string): Uint8Array => {
  const file = right(disk.open(path, 'read'));
  const bytes = new Uint8Array(right(file.stat()).size);
  right(readFully(file, bytes, 0));
  file.close();
  return bytes;
};

/** change writes other bytes into a file; what `make` gives is all that is left of it. */
export const change = (disk: Disk, path: string, make: (bytes: Uint8Array) => Uint8Array): void => {
  const bytes = make(bytesOf(disk, path));
  const file = right(disk.open(path, 'write'));
  right(file.truncate(0));
  right(file.write(bytes, 0));
  right(file.sync());
  file.close();
};

/** flip changes one bit of a file. */
export const flip = (disk: Disk, path: string, at: number): void =>
  change(disk, path, (bytes) => bytes.with(at, (bytes[at] ?? 0) ^ 1));

export const segmentsOf = (disk: Disk, { journal }: Layout): readonly string[] =>
  right(disk.list(journal)).map((name) => join(journal, name));

/** linesOf gives all lines of the journal. */
export const linesOf = (disk: Disk, layout: Layout): readonly string[] =>
  segmentsOf(disk, layout).flatMap((path) =>
    decodeUtf8(bytesOf(disk, path))
      .split(/(?<=\n)/)
      .filter((line) => line !== ''),
  );

/** edit changes rows of the mirror as no ledger does. */
export const edit = ({ ports, layout }: Place, sql: readonly string[]): void => {
  const database: Database = right(ports.databases.open(layout.mirror, 'write'));
  database.sqlite.pragma('foreign_keys = OFF');
  right(database.begin());
  for (const each of sql) database.sqlite.exec(each);
  right(database.commit());
  database.close();
};

/** What is done to a ledger. */
export type Alter = (disk: SimulatedDisk) => void;

/** sql does so to its mirror. */
export const sql =
  (...statements: readonly string[]): Alter =>
  (disk) =>
    edit(placeOn(disk), statements);

/** UNGUARDED lets rows be changed. */
export const UNGUARDED: readonly string[] = [
  'DROP TRIGGER event_stays',
  'DROP TRIGGER event_remains',
];

/** unseen changes rows of the mirror behind which nobody sees that they were. */
export const unseen =
  (statement: string): Alter =>
  (disk) => {
    const place = placeOn(disk);
    const database = right(place.ports.databases.open(LAYOUT.mirror, 'read'));
    const guards = database.sqlite
      .prepare("SELECT sql FROM sqlite_master WHERE name IN ('event_stays', 'event_remains')")
      .pluck()
      .all() as readonly string[];
    database.close();
    edit(place, [...UNGUARDED, statement, ...guards]);
  };

const filesIn = (disk: Disk, folder: string): readonly string[] => {
  const there = right(disk.stat(folder));
  return there === undefined ? [] : right(disk.list(folder)).map((name) => join(folder, name));
};

const digest = (bytes: Uint8Array): string => formatHex(native.sha256(bytes));

/** What is in the mirror that can be told apart. */
export const mirrorOf = (place: Place): string => {
  const { ports, layout } = place;
  const database = right(ports.databases.open(layout.mirror, 'read'));
  const rows = ['events', 'tags', 'nodes', 'ended'].map((table) =>
    JSON.stringify(
      database.sqlite.prepare(`SELECT * FROM ${table}`).all(),
      (name: string, value: unknown) =>
        name === 'note' ? undefined : Buffer.isBuffer(value) ? value.toString('hex') : value,
    ),
  );
  database.close();
  const ledger = ledgerAt(place);
  rows.push(JSON.stringify(right(ledger.digests())));
  return digest(encodeUtf8(rows.join('\n')));
};

/** stateOf tells what is on the disk, the journal byte for byte and the mirror row for row. */
export const stateOf = (place: Place): Readonly<Record<string, string>> => {
  const { disk, layout } = place;
  const paths = [
    ...filesIn(disk, layout.journal),
    ...filesIn(disk, layout.torn).filter((path) => !/mirror\.db|\.part$|\.new$/.test(path)),
    ...filesIn(disk, layout.checkpoints),
    ...(right(disk.stat(layout.checkpoint)) === undefined ? [] : [layout.checkpoint]),
  ];
  return {
    ...Object.fromEntries(paths.map((path) => [path, digest(bytesOf(disk, path))])),
    mirror: mirrorOf(place),
  };
};

/** heard gives options that note what is mended. */
export const heard = (into: Repair[]): Options => ({
  onRepair: (repair) => void into.push(repair),
});

/** leftOf takes what must have been refused. */
export const leftOf = <L, R>(either: E.Either<L, R>): L => {
  if (E.isLeft(either)) return either.left;
  throw new Error(`not refused: ${JSON.stringify(either.right)}`);
};

/** replayOn replays as another process. */
export const replayOn = async (disk: SimulatedDisk, options: ReplayOptions = {}) => {
  const ledger = ledgerAt(placeOn(disk));
  const answer = await ledger.replay(options);
  await ledger.close();
  return answer;
};

/** planOn plans, and sees to it that nothing was written. */
export const planOn = async (disk: SimulatedDisk, options: ReplayOptions = {}) => {
  const before = JSON.stringify(stateless(disk));
  const { plan, report } = right(await replayOn(disk, { ...options, dryRun: true }));
  expect(report).toBeUndefined();
  expect(JSON.stringify(stateless(disk))).toBe(before);
  return plan;
};

/** Every name and its time of change. */
const stateless = (disk: SimulatedDisk, folder = LAYOUT.folder): readonly string[] =>
  right(disk.list(folder)).flatMap((name) => {
    const path = `${folder}/${name}`;
    const stat = right(disk.stat(path));
    const own = `${path} ${stat?.identity} ${stat?.size} ${stat?.changed}`;
    return stat?.kind === 'folder' ? [own, ...stateless(disk, path)] : [own];
  });

/** at gives the path of a segment by its place. */
export const at = (disk: SimulatedDisk, index: number): string =>
  segmentsOf(disk, LAYOUT).at(index) ?? '';

/** damaged gives what is left of a ledger once something was done to it. */
export const damaged = async (damage: (disk: SimulatedDisk) => void): Promise<SimulatedDisk> => {
  const disk = await foundOn();
  damage(disk);
  disk.machine.syncEverything();
  return disk;
};

/** refusedFor gives why nothing was done; nothing of the truth was touched. */
export const refusedFor = async (disk: SimulatedDisk, options: ReplayOptions = {}) => {
  const before = stateless(disk).filter((each) => !/writer\.|mirror\.db|ledger \d|torn/.test(each));
  const left = leftOf(await replayOn(disk, options));
  const after = stateless(disk).filter((each) => !/writer\.|mirror\.db|ledger \d|torn/.test(each));
  expect(after).toEqual(before);
  return left;
};
