/**
 * A log of cortex to which somebody added a row that is hashed and linked as it must be, and says
 * what cortex would not have said there.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { eventHash, payloadHash, rotationPreimage } from '../../src/import/cortex/hash.ts';
import { formatRow } from '../../src/import/cortex/row.ts';
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
