/**
 * What stands beside a log of cortex: anchors, attestations, manifests and the database must agree
 * with it, and are told where they do not.
 */
import Sqlite from 'better-sqlite3';
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { check, share } from '../../properties/check.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { readAuditRecord } from '../../src/import/cortex/audit-record.ts';
import { archive } from '../../src/import/archive.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { right } from '../build/ledger.ts';
import { copyOf, defectsOf, fixture, linesOf, planCortex, readFixture } from './fixture.ts';

const EVENTS = linesOf(readFixture('cortex', 'v2-migrated', 'events.jsonl')).map(
  (line) => JSON.parse(line) as { readonly id: string; readonly event_hash: string },
);

const MARK = `cortex-${'0'.repeat(32)}`;

/** What is told of a store in which a file beside the log was altered. */
const beside = (name: string, alter: (text: string) => string): readonly string[] => {
  const folder = copyOf('cortex', 'v2-migrated');
  const path = `${folder}/${name}`;
  const before = readFileSync(path, 'utf8');
  expect(alter(before)).not.toBe(before);
  writeFileSync(path, alter(before));
  return defectsOf(planCortex(folder));
};

const inRecords = (alter: (text: string) => string): readonly string[] =>
  beside('audit_records.jsonl', alter).map((each) => each.replace('audit_records.jsonl', ''));

/** In the first of the records. */
const inFirst = (from: string | RegExp, to: string): readonly string[] =>
  inRecords((text) => text.replace(from, to)).toSorted();

/** Puts something into the second line, so far behind its begin. */
const inSecond = (text: string, behind: number, more: string): string => {
  const at = text.indexOf('\n') + 1 + behind;
  return text.slice(0, at) + more + text.slice(at);
};

const otherHead = (member: string) => (text: string) =>
  text.replace(new RegExp(`("${member}": *")4f5d`), '$14f5e');

/** Hexadecimal digits of so many bytes at most, and not of half as many. */
const hexUpTo = (most: number) =>
  fc
    .uint8Array({ maxLength: most })
    .filter((bytes) => bytes.length !== most / 2)
    .map((bytes) => Buffer.from(bytes).toString('hex'));

