/**
 * The audit of a whole ledger: a sound one is found to be sound, what was tampered with is found.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { hashHeader } from '../../ledger/event/hash.ts';
import { ZERO_HASH } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { CAROL, DAVE, Gatehouse } from '../../properties/model/gatehouse.ts';
import type { VerifyOptions } from '../../src/ledger.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import { foundingDraft, makeFolders, putSettings } from '../../src/usecase/create.ts';
import { DecisionCheck } from '../../src/verify/refold.ts';
import { realPorts } from '../../src/wiring.ts';
import { LOG, ORIGIN, right } from '../build/ledger.ts';
import type { Site } from '../build/site.ts';
import {
  EVENTS,
  SETTINGS,
  auditOf,
  build,
  codes,
  event,
  flip,
  openAt,
  segmentsOf,
} from '../build/site.ts';

let site: Site;
beforeAll(async () => {
  site = await build();
});
afterAll(() => fs.rmSync(site.home, { recursive: true }));

const audit = (alter?: (folder: string) => unknown, options?: VerifyOptions) =>
  auditOf(site, alter, options);

describe('a sound ledger', () => {
  it.each([1, 2])('is verified, by %i', async (workers) => {
    const report = await audit(undefined, { workers, decisions: true });
    expect(report.findings).toEqual([]);
    expect(report).toMatchObject({
      verdict: 'verified',
      origin: ORIGIN,
      size: EVENTS + 1,
      checked: {
        journal: { events: EVENTS + 1 },
        attestations: { verified: 150, unsigned: 151 },
        checkpoints: { matched: 3 },
        mirror: { rows: EVENTS + 1 },
      },
    });
    expect(Object.keys(report.checked.projections ?? {})).toContain('overview');
  });

  it('is told what was not proved', async () => {
    expect((await audit()).notProved).toContain('policy_decisions');
    expect((await audit(undefined, { decisions: true })).notProved).not.toContain(
      'policy_decisions',
    );
    const only = await audit(undefined, { journalOnly: true });
    expect(only.notProved).toContain('mirror_not_looked_at');
    expect(only.verdict).toBe('verified');
  });

  it('is left as it was', async () => {
    const before = fs.statSync(segmentsOf(site.base).at(-1) ?? '').mtimeMs;
    const ledger = openAt(site.base);
    const names = fs.readdirSync(site.base).filter((name) => !name.startsWith('mirror.db-'));
    right(await ledger.verify());
    await ledger.close();
    expect(fs.readdirSync(site.base).filter((name) => !name.startsWith('mirror.db-'))).toEqual(
      names,
    );
    expect(fs.statSync(segmentsOf(site.base).at(-1) ?? '').mtimeMs).toBe(before);
  });
});

const TAMPERED: readonly (readonly [string, (folder: string) => void, readonly string[]])[] = [
  ['a flipped bit', (folder) => flip(segmentsOf(folder)[1] ?? '', 5000), []],
  ['a segment that is gone', (folder) => fs.rmSync(segmentsOf(folder)[1] ?? ''), ['segment_gap']],
  [
    'a segment of another name',
    (folder) => {
      const [, second = ''] = segmentsOf(folder);
      fs.renameSync(second, second.replace(/\d\.jsonl/, '9.jsonl'));
    },
    ['segment_misnamed'],
  ],
  [
    'a last line that is gone',
    (folder) => {
      const last = segmentsOf(folder).at(-1) ?? '';
      const text = fs.readFileSync(last, 'utf8');
      fs.writeFileSync(last, text.slice(0, text.lastIndexOf('\n', text.length - 2) + 1));
    },
    ['mirror_ahead'],
  ],
  [
    'a checkpoint that was altered',
    (folder) => flip(join(folder, 'checkpoint'), 40),
    ['checkpoint_refused'],
  ],
];

/** Seals the last event anew with another decision. */
const decideOtherwise = (folder: string): void => {
  const last = segmentsOf(folder).at(-1) ?? '';
  const lines = fs.readFileSync(last, 'utf8').split('\n').slice(0, -1);
  const { header, payload, salt } = JSON.parse(lines.at(-1) ?? '') as {
    readonly header: JsonObject;
    readonly payload: Json;
    readonly salt: string;
  };
  const sealed = header['policy'] as JsonObject;
  const policy = { ...sealed, contributing: ['a-rule'], outcome: 'warn' };
  const other = { ...header, policy };
  const hash = hashHeader(native, encodeUtf8(write(other)));
  const line = write({ event_hash: hash, header: other, payload, salt });
  fs.writeFileSync(last, `${[...lines.slice(0, -1), line].join('\n')}\n`);
};

