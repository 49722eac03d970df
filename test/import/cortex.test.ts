/**
 * Logs of cortex: what an independent program found in them is found, and what is wrong with each
 * of the broken ones is named.
 */
import { describe, expect, it } from 'vitest';
import { loadBlake3, payloadHash } from '../../src/import/cortex/hash.ts';
import { defectsOf, fixture, linesOf, planCortex, putFile, readFixture } from './fixture.ts';

interface Expected {
  readonly rows: number;
  readonly head: string;
  readonly signed: number;
  readonly schema_versions: Readonly<Record<string, number>>;
  readonly sha256: string;
  readonly user_attestations?: number;
  readonly events: readonly {
    readonly line: number;
    readonly id: string;
    readonly schema_version: number;
    readonly payload_hash: string;
    readonly event_hash: string;
    readonly signed: boolean;
  }[];
}

const EXPECTED = JSON.parse(readFixture('cortex', 'expected.json').toString()) as Readonly<
  Record<string, Expected>
>;

describe('a log of cortex', () => {
  it.each(Object.entries(EXPECTED))('%s is what was found in it elsewhere', (name, expected) => {
    const plan = planCortex(fixture('cortex', name));
    expect(defectsOf(plan)).toEqual([]);
    expect(plan.report).toMatchObject({
      rows: expected.rows,
      head: expected.head,
      schema_versions: expected.schema_versions,
      proved: {
        hashes_and_links: { count: expected.rows, rows: [`1-${expected.rows}`] },
        signatures: { count: expected.signed },
        attestations: { count: expected.user_attestations ?? 0 },
      },
      parity: { matched: expected.rows },
    });
    expect(plan.files.find((file) => file.name === 'events.jsonl')?.sha256).toBe(expected.sha256);
    const rows = [...plan.drafts()].flatMap(({ draft }) => {
      const payload = draft['payload'] as {
        row?: Record<string, unknown>;
        origin: { line: number };
      };
      return payload.row === undefined ? [] : [{ line: payload.origin.line, ...payload.row }];
    });
    expect(rows.length).toBe(expected.rows);
    for (const [at, each] of expected.events.entries()) {
      const { signed, ...told } = each;
      expect(rows[at]).toMatchObject(told);
      expect(Object.hasOwn(rows[at] ?? {}, 'signature')).toBe(signed);
    }
    const beside = plan.files.some((file) => file.name === 'operator-attestation.json');
    expect(JSON.stringify(plan.report['unproved']).includes('operator attested')).toBe(beside);
    expect(plan.isCurrent()).toBe(true);
  });

  it.each([
    ['payload-tampered.jsonl', 'payload_hash_mismatch payload-tampered.jsonl:2'],
    ['prev-broken.jsonl', 'chain_broken prev-broken.jsonl:4'],
    ['unknown-schema-version.jsonl', 'unknown_schema_version unknown-schema-version.jsonl:4'],
    ['torn-tail.jsonl', 'torn_tail torn-tail.jsonl:8'],
    ['merged-rows.jsonl', 'merged_rows merged-rows.jsonl:6'],
    ['missing-final-newline.jsonl', 'missing_final_newline missing-final-newline.jsonl:8'],
    ['duplicate-id.jsonl', 'duplicate_id duplicate-id.jsonl:2'],
  ])('that is broken as %s is tells that and nothing else', (name, expected) => {
    const plan = planCortex(fixture('cortex', 'broken', name));
    expect(defectsOf(plan)).toEqual([expected]);
    expect(plan.defects.told[0]?.reason).toMatch(/\w/);
    expect(plan.total).toBe([...plan.drafts()].length);
  });

  it('with a key twice is told as that, as out of order and as hashed otherwise', () => {
    const plan = planCortex(fixture('cortex', 'broken', 'duplicate-key-in-payload.jsonl'));
    expect(plan.defects.told.map(({ name, line }) => [name, line])).toEqual([
      ['not_canonical', 3],
      ['repeated_key', 3],
      ['payload_hash_mismatch', 3],
    ]);
  });

  it('says what nothing ever protected, where that was altered and every check passes', () => {
    const plan = planCortex(fixture('cortex', 'broken', 'signed-envelope-tampered'));
    expect(defectsOf(plan)).toEqual([]);
    const { proved, not_protected: open } = plan.report as Record<string, unknown>;
    expect(proved).toMatchObject({ signatures: { count: 20 }, rotations: 1 });
    expect(String(open)).toMatch(/recorded_at.*event_type/);
  });
});
const LOG = ['cortex', 'v2-migrated', 'events.jsonl'] as const;
const SIGNED = ['cortex', 'v2-signed-cli', 'events.jsonl'] as const;

