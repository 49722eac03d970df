/**
 * Contributions, sets of policies, and histories that people and programs try to write through a
 * gate: most of it sensible, some of it forged.
 */
import fc from 'fast-check';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { RuleId } from '../../ledger/name.ts';
import { isReserved } from '../../ledger/name.ts';
import type { Contribution } from '../../policies/gate/contribution.ts';
import { RULE_OUTCOMES } from '../../policies/outcome.ts';
import { RULE_NAMES } from '../../policies/rule/name.ts';
import { READY_MADE } from '../../policies/set/ready-made.ts';
import type { Recorded } from '../../policies/state/past.ts';
import type { Brought, Gatehouse } from '../model/gatehouse.ts';
import { ALICE, BOB, CAROL, DAVE, EVE, timeOf } from '../model/gatehouse.ts';

export const contribution: fc.Arbitrary<Contribution> = fc.record({
  rule: fc.constantFrom(...RULE_NAMES).map((name) => name as string as RuleId),
  outcome: fc.constantFrom(...RULE_OUTCOMES),
  reason: fc.constantFrom('holds', 'too large', 'too old'),
  overridable: fc.boolean(),
  evidence: fc.constantFrom<JsonObject>({}, { n: 1 }, { n: 2 }),
});

export const contributions = fc.array(contribution, { maxLength: 12 });

const CUSTOM = {
  version: 1,
  types: [
    { match: '*', attested: true },
    { match: 'deploy.*', tier: 'verified', sources: ['user', 'tool'] },
    { match: 'invoice.*', schema: 'invoice', max_bytes: 200, rate: { events: 6, window: 20 } },
  ],
  schemas: {
    invoice: { type: 'object', required: ['total'], properties: { total: { type: 'number' } } },
  },
  corrections: { four_eyes: 'verified' },
  references: { causes_exist: true, corrections_exist: true },
  secrets: { find: true },
  clocks: { ahead: '1h', behind: '1d' },
  exceptions: { separate: true, review_within: '10s' },
  rules: [
    {
      id: 'large-totals-wait',
      match: ['invoice.*'],
      when: 'has(payload.total) && payload.total > 1000',
      outcome: 'quarantine',
      reason: 'a total of {payload.total} waits',
    },
    {
      id: 'vaults-wait',
      match: ['order.*', 'deploy.*'],
      when: 'has(payload.total) && payload.total == 12',
      outcome: 'quarantine',
      reason: 'it waits whatever anybody authorized',
      overridable: false,
    },
    {
      id: 'agents-are-watched',
      match: ['*'],
      when: 'event.source.kind == "agent"',
      outcome: 'warn',
      reason: 'an agent wrote it',
    },
    {
      id: 'payloads-have-totals',
      match: ['order.*'],
      when: 'payload.total < 0',
      outcome: 'reject',
      reason: 'below zero',
    },
  ],
} as const satisfies JsonObject;

/** Documents that can be adopted by two operators. */
export const documents: fc.Arbitrary<JsonObject> = fc.constantFrom<JsonObject>(
  { open: READY_MADE.open },
  { signed: READY_MADE.signed },
  { regulated: READY_MADE.regulated },
  { custom: CUSTOM },
);

/** An attempt is made in a house: what it refers to is looked up there. */
export type Attempt = (house: Gatehouse) => Brought;

const signer = fc.constantFrom<Signer | undefined>(ALICE, BOB, CAROL, CAROL, DAVE, EVE, undefined);
const operator = fc.constantFrom(ALICE, BOB);

const pick = (ids: readonly string[], n: number): string =>
  ids[n % (ids.length + 1)] ?? 'never-was';

const eventIn = (house: Gatehouse, n: number): string =>
  pick(
    house.recorded.map(({ header }) => header.id),
    n,
  );

const authorizationIn = ({ ground }: Gatehouse, n: number): string =>
  pick(
    Array.from(ground.standing.authorizations.values(), ({ id }) => id),
    n,
  );

const SECRET = ['https://ann', 'k3wQ9zXv7Lp2@example.com/'].join(':');
const payload = fc.constantFrom<JsonObject>(
  {},
  { total: 12 },
  { total: 5000 },
  { total: 'none' },
  { note: 'x'.repeat(300), total: 1 },
  { url: SECRET, total: 1 },
);

const maybe = fc.option(fc.nat(20), { freq: 2 });

