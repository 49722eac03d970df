/**
 * Ledgers on the real disk to be edited: one at rest, and the same one as a process left it that
 * was killed; and what an attacker may have at hand, an older mirror and another history among it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { native } from '../../ledger/crypto/native.ts';
import { parseHex } from '../../ledger/encoding/hex.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { signCheckpoint } from '../../ledger/note/checkpoint.ts';
import { EMPTY, append as appendLeaf, root } from '../../ledger/tree/tree.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { loadSet } from '../../policies/set/load.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { Surface } from '../../policies/surface.ts';
import type { OpenError } from '../../src/storage/settings-file.ts';
import { Ledger } from '../../src/ledger.ts';
import { readSettings } from '../../src/storage/settings-file.ts';
import type { Settings } from '../../src/storage/layout.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { sqliteLock } from '../../src/storage/writer-lock.ts';
import { foundingDraft, makeFolders, putSettings } from '../../src/usecase/create.ts';
import { isTaken } from '../../src/usecase/receipt.ts';
import { realPorts } from '../../src/wiring.ts';
import { ALICE, BOB, LOG, ORIGIN, enrolment, right } from '../build/ledger.ts';
import { setting } from '../process/setting.ts';

const SETTINGS: Settings = {
  origin: ORIGIN as Settings['origin'],
  limits: { segment_bytes: 40_000, checkpoint_events: 50, checkpoint_seconds: 1_000_000 },
};

/** So many ordinary events, beside those that govern: enough for a node of the tree. */
const EVENTS = 256;

/** opening opens a ledger as a process of its own would, and lets go of everything in the end. */
export const opening = async <T>(
  folder: string,
  use: (ledger: Ledger) => Promise<T>,
  onRepair?: (repair: Repair) => void,
): Promise<E.Either<OpenError, T>> => {
  const layout = layoutOf(folder);
  const settings = readSettings(realPorts, layout);
  if (E.isLeft(settings)) return settings;
  const lock = sqliteLock(setting);
  const ports = { ...realPorts, lock };
  const ledger = new Ledger(ports, layout, settings.right, { logKey: LOG, onRepair });
  try {
    return E.right(await use(ledger));
  } finally {
    await ledger.close();
    lock.close();
  }
};