/** What is told of a log whose lines were altered. */
const altered = (
  from: readonly string[],
  alter: (lines: string[]) => readonly string[] | string,
): readonly string[] => {
  const made = alter(linesOf(readFixture(...from)));
  const text = typeof made === 'string' ? made : made.map((line) => `${line}\n`).join('');
  const plan = planCortex(putFile('events.jsonl', text));
  expect([...plan.drafts()].length).toBe(plan.total);
  return plan.defects.told.map(({ name, line }) => `${name}:${line ?? ''}`);
};

const at = (line: number, alter: (text: string) => string) => (lines: string[]) =>
  lines.with(line - 1, alter(lines[line - 1] ?? ''));

describe('what cortex would never write', () => {
  it('is a defect, each with its line', () => {
    expect(altered(LOG, (lines) => lines)).toEqual([]);
    expect(
      altered(
        LOG,
        at(1, (text) => `\uFEFF${text}`),
      ),
    ).toEqual(['byte_order_mark:1']);
    expect(
      altered(
        LOG,
        at(5, (text) => `${text}\r`),
      ),
    ).toEqual(['carriage_return:5']);
    expect(altered(LOG, (lines) => lines.toSpliced(4, 0, ' '))).toEqual(['blank_line:5']);
    expect(
      altered(
        LOG,
        at(3, (text) => text.replace('{', '{ ')),
      ),
    ).toEqual(['not_canonical:3']);
    expect(
      altered(
        LOG,
        at(3, (text) => text.replace('{', '{"more":1,')),
      ),
    ).toEqual(['unknown_member:3']);
    expect(
      altered(
        LOG,
        at(3, (text) => text.replace('"trace_id":null,', '')),
      ),
    ).toEqual(['missing_member:3']);
    expect(
      altered(
        LOG,
        at(3, (text) => text.replace('"schema_version":1', '"schema_version":"1"')),
      ),
    ).toEqual(['wrong_type:3']);
    expect(
      altered(
        LOG,
        at(3, (text) => text.replace('2026-06-01', '2026-06-31')),
      ),
    ).toEqual(['wrong_type:3']);
    expect(
      altered(
        LOG,
        at(3, (text) => text.replace('"id":', '"id":"x","id":')),
      ),
    ).toEqual(['repeated_key:3']);
  });

  it('is told where rows are taken away, swapped or moved to another version', () => {
    expect(altered(LOG, (lines) => lines.toSpliced(6, 1))).toEqual(['chain_broken:7']);
    expect(altered(LOG, ([a = '', b = '', ...rest]) => [b, a, ...rest])).toEqual([
      'chain_broken:1',
      'chain_broken:2',
      'chain_broken:3',
    ]);
    expect(
      altered(
        LOG,
        at(25, (text) => text.replace('"schema_version":2', '"schema_version":1')),
      ),
    ).toEqual(['schema_version_order:25', 'schema_version_order:26']);
    expect(
      altered(
        LOG,
        at(21, (text) => text.replace('_hash":"4f5d', '_hash":"4f5e')),
      ),
    ).toEqual(['payload_hash_mismatch:21', 'boundary_mismatch:21']);
    expect(
      altered(
        LOG,
        at(2, (text) => text.replace('-0.0', '0.0')),
      ),
    ).toEqual(['payload_hash_mismatch:2']);
    expect(
      altered(
        LOG,
        at(4, (text) => text.replace(/(event_hash":")[0-9a-f]{8}(?=[^"]*"}$)/, '$100000000')),
      ),
    ).toEqual(['event_hash_mismatch:4', 'chain_broken:5']);
  });
});

/** Rows whose key has a label in the place of its digits. */
const label = (lines: readonly string[]): string =>
  lines.map((line) => `${line.replace(/"key_id":"[^"]*"/, '"key_id":"operator"')}\n`).join('');

