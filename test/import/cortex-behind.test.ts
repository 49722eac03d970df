/**
 * Damaged lines of a log of cortex that may have held what changes the rows behind them; and how
 * what is told of such a line is accepted.
 */
import Sqlite from 'better-sqlite3';
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { rowPreimage } from '../../src/import/cortex/hash.ts';
import type { Envelope } from '../../src/import/cortex/row.ts';
import { momentOf } from '../../src/import/cortex/row.ts';
import { withLedger } from '../src/cli/shell.ts';
import { proved, storeWith, unproved } from './cortex-changed.ts';
import { NO_TEXT, PLAIN, SIGNED, damaged, logged, putStore } from './cortex-damaging.ts';
import { copyOf, defectsOf, linesOf, planCortex, putFile, readFixture } from './fixture.ts';

type Signed = Required<Envelope>;
const LF = Buffer.from('\n');
const QUOTE = 0x22;

describe('what changes the rows behind it', () => {
  it('may be lost: the change of keys is not proved then, and nobody behind it is wrong', () => {
    const took = 'took over behind what is lost';
    for (const all of [
      [logged('behind', 8, 2)],
      [logged('overwrite', 9, 1)],
      [logged('before', 9, 2)],
      [logged('event_type', 8, 3)],
    ]) {
      const plan = planCortex(putStore(SIGNED, all, []));
      expect(defectsOf(plan).filter((each) => /key_|signature_|rotation_/.test(each))).toEqual([]);
      expect(plan.defects.counts.get('chain_unproved')).toBe(1);
      expect(unproved(plan)).toContain(took);
      expect(proved(plan)).toMatchObject({ rotations: 0 });
    }
  });

  it('may be a change of keys that is not written as one: it is told, and nobody behind it', () => {
    const lines = SIGNED.lines.with(
      8,
      (SIGNED.lines[8] ?? '').replace('"payload":{"envelope"', '"payload":{"zzzelope"'),
    );
    const plan = planCortex(putFile('events.jsonl', lines.map((line) => `${line}\n`).join('')));
    const names = ['not_canonical', 'payload_hash_mismatch', 'rotation_invalid'];
    expect(defectsOf(plan)).toEqual(names.map((name) => `${name} events.jsonl:9`));
    expect(unproved(plan)).toContain('1 signatures behind what is lost');
  });

  it('may be the row that migrates: nothing behind it is of a wrong version', () => {
    const lines = linesOf(readFixture('cortex', 'v2-migrated', 'events.jsonl'));
    const length = Buffer.byteLength(lines.slice(19, 21).join('\n'));
    const blank = (line = ''): string => ' '.repeat(length - Buffer.byteLength(line));
    for (const left of [
      ['x'.repeat(length)],
      [`${lines[19]}${blank(lines[19])}`],
      [lines[19] ?? '', 'x'],
    ]) {
      const folder = copyOf('cortex', 'v2-migrated');
      fs.rmSync(`${folder}/cortex.db`);
      fs.writeFileSync(`${folder}/events.jsonl`, `${lines.toSpliced(19, 2, ...left).join('\n')}\n`);
      const plan = planCortex(folder);
      expect(defectsOf(plan).filter((each) => !/^(?:chain_unproved|not_)/.test(each))).toEqual([]);
      expect(plan.defects.counts.get('chain_unproved')).toBe(1);
      expect(unproved(plan)).toContain('migrated as POST_V2_MIGRATE_MANIFEST says');
    }
  });
});

/** The change of keys stands in the ninth row, and the last one is the twentieth. */
const TYPE = '"event_type":"cortex.event.system_note.v1"';
const noted = (lines: readonly string[]): readonly string[] =>
  lines.with(8, (lines[8] ?? '').replace(TYPE, TYPE.replace('note', 'oote')));
const rowsOf = (lines: readonly string[], keys: readonly string[] = []) =>
  planCortex(putFile('events.jsonl', lines.map((line) => `${line}\n`).join('')), { keys });
