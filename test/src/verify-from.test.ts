/**
 * Verifying from a checkpoint or a position on: every header is folded, and what governs is read;
 * other payloads before it are left alone.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { VerifyOptions } from '../../src/ledger.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { verifyJournal } from '../../src/verify/journal.ts';
import { KEY, inFolder, segmentsOf as filesOf } from '../build/journal.ts';
import { ALICE, Ledger, right } from '../build/ledger.ts';
import type { Site } from '../build/site.ts';
import { auditOf, build, codes, segmentsOf } from '../build/site.ts';

let site: Site;
beforeAll(async () => {
  site = await build();
});
afterAll(() => fs.rmSync(site.home, { recursive: true }));

const audit = (alter?: (folder: string) => unknown, options: VerifyOptions = {}) =>
  auditOf(site, alter, { journalOnly: true, ...options });

const later = (header: JsonObject): JsonObject => ({
  ...header,
  observed_at: '2026-11-20T09:30:00.000Z',
});

/** Changes the text of the first segment. */
const changed = (from: string, to: string) => (folder: string) => {
  const [first = ''] = segmentsOf(folder);
  fs.writeFileSync(first, fs.readFileSync(first, 'utf8').replace(from, to));
};
const payload = changed('"payload":{"i":40,', '"payload":{"i":41,');
const garbage = changed('"payload":{"i":40,', '"payload":!"i":40,');

describe('from a position on', () => {
  it.each([
    ['another payload', payload, 'payload_hash_mismatch'],
    ['no JSON', garbage, 'not_json'],
  ])('%s before it is not read', async (_what, spoil, code) => {
    const whole = await audit(spoil);
    expect(codes(whole)).toContain(code);
    const { seq = 41 } = whole.findings[0] ?? {};
    const rest = await audit(spoil, { since: 200 });
    expect([rest.verdict, rest.findings, rest.root]).toEqual([
      'verified',
      [],
      (await audit()).root,
    ]);
    const [open] = rest.notProved.filter((each) => typeof each === 'object');
    expect(open).toMatchObject({ open: 'payloads_before', before: 200 });
    expect(open?.bytes).toBeGreaterThan(199 * 80);
    expect(open?.bytes).toBeLessThan(200 * 150);
    expect(codes(await audit(spoil, { since: seq }))).toEqual(codes(whole));
    expect((await audit(spoil, { since: seq + 1 })).verdict).toBe('verified');
  });

  it('a header before it is found where it was changed, and what governs is read', async () => {
    const header = changed('"id":"e-40"', '"id":"e-41"');
    expect(codes(await audit(header, { since: 200 }))).toContain('event_hash_mismatch');
    const founding = changed('"format":1', '"format":2');
    expect(codes(await audit(founding, { since: 200 }))).toContain('payload_hash_mismatch');
  });

  it('that lies beyond the end, nothing is proved', async () => {
    const report = await audit(undefined, { since: 9999 });
    expect([report.verdict, ...codes(report)]).toEqual(['incomplete', 'since_beyond_end']);
  });

  it('rows of the mirror before it are not compared, and those behind it are', async () => {
    const report = await audit(undefined, { since: 200, journalOnly: false });
    expect([report.verdict, report.checked.mirror]).toEqual(['verified', { rows: 101 }]);
    expect(report.notProved).toContain('mirror_before');
    expect(report.checked.projections).toEqual({});
  });

  it('a bad signature before it is found whatever its payload became', async () => {
    const ledger = new Ledger();
    for (let v = 1; v < 20; v++)
      ledger.add('a.b', { v }, v === 9 ? { by: ALICE, header: later } : { by: ALICE });
    for (const edit of ['"payload":{"v":9}', '"payload":{"v":8}', '"payload":!"v":9}']) {
      const lines = ledger.lines.map((line) => encodeUtf8(line.replace('"payload":{"v":9}', edit)));
      const request = { disk: nodeDisk, crypto: native, key: KEY, from: 15 };
      const { findings } = await inFolder(filesOf(lines, []), async (journal) =>
        right(await verifyJournal({ ...request, journal })),
      );
      expect(findings.length, edit).toBeGreaterThan(0);
    }
  });
});

/** The note with another first digit of its root. */
const otherRoot = (note: string): string =>
  note.replace(/(?<=\n\d+\n)./, (digit) => (digit === 'A' ? 'B' : 'A'));

describe('from a checkpoint on', () => {
  it('it is held against the ledger, and payloads before it are not read', async () => {
    const folder = join(site.base, 'checkpoints');
    const [name = ''] = fs.readdirSync(folder).toSorted();
    const held = fs.readFileSync(join(folder, name), 'utf8');
    const report = await audit(payload, { since: held });
    expect([report.verdict, report.checked.checkpoints.matched]).toEqual(['verified', 3]);
    expect(report.notProved).not.toContain('no_checkpoint_given');
    const flipped = await audit(payload, { since: otherRoot(held) });
    expect([flipped.verdict, ...codes(flipped)]).toEqual(['tampered', 'checkpoint_refused']);
  });
});