describe('what stands beside a log', () => {
  it('attests rows, of which is known who wrote them', () => {
    const folder = copyOf('cortex', 'v1-unsigned');
    const unproved = () => JSON.stringify(planCortex(folder).report['unproved']);
    expect(unproved()).toContain('the 18 rows that nobody signed');
    const path = `${folder}/audit_records.jsonl`;
    const [first = ''] = linesOf(readFileSync(path));
    writeFileSync(path, `${first}\n`);
    expect(unproved()).toContain('the 19 rows that nobody signed');
  });

  it('must agree with it', () => {
    expect(beside('anchors.history', (text) => text.replace('Z 10 ', 'Z 11 '))).toEqual([
      'anchor_mismatch events.jsonl:11',
    ]);
    expect(beside('anchors.history', (text) => text.replace('Z 31 ', 'Z 32 '))).toEqual([
      'anchor_beyond_end events.jsonl',
    ]);
    expect(beside('anchor.txt', (text) => text.replace('format: 1', 'format: 2'))).toEqual([
      'anchor_malformed anchor.txt:1',
    ]);
    expect(beside('audit_records.jsonl', (text) => text.replace('02.522082', '02.522083'))).toEqual(
      ['attestation_invalid events.jsonl:1'],
    );
    expect(
      beside('audit_records.jsonl', (text) => text.replaceAll('X18FD8WYPQ3T3047GNC"', 'X"')),
    ).toEqual(['attestation_unknown_row events.jsonl']);
    expect(
      beside('POST_V2_MIGRATE_MANIFEST', (text) => text.replace('69cd3cca', '69cd3ccb')),
    ).toEqual(['manifest_mismatch POST_V2_MIGRATE_MANIFEST']);
  });

  it('is written as cortex writes it: what it never would write in a record is told', () => {
    expect(inRecords((text) => `\uFEFF${text}`)).toEqual(['byte_order_mark :1']);
    expect(inRecords((text) => text.replace('\n', '\r\n'))).toEqual(['carriage_return :1']);
    for (const blank of ['', ' ', '\t', '\r'])
      expect(inRecords((text) => inSecond(text, 0, `${blank}\n`)).at(-1)).toBe('blank_line :2');
    for (const space of [' ', '\t'])
      for (const at of [0, 1, 5, 6])
        expect(inRecords((text) => inSecond(text, at, space))).toEqual(['not_canonical :2']);
    expect(inRecords((text) => text.replace('}\n', '} \n'))).toEqual(['not_canonical :1']);
    expect(inRecords((text) => text.replace('"id"', String.raw`"\u0069d"`))).toEqual([
      'not_canonical :1',
    ]);
    expect(inRecords((text) => text.replace('"kind"', String.raw`"\u006bind"`))).toEqual([
      'not_canonical :1',
    ]);
    for (const before of ['"id"', '"kind"'])
      expect(inRecords((text) => text.replace(before, `"more":1,${before}`))).toEqual([
        'unknown_member :1',
      ]);
  });

  it('is an attestation by any of its marks, and no damaged one is gone without a word', () => {
    expect(inFirst('"signature_hex"', '"signature_hexx"')).toEqual([
      'attestation_malformed :1',
      'unknown_member :1',
    ]);
    expect(inFirst('"actor_json"', '"actor_jsom"')).toEqual([
      'attestation_malformed :1',
      'missing_member :1',
      'unknown_member :1',
    ]);
    expect(inFirst('"operation"', '"operatiom"')).toEqual([
      'missing_member :1',
      'unknown_member :1',
    ]);
    expect(inFirst(/"actor_json":{[^}]*}/, '"actor_json":null')).toEqual([
      'attestation_malformed :1',
    ]);
    for (const name of ['event_id', 'key_id', 'signed_at'])
      expect(inFirst(`"${name}"`, `"${name}s"`)).toEqual([
        'attestation_malformed :1',
        'unknown_member :1',
      ]);
    expect(
      inRecords((text) =>
        text.replace('"signature_hex"', '"signature_hec"').replace('ingest_user', 'ingest_usar'),
      ).toSorted(),
    ).toEqual(['attestation_malformed :1', 'unknown_member :1', 'wrong_type :1']);
    const [record = ''] = linesOf(readFixture('cortex', 'v2-migrated', 'audit_records.jsonl'));
    for (let at = 0; at < record.length; at++)
      for (const flip of [1, 2, 4, 0x20, 0x80]) {
        const bytes = Buffer.from(record);
        bytes[at] = (bytes[at] ?? 0) ^ flip;
        const { attesting, faults } = readAuditRecord(bytes);
        if (attesting === undefined && faults.length === 0)
          throw new Error(`it is gone: ${bytes.toString('latin1')}`);
      }
    for (const name of ['id', 'target_ref', 'created_at', 'outcome', 'correlation_id'])
      expect(inFirst(`"${name}"`, `"${name}s"`)).toEqual([
        'missing_member :1',
        'unknown_member :1',
      ]);
  });

  it('has a key and a signature of their lengths, and is malformed where one has another', () => {
    const [record = ''] = linesOf(readFixture('cortex', 'v2-migrated', 'audit_records.jsonl'));
    check(
      fc.property(
        fc.oneof(
          hexUpTo(64).map((key) => `"key_id":"${key}"`),
          hexUpTo(128).map((signature) => `"signature_hex":"${signature}"`),
        ),
        (member) => {
          const [name = ''] = member.split(':');
          const text = record.replace(new RegExp(`${name}:"[0-9a-f]*"`), member);
          const { attesting, faults } = readAuditRecord(Buffer.from(text));
          expect(attesting).toBeUndefined();
          expect(faults.map((each) => each.name)).toEqual(['attestation_malformed']);
        },
      ),
      { runs: share(0.5, 200) },
    );
    expect(inFirst(/"key_id":"[0-9a-f]*"/, `"key_id":"${'ab'.repeat(31)}"`)).toEqual([
      'attestation_malformed :1',
    ]);
  });

  it('is of the form that cortex gives an attestation', () => {
    for (const [from, to] of [
      [/("id":"[^"]*"),("schema_version":2)/, '$2,$1'],
      [/("event_id":"[^"]*"),("key_id":"[^"]*")/, '$2,$1'],
      [/("outcome":{[^}]*}),("correlation_id":null)/, '$2,$1'],
    ] as const)
      expect(inFirst(from, to)).toEqual(['not_canonical :1']);
    expect(inFirst('"schema_version":2', '"schema_version":2.0')).toEqual(['not_canonical :1']);
    expect(inFirst('"schema_version":2', '"schema_version":9')).toEqual([
      'unknown_schema_version :1',
    ]);
    for (const [from, to] of [
      ['"schema_version":2', '"schema_version":"2"'],
      ['"kind":"user"', '"kind":"agent"'],
      ['"kind":"user",', ''],
      ['"ingest_user_attested"', '"ingest_other"'],
      [/"target_ref":"[^"]*"/, '"target_ref":"evt_other"'],
      [/"target_ref":"[^"]*"/, '"target_ref":null'],
      [/"created_at":"[^"]*"/, '"created_at":"today"'],
      [/"id":"[^"]*"/, '"id":1'],
      [/"outcome":{[^}]*}/, '"outcome":1'],
      ['"correlation_id":null', '"correlation_id":1'],
    ] as const)
      expect([to, inFirst(from, to)]).toEqual([to, ['wrong_type :1']]);
  });

  it('has each of its attestations once', () => {
    const [one = '', two = ''] = linesOf(
      readFixture('cortex', 'v2-migrated', 'audit_records.jsonl'),
    );
    expect(inRecords((text) => `${text}${one}\n`)).toEqual(['duplicate_id :4']);
    const [id = ''] = /aud_\w*/.exec(one) ?? [];
    expect(inRecords((text) => text.replace(two, two.replace(/aud_\w*/, id)))).toEqual([
      'duplicate_id :2',
    ]);
  });

  it('is taken as it is where it is no attestation, whatever its form', () => {
    const others = [
      '{"id":"aud_1","schema_version":2,"actor_json":{"kind":"operator","key_id":"k"},' +
        '"operation":"identity_rotate","target_ref":"principal","created_at":"today",' +
        '"outcome":{"status":"failure","reason":"r"},"correlation_id":"c"}',
      '{"id":"aud_2","actor_json":{"event_id":"evt_1","kind":"user","key_id":"k"},"operation":"o"}',
      '{"operation":"memory_accept","more":1,"id":"aud_1","actor_json":"operator"}',
      '{}',
    ];
    for (const other of others)
      expect(inRecords((text) => `${other}\n${text}${other}\n`)).toEqual([]);
  });

  it('says nothing else of the head before the migration than the log', () => {
    for (const [name, member] of [
      ['POST_V2_MIGRATE_MANIFEST', 'boundary_previous_v1_head_hash'],
      ['operator-attestation.json', 'previous_v1_head_hash'],
    ] as const)
      expect(beside(name, otherHead(member))).toEqual([`manifest_mismatch ${name}`]);
  });

  it('proves no row whose attestation is of something else', () => {
    const folder = copyOf('cortex', 'v2-migrated');
    const proved = () => (planCortex(folder).report['proved'] as JsonObject)['attestations'];
    const good = proved();
    const path = `${folder}/audit_records.jsonl`;
    writeFileSync(path, readFileSync(path, 'utf8').replace('02.522082', '02.522083'));
    expect(good).toMatchObject({ count: 3, rows: expect.arrayContaining(['1']) as unknown });
    expect(proved()).toMatchObject({
      count: 2,
      rows: expect.not.arrayContaining(['1']) as unknown,
    });
  });

  it('must stay what it was until all is recorded, and is put aside if it did not grow', () => {
    for (const name of [
      'anchors.history',
      'anchor.txt',
      'BACKUP_MANIFEST',
      'audit_records.jsonl',
    ]) {
      const folder = copyOf('cortex', 'v1-unsigned');
      const path = `${folder}/${name}`;
      const plan = planCortex(folder);
      const before = readFileSync(path);
      expect([...plan.drafts()].length).toBe(plan.total);
      expect([name, plan.isCurrent()]).toEqual([name, true]);
      writeFileSync(path, before.toString().replace('a', 'b'));
      expect([name, plan.isCurrent()]).toEqual([name, false]);
      rmSync(path);
      expect([name, plan.isCurrent()]).toEqual([name, false]);
      writeFileSync(path, Buffer.concat([before, Buffer.from('more')]));
      expect(plan.isCurrent()).toBe(true);
      expect(archive(nodeDisk, plan, MARK)).toEqual(E.left({ _tag: 'SourceBusy', path }));
      writeFileSync(path, before);
      expect(right(archive(nodeDisk, plan, MARK)).archived.length).toBe(plan.files.length);
    }
  });

  it('in the database is compared row by row, and taken along the chain', () => {
    const folder = copyOf('cortex', 'v2-migrated');
    const database = new Sqlite(`${folder}/cortex.db`);
    const [first = '', second = ''] = EVENTS.map(({ id }) => id);
    database.prepare('DELETE FROM events WHERE id = ?').run(first);
    database.prepare("UPDATE events SET session_id = 'other' WHERE id = ?").run(second);
    database.close();
    expect(defectsOf(planCortex(folder))).toEqual([
      'missing_in_sqlite events.jsonl:1',
      'parity_mismatch events.jsonl:2',
    ]);
    const log = `${folder}/events.jsonl`;
    const lines = linesOf(readFileSync(log));
    writeFileSync(log, lines.slice(0, -1).join('\n').concat('\n'));
    expect(defectsOf(planCortex(folder)).slice(2)).toEqual([
      'missing_in_jsonl cortex.db',
      'anchor_beyond_end events.jsonl',
      'anchor_beyond_end events.jsonl',
    ]);
    const only = planCortex(fixture('cortex', 'v2-migrated'), { from: 'sqlite' });
    expect(defectsOf(only)).toEqual([]);
    expect(only.report['head']).toBe(EVENTS.at(-1)?.event_hash);
  });
});
