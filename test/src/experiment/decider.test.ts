/**
 * What may happen to an experiment, told as given, when and then; and that it holds for whatever
 * comes, in any order.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../ledger/json/value.ts';
import type { Recorded } from '../../../policies/state/past.ts';
import { native } from '../../../ledger/crypto/native.ts';
import type { Command, CommandKind, Status } from '../../../src/experiment/decider.ts';
import { experiments } from '../../../src/projection/experiment.ts';
import type { Row } from '../../../src/projection/projection.ts';
import { ALLOWED, decide, isEarly } from '../../../src/experiment/decider.ts';
import { planDigest } from '../../../src/experiment/plan.ts';
import {
  EXPERIMENT_TYPES,
  isSound,
  readHappened,
  statedOf,
} from '../../../src/experiment/event.ts';
import { mutationsOf } from '../../policies/guide/mutation.ts';
import { all, check } from '../../../properties/check.ts';
import {
  World,
  amended,
  archived,
  concluded,
  created,
  given,
  planOf,
  started,
  tagged,
  untagged,
} from './given.ts';

const NOON = '2026-11-20T12:00:00.000Z';
const AT = { seq: 1, id: 'event-1', time: NOON };
const RUNNING = [created, started()];
const CONCLUDED = [...RUNNING, concluded];

describe('an experiment', () => {
  it('begins as a draft, and is created once', () => {
    expect(given().when(created)).toEqual({ recorded: ['created'] });
    expect(given(created).when(created)).toEqual({
      refused: {
        _tag: 'ExperimentRefused',
        reason: 'not_allowed',
        experiment: 'cheaper-cache',
        command: 'created',
        status: 'draft',
        allowed: ['amended', 'started', 'archived'],
      },
    });
  });

  it('can be amended until it is started, and keeps its id', () => {
    const other = amended({ duration_days: 3 });
    expect(given(created).when(other)).toEqual({ recorded: ['amended'] });
    expect(given(...RUNNING).when(other)).toMatchObject({
      refused: { reason: 'not_allowed', status: 'running' },
    });
    expect(given(created).when(amended({ id: 'another' }))).toMatchObject({
      refused: { reason: 'other_id' },
    });
  });

  it('is started with the plan that stands, and with no other', () => {
    const plan = { duration_days: 3 };
    expect(given(created).when(started())).toEqual({ recorded: ['started'] });
    expect(given(created, amended(plan)).when(started(planOf(plan)))).toEqual({
      recorded: ['started'],
    });
    expect(given(created, amended(plan)).when(started())).toMatchObject({
      refused: { reason: 'plan_moved', status: 'draft' },
    });
  });

  it('takes tags while it runs, and only then', () => {
    const tag = tagged('s-1', 'control');
    expect(given(...RUNNING).when(tag)).toEqual({ recorded: ['tagged'] });
    for (const before of [[], [created], CONCLUDED, [...CONCLUDED, archived]])
      expect(given(...before).when(tag)).toMatchObject({ refused: { reason: 'not_allowed' } });
  });

  it('takes the same tag again without a word, and another one not at all', () => {
    const before = given(...RUNNING, tagged('s-1', 'control'));
    expect(before.when(tagged('s-1', 'control'))).toEqual({ recorded: [] });
    expect(before.when(tagged('s-1', 'treatment'))).toMatchObject({
      refused: { reason: 'tagged_otherwise', earlier: 'event-3' },
    });
    expect(before.when(tagged('s-2', 'treatment'))).toEqual({ recorded: ['tagged'] });
  });

  it('lets a tag be taken back that is there, and set anew after that', () => {
    const tag = tagged('s-1', 'control');
    expect(given(...RUNNING, tag).when(untagged('s-1'))).toEqual({ recorded: ['untagged'] });
    expect(given(...RUNNING).when(untagged('s-1'))).toMatchObject({
      refused: { reason: 'not_tagged' },
    });
    expect(given(...RUNNING, tag, untagged('s-1')).when(tagged('s-1', 'treatment'))).toEqual({
      recorded: ['tagged'],
    });
  });

  it('is early until the days that were planned are over, and only once it is started', () => {
    const days = 3;
    const plan = planOf({ duration_days: days });
    const draft = { status: 'draft', plan, digest: planDigest(native, plan), created: AT } as const;
    const running = { ...draft, status: 'running', started: AT } as const;
    const end = Date.parse(AT.time) + days * 86_400_000;
    expect([end - 1, end, end + 1].map((at) => isEarly(running, at))).toEqual([true, false, false]);
    expect(isEarly(draft, 0)).toBe(false);
  });

  it('is concluded once, and archived once, from a draft or from its end', () => {
    expect(given(...RUNNING).when(concluded)).toEqual({ recorded: ['concluded'] });
    expect(given(...CONCLUDED).when(concluded)).toMatchObject({
      refused: { allowed: ['archived'] },
    });
    expect(given(created).when(archived)).toEqual({ recorded: ['archived'] });
    expect(given(...CONCLUDED).when(archived)).toEqual({ recorded: ['archived'] });
    expect(given(...RUNNING).when(archived)).toMatchObject({ refused: { status: 'running' } });
    expect(given(created, archived).when(archived)).toMatchObject({ refused: { allowed: [] } });
  });
});

const session = fc.constantFrom('s-1', 's-2');
const variant = fc.constantFrom('control', 'treatment', 'excluded');
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.constant(created),
  fc.constant(amended({ duration_days: 3 })),
  fc.constantFrom(started(), started(planOf({ duration_days: 3 }))),
  fc.tuple(session, variant).map(([of, as]) => tagged(of, as)),
  session.map(untagged),
  fc.constantFrom(concluded, archived),
);

/** The slow and obvious model: what stands in a table, and nothing of the decider's. */
const NEXT: Readonly<Record<Status, Partial<Record<CommandKind, Status>>>> = {
  nothing: { created: 'draft' },
  draft: { amended: 'draft', started: 'running', archived: 'archived' },
  running: { tagged: 'running', untagged: 'running', concluded: 'concluded' },
  concluded: { archived: 'archived' },
  archived: {},
};

