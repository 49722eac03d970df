/**
 * The table of surfaces, to the letter: what each is, which rules must speak on it, and by which
 * every type enters that the tool knows of.
 */
import { describe, expect, it } from 'vitest';
import type { EventType } from '../../ledger/name.ts';
import type { Surface } from '../../policies/surface.ts';
import { SURFACES, entersBy, surfaceOf } from '../../policies/surface.ts';

const INTEGRITY = [
  'it-belongs-here',
  'the-attestation-is-good',
  'the-key-is-current',
  'what-was-seen-is-here',
  'the-authority-suffices',
  'the-set-is-sound',
];
const GOVERNING = [
  ...INTEGRITY,
  'the-mirror-is-in-parity',
  'an-attestation-is-there',
  'four-eyes-have-seen-it',
];
const BROUGHT = [
  ...GOVERNING,
  'the-tier-is-enough',
  'the-source-may-write-this',
  'the-payload-matches-its-schema',
  'the-payload-is-within-bounds',
  'the-clocks-are-sane',
  'the-correction-fits',
  'the-cause-exists',
  'no-secret-is-inside',
  'the-source-keeps-its-rate',
];

const TABLE: Readonly<Record<Surface, readonly [power: string, required: readonly string[]]>> = {
  append: ['ordinary', BROUGHT],
  append_signed: ['ordinary', BROUGHT],
  import: ['ordinary', BROUGHT],
  outbox_configuration: ['ordinary', BROUGHT],
  experiment_transition: ['ordinary', BROUGHT],
  export: ['ordinary', BROUGHT],
  key_change: ['governing', GOVERNING],
  policy_adoption: ['governing', GOVERNING],
  break_glass: ['governing', GOVERNING],
  quarantine_release: ['governing', GOVERNING],
  erasure: ['governing', GOVERNING],
  delivery_receipt: ['own', INTEGRITY],
  recovery: ['own', INTEGRITY],
  record: ['own', INTEGRITY],
};

const TYPES: Readonly<Record<Surface, readonly string[]>> = {
  append: ['note.taken', 'keys.lost', 'ledgers.kept', 'experiments.created'],
  append_signed: [],
  import: [],
  outbox_configuration: [
    'outbox.destination_added',
    'outbox.destination_set',
    'outbox.destination_2',
    'outbox.enqueued',
    'outbox.retried',
    'outbox.dropped',
    'outbox.set_aside',
  ],
  experiment_transition: [
    'experiment.created',
    'experiment.amended',
    'experiment.started',
    'experiment.tagged',
    'experiment.untagged',
    'experiment.concluded',
    'experiment.archived',
  ],
  export: [],
  key_change: ['key.enrolled', 'key.retired', 'key.revoked', 'key.whatever'],
  policy_adoption: ['policy.adopted'],
  break_glass: [
    'break_glass.authorized',
    'break_glass.revoked',
    'break_glass.reviewed',
    'break_glass.whatever',
  ],
  quarantine_release: ['policy.released', 'policy.discarded'],
  erasure: ['ledger.payload_erased'],
  delivery_receipt: [
    'outbox.batch_planned',
    'outbox.delivered',
    'outbox.failed',
    'outbox.destination',
    'outbox.enqueued_again',
    'outbox.retried.again',
  ],
  recovery: ['ledger.recovered'],
  record: [
    'policy.held',
    'policy.refused',
    'ledger.created',
    'ledger.verified',
    'ledger.exported',
    'ledger.payload_erased_twice',
    'ledger.recovered.again',
    'experiment.looked',
    'experiment.retagged',
    'experiment.created.again',
    'schema_migration.imported',
  ],
};

/** Reserved, and no way in. */
const NOWHERE = ['policy.forgotten', 'policy.released.again', 'policy.adopted_twice'];

const NAMES = Object.keys(SURFACES) as readonly Surface[];
const waysOf = (type: string): readonly Surface[] =>
  NAMES.filter((surface) => entersBy(surface, type as EventType));

/** The ways besides the one that is told by the type. */
const ALSO: Readonly<Record<string, readonly Surface[]>> = { 'ledger.exported': ['export'] };
const ORDINARY = ['append', 'append_signed', 'import'];

describe('the table of surfaces', () => {
  it('has these, and what must speak on each', () => {
    const table = Object.entries(SURFACES).map(([name, { power, required }]) => [
      name,
      [power, [...required]],
    ]);
    expect(Object.fromEntries(table)).toEqual(TABLE);
    expect(NAMES).toEqual(Object.keys(TABLE));
  });

  it.each(
    Object.entries(TYPES).flatMap(([surface, types]) => types.map((type) => [type, surface])),
  )('%s enters by %s, and by no other', (type = '', surface = '') => {
    expect(surfaceOf(type as EventType)).toBe(surface);
    const ways = surface === 'append' ? ORDINARY : [...(ALSO[type] ?? []), surface];
    expect(waysOf(type)).toEqual(ways);
  });

  it.each(NOWHERE)('%s enters nowhere', (type) => {
    expect(waysOf(type)).toEqual([]);
  });
});
