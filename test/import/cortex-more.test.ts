/**
 * A log of cortex to which somebody added a row that is hashed and linked as it must be, and says
 * what cortex would not have said there; or that lost the row that changes what stands behind it.
 */
import * as fs from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { eventHash, payloadHash, rotationPreimage } from '../../src/import/cortex/hash.ts';
import { formatRow } from '../../src/import/cortex/row.ts';
import { logOf, proved, storeWith, unproved } from './cortex-changed.ts';
import { linesOf, planCortex, putFile, readFixture } from './fixture.ts';

/** What is told of a log with one more row, which is hashed as cortex would. */
const behind = (name: string, told: (head: string) => object, version = 2): readonly string[] => {
  const lines = linesOf(readFixture('cortex', name, 'events.jsonl'));
  const { event_hash: head } = JSON.parse(lines.at(-1) ?? '') as { readonly event_hash: string };
  const payload = Buffer.from(JSON.stringify(told(head)));
  const [at, hash] = ['2026-12-01T00:00:00Z', payloadHash(payload)];
  const envelope = {
    id: 'one more',
    schema_version: version,
    observed_at: at,
    recorded_at: at,
    source: { type: 'runtime' },
    event_type: 'cortex.event.system_note.v1',
    trace_id: null,
    session_id: null,
    domain_tags: [],
    payload_hash: hash,
    prev_event_hash: head,
    event_hash: eventHash(head, hash),
  };
  const text = [...lines, formatRow({ envelope, payload })].map((line) => `${line}\n`).join('');
  return planCortex(putFile('events.jsonl', text)).defects.told.map(
    ({ name: defect, line, reason }) => `${defect}:${line} ${reason}`,
  );
};

/** Of a key that signed nothing. */
const KEY_ID = `"key_id":"${'ab'.repeat(32)}"`;

const migrating = (head: string) => ({
  kind: 'schema_migration.v1_to_v2',
  payload: { previous_v1_head_hash: head },
});

describe('one more row of a log', () => {
  it('migrates once, to the second version', () => {
    expect(behind('v2-migrated', () => ({ kind: 'a note' }))).toEqual([]);
    expect(behind('v2-migrated', migrating)).toEqual([
      expect.stringMatching(/^boundary_mismatch:32 it names [0-9a-f]{64} behind version 2$/),
    ]);
    expect(behind('v1-unsigned', migrating)).toEqual([]);
    expect(behind('v1-unsigned', migrating, 1)).toEqual([
      expect.stringMatching(/^boundary_mismatch:21 /),
    ]);
  });

  it('changes the key where the one that signs here has signed that, and no other', () => {
    const [own, other, next] = ['operator', 'operator-next', 'v2'].map((name) => {
      const seed =
        name === 'v2' ? Buffer.alloc(32, 2) : readFixture('cortex', 'keys', `${name}.seed`);
      return { seed, key: native.publicKey(seed) };
    });
    if (own === undefined || other === undefined || next === undefined) throw new Error('none');
    const told = (old: typeof own, by: typeof own): readonly string[] => {
      const at = '2026-12-01T00:00:00Z';
      const preimage = rotationPreimage(old.key, next.key, '2026-12-01T00:00:00.000000Z');
      const envelope = {
        new_pubkey: [...next.key],
        old_pubkey: [...old.key],
        schema_version: 1,
        signature: [...native.sign(by.seed, preimage)],
        signed_at: at,
      };
      return behind('v2-signed-cli', () => ({ envelope, kind: 'identity.rotate' }));
    };
    expect(told(own, own)).toEqual([]);
    expect(told(other, other)).toEqual([
      'rotation_invalid:4 it is by a key that does not sign here',
    ]);
    expect(told(own, other)).toEqual(['rotation_invalid:4 the old key has not signed it']);
  });
});

/** What is told of a log of a fixture with other lines. */
const changed = (
  name: readonly string[],
  change: (lines: readonly string[]) => readonly string[],
  keys: readonly string[] = [],
) => {
  const lines = change(linesOf(readFixture('cortex', ...name, 'events.jsonl')));
  const plan = planCortex(putFile('events.jsonl', `${lines.join('\n')}\n`), { keys });
  return { plan, told: plan.defects.told.map((each) => `${each.name}:${each.line}`) };
};

const label = (line: string): string => line.replace(/"key_id":"[^"]*"/, '"key_id":"me"');

const SIGNED = ['broken', 'signed-envelope-tampered'];
const from = (first: number, last: number, name: string): readonly string[] =>
  Array.from({ length: last - first + 1 }, (_, at) => `${name}:${first + at}`);