describe('signatures of rows', () => {
  it('hold for one place, one name of the log and one key', () => {
    expect(altered(SIGNED, (lines) => lines)).toEqual([]);
    const other = planCortex(putFile('renamed.jsonl', readFixture(...SIGNED)));
    // The second one signs the first one, too, of which nothing shows what it was.
    expect(defectsOf(other)).toEqual(
      [1, 3].map((line) => `signature_invalid renamed.jsonl:${line}`),
    );
    expect(other.report['proved']).toMatchObject({ signatures: { count: 0 }, keys: [] });
    const named = planCortex(putFile('renamed.jsonl', readFixture(...SIGNED)), { stem: 'events' });
    expect(defectsOf(named)).toEqual([]);
    expect(
      altered(
        SIGNED,
        at(2, (text) => text.replace('"session_id":null', '"session_id":"s"')),
      ),
    ).toEqual(['signature_invalid:2']);
    expect(
      altered(
        SIGNED,
        at(2, (text) => text.replace('"key_id":"8a', '"key_id":"8b')),
      ),
    ).toEqual(['key_not_active:2']);
    expect(
      altered(
        SIGNED,
        at(2, (text) => text.replace('"model":"offline"}', '"model":"online"}')),
      ),
    ).toEqual(['signature_invalid:2']);
  });

  it('prove nothing of a key that nobody named, and say so', () => {
    const path = fixture('cortex', 'v2-signed-cli');
    const key = readFixture('cortex', 'keys', 'operator.pub').toString('hex');
    expect(planCortex(path).report['unproved']).toContain(
      `that ${key} is to be trusted: give it with --key if it is`,
    );
    const given = planCortex(path, { keys: [key] });
    expect(given.report['unproved']).not.toContainEqual(expect.stringContaining('trusted'));
    expect(given.report['proved']).toMatchObject({ keys: [{ key, given: true }] });
  });

  it('by a key with a label are tried with every key that is given', () => {
    const path = putFile('events.jsonl', label(linesOf(readFixture(...SIGNED))));
    const [operator = '', next = ''] = ['operator', 'operator-next'].map((name) =>
      readFixture('cortex', 'keys', `${name}.pub`).toString('hex'),
    );
    for (const keys of [[operator], [next, operator], [operator, next]]) {
      const plan = planCortex(path, { keys });
      expect(defectsOf(plan)).toEqual([]);
      expect(plan.report['proved']).toMatchObject({
        signatures: { rows: ['1-3'] },
        keys: [{ key: operator, given: true }],
      });
    }
    for (const keys of [[next], [next, 'ab'.repeat(32)]]) {
      const { told } = planCortex(path, { keys }).defects;
      expect(told.map(({ name, line }) => `${name}:${line}`)).toEqual([
        'signature_invalid:1',
        'signature_invalid:3',
      ]);
    }
    expect(planCortex(path).report['unproved']).toContainEqual(
      expect.stringContaining('3 signatures by a key that nobody named'),
    );
  });

  it('are followed through a change of keys, which the old key must have signed', () => {
    const from = ['cortex', 'broken', 'signed-envelope-tampered', 'events.jsonl'];
    expect(altered(from, (lines) => lines)).toEqual([]);
    const told = altered(
      from,
      at(9, (text) => text.replace('244,237,155', '244,237,156')),
    );
    expect(told.slice(0, 3)).toEqual([
      'payload_hash_mismatch:9',
      'rotation_invalid:9',
      'key_not_active:10',
    ]);
  });
});

describe('the quick BLAKE3', () => {
  it('gives what the portable one does, whatever it hashed before', async () => {
    const quick = await loadBlake3();
    for (const length of [0, 1, 63, 64, 65, 1023, 1024, 1025, 3072, 100_000]) {
      const bytes = Uint8Array.from({ length }, (_, n) => n % 251);
      expect([length, quick(bytes)]).toEqual([length, payloadHash(bytes)]);
    }
    // The first of the vectors of BLAKE3, of nothing.
    expect(quick(new Uint8Array())).toBe(
      'af1349b9f5f9a1a6a0404dea36dcc9499bcb25c9adc112b7cc9a93cae41f3262',
    );
  });
});