describe('whatever is wanted, in any order', () => {
  it('is decided as a table says, and what is not decided changes nothing', () => {
    check(
      fc.property(fc.array(command, { maxLength: 30 }), (commands) => {
        const world = new World();
        const tags = new Map<string, string>();
        let status: Status = 'nothing';
        let duration = 14;
        for (const wanted of commands) {
          const decided = decide(native, world.standing(wanted), wanted);
          const next: Status | undefined = NEXT[status][wanted.kind];
          const tag = 'session' in wanted ? tags.get(wanted.session) : undefined;
          const fits =
            (wanted.kind !== 'started' || wanted.plan_digest === plans.get(duration)) &&
            (wanted.kind !== 'tagged' || tag === undefined || tag === wanted.variant) &&
            (wanted.kind !== 'untagged' || tag !== undefined);
          expect([wanted.kind, E.isRight(decided)]).toEqual([
            wanted.kind,
            next !== undefined && fits,
          ]);
          if (E.isLeft(decided)) {
            expect(decided.left.allowed).toEqual(Object.keys(NEXT[status]));
            expect(world.record(wanted)).toBe(false);
          } else if (next !== undefined) {
            const isTold = wanted.kind === 'tagged' && tag === wanted.variant;
            expect(world.record(wanted)).toBe(!isTold);
            status = next;
            if (wanted.kind === 'tagged') tags.set(wanted.session, wanted.variant);
            if (wanted.kind === 'untagged') tags.delete(wanted.session);
            if ('plan' in wanted) duration = wanted.plan.duration_days;
          }
          expect(world.status).toBe(status);
        }
      }),
      { runs: all },
    );
  });

  it('is a thing that an event can tell of', () => {
    check(fc.property(command, isSound), { runs: all });
    expect(isSound({ ...tagged('s-1', 'control'), session: '' } as Command)).toBe(false);
    expect(Object.keys(ALLOWED)).toEqual(Object.keys(NEXT));
  });
});

const payload = fc.oneof(
  fc.jsonValue() as fc.Arbitrary<Json>,
  command.chain((wanted) => fc.constantFrom(...mutationsOf(statedOf(wanted)['payload'] ?? null))),
);

const nameOf = (table: string, key: readonly unknown[]) => JSON.stringify([table, ...key]);

describe('an event of another form', () => {
  it('is none of an experiment, and the projection passes it by', () => {
    const kinds = fc.constantFrom(...EXPERIMENT_TYPES, 'experiment.', 'experiment.toString');
    check(
      fc.property(fc.array(fc.tuple(kinds, payload), { maxLength: 8 }), (events) => {
        const tables = new Map<string, Row>();
        for (const [seq, [event_type, of]] of events.entries()) {
          const header = { event_type, seq, id: `e-${seq}`, recorded_at: NOON };
          const event = { header, payload: of } as unknown as Recorded;
          const happened = readHappened(event);
          if (happened !== undefined) expect(isSound(happened)).toBe(true);
          experiments.evolve(
            {
              get: (table, ...key) => tables.get(nameOf(table, key)),
              put: (table, row) => {
                const key = (experiments.schema[table]?.key ?? []).map((name) => row[name]);
                tables.set(nameOf(table, key), row);
              },
              remove: (table, ...key) => void tables.delete(nameOf(table, key)),
              rows: () => [],
            },
            event,
          );
        }
      }),
      { runs: all },
    );
  });
});

const digestOf = (days: number): string => {
  const wanted = started(planOf({ duration_days: days }));
  return wanted.kind === 'started' ? wanted.plan_digest : '';
};
const plans = new Map([3, 14].map((days) => [days, digestOf(days)]));
