/**
 * What a replay refuses it refuses before it writes: its plan says the same, and the disk is as it
 * was.
 */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Key } from '../../ledger/key/key.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import { errorText } from '../../src/cli/error-text.ts';
import type { ReplayOptions } from '../../src/usecase/replay-request.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { right } from './disk-law.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
  append,
  at,
  bytesOf,
  change,
  flip,
  foundOn,
  ledgerAt,
  leftOf,
  linesOf,
  logKey,
  newLogKey,
  operator,
  placeOn,
  planOn,
  replayOn,
  segmentsOf,
  sql,
  stranger,
} from './replay-world.ts';
import { all, auditOf, mirrorOf, none, signed, torn } from './told.ts';

/** Everything but what each open writes anew: the writer's lock and whoever holds it. */
const filesOn = (disk: SimulatedDisk, folder = LAYOUT.folder): readonly string[] =>
  right(disk.list(folder)).flatMap((name) => {
    const path = join(folder, name);
    if (name.startsWith('writer.') || /-(?:wal|shm)$/.test(name)) return [];
    const isFolder = right(disk.stat(path))?.kind === 'folder';
    if (isFolder) return filesOn(disk, path);
    return [`${path} ${native.digest(bytesOf(disk, path))}`];
  });

/** Why nothing is done, or would be. */
const whyNot = (answer: Awaited<ReturnType<typeof replayOn>>): unknown =>
  answer._tag === 'Left' ? answer.left : answer.right.plan.refused;

const isRefused = async (disk: SimulatedDisk, options: ReplayOptions, reason: string) => {
  disk.machine.syncEverything();
  const before = filesOn(disk);
  expect(await planOn(disk, options)).toMatchObject({ plan: [], refused: { reason } });
  expect(leftOf(await replayOn(disk, options))).toMatchObject({ reason });
  expect(filesOn(disk)).toEqual(before);
};

const put =
  (path: string, text: string): Alter =>
  (disk) =>
    change(disk, path, () => Buffer.from(text));
const kept = (size: number): string => join(LAYOUT.checkpoints, String(size));
const empty = put(LAYOUT.checkpoint, '');
/** The signature of another note of the same log: as long, and none of this one. */
const unsound =
  (path: string): Alter =>
  (disk) => {
    const text = Buffer.from(bytesOf(disk, path)).toString();
    const [first = ''] = text.split('\n\n');
    const end = Buffer.from(bytesOf(disk, kept(6))).toString();
    put(path, `${first}\n\n${end.slice(end.indexOf('\n\n') + 2)}`)(disk);
  };
const lastLine: Alter = (disk) =>
  flip(disk, at(disk, -1), bytesOf(disk, at(disk, -1)).length - 200);
const gone: Alter = (disk) => {
  for (const path of segmentsOf(disk, LAYOUT)) right(disk.remove(path));
};

/** A mirror whose schema SQLite cannot read any more: it opens, and nothing can be asked. */
const unasked: Alter = (disk) =>
  change(disk, LAYOUT.mirror, (bytes) =>
    Buffer.from(
      Buffer.from(bytes)
        .toString('latin1')
        .replaceAll('CREATE TRIGGER event_stays', 'CREATE TRIGGEX event_stays'),
      'latin1',
    ),
  );

it('no journal is made of a mirror of which nothing can be asked', async () => {
  const disk = await foundOn();
  all((its) => flip(its, at(its, 1), 200), unasked)(disk);
  await isRefused(disk, { from: 'mirror' }, 'mirror_unread');
});

describe.concurrent('a way back to the last good event', () => {
  const BACK = { toLastGood: true, operator, newLogKey } as const;

  it.each<[string, Alter, Alter]>([
    ['that is empty', lastLine, empty],
    ['that is empty, before a torn tail', torn, empty],
    ['that is no note', lastLine, put(LAYOUT.checkpoint, 'a\nb\n')],
    ['that nobody signed', lastLine, unsound(LAYOUT.checkpoint)],
    ['that nobody signed, before a torn tail', torn, unsound(LAYOUT.checkpoint)],
    ['that nobody signed, and nothing else is wrong', none, unsound(LAYOUT.checkpoint)],
    ['that is kept and empty', lastLine, put(kept(6), '')],
    ['that is kept and that nobody signed', lastLine, all(unsound(kept(12)), unsound(kept(6)))],
  ])('is refused before a checkpoint %s', async (_, damage, alter) => {
    const disk = await signed();
    all(damage, alter)(disk);
    await isRefused(disk, BACK, 'checkpoint_refused');
  });
});

const intent = join(LAYOUT.torn, 'recovery.json');
/** What somebody puts where a way back writes down what is still to be recorded. */
const planted =
  (drafts: readonly (readonly [type: string, payload: JsonObject])[], isFork = true): Alter =>
  (disk) => {
    const source = { kind: 'runtime', name: 'ledger' };
    const draft = { id: 'planted', observed_at: '2026-01-01T00:00:00.000Z', source };
    const said = drafts.map(([event_type, payload]) => ({ ...draft, event_type, payload }));
    const where = { segment: 0, offset: 0, size: 1, bytes: 0 };
    right(disk.makeFolder(LAYOUT.torn));
    right(disk.open(intent, 'create')).close();
    put(intent, JSON.stringify({ ...where, isFork, drafts: said }))(disk);
  };