const plain: fc.Arbitrary<Attempt> = fc
  .record({
    type: fc.constantFrom('invoice.paid', 'deploy.forced', 'note.taken', 'order.placed'),
    payload,
    by: signer,
    cause: maybe,
    correction: maybe,
    authorization: fc.option(fc.nat(20), { freq: 4 }),
    kind: fc.constantFrom('tool', 'tool', 'agent', 'user'),
  })
  .map(({ cause, correction, authorization, kind, ...rest }) => (house) => ({
    ...rest,
    author: {
      source: { kind, name: 'test' },
      ...(cause === null ? {} : { causation_id: eventIn(house, cause) }),
      ...(correction === null ? {} : { supersedes: eventIn(house, correction) }),
      ...(authorization === null ? {} : { authorization: authorizationIn(house, authorization) }),
    },
  }));

const RULES = [
  'an-attestation-is-there',
  'four-eyes-have-seen-it',
  'large-totals-wait',
  'no-secret-is-inside',
  'the-cause-exists',
  'the-correction-fits',
  'the-key-is-current',
  'the-payload-is-within-bounds',
  'the-payload-matches-its-schema',
  'the-source-may-write-this',
  'the-tier-is-enough',
  'vaults-wait',
];

const scope = fc.record({
  expires_at: fc.constantFrom(timeOf(9), timeOf(1000), timeOf(1000)),
  reason: fc.constant('needed'),
  reason_code: fc.constant('incident_response'),
  rules: fc.oneof(fc.constant(RULES), fc.subarray(RULES, { minLength: 1 })),
  types: fc.constantFrom(['*'], ['*'], ['deploy.*'], ['invoice.paid']),
  uses: fc.integer({ min: 1, max: 2 }),
});

const authorized: fc.Arbitrary<Attempt> = fc
  .record({ type: fc.constant('break_glass.authorized'), payload: scope, by: operator })
  .map((brought) => () => brought);

const governing: fc.Arbitrary<Attempt> = fc.oneof(
  fc
    .record({
      type: fc.constantFrom('break_glass.revoked', 'break_glass.reviewed'),
      by: signer,
      of: fc.nat(20),
    })
    .map(({ type, by, of }) => (house: Gatehouse) => ({
      type,
      by,
      payload: { authorization: authorizationIn(house, of), reason: 'over', note: 'seen' },
    })),
  fc
    .record({
      type: fc.constantFrom('key.retired', 'key.revoked'),
      payload: fc
        .constantFrom(BOB, CAROL, DAVE)
        .map(({ keyId }) => ({ key_id: keyId, reason: 'x' })),
      by: operator,
    })
    .map((brought) => () => brought),
  fc
    .record({ by: signer, of: fc.nat(20), meaning: fc.constantFrom('approved', 'authored') })
    .map(({ by, of, meaning }) => (house: Gatehouse) => ({
      type: 'review.approved',
      by,
      meaning,
      payload: { subject: eventIn(house, of) },
    })),
  fc.record({ documents, by: operator }).map(
    ({ documents: adopted, by }) =>
      (house: Gatehouse) =>
        house.adopting(adopted, by),
  ),
);

const last = ({ recorded }: Gatehouse, isIt: (event: Recorded) => boolean): Recorded | undefined =>
  recorded.findLast(isIt);

const isReview = ({ header }: Recorded): boolean =>
  (header.event_type as string) === 'review.approved';

const subjectIn = (house: Gatehouse): string =>
  last(house, (each) => !isReserved(each.header.event_type) && !isReview(each))?.header.id ??
  'never-was';

const correcting: Attempt = (house) => ({
  type: 'note.taken',
  by: DAVE,
  author: { supersedes: subjectIn(house) },
});

/** An event that another approves, that is corrected then, and whose review is erased. */
const reviewed: fc.Arbitrary<readonly Attempt[]> = fc
  .record({ plain, by: fc.constantFrom(ALICE, CAROL), eraser: operator, order: fc.nat(2) })
  .map(({ plain: event, by, eraser, order }) => {
    const approval: Attempt = (house) => ({
      type: 'review.approved',
      by,
      meaning: 'approved',
      payload: { subject: subjectIn(house) },
    });
    const erasure: Attempt = (house) =>
      house.erasing(last(house, isReview)?.header.seq ?? 0, eraser);
    return order === 0
      ? [event, approval, erasure, correcting]
      : [event, approval, correcting, erasure];
  });

const erasing: fc.Arbitrary<Attempt> = fc.record({ seq: fc.nat(25), by: operator }).map(
  ({ seq, by }) =>
    (house) =>
      house.erasing(seq, by),
);

export const attempt = plain;

/** What is tried one after the other. */
export const attempts = fc
  .array(
    fc.oneof(
      { arbitrary: plain.map((each) => [each]), weight: 8 },
      { arbitrary: authorized.map((each) => [each]), weight: 4 },
      { arbitrary: governing.map((each) => [each]), weight: 2 },
      { arbitrary: erasing.map((each) => [each]), weight: 1 },
      { arbitrary: reviewed, weight: 1 },
    ),
    { minLength: 1, maxLength: 16 },
  )
  .map((tried) => tried.flat());