const PAIR = { version: 1, corrections: { four_eyes: 'verified' } };
const APPROVAL = 6;
/** An event, its approval, the correction that this let in, and the erasure of the approval. */
const corrected = () => {
  const house = new Gatehouse();
  house.adopt({ pair: PAIR });
  const id = house.enter({ type: 'a.b', by: DAVE });
  house.approve(id, CAROL);
  house.enter({ type: 'a.b', by: DAVE, author: { supersedes: id } });
  house.erase(APPROVAL);
  return house.recorded;
};
const without = (seq: number): readonly Recorded[] =>
  corrected().map((each) => (each.header.seq === seq ? { ...each, payload: undefined } : each));

const judged = (events: readonly (Recorded | undefined)[]) => {
  const check = new DecisionCheck(native, readyMade(native, 'open'));
  for (const each of events) check.take(each);
  return [check.isWhole, ...check.findings.map(({ seq }) => seq)];
};

describe('decisions that are judged again', () => {
  it('are all of them, and in part where something is withheld that they turn on', () => {
    expect(judged(corrected())).toEqual([true]);
    expect(judged(without(APPROVAL))).toEqual([false]);
    expect(judged(without(APPROVAL - 1))).toEqual([false]);
  });

  it('are in part where a line cannot be read, and none behind it', () => {
    const forged = corrected().map(({ header, ...rest }) => ({
      ...rest,
      header: { ...header, policy: { ...header.policy, policy_set: ZERO_HASH } },
    }));
    expect(judged(forged.slice(0, 3))).toEqual([true, 0, 1, 2]);
    expect(judged([forged[0], undefined, ...forged.slice(2)])).toEqual([false, 0]);
  });
});