const enrols = (key: Key, tier: string, purpose: string) =>
  ['key.enrolled', { vkey: formatVkey(key), tier, purpose }] as const;
const retires = (key: Key) => ['key.retired', { key_id: key.keyId, reason: 'none' }] as const;

describe.concurrent('what is written down of a way back', () => {
  const BACK = { toLastGood: true, operator, newLogKey } as const;

  it.each<[string, Alter, string]>([
    ['an operator', planted([enrols(stranger, 'operator', 'author')]), 'recovery_refused'],
    ['an author', planted([enrols(newLogKey, 'verified', 'author')]), 'recovery_refused'],
    ['another log key', planted([enrols(stranger, 'verified', 'log')]), 'log_key_needed'],
    ['the end of an operator', planted([retires(operator)]), 'recovery_refused'],
    ['the end of a log key, and no fork', planted([retires(logKey)], false), 'recovery_refused'],
    ['what is no event', planted([['note.taken', {}]]), 'recovery_refused'],
    ['nothing that can be read', all(planted([]), put(intent, '{"bytes":1')), 'recovery_refused'],
  ])('is not signed where it is %s', async (_, alter, reason) => {
    const disk = await foundOn({ logKey }, 9);
    alter(disk);
    disk.machine.syncEverything();
    const before = linesOf(disk, LAYOUT);
    for (const options of [BACK, { ...BACK, dryRun: true }])
      expect(whyNot(await replayOn(disk, options))).toMatchObject({ reason });
    expect(linesOf(disk, LAYOUT)).toEqual(before);
  });

  it('lets no log key sign while it cannot be read', async () => {
    const disk = await foundOn({ logKey }, 9);
    all(planted([]), put(intent, ''))(disk);
    const ledger = ledgerAt(placeOn(disk), { logKey });
    await append(ledger, ['later']);
    expect(await ledger.checkpoint()).toMatchObject({
      left: { _tag: 'Unsigned', cause: { reason: 'recovery_refused' } },
    });
    await ledger.close();
  });
});

describe.concurrent('a replay', () => {
  it.each<[string, ReplayOptions]>([
    ['for its projections', { projectionsOnly: true }],
    ['for its projections, whatever else is asked', { projectionsOnly: true, toLastGood: true }],
  ])('of a journal damaged in its middle is refused %s', async (_, options) => {
    const disk = await foundOn({}, 14);
    flip(disk, at(disk, 0), 1500);
    await isRefused(disk, { ...options, operator, newLogKey }, 'line_refused');
  });

  it.each<[string, Alter]>([
    ['lines that its mirror has not taken', none],
    ['a torn tail', torn],
    ['a checkpoint that lies there no longer', (disk) => right(disk.remove(LAYOUT.checkpoint))],
  ])('of a journal damaged in its middle mends nothing before it: %s', async (_, alter) => {
    const disk = await signed();
    await mirrorOf(disk, 12);
    all((each) => flip(each, at(each, 0), 1500), alter)(disk);
    await isRefused(disk, {}, 'line_refused');
  });

  it.each<[string, Alter]>([
    ['empty', put(kept(6), '')],
    ['another', (disk) => put(kept(6), Buffer.from(bytesOf(disk, kept(12))).toString())(disk)],
  ])('is refused for an earlier checkpoint that is %s, as an audit says', async (_, alter) => {
    const disk = await foundOn({ logKey }, 20);
    alter(disk);
    expect((await auditOf(disk)).verdict).toBe('tampered');
    await isRefused(disk, {}, 'checkpoint_refused');
    expect(errorText(leftOf(await replayOn(disk))).next).toContain('move it elsewhere');
  });
});

describe.concurrent('a journal out of the mirror', () => {
  it('is planned as it is made where a way back is asked for, too', async () => {
    const disk = await foundOn({ logKey }, 14);
    flip(disk, at(disk, 0), 1500);
    const options = { from: 'mirror', toLastGood: true } as const;
    expect((await planOn(disk, options)).refused).toBeUndefined();
    right(await replayOn(disk, options));
    expect((await auditOf(disk)).verdict).toBe('verified');
  });

  it('is refused where the journal stands, and a checkpoint that is kept is none', async () => {
    const disk = await foundOn({ logKey }, 14);
    flip(disk, join(LAYOUT.checkpoints, '6'), 3);
    expect((await auditOf(disk)).verdict).toBe('tampered');
    await isRefused(disk, { from: 'mirror' }, 'checkpoint_refused');
  });

  it.each<[string, Alter, Alter, string]>([
    ['of a later version', gone, sql('PRAGMA user_version = 99'), 'mirror_newer'],
    ['of a later version', lastLine, sql('PRAGMA user_version = 99'), 'mirror_newer'],
    [
      'of another ledger',
      gone,
      sql("UPDATE ended SET origin = 'example.com/elsewhere'"),
      'origin_differs',
    ],
  ])('is refused where that is %s', async (_, damage, alter, reason) => {
    const disk = await foundOn({}, 14);
    all(damage, alter)(disk);
    await isRefused(disk, { from: 'mirror' }, reason);
  });
});
