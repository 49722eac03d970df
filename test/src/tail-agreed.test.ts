/**
 * What may be set aside is one decision: an append, a replay, its plan and an audit say the same of
 * whatever stands where a journal ends.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { segmentAt } from '../../src/storage/segment.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { oldest } from '../simulation/chance.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
  at,
  bytesOf,
  change,
  edit,
  foundOn,
  heard,
  ledgerAt,
  linesOf,
  logKey,
  placeOn,
  planOn,
  replayOn,
} from './replay-world.ts';

const LF = 0x0a;
const SPACE = 0x20;

const lastOf = (disk: SimulatedDisk): Uint8Array => encodeUtf8(linesOf(disk, LAYOUT).at(-1) ?? '');

/** Puts bytes behind the last line. */
const behind =
  (make: (line: Uint8Array) => Uint8Array): Alter =>
  (disk) => {
    const tail = make(lastOf(disk));
    change(disk, at(disk, -1), (bytes) => Buffer.concat([bytes, tail]));
  };

/** Puts bytes into the place of the last line. */
const instead =
  (make: (line: Uint8Array) => Uint8Array): Alter =>
  (disk) => {
    const line = lastOf(disk);
    change(disk, at(disk, -1), (bytes) =>
      Buffer.concat([bytes.slice(0, bytes.length - line.length), make(line)]),
    );
  };

const unmirrored =
  (alter: Alter): Alter =>
  (disk) => {
    alter(disk);
    right(disk.remove(LAYOUT.mirror));
  };

const edited =
  (...sql: readonly string[]) =>
  (alter: Alter): Alter =>
  (disk) => {
    alter(disk);
    edit(placeOn(disk), sql);
  };
const drifted = edited('DROP TRIGGER event_stays');
const ahead = edited("UPDATE projections SET size = 99 WHERE name = 'overview'");

/** Without a mirror, and with an older checkpoint beside the journal than the last one kept. */
const forgotten =
  (alter: Alter): Alter =>
  (disk) => {
    unmirrored(alter)(disk);
    change(disk, LAYOUT.checkpoint, () => bytesOf(disk, `${LAYOUT.checkpoints}/6`));
  };

/** Begins the segment of the next event. */
const rotated =
  (alter: Alter): Alter =>
  (disk) => {
    const first = linesOf(disk, LAYOUT).length;
    alter(disk);
    right(disk.open(segmentAt(LAYOUT.journal, first).path, 'create')).close();
  };

const cut = instead((line) => line.with(line.length - 1, SPACE));
const lost = behind((line) =>
  Buffer.concat([new Uint8Array(512), line.slice(512), Uint8Array.of(LF), line.slice(0, 100)]),
);
const stray = behind(() => encodeUtf8('{"x":1}\n'));
const begun = behind((line) => line.slice(0, 99));

/** What each of them says: whether it is mended, or would be. */
const toldOf = async (disk: SimulatedDisk): Promise<readonly unknown[]> => {
  disk.machine.syncEverything();
  const copy = (): SimulatedDisk => disk.foresee(oldest);
  const auditor = ledgerAt(placeOn(copy()));
  const audited = right(await auditor.verify({ workers: 1 }));
  const alone = right(await auditor.verify({ workers: 1, journalOnly: true }));
  await auditor.close();
  const plan = await planOn(copy());
  const replayed = await replayOn(copy());
  const repairs: Repair[] = [];
  const writer = ledgerAt(placeOn(copy()), heard(repairs));
  const appended = await writer.append([draftOf('next')]);
  await writer.close();
  return [
    audited.verdict,
    alone.verdict,
    plan.refused?.reason ?? plan.plan.map(({ step }) => step).includes('set_aside'),
    E.isRight(replayed) && (replayed.right.report?.set_aside_bytes ?? 0) > 0,
    E.isRight(appended) && repairs.some(({ _tag }) => _tag === 'TailSetAside'),
  ];
};

const MENDED = ['torn_tail', 'torn_tail', true, true, true];
const KEPT = ['tampered', 'tampered', 'line_refused', false, false];

describe.concurrent('a tail', () => {
  it.each<[string, Alter]>([
    ['such as a power loss leaves, with sound bytes behind zeros', lost],
    ['that is a line of something else', stray],
    ['that was only begun', begun],
    ['that was only begun, where there is no mirror', unmirrored(begun)],
    ['that is a line of something else, of a mirror without a trigger', drifted(stray)],
    ['that stands there twice, of a projection that is ahead', ahead(behind((line) => line))],
  ])('%s goes, and all of them say so', { timeout: 30_000 }, async (_, alter) => {
    const disk = await foundOn({ logKey }, 12);
    alter(disk);
    expect(await toldOf(disk)).toEqual(MENDED);
  });

  it.each<[string, Alter, number?]>([
    ['that the mirror knows to be a line, but for its end', cut],
    ['that the mirror knows to be a line, all zeros', instead((line) => line.fill(0))],
    ['that a checkpoint knows to be a line', unmirrored(cut), 12],
    ['that only a kept checkpoint knows to be a line', forgotten(cut), 12],
    ['with the end of a line in it, where there is no mirror', unmirrored(stray)],
    ['in front of a segment that is begun', rotated(instead((line) => line.slice(0, -1))), 13],
    ['longer than any batch', behind(() => new Uint8Array((8 << 20) + 1).fill(SPACE))],
  ])('%s stays, and all of them say so', { timeout: 30_000 }, async (_, alter, size = 14) => {
    const disk = await foundOn({ logKey }, size);
    alter(disk);
    expect(await toldOf(disk)).toEqual(KEPT);
  });

  it('hides nothing of a projection that holds something else', async () => {
    const disk = await foundOn({ logKey }, 12);
    edit(placeOn(disk), ['UPDATE overview__counted__1 SET count = count + 70']);
    behind((line) => line)(disk);
    const ledger = ledgerAt(placeOn(disk));
    const { findings } = right(await ledger.verify({ workers: 1 }));
    await ledger.close();
    expect(findings).toMatchObject([
      { code: 'tail_torn' },
      { code: 'projection_differs', member: 'overview' },
    ]);
  });

  it('is told as one finding, and all that stands before it is sound', async () => {
    const disk = await foundOn({ logKey }, 12);
    const { length } = bytesOf(disk, at(disk, -1));
    const before = linesOf(disk, LAYOUT).length;
    lost(disk);
    const ledger = ledgerAt(placeOn(disk));
    const report = right(await ledger.verify({ workers: 1 }));
    await ledger.close();
    expect(report).toMatchObject({ size: before, checked: { journal: { events: before } } });
    expect(report.findings).toMatchObject([{ code: 'tail_torn', offset: length }]);
    expect(report.checked.projections).toHaveProperty('overview');
  });
});
