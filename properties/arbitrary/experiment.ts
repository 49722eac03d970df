/**
 * Experiments: what somebody may want of one in any state, numbers of sessions, and what events say
 * of them.
 */
import fc from 'fast-check';
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { ARMS, VARIANTS } from '../../src/experiment/binding-shape.ts';
import type { Sorted } from '../../src/experiment/bootstrap.ts';
import type { At, Command, Standing, Tag } from '../../src/experiment/decider.ts';
import { NOTHING, evolve } from '../../src/experiment/decider.ts';
import { VERDICTS } from '../../src/experiment/event.ts';
import type { Guardrail } from '../../src/experiment/metric.ts';
import { AGGREGATES } from '../../src/experiment/metric.ts';
import type { Plan } from '../../src/experiment/plan.ts';
import { planDigest, planShape } from '../../src/experiment/plan.ts';

const ID = 'cheaper-cache';
const WRITTEN: JsonObject = {
  id: ID,
  hypothesis: 'It is cheaper.',
  change: 'A cache.',
  metric: 'cost_per_session',
  criterion: { relative_pct: 10 },
};

/** planOf makes a plan of what is different from the plainest one. */
export const planOf = (more: JsonObject = {}): Plan => {
  const plan = planShape({ ...WRITTEN, ...more }, '');
  if (plan._tag === 'Left') throw new Error(JSON.stringify(plan.left));
  return plan.right;
};

const plan = fc.constantFrom(planOf(), planOf({ duration_days: 3 }), planOf({ id: 'another' }));
const at: fc.Arbitrary<At> = fc
  .nat({ max: 1000 })
  .map((seq) => ({ seq, id: `event-${seq}`, time: '2026-11-20T09:00:00.000Z' }));
const variant = fc.constantFrom(...VARIANTS);
const OF = { experiment: ID, session: 's-1' };

export const command: fc.Arbitrary<Command> = fc.oneof(
  plan.map((of): Command => ({ kind: 'created', plan: of })),
  plan.map((of): Command => ({ kind: 'amended', plan: of })),
  plan.map((of): Command => {
    const digest = planDigest(native, of);
    return { kind: 'started', experiment: ID, plan_digest: digest };
  }),
  { weight: 4, arbitrary: variant.map((as): Command => ({ kind: 'tagged', ...OF, variant: as })) },
  fc.constant<Command>({ kind: 'untagged', ...OF, reason: 'a test' }),
  fc
    .tuple(fc.constantFrom(...VERDICTS), fc.boolean())
    .map(([verdict, early]): Command => ({ kind: 'concluded', experiment: ID, early, verdict })),
  fc.constant<Command>({ kind: 'archived', experiment: ID }),
);

const [PLAN, OTHER] = [planOf(), planOf({ duration_days: 3 })];
const start = (of: Plan): Command => ({
  kind: 'started',
  experiment: ID,
  plan_digest: planDigest(native, of),
});
const CREATED: Command = { kind: 'created', plan: PLAN };
const ENDED: Command = { kind: 'concluded', experiment: ID, early: true, verdict: 'met' };
const ARCHIVED: Command = { kind: 'archived', experiment: ID };

/** A way to each state that there is. */
const WAYS: readonly (readonly Command[])[] = [
  [],
  [CREATED],
  [CREATED, { kind: 'amended', plan: OTHER }],
  [CREATED, start(PLAN)],
  [CREATED, start(PLAN), ENDED],
  [CREATED, ARCHIVED],
  [CREATED, start(PLAN), ENDED, ARCHIVED],
];

const tag: fc.Arbitrary<Tag | undefined> = fc.option(fc.record({ variant, at }), {
  nil: undefined,
});

const way = fc.oneof(
  fc.constantFrom(...WAYS),
  fc.constant<readonly Command[]>([CREATED, start(PLAN)]),
);

/** Every state, with and without a tag of the session; half of them run. */
export const standing: fc.Arbitrary<Standing> = fc
  .tuple(way, tag, at)
  .map(([before, tagged, place]) => {
    const begun: Standing = { experiment: NOTHING, tag: undefined };
    const { experiment } = before.reduce(
      (now, each) => evolve(native, now, each, place) ?? now,
      begun,
    );
    return { experiment, tag: tagged };
  });

export { at as place };

/** What one session may come to: money, rates, quotients of what can be read, below zero, too. */
const value: fc.Arbitrary<number> = fc.oneof(
  fc.integer({ min: -20, max: 20 }),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }),
  fc.constantFrom(0, 1, 1e-30, -1e-30, 1e18, -1e18, 1e48, -1e48, 0.1),
);

const arm = (of: fc.Arbitrary<number>, least: number): fc.Arbitrary<Sorted> =>
  fc
    .array(of, { minLength: least, maxLength: 12 })
    .map((values) => Float64Array.from(values).toSorted());

export const arms = fc.record({ control: arm(value, 0), treatment: arm(value, 0) });
const rate = arm(fc.constantFrom(0, 1), 1);
export const rates = fc.record({ control: rate, treatment: rate });

export const analysis: fc.Arbitrary<Plan['analysis']> = fc.record({
  statistic: fc.constantFrom('mean', 'median'),
  method: fc.constant('bootstrap'),
  resamples: fc.constant(100),
  confidence: fc.constantFrom(0.5, 0.9, 0.95, 0.999),
  seed: fc.nat({ max: 4_294_967_295 }),
});

export const guardrail: fc.Arbitrary<Guardrail> = fc
  .tuple(
    fc.constantFrom('lower', 'higher'),
    fc.constantFrom<JsonObject>({ limit: 0 }, { limit: 2 }, { limit_pct: 0 }, { limit_pct: 5 }),
  )
  .map(([better, limit]) => {
    const of = { name: 'g', type: 'a.b', aggregate: 'count', better, ...limit };
    return planOf({ guardrails: [of] }).guardrails[0] as Guardrail;
  });

export const criterion = fc.constantFrom<JsonObject>(
  { relative_pct: 0 },
  { relative_pct: 10 },
  { absolute: 1 },
  { non_inferiority_pct: 5 },
);

/** Events of a few sessions, each of which says to which arm it belongs, and a whole number. */
export const said: fc.Arbitrary<readonly Recorded[]> = fc
  .array(
    fc.tuple(
      fc.constantFrom('a.b', 'a.c'),
      fc.constantFrom('s-1', 's-2'),
      fc.constantFrom(...ARMS, 'neither', null),
      fc.integer({ min: -9, max: 9 }),
    ),
    { maxLength: 12 },
  )
  .map((all) =>
    all.map(([event_type, session_id, is, n], seq) => {
      const header = { event_type, session_id, seq, recorded_at: '2026-11-20T09:00:00.000Z' };
      return { header, payload: { is, n } } as unknown as Recorded;
    }),
  );

export const aggregate = fc.constantFrom(...AGGREGATES);