const labelled = (lines: readonly string[]): readonly string[] =>
  lines.map((line) => line.replace(/"key_id":"[^"]*"/, '"key_id":"me"'));
const [OWN = '', NEXT = ''] = ['operator', 'operator-next'].map((name) =>
  readFixture('cortex', 'keys', `${name}.pub`).toString('hex'),
);

/** A row that the other key has signed behind another one. */
const signedBehind = (line: string, before = ''): string => {
  const envelope = JSON.parse(line) as Signed;
  const { signature } = JSON.parse(before) as Signed;
  const last = Buffer.from(signature.bytes, 'base64url').subarray(0, 32);
  const preimage = rowPreimage(envelope, {
    ledgerId: 'events',
    link: { before: last },
    signedAt: momentOf(envelope.signature.signed_at, 6) ?? '',
    key: Buffer.from(NEXT, 'hex'),
  });
  const seed = readFixture('cortex', 'keys', 'operator-next.seed');
  const bytes = Buffer.from(native.sign(seed, preimage)).toString('base64url');
  return line.replace(/"bytes":"[^"]*"/, `"bytes":"${bytes}"`);
};

describe('a change of keys of whose type a bit was turned', () => {
  it('is told itself, or that its line cannot be read, and nothing behind it is wrong', () => {
    const line = Buffer.from(SIGNED.lines[8] ?? '');
    const from = line.indexOf(TYPE) + '"event_type":"'.length;
    const seen = new Set<string>();
    for (let at = from; line[at] !== QUOTE; at++)
      for (const bit of [0, 5, 7]) {
        const bytes = Buffer.from(line);
        bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
        const log = SIGNED.lines.map((each, row) => [row === 8 ? bytes : Buffer.from(each), LF]);
        const plan = planCortex(putFile('events.jsonl', Buffer.concat(log.flat())));
        seen.add(defectsOf(plan).join());
      }
    const unread = ['invalid_utf8', 'not_json'].map(
      (name) => `${name} events.jsonl:9,chain_unproved events.jsonl:10`,
    );
    // Of those that leave `system_note` there nobody can tell.
    expect(seen).toEqual(new Set(['', ...unread, 'rotation_invalid events.jsonl:9']));
  });

  it('is followed once the new key is seen to sign, whatever stands between', () => {
    for (const [keys, change] of [
      [[], noted],
      [[OWN], (lines) => labelled(noted(lines))],
    ] as readonly (readonly [readonly string[], typeof noted])[]) {
      const plan = rowsOf(change(SIGNED.lines), keys);
      expect(defectsOf(plan)).toEqual(['rotation_invalid events.jsonl:9']);
      expect(proved(plan)).toMatchObject({ signatures: { rows: ['1-20'] }, rotations: 1 });
      expect(JSON.stringify(proved(plan)['keys'])).toContain(NEXT);
    }
    for (const [text, other] of [
      ['"session_id":"session-6"', '"session_id":"session-7"'],
      [`"key_id":"${NEXT}"`, `"key_id":"${'ab'.repeat(32)}"`],
    ] as const) {
      const tenth = (SIGNED.lines[9] ?? '').replace(text, other);
      const plan = rowsOf(noted(SIGNED.lines).with(9, tenth));
      expect(defectsOf(plan)).toEqual([
        'rotation_invalid events.jsonl:9',
        'key_not_active events.jsonl:10',
      ]);
      const signatures = { rows: ['1-9', '11-20'] };
      expect(proved(plan)).toMatchObject({ signatures, rotations: 1 });
    }
  });

  it('is none where the key before it signs on, and changes nothing from there on', () => {
    const [row = '', tenth = ''] = noted(SIGNED.lines).slice(8);
    const bare = row.replace(/,"signature":\{"schema_version".*\}$/, '}');
    const lines = [...SIGNED.lines.slice(0, 4), bare, ...SIGNED.lines.slice(4, 8)];
    const plan = rowsOf([...lines, signedBehind(tenth, SIGNED.lines[7])]);
    expect(defectsOf(plan).filter((each) => !each.startsWith('chain_'))).toEqual([
      'rotation_invalid events.jsonl:5',
      'key_not_active events.jsonl:10',
    ]);
    expect(proved(plan)).toMatchObject({ signatures: { rows: ['1-4', '6-9'] }, rotations: 0 });
    const changing = rowsOf([...lines.slice(0, 5), signedBehind(tenth, lines[3])]);
    expect(proved(changing)).toMatchObject({ signatures: { rows: ['1-4', '6'] }, rotations: 1 });
  });

  it('is told by nobody where nobody knows who signs, or another key has signed it', () => {
    const unknown = rowsOf(labelled(noted(SIGNED.lines)));
    expect(defectsOf(unknown)).toEqual([]);
    expect(unproved(unknown)).toContain('20 signatures by a key that nobody named');
    const [first, last] = [SIGNED.lines.slice(0, 8), SIGNED.lines.slice(9)];
    for (const change of [noted, (lines: readonly string[]) => lines]) {
      const note = change(SIGNED.lines)[8] ?? '';
      for (const lines of [
        [...last, note],
        [...first, note.replace('244,237,155', '244,237,156'), ...last],
        [...first, note.replace('"old_pubkey"', '"own_pubkey"'), ...last],
      ])
        expect(rowsOf(lines).defects.counts.has('rotation_invalid')).toBe(change !== noted);
    }
  });
});

const swallowed = () => damaged(PLAIN, [logged('id', 5, 3)]).map(({ text }) => text);

describe('a row of the database that cannot be read', () => {
  it('may be the row that migrates, in its place', () => {
    const lines = linesOf(readFixture('cortex', 'v2-migrated', 'events.jsonl'));
    const { id } = JSON.parse(lines[20] ?? '') as { readonly id: string };
    const folder = copyOf('cortex', 'v2-migrated');
    const database = new Sqlite(`${folder}/cortex.db`);
    database.prepare(NO_TEXT).run(id);
    database.close();
    const plan = planCortex(folder, { from: 'sqlite' });
    expect(defectsOf(plan)).toEqual([
      'invalid_utf8 cortex.db:21',
      'parity_mismatch events.jsonl:21',
    ]);
    expect(unproved(plan)).toContain('migrated as POST_V2_MIGRATE_MANIFEST says');
    expect(proved(plan)).toMatchObject({ hashes_and_links: { rows: ['1-20', '23-31'] } });
  });
});

describe('what is told of a damaged line', () => {
  it('refuses the import, and is accepted by its name alone', async () => {
    const shell = withLedger();
    const line = ['import', 'cortex', storeWith(swallowed), '--from', 'jsonl'];
    fs.rmSync(`${line[2]}/cortex.db`);
    expect(await shell.refusals([line])).toEqual(['20 source_refused']);
    const accept = ['--accept', 'chain_unproved'];
    expect((await shell.inside([...line, ...accept])).status).toBe(0);
    const [seal = ''] = shell
      .journal()
      .filter((each) => each.includes('schema_migration.imported'));
    expect(seal).toContain('"accepted":["chain_unproved"]');
    expect(seal).toContain('rows that are lost up to there: 2, as what is behind it says');
  });
});