const altered = (line = ''): string => line.replace(/"bytes":"...../, '"bytes":"AAAAA');

describe('a row that cannot be read', () => {
  it('may have changed the key: nothing is proved until one is seen to sign', () => {
    const took = 'took over behind what is lost';
    const { plan, told } = changed(SIGNED, (lines) => lines.with(8, 'x'));
    expect(told).toEqual(['not_json:9', 'chain_unproved:10']);
    // The first row behind it is linked to a signature that nobody can read, the second is the
    // first that the other key is seen to sign.
    expect(proved(plan)).toMatchObject({ signatures: { rows: ['1-8', '12-20'] }, rotations: 0 });
    expect(proved(plan)['keys']).toHaveLength(2);
    expect(unproved(plan)).toContain('2 signatures behind what is lost');
    expect(unproved(plan)).toContain(took);
    // A label names no key: those that were given are tried.
    const keys = ['operator', 'operator-next'].map((name) =>
      readFixture('cortex', 'keys', `${name}.pub`).toString('hex'),
    );
    const labelled = changed(SIGNED, (lines) => lines.with(8, 'x').map(label), keys);
    expect(labelled.told).toEqual(['not_json:9', 'chain_unproved:10']);
    expect(proved(labelled.plan)).toMatchObject({ signatures: { rows: ['1-8', '12-20'] } });
    // Where the old key signs on, none did.
    const before = changed(SIGNED, (lines) => lines.with(3, 'x').toSpliced(8, 1));
    const all = from(9, 19, 'key_not_active');
    expect(before.told.filter((each) => each.startsWith('key'))).toEqual(all);
    expect(unproved(before.plan)).not.toContain(took);
    const gone = changed(SIGNED, (lines) => lines.toSpliced(8, 1));
    expect(gone.told.filter((each) => each.startsWith('key'))).toEqual(all);
    expect(proved(gone.plan)['keys']).toHaveLength(1);
  });

  it('may have changed the key before another change, which is followed', () => {
    const [own, next] = ['operator', 'operator-next'].map((name) => {
      const seed = readFixture('cortex', 'keys', `${name}.seed`);
      return { seed, key: native.publicKey(seed) };
    });
    if (own === undefined || next === undefined) throw new Error('none');
    const preimage = rotationPreimage(next.key, own.key, '2026-12-01T00:00:00.000000Z');
    const note = linesOf(readFixture('cortex', ...SIGNED, 'events.jsonl')).find((line) =>
      line.includes('identity.rotate'),
    );
    const payload = JSON.stringify({
      envelope: {
        new_pubkey: [...own.key],
        old_pubkey: [...next.key],
        schema_version: 1,
        signature: [...native.sign(next.seed, preimage)],
        signed_at: '2026-12-01T00:00:00Z',
      },
      kind: 'identity.rotate',
    });
    const [prev, hash] = ['ab'.repeat(32), payloadHash(Buffer.from(payload))];
    const line = (note ?? '')
      .replace(/"payload":.*,"payload_hash"/, `"payload":${payload},"payload_hash"`)
      .replace(/"payload_hash":"[^"]*"/, `"payload_hash":"${hash}"`)
      .replace(/"prev_event_hash":"[^"]*"/, `"prev_event_hash":"${prev}"`)
      .replace(/"event_hash":"[^"]*"/, `"event_hash":"${eventHash(prev, hash)}"`)
      .replace(/,"signature":\{"schema_version".*\}$/, '}');
    const { plan, told } = changed(SIGNED, (lines) => [...lines.slice(0, 8), 'x', line]);
    expect(told).toEqual(['not_json:9', 'chain_unproved:10']);
    expect(proved(plan)).toMatchObject({ rotations: 1 });
    expect(unproved(plan)).toContain('took over behind what is lost');
    // Where nothing is lost it is by a key that does not sign.
    const clean = changed(SIGNED, (lines) => [...lines.slice(0, 8), line]);
    expect(clean.told).toEqual(['chain_broken:9', 'rotation_invalid:9']);
  });

  it('leaves the one behind it unproved, where it is its signature that was altered', () => {
    const { plan, told } = changed(SIGNED, (lines) => lines.with(11, altered(lines[11])));
    expect(told).toEqual(['signature_invalid:12']);
    expect(proved(plan)).toMatchObject({ signatures: { rows: ['1-11', '14-20'] } });
    expect(unproved(plan)).toContain('1 signatures behind what is lost');
  });

  it('hides none but that one: of a run of altered ones every other is told', () => {
    const rows = [10, 11, 12, 13, 14];
    const { plan, told } = changed(SIGNED, (lines) =>
      lines.map((line, at) => (rows.includes(at) ? altered(line) : line)),
    );
    expect(told).toEqual([11, 13, 15].map((line) => `signature_invalid:${line}`));
    expect(proved(plan)).toMatchObject({ signatures: { rows: ['1-10', '17-20'] } });
    expect(unproved(plan)).toContain('3 signatures behind what is lost');
  });

  it('may have changed the version of the schema, where it stands between two of them', () => {
    expect(changed(['v2-migrated'], (lines) => lines.with(20, 'x')).told).toEqual([
      'not_json:21',
      'chain_unproved:22',
    ]);
    const elsewhere = changed(['v2-migrated'], (lines) => lines.with(9, 'x').toSpliced(20, 1));
    expect(elsewhere.told).toEqual([
      'not_json:10',
      'chain_broken:21',
      'schema_version_order:21',
      'chain_unproved:11',
    ]);
  });
});

describe('an attestation beside a log', () => {
  it('is of the source that the row says, too', () => {
    const plan = logOf(
      storeWith(([first = '', ...lines]) => [
        first.replace('{"type":"user"}', '{"type":"runtime"}'),
        ...lines,
      ]),
    );
    expect(plan.defects.told.map(({ name, line }) => [name, line])).toEqual([
      ['attestation_invalid', 1],
    ]);
    expect(proved(plan)).toMatchObject({ attestations: { rows: ['11'] } });
  });

  it('names no key where it does not hold', () => {
    const folder = storeWith((lines) => lines);
    const path = `${folder}/audit_records.jsonl`;
    const text = fs.readFileSync(path, 'utf8').replaceAll(/"key_id":"[0-9a-f]{64}"/g, KEY_ID);
    fs.writeFileSync(path, text);
    const plan = logOf(folder);
    expect(plan.defects.counts.get('attestation_invalid')).toBe(2);
    expect(proved(plan)['keys']).toEqual([]);
  });
});