/** linesIn gives what stands in a journal, cut behind each LF, segment by segment. */
export const linesIn = (folder: string): readonly string[] => {
  const journal = join(folder, 'journal');
  // To read a pipe would be to wait for ever.
  return readdirSync(journal, { withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .toSorted()
    .flatMap((name) => readFileSync(join(journal, name), 'latin1').split(/(?<=\n)/))
    .filter((line) => line !== '');
};

/** What some authors say that they knew. */
const seenOf = (i: number, hashes: readonly string[]): JsonObject => {
  const [seq, hash] = [i - 30, hashes[i - 30]];
  return i % 40 !== 39 || hash === undefined ? {} : { seen: { event_hash: hash, seq } };
};

const eventOf = (i: number, hashes: readonly string[]): JsonObject => ({
  event_type: i % 3 === 0 ? 'invoice.paid' : 'invoice.sent',
  id: `e-${i}`,
  observed_at: '2026-01-01T00:00:00.000Z',
  payload: { i, text: 'x'.repeat(i % 60), list: [true, null, i / 2] },
  source: { kind: i % 2 === 0 ? 'tool' : 'user', name: 'fuzz' },
  ...(i % 7 === 0 ? { domain_tags: ['eu', 'us'], session_id: `s-${i % 5}` } : {}),
  ...(i % 11 === 5 ? { supersedes: `e-${i - 1}`, trace_id: 'ab'.repeat(16) } : {}),
  ...seenOf(i, hashes),
});

const hashesIn = (folder: string): readonly string[] =>
  linesIn(folder).map((line) => (JSON.parse(line) as { readonly event_hash: string }).event_hash);

const take = async (
  ledger: Ledger,
  drafts: readonly JsonObject[],
  options: Parameters<Ledger['append']>[1] = {},
): Promise<void> => {
  const receipts = right(await ledger.append(drafts, options));
  const other = receipts.find((receipt) => !isTaken(receipt));
  if (other !== undefined) throw new Error(JSON.stringify(other));
};

/** Signs as the operator, on the surface that it belongs to. */
const govern = (ledger: Ledger, type: string, payload: Json, surface: Surface): Promise<void> =>
  take(ledger, [{ event_type: type, payload, source: { kind: 'user', name: 'alice' } }], {
    surface,
    sign: { key: ALICE },
  });

const found = (folder: string): void => {
  const layout = layoutOf(folder);
  right(makeFolders(realPorts.disk, layout));
  right(putSettings(realPorts.disk, layout, SETTINGS));
};

/** A note by the log key over all that stands in a journal, as if it had been kept elsewhere. */
const noteOver = (folder: string): string => {
  let frontier = EMPTY;
  const hashes = hashesIn(folder);
  for (const hash of hashes)
    frontier = appendLeaf(native, frontier, parseHex(hash) ?? new Uint8Array(32));
  return right(signCheckpoint(native, LOG, hashes.length, root(native, frontier)));
};

export interface Ground {
  /** Where copies go; whoever made it removes it. */
  readonly home: string;
  /** At rest, and as a kill left it: with a log beside the mirror. */
  readonly bases: readonly string[];
  readonly lines: readonly string[];
  /** How many of them the checkpoint beside them is about. */
  readonly size: number;
  /** Over all of it, kept elsewhere; the one beside the journal is over less. */
  readonly held: string;
  readonly older: string;
  /** Another history of a ledger of the same name. */
  readonly fork: readonly string[];
  readonly digests: Readonly<Record<string, string>>;
}

const fill = async (folder: string, ledger: Ledger, atHalf: () => void): Promise<void> => {
  const keys = { log: LOG, operator: ALICE };
  await take(ledger, [foundingDraft(SETTINGS.origin, keys)], { surface: 'record' });
  await govern(ledger, 'key.enrolled', enrolment(BOB), 'key_change');
  const builtIn = readyMade(native, 'open');
  const set = right(loadSet(native, { own: { version: 1, secrets: { find: true } } }));
  for (let i = 0; i < EVENTS; i += 16) {
    if (i === 128) {
      await govern(ledger, 'policy.adopted', adoptionOf(builtIn, set), 'policy_adoption');
      atHalf();
    }
    const hashes = hashesIn(folder);
    const drafts = Array.from({ length: 16 }, (_, k) => eventOf(i + k, hashes));
    const key = i % 64 === 0 ? BOB : ALICE;
    await take(ledger, drafts, i % 32 === 0 ? { sign: { key } } : {});
  }
  const payload = { key_id: BOB.keyId, reason: 'left' };
  await govern(ledger, 'key.retired', payload, 'key_change');
  // What the mirror holds now is in its log; what comes last is signed by nobody.
  for (let i = EVENTS; i < EVENTS + 5; i++) await take(ledger, [eventOf(i, [])]);
};

/** build makes them; it takes a second. */
export const build = async (): Promise<Ground> => {
  const home = mkdtempSync(join(tmpdir(), 'ledger-fuzz-'));
  const [calm, killed, other] = ['calm', 'killed', 'other'].map((name) => join(home, name));
  if (calm === undefined || killed === undefined || other === undefined) throw new Error('never');
  const older = join(home, 'older.db');
  found(calm);
  right(
    await opening(calm, async (ledger) => {
      await fill(calm, ledger, () => {
        // By another process: closing the file in this one would drop its locks.
        execFileSync('cp', [join(calm, 'mirror.db'), older]);
      });
      execFileSync('cp', ['-r', calm, killed]);
    }),
  );
  if (!existsSync(join(killed, 'mirror.db-wal'))) throw new Error('there is no log to edit');
  rmSync(join(killed, 'mirror.db-shm'), { force: true });
  found(other);
  right(
    await opening(other, async (ledger) => {
      const keys = { log: LOG, operator: ALICE };
      await take(ledger, [foundingDraft(SETTINGS.origin, keys)], { surface: 'record' });
      for (let i = 0; i < 40; i++) await take(ledger, [eventOf(1000 + i, [])]);
    }),
  );
  const digests = right(await opening(calm, async (ledger) => right(ledger.digests())));
  return {
    home,
    bases: [calm, killed],
    lines: linesIn(calm),
    size: Number(readFileSync(join(calm, 'checkpoint'), 'utf8').split('\n')[1]),
    held: noteOver(calm),
    older,
    fork: linesIn(other),
    digests,
  };
};
