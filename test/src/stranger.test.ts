/**
 * What may go wrong around a writer that has its ledger open: strangers at its journal, folders
 * that cannot be synced, rows that do not go in, drafts of one batch that want the same.
 */
import * as E from 'fp-ts/lib/Either.js';
import Sqlite from 'better-sqlite3';
import { appendFileSync, copyFileSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { loadSet } from '../../policies/set/load.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { Surface } from '../../policies/surface.ts';
import { makeFolders } from '../../src/usecase/create.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import { realPorts } from '../../src/wiring.ts';
import { causeOf, house, one, statuses, take, thing } from '../build/house.ts';
import { ALICE, BOB } from '../build/ledger.ts';
import { storedIn } from '../simulation/oracle.ts';
import { calls, failing } from '../simulation/plan.ts';
import { LAYOUT, draftOf } from '../simulation/world.ts';
import { right } from './disk-law.ts';
import { nodeGround } from './node-ground.ts';
import type { Place } from './replay-world.ts';
import { append, found, heard, ledgerAt, leftOf, linesOf, segmentsOf } from './replay-world.ts';

const real = async (): Promise<Place> => {
  const { root } = nodeGround();
  const place = { layout: layoutOf(root), disk: realPorts.disk, ports: realPorts };
  await found(place);
  return place;
};

const last = ({ disk, layout }: Place): string => segmentsOf(disk, layout).at(-1) ?? '';

describe('a journal that is held open', () => {
  it('takes nothing more where a stranger put another file into its place', async () => {
    const place = await real();
    const ledger = ledgerAt(place);
    await append(ledger, ['mine']);
    const path = last(place);
    const altered = readFileSync(path, 'utf8').replaceAll('"mine"', '"mint"');
    writeFileSync(`${place.layout.folder}/other`, altered);
    renameSync(`${place.layout.folder}/other`, path);
    const left = leftOf(await ledger.append([draftOf('later')]));
    expect(left).toMatchObject({ cause: { reason: 'journal_differs_from_mirror', seq: 20 } });
    expect(readFileSync(path, 'utf8')).toBe(altered);
    await ledger.close();
  });

  it('goes on in the file that bears the name, not in the one that bore it', async () => {
    const place = await real();
    const ledger = ledgerAt(place);
    await append(ledger, ['mine']);
    copyFileSync(last(place), `${place.layout.folder}/other`);
    renameSync(`${place.layout.folder}/other`, last(place));
    await append(ledger, ['later']);
    expect(linesOf(place.disk, place.layout)).toHaveLength(22);
    await ledger.close();
  });

  it('is not gone on from what a stranger wrote behind its end', async () => {
    const place = await real();
    const repairs: Repair[] = [];
    const ledger = ledgerAt(place, heard(repairs));
    await append(ledger, ['mine']);
    appendFileSync(last(place), '{"a":"stranger"}\n');
    await append(ledger, ['later']);
    expect(repairs).toMatchObject([{ _tag: 'TailSetAside', bytes: 17 }]);
    const lines = linesOf(place.disk, place.layout);
    expect(lines).toHaveLength(22);
    expect(lines.join('')).not.toContain('stranger');
    await ledger.close();
  });
});

describe('a folder that cannot be synced', () => {
  const fault = { kind: 'fail', errno: 'EIO', when: 'before' } as const;

  it('becomes no ledger', async () => {
    const { disk } = await house();
    disk.follow(failing(fault, calls('sync_folder')));
    expect(makeFolders(disk, layoutOf('/another'))).toMatchObject({
      left: { call: 'sync_folder' },
    });
  });

  it('gets no new segment: the writer stops, and nothing is acknowledged', async () => {
    const { ledger, disk, world } = await house();
    for (let i = 0; right(world.disk.another().list(LAYOUT.journal)).length < 2; i++)
      await one(ledger, draftOf(`e-${i}`));
    const before = storedIn(world.disk.another()).length;
    disk.follow(failing(fault, calls('sync_folder', 'journal')));
    let count = 0;
    while (count < 20 && (await causeOf(ledger, draftOf(`f-${count}`))) === 'none') count++;
    expect(await causeOf(ledger, draftOf('g'))).toBe('Poisoned');
    expect(storedIn(world.disk.another()).length).toBe(before + count);
  });
});

describe('a batch', () => {
  it('of which one row does not go in leaves nothing in the journal', async () => {
    const place = await real();
    const other = new Sqlite(place.layout.mirror);
    other.exec(
      'CREATE TRIGGER strange BEFORE INSERT ON events ' +
        "WHEN NEW.id = 'poison' BEGIN SELECT raise(ABORT, 'no'); END",
    );
    other.close();
    const before = linesOf(place.disk, place.layout);
    const ledger = ledgerAt(place);
    expect(E.isLeft(await ledger.append(['a', 'b', 'poison'].map(draftOf)))).toBe(true);
    expect(linesOf(place.disk, place.layout)).toEqual(before);
    await append(ledger, ['b', 'c']);
    expect(linesOf(place.disk, place.layout)).toHaveLength(before.length + 2);
    expect([...ledger.read()]).toHaveLength(before.length + 2);
    await ledger.close();
  });

  it('whose drafts spend one authorization gets one of them in', async () => {
    const { ledger } = await house();
    const enrolled = { vkey: formatVkey(BOB), tier: 'observed', purpose: 'author' };
    const types = [{ match: 'deploy.*', tier: 'operator' }];
    const set = right(loadSet(native, { own: { version: 1, types } }));
    const govern = (event_type: string, payload: JsonObject, surface: Surface) =>
      one(ledger, { ...thing(payload), event_type }, { surface, sign: { key: ALICE } });
    await govern('key.enrolled', enrolled, 'key_change');
    const adopted = adoptionOf(readyMade(native, 'open'), set);
    await govern('policy.adopted', adopted, 'policy_adoption');
    const scope = {
      expires_at: '2030-01-01T00:00:00.000Z',
      reason: 'the disk is gone',
      reason_code: 'incident_response',
      rules: ['the-tier-is-enough'],
      types: ['deploy.*'],
      uses: 1,
    };
    const given = await govern('break_glass.authorized', scope, 'break_glass');
    const authorization = 'id' in given ? given.id : '';
    const forced = (i: number) => thing({ i }, { event_type: 'deploy.forced', authorization });
    const answers = await take(ledger, [forced(1), forced(2)], { sign: { key: BOB } });
    expect(statuses(answers)).toEqual(['appended', 'refused']);
    expect(answers[0]).toMatchObject({ policy: { outcome: 'break_glass' } });
  });
});
