/**
 * The surfaces: by which way what comes in, who may hold it back there, and that no set and no
 * clock can lock a ledger.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Signer } from '../../ledger/key/key.ts';
import type { EventType, Time } from '../../ledger/name.ts';
import { RULE_NAMES } from '../../policies/rule/name.ts';
import { STANDARD } from '../../policies/rule/standard.ts';
import { READY_MADE } from '../../policies/set/ready-made.ts';
import type { Surface } from '../../policies/surface.ts';
import { SURFACES, entersBy, powerOf, surfaceOf } from '../../policies/surface.ts';
import type { Brought } from '../../properties/model/gatehouse.ts';
import {
  ALICE,
  BOB,
  CAROL,
  EVE,
  Gatehouse,
  enrolment,
  setOf,
  told,
} from '../../properties/model/gatehouse.ts';

describe('no set locks a ledger', () => {
  const STRICT = {
    types: [
      { match: '*', tier: 'operator', sources: ['external'], max_bytes: 1, schema: 'none' },
      { match: '*', four_eyes: 'operator', rate: { events: 1, window: 1000 } },
    ],
    schemas: { none: false },
    clocks: { ahead: '1s', behind: '1s' },
    rules: [
      {
        id: 'nothing-enters',
        match: ['*'],
        when: 'true',
        outcome: 'reject',
        reason: 'no',
        overridable: false,
      },
      {
        id: 'nothing-is-known',
        match: ['*'],
        when: 'payload.no.such.thing',
        outcome: 'reject',
        reason: 'no',
      },
    ],
  } as const;
  const adopting = (by: Signer): Brought =>
    new Gatehouse(setOf(STRICT)).adopting({ open: READY_MADE.open }, by);
  const late = {
    signedAt: '1999-01-01T00:00:00.000Z' as Time,
    author: { observed_at: '2099-01-01T00:00:00.000Z' },
  } as const;

  it.each<readonly [string, Brought, string]>([
    ['another set is adopted', adopting(CAROL), 'reject: the-authority-suffices'],
    ['another set is adopted by an operator', adopting(ALICE), 'warn'],
    ['a clock that jumped', { ...adopting(ALICE), ...late }, 'warn'],
    [
      'a key ends itself',
      { type: 'key.retired', payload: { key_id: ALICE.keyId, reason: 'lost' }, by: ALICE },
      'warn',
    ],
    ['the tool writes of itself', { type: 'policy.refused', payload: {} }, 'warn'],
    ['the tool writes receipts', { type: 'outbox.delivered', payload: {} }, 'warn'],
    ['the tool writes of an export', { type: 'ledger.exported', payload: {} }, 'warn'],
    [
      'an export is asked for',
      { type: 'ledger.exported', payload: {}, surface: 'export', by: ALICE },
      'reject',
    ],
    ['an event is brought', { type: 'note.taken', by: ALICE }, 'reject'],
  ])('%s', (_, brought, outcome) => {
    const house = new Gatehouse(setOf(STRICT));
    const decided = told(house.judge(brought));
    expect(decided.slice(0, outcome.length)).toBe(outcome);
  });

  it('where one operator is left, keys change without a second pair of eyes', () => {
    const house = new Gatehouse(setOf({ types: [{ match: 'key.*', four_eyes: 'operator' }] }));
    const enrol = { type: 'key.enrolled', payload: enrolment(EVE), by: ALICE };
    expect(told(house.judge(enrol))).toBe('reject: four-eyes-have-seen-it');
    house.enter({ type: 'key.retired', payload: { key_id: BOB.keyId, reason: 'left' }, by: BOB });
    expect(told(house.judge(enrol))).toBe('allow');
  });
});

describe('the surfaces', () => {
  it.each<readonly [string, Surface]>([
    ['note.taken', 'append'],
    ['keys.lost', 'append'],
    ['key.enrolled', 'key_change'],
    ['key.whatever', 'key_change'],
    ['policy.adopted', 'policy_adoption'],
    ['policy.released', 'quarantine_release'],
    ['policy.discarded', 'quarantine_release'],
    ['policy.held', 'record'],
    ['policy.refused', 'record'],
    ['break_glass.reviewed', 'break_glass'],
    ['ledger.payload_erased', 'erasure'],
    ['ledger.created', 'record'],
    ['ledger.exported', 'record'],
    ['ledger.verified', 'record'],
    ['ledger.recovered', 'recovery'],
    ['schema_migration.imported', 'record'],
    ['outbox.destination_set', 'outbox_configuration'],
    ['outbox.enqueued', 'outbox_configuration'],
    ['outbox.batch_planned', 'delivery_receipt'],
    ['outbox.delivered', 'delivery_receipt'],
    ['experiment.started', 'experiment_transition'],
    ['experiment.looked', 'record'],
  ])('%s comes in as %s, and in no other way but one', (type, surface) => {
    expect(surfaceOf(type as EventType)).toBe(surface);
    const ways = (Object.keys(SURFACES) as readonly Surface[]).filter((each) =>
      entersBy(each, type as EventType),
    );
    if (surface === 'append') expect(ways).toEqual(['append', 'append_signed', 'import']);
    else if (type === 'ledger.exported') expect(ways).toEqual(['export', 'record']);
    else expect(ways).toEqual([surface]);
  });

  it('reject what is reserved and has no way in', () => {
    const house = new Gatehouse();
    expect(told(house.judge({ type: 'policy.bought', by: ALICE }))).toBe('reject: it-belongs-here');
    expect(told(house.judge({ type: 'key.enrolled', surface: 'append' }))).toContain('it-belongs');
    expect(told(house.judge({ type: 'note.taken', surface: 'record' }))).toBe(
      'reject: it-belongs-here',
    );
  });

  it('each name rules that exist, and those that guard the chain are always among them', () => {
    for (const [surface, { required }] of Object.entries(SURFACES)) {
      for (const name of required) expect([...RULE_NAMES]).toContain(name);
      for (const { name } of STANDARD.filter(({ reach }) => reach === 'integrity'))
        expect([surface, ...required]).toContain(name);
      expect(powerOf(surface as Surface)).toMatch(/^(?:ordinary|governing|own)$/);
    }
  });
});

describe('a surface without required rules', () => {
  const ROOT = fileURLToPath(new URL('../..', import.meta.url));

  /** What the compiler says of one more surface in the table. */
  const compile = (required: string): string => {
    const folder = mkdtempSync(join(ROOT, 'node_modules/.surface-'));
    try {
      const table = `{ power: 'ordinary', types: undefined, required: ${required} }`;
      const sample = [
        "import type { Surfaced } from '../../policies/surface.ts';",
        `export const more = ${table} as const satisfies Surfaced;`,
      ];
      writeFileSync(join(folder, 'sample.ts'), sample.join('\n'));
      const settings = { extends: '../../tsconfig.json', include: [], files: ['sample.ts'] };
      writeFileSync(join(folder, 'tsconfig.json'), JSON.stringify(settings));
      const args = ['-p', join(folder, 'tsconfig.json')];
      return spawnSync(join(ROOT, 'node_modules/.bin/tsc'), args, { encoding: 'utf8' }).stdout;
    } finally {
      rmSync(folder, { recursive: true });
    }
  };

  it('does not compile, nor does one that asks for a rule that is not there', () => {
    expect(compile("['the-tier-is-enough']")).toBe('');
    expect(compile('[]')).toContain('sample.ts(2,');
    expect(compile("['the-moon-is-full']")).toContain('sample.ts(2,');
  });
});