describe('what was tampered with', () => {
  it.each(TAMPERED)('%s is found', { timeout: 20_000 }, async (_, alter, expected) => {
    const report = await audit(alter);
    expect(codes(report)).toEqual(expect.arrayContaining([...expected]));
    expect(report.verdict).toBe('tampered');
  });

  it('a line that cannot be read ends no audit, whatever is asked of it', async () => {
    const report = await audit((folder) => flip(segmentsOf(folder)[1] ?? '', 0), {
      decisions: true,
    });
    expect(codes(report)).toContain('not_json');
    expect(report.verdict).toBe('tampered');
    expect(report.notProved).toContain('policy_decisions');
    expect(report.checked.journal.events).toBe(EVENTS + 1);
  });

  it('a decision that the policies in force would not make is found', async () => {
    const options = { journalOnly: true, decisions: true };
    const [sound, report] = [
      await audit(undefined, options),
      await audit(decideOtherwise, options),
    ];
    expect([codes(sound), codes(report).includes('decision_differs')]).toEqual([[], true]);
    expect(report.findings.find(({ code }) => code === 'decision_differs')).toMatchObject({
      seq: EVENTS,
      expected: 'allow',
      actual: 'warn',
    });
  });

  it('what was not read in time is not said to be sound', async () => {
    const report = await audit(undefined, { maxMs: 0 });
    expect([report.verdict, report.findings]).toEqual(['incomplete', []]);
    const bytes = (await audit()).checked.journal.bytes;
    const late = { open: 'events_after_the_time_was_up', bytes, from: 0 };
    expect(report.notProved).toContainEqual(late);
  });

  it('a ledger in which nothing is left to check is not verified', async () => {
    const report = await audit(
      (folder) => {
        for (const path of segmentsOf(folder)) fs.rmSync(path);
        fs.rmSync(join(folder, 'checkpoint'));
        fs.rmSync(join(folder, 'checkpoints'), { recursive: true });
      },
      { journalOnly: true },
    );
    expect([report.verdict, report.findings]).toEqual(['incomplete', []]);
    expect(report.notProved).toContain('nothing_to_check');
  });

  it('a checkpoint that is kept is held against the ledger like any', async () => {
    const [name = ''] = fs.readdirSync(join(site.base, 'checkpoints')).toSorted();
    const path = (folder: string): string => join(folder, 'checkpoints', name);
    const refused = async (alter: (folder: string) => unknown): Promise<readonly unknown[]> => {
      const { verdict, findings } = await audit(alter, { journalOnly: true });
      return [verdict, ...findings.map(({ code, seq, reason }) => [code, seq, reason])];
    };
    const seq = Number(name);
    const fault = (reason: string): readonly unknown[] => [
      'tampered',
      ['checkpoint_refused', seq, reason],
    ];
    const text = fs.readFileSync(path(site.base), 'utf8');
    const put = (note: string) => (folder: string) => fs.writeFileSync(path(folder), note);
    const other = text.split('\n').with(2, Buffer.alloc(32).toString('base64')).join('\n');
    expect(await refused(put(other))).toEqual(fault('bad_signature'));
    expect(await refused(put(''))).toEqual(fault('no_final_newline'));
    const latest = fs.readFileSync(join(site.base, 'checkpoint'), 'utf8');
    expect(await refused(put(latest))).toEqual(fault('other_size'));
    // Whoever cuts the ledger and takes the last note along forgets the others.
    const cut = await audit(
      (folder) => {
        for (const each of segmentsOf(folder).slice(1)) fs.rmSync(each);
        fs.rmSync(join(folder, 'checkpoint'));
      },
      { journalOnly: true },
    );
    expect(cut.findings.map(({ code }) => code)).toContain('checkpoint_beyond_end');
  });

  it('a line that is found is told with its place', async () => {
    const path = segmentsOf(site.base)[1] ?? '';
    const at = fs.readFileSync(path).indexOf('xxxxxx', 5000) + 3;
    const report = await audit((folder) => flip(segmentsOf(folder)[1] ?? '', at));
    const before = fs.readFileSync(path).subarray(0, at);
    const line = before.filter((byte) => byte === 0x0a).length + 1;
    const first = Number(path.slice(-26, -6));
    expect(report.findings[0]).toMatchObject({
      code: 'payload_hash_mismatch',
      severity: 'tampered',
      segment: path.slice(-26),
      offset: before.lastIndexOf(0x0a) + 1,
      line,
      seq: first + line - 1,
    });
  });

  it('a tail without its end is torn, once nobody is writing it', { timeout: 20_000 }, async () => {
    const report = await audit((folder) => {
      fs.appendFileSync(segmentsOf(folder).at(-1) ?? '', '{"event_hash":"ab');
    });
    expect(codes(report)).toEqual(['tail_torn']);
    expect(report.verdict).toBe('torn_tail');
  });

  it('all of it, rewritten and signed anew, is found by a checkpoint kept elsewhere', async () => {
    const folder = join(site.home, 'other');
    const layout = layoutOf(folder);
    right(makeFolders(realPorts.disk, layout));
    right(putSettings(realPorts.disk, layout, SETTINGS));
    const ledger = openAt(folder);
    right(
      await ledger.append([foundingDraft(SETTINGS.origin, { log: LOG })], { surface: 'record' }),
    );
    right(await ledger.append(Array.from({ length: EVENTS }, (_, i) => event(i))));
    const held = fs.readFileSync(join(site.base, 'checkpoint'), 'utf8');
    expect((await ledger.verify()).valueOf()).toMatchObject({ right: { verdict: 'verified' } });
    const report = right(await ledger.verify({ checkpoints: [held] }));
    expect(codes(report)).toEqual(['checkpoint_root_mismatch']);
    expect(report.verdict).toBe('tampered');
    await ledger.close();
  });
});
