/**
 * What an open mends by itself and what it leaves alone: a mirror that is at fault never reaches
 * the journal, and a journal that is at fault is not cut.
 */
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { headerOf } from '../../ledger/event/line.ts';
import { open } from '../../ledger/event/open.ts';
import { seal, unseal } from '../../ledger/event/seal.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { signerOf } from '../../ledger/key/key.ts';
import type { EventId, Seq } from '../../ledger/name.ts';
import { signCheckpoint } from '../../ledger/note/checkpoint.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { Ledger } from '../../src/ledger.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import { isWhole } from '../../src/storage/mirror/schema.ts';
import { realPorts } from '../../src/wiring.ts';
import { calls, failingAt } from '../simulation/plan.ts';
import { draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import { nodeGround } from './node-ground.ts';
import {
  LAYOUT,
  SETTINGS,
  UNGUARDED,
  append,
  bytesOf,
  change,
  edit,
  found,
  foundOn,
  heard,
  ledgerAt,
  linesOf,
  logKey,
  places,
  placeOn,
  segmentsOf,
  stateOf,
} from './replay-world.ts';

const tail =
  (text: string) =>
  (bytes: Uint8Array): Uint8Array =>
    Buffer.concat([bytes, encodeUtf8(text)]);

/** Has the mirror remember a checkpoint of a log that says something else. */
const remembering = (key: Signer, size: number): string => {
  const note = right(signCheckpoint(native, key, size, native.sha256(encodeUtf8('else'))));
  return `UPDATE ended SET note = '${note}'`;
};
const stranger = right(signerOf(native, logKey.name, native.sha256(encodeUtf8('stranger'))));

describe('a mirror that is not what it was', () => {
  it.each<[string, readonly string[]]>([
    ['tells of another head', [`UPDATE ended SET head = '${'a'.repeat(64)}'`]],
    ['tells of another moment', ["UPDATE ended SET recorded_at = '2031-01-01T00:00:00.000Z'"]],
    ['tells of another tree', [`UPDATE ended SET peaks = x'${'ab'.repeat(64)}'`]],
    ['has lost its last row', [...UNGUARDED, 'DELETE FROM events WHERE seq = 19']],
    [
      'holds no line where a gate looks',
      [...UNGUARDED, "UPDATE events SET line = '' WHERE seq = 0"],
    ],
    [
      'names another operator',
      [...UNGUARDED, "UPDATE events SET line = replace(line, 'alice+', 'mallo+') WHERE seq = 0"],
    ],
    ['has lost a table', ['DROP TABLE tags']],
    ['remembers what another key signed', [remembering(stranger, 14)]],
    ['remembers what another key signed of what is to come', [remembering(stranger, 40)]],
    ['has a projection that is ahead', ["UPDATE projections SET size = 99 WHERE name = 'places'"]],
  ])('is made anew where it %s', async (_, sql) => {
    const disk = await foundOn();
    edit(placeOn(disk), sql);
    const repairs: Repair[] = [];
    const ledger = ledgerAt(placeOn(disk), heard(repairs));
    await append(ledger, ['later']);
    expect(repairs).toEqual([{ _tag: 'MirrorRebuilt', reason: 'damaged', events: 20 }]);
    const lines = [...ledger.read()].map((read) => `${right(read).line}\n`);
    expect(lines).toEqual(linesOf(disk, LAYOUT));
    expect(lines).toHaveLength(21);
    await ledger.close();
  });

  it('is let be where nothing is at fault', async () => {
    const disk = await foundOn();
    const repairs: Repair[] = [];
    const ledger = ledgerAt(placeOn(disk), heard(repairs));
    await append(ledger, ['later']);
    expect(repairs).toEqual([]);
    await ledger.close();
  });

  it('is kept aside each time that it was damaged', async () => {
    const disk = await foundOn();
    for (const id of ['once', 'twice']) {
      change(disk, LAYOUT.mirror, (bytes) => bytes.fill(id.length, 0, 100));
      const ledger = ledgerAt(placeOn(disk));
      await append(ledger, [id]);
      await ledger.close();
    }
    expect(right(disk.list(LAYOUT.torn))).toEqual(['mirror.db', 'mirror.db.2']);
  });

  it('does not bring a note that is none beside the journal', async () => {
    const disk = await foundOn();
    edit(placeOn(disk), ["UPDATE ended SET note = 'none'"]);
    right(disk.remove(LAYOUT.checkpoint));
    const ledger = ledgerAt(placeOn(disk));
    await append(ledger, ['later']);
    await ledger.close();
    const last = Math.max(...right(disk.list(LAYOUT.checkpoints)).map(Number));
    const kept = bytesOf(disk, `${LAYOUT.checkpoints}/${last}`);
    expect(bytesOf(disk, LAYOUT.checkpoint)).toEqual(kept);
  });

  it.each([14, 40])('is believed where the log key signed it: %i', async (size) => {
    const disk = await foundOn();
    edit(placeOn(disk), [remembering(logKey, size)]);
    const answer = await ledgerAt(placeOn(disk)).append([draftOf('later')]);
    expect(answer).toMatchObject({ left: { cause: { _tag: 'Corrupt' } } });
    expect(linesOf(disk, LAYOUT)).toHaveLength(20);
  });

  it('brings back the note that it remembers', async () => {
    const disk = await foundOn();
    const ledger = ledgerAt(placeOn(disk));
    await append(ledger, ['later']);
    await ledger.close();
    const note = bytesOf(disk, LAYOUT.checkpoint);
    right(disk.remove(LAYOUT.checkpoint));
    const again = ledgerAt(placeOn(disk));
    await append(again, ['still-later']);
    await again.close();
    expect(bytesOf(disk, LAYOUT.checkpoint)).toEqual(note);
  });
});

describe('a tail that is none', () => {
  it('is cut off where the checkpoint is sound', async () => {
    const disk = await foundOn();
    change(disk, segmentsOf(disk, LAYOUT).at(-1) ?? '', tail('{"torn'));
    const repairs: Repair[] = [];
    const ledger = ledgerAt(placeOn(disk), heard(repairs));
    await append(ledger, ['later']);
    await ledger.close();
    expect(repairs).toMatchObject([{ _tag: 'TailSetAside', bytes: 6 }]);
  });

  it.each<[string, (bytes: Uint8Array) => Uint8Array]>([
    ['is none', () => encodeUtf8('none')],
    ['is signed by nobody', (bytes) => bytes.slice(0, -20)],
  ])('stays where it is as long as the checkpoint %s', async (_, make) => {
    const disk = await foundOn();
    change(disk, segmentsOf(disk, LAYOUT).at(-1) ?? '', tail('{"torn'));
    change(disk, LAYOUT.checkpoint, make);
    const before = stateOf(placeOn(disk));
    const ledger = ledgerAt(placeOn(disk));
    const answer = await ledger.append([draftOf('later')]);
    expect(answer).toMatchObject({ left: { cause: { reason: 'checkpoint_refused' } } });
    await ledger.close();
    expect(stateOf(placeOn(disk))).toEqual(before);
  });

  it('is told to be set aside although what comes then fails', async () => {
    const disk = await foundOn();
    change(disk, segmentsOf(disk, LAYOUT).at(-1) ?? '', tail('{"torn'));
    const repairs: Repair[] = [];
    const place = placeOn(disk);
    const ledger = ledgerAt(place, heard(repairs));
    const fault = { kind: 'fail', errno: 'SQLITE_FULL', when: 'before' } as const;
    place.disk.follow(failingAt(0, fault, calls('commit', 'mirror.db')));
    expect(E.isLeft(await ledger.append([draftOf('later')]))).toBe(true);
    expect(repairs).toMatchObject([{ _tag: 'TailSetAside' }]);
    expect(linesOf(disk, LAYOUT)).toHaveLength(20);
  });
});

/** A ledger whose last line stands there once more, under the same id or another. */
const repeated = async (id?: EventId) => {
  const disk = await foundOn();
  change(disk, segmentsOf(disk, LAYOUT).at(-1) ?? '', (bytes) => {
    const { line } = open(native, bytes.subarray(bytes.lastIndexOf(0x0a, -2) + 1));
    const draft = line === undefined ? undefined : unseal(line);
    if (line === undefined || draft === undefined) throw new Error('no line stands there');
    const { policy, recorded_at, seq } = headerOf(line);
    const again = id === undefined ? draft : { ...draft, claim: { ...draft.claim, id } };
    const place = { policy, recorded_at, prev_event_hash: line.event_hash };
    return Buffer.concat([
      bytes,
      right(seal(native, again, { ...place, seq: (seq + 1) as Seq })).bytes,
    ]);
  });
  return disk;
};

describe('a line that bears the id of the one before', () => {
  it('is set aside behind the end that the mirror knows, and adopted under its own', async () => {
    for (const [id, tag] of [
      [undefined, 'TailSetAside'],
      ['its-own' as EventId, 'LinesAdopted'],
    ] as const) {
      const repairs: Repair[] = [];
      const ledger = ledgerAt(placeOn(await repeated(id)), heard(repairs));
      await append(ledger, ['later']);
      await ledger.close();
      expect(repairs).toMatchObject([{ _tag: tag }]);
    }
  });

  it('is not taken into a mirror that is made anew', async () => {
    for (const id of [undefined, 'its-own' as EventId]) {
      const disk = await repeated(id);
      right(disk.remove(LAYOUT.mirror));
      const ledger = ledgerAt(placeOn(disk));
      const answer = await ledger.append([draftOf('later')]);
      await ledger.close();
      const findings = [{ code: 'id_repeated', expected: 'first at 19' }];
      if (id === undefined)
        expect(answer).toMatchObject({ left: { cause: { reason: 'line_refused', findings } } });
      else expect(answer).toMatchObject({ right: [{ status: 'appended', seq: 21 }] });
    }
  });
});

const real = async () => {
  const { root } = nodeGround();
  const place = { layout: layoutOf(root), disk: realPorts.disk, ports: realPorts };
  await found(place);
  return { place, path: place.layout.mirror };
};

describe('a projection', () => {
  it('that comes later and reads its own rows takes every event', async () => {
    const disk = await foundOn();
    const ledger = ledgerAt(placeOn(disk), { projections: [places, { ...places, name: 'late' }] });
    await append(ledger, ['later']);
    expect(right(ledger.projection('late', 'place'))).toEqual(
      right(ledger.projection('places', 'place')),
    );
    await ledger.close();
  });

  it('that another process makes anew is taken on anew', async () => {
    const { place } = await real();
    const one = ledgerAt(place);
    await append(one, ['one']);
    const other = ledgerAt(place, { projections: [{ ...places, version: 2 }] });
    await append(other, ['other']);
    await append(one, ['one-again']);
    expect(right(one.projection('places', 'place'))).toHaveLength(23);
    await one.close();
    await other.close();
  });
});

describe('what a crash left beside the mirror', () => {
  it('is not played into the one that is made anew', async () => {
    const { place, path } = await real();
    const other = new Sqlite(path);
    other.pragma('journal_mode = WAL');
    other.exec('DROP TRIGGER event_stays');
    const log = right(place.disk.open(`${path}-wal`, 'read'));
    const bytes = new Uint8Array(right(log.stat()).size);
    right(log.read(bytes, 0));
    log.close();
    other.close();
    right(place.disk.remove(path));
    writeFileSync(`${path}-wal`, bytes);
    writeFileSync(`${path}.new`, 'half of one');
    writeFileSync(`${path}.new-wal`, bytes);
    const repairs: Repair[] = [];
    const ledger = new Ledger(realPorts, place.layout, SETTINGS, {
      projections: [places],
      onRepair: (repair) => void repairs.push(repair),
    });
    await append(ledger, ['later']);
    expect([...ledger.read()]).toHaveLength(21);
    await ledger.close();
    // Had it been played in, a second mirror would have been made of the damaged first.
    expect(repairs).toEqual([{ _tag: 'MirrorRebuilt', reason: 'missing', events: 20 }]);
    expect(right(place.disk.list(place.layout.folder))).not.toContain('mirror.db.new');
    const made = new Sqlite(path, { readonly: true });
    expect(isWhole(made)).toBe(true);
    made.close();
  });
});
