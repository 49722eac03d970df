/**
 * Laws of experiments: every command has an answer in every state, what is sealed stays, nothing
 * rests on the order of what is read, whatever the numbers a report is one, and no broken guardrail
 * is outweighed.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { native } from '../../ledger/crypto/native.ts';
import { parseString } from '../../ledger/json/parse.ts';
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { compare as Compare } from '../../src/experiment/analysis.ts';
import type { Binder } from '../../src/experiment/bind.ts';
import type { bootstrap as Bootstrap } from '../../src/experiment/bootstrap.ts';
import type { Draw } from '../../src/experiment/chance.ts';
import type { Command, Standing, Status, decide, evolve } from '../../src/experiment/decider.ts';
import { ALLOWED } from '../../src/experiment/decider.ts';
import type { Metric } from '../../src/experiment/metric.ts';
import type { rankTest } from '../../src/experiment/rank.ts';
import type { newcombe, newcombeRatio } from '../../src/experiment/rate.ts';
import type { Tally } from '../../src/experiment/tally.ts';
import type { guard, judge } from '../../src/experiment/verdict.ts';
import * as A from '../arbitrary/experiment.ts';

export interface Decider {
  readonly decide: typeof decide;
  readonly evolve: typeof evolve;
}

/** Every command has an answer in every state: what is recorded, or what is allowed instead. */
export const answersEverything = ({ decide }: Decider) =>
  fc.property(A.standing, A.command, (standing, command) => {
    const decided = decide(native, standing, command);
    const { status } = standing.experiment;
    const allowed: readonly string[] = ALLOWED[status];
    if (E.isRight(decided))
      return allowed.includes(command.kind) && decided.right.every((each) => each === command);
    const { left } = decided;
    const isOfState = left.reason === 'not_allowed';
    return (
      left.status === status &&
      left.allowed === ALLOWED[status] &&
      isOfState === !allowed.includes(command.kind)
    );
  });

/** What was decided comes about, and what was refused, or stood there already, changes nothing. */
export const followsWhatIsDecided = ({ decide, evolve }: Decider) =>
  fc.property(A.standing, A.command, A.place, (standing, command, at) => {
    const decided = decide(native, standing, command);
    const isRecorded = E.isRight(decided) && decided.right.length > 0;
    return (evolve(native, standing, command, at) !== undefined) === isRecorded;
  });

const ORDER: readonly Status[] = ['nothing', 'draft', 'running', 'concluded', 'archived'];

const course = (
  { evolve }: Decider,
  begun: Standing,
  commands: readonly Command[],
): readonly Standing[] => {
  const passed = [begun];
  for (const [seq, command] of commands.entries()) {
    const before = passed.at(-1) ?? begun;
    const at = { seq, id: `e-${seq}`, time: '2026-11-20T09:00:00.000Z' };
    passed.push(evolve(native, before, command, at) ?? before);
  }
  return passed;
};

const commands = fc.array(A.command, { maxLength: 20 });

/** Nothing goes back to an earlier state, and a plan that was sealed is the plan for ever. */
export const goesOneWay = (decider: Decider) =>
  fc.property(A.standing, commands, (begun, wanted) => {
    const passed = course(decider, begun, wanted).map(({ experiment }) => experiment);
    return passed.every((now, at) => {
      const before = passed[at - 1] ?? now;
      const isOn = ORDER.indexOf(now.status) >= ORDER.indexOf(before.status);
      const isSealed = 'started' in before;
      return isOn && (!isSealed || ('plan' in now && now.digest === before.digest));
    });
  });

/** Wanted once more it is refused or adds nothing; a draft may be amended again. */
export const happensOnce = ({ decide, evolve }: Decider) =>
  fc.property(A.standing, A.command, A.place, (standing, command, at) => {
    const next = evolve(native, standing, command, at);
    if (next === undefined || command.kind === 'amended') return true;
    const again = decide(native, next, command);
    return E.isLeft(again) || again.right.length === 0;
  });

const near = (a: number, b: number): boolean => Math.abs(a - b) < 1e-9;

const ends = (values: Float64Array) => [values[0] ?? 0, values.at(-1) ?? 0] as const;

const hits = (values: Float64Array) =>
  [values.filter((value) => value === 1).length, values.length] as const;

/** Draws lie below their bound, and the same seed draws the same. */
export const drawsWithinBounds = (drawFrom: (seed: number) => Draw) =>
  fc.property(
    fc.nat({ max: 4_294_967_295 }),
    fc.array(fc.integer({ min: 1, max: 1e9 }), { maxLength: 50 }),
    (seed, bounds) => {
      const [one, other] = [drawFrom(seed), drawFrom(seed)];
      return bounds.every((bound) => {
        const drawn = one(bound);
        return Number.isInteger(drawn) && drawn >= 0 && drawn < bound && drawn === other(bound);
      });
    },
  );

/** No value that is drawn anew lies outside of those that there are. */
export const drawsFromTheSample = (bootstrap: typeof Bootstrap, drawFrom: (seed: number) => Draw) =>
  fc.property(A.arms, A.analysis, ({ control, treatment }, { statistic, seed }) => {
    if (control.length === 0 || treatment.length === 0 || statistic === 'rate') return true;
    const { differences } = bootstrap(control, treatment, statistic, 20, drawFrom(seed));
    const [low, high] = ends(control);
    const [least, most] = ends(treatment);
    const slack = 1e-9 * (Math.abs(low) + Math.abs(high) + Math.abs(least) + Math.abs(most));
    return differences.every((each) => each >= least - high - slack && each <= most - low + slack);
  });

/** Whatever the numbers, what is told of them can be written, read again, and is told again. */
export const tellsAnyNumbers = (compare: typeof Compare) =>
  fc.property(A.arms, A.analysis, (arms, analysis) => {
    const told = compare(arms, analysis);
    const text = write(told as unknown as JsonObject);
    const [low = 0, high = 0] = told.interval ?? [];
    const isRead = E.isRight(parseString(text)) && !/NaN|Infinity/.test(text);
    return (
      isRead && low <= high && text === write(compare(arms, analysis) as unknown as JsonObject)
    );
  });

/** The arms exchanged, the difference is the other way round, and as probable. */
export const seesBothSides = (ranked: typeof rankTest, less: typeof newcombe) =>
  fc.property(A.arms, A.rates, ({ control, treatment }, rates) => {
    const [one, other] = [hits(rates.control), hits(rates.treatment)];
    const [low, high] = less(one, other, 0.95);
    const [otherLow, otherHigh] = less(other, one, 0.95);
    const isMirrored = near(low, 0 - otherHigh) && near(high, 0 - otherLow);
    if (control.length === 0 || treatment.length === 0) return isMirrored;
    const [there, back] = [ranked(control, treatment), ranked(treatment, control)];
    return isMirrored && near(there.p, back.p) && near(there.delta, 0 - back.delta);
  });

/** The ratio of two rates lies in its interval, and so does the inverse in the inverse of it. */
export const holdsTheRatio = (ratio: typeof newcombeRatio) =>
  fc.property(A.rates, ({ control, treatment }) => {
    const [one, other] = [hits(control), hits(treatment)];
    if (one[0] === 0 || other[0] === 0) return true;
    const [low, high] = ratio(one, other, 0.95);
    const [inverseLow, inverseHigh] = ratio(other, one, 0.95);
    const is = one[0] / one[1] / (other[0] / other[1]);
    const isInverse = near(low * inverseHigh, 1) && near(high * inverseLow, 1);
    return low <= is && is <= high && isInverse;
  });

const meanOf = (values: Float64Array): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** A guardrail that is broken became worse, whatever the signs; and one that got better held. */
export const breaksByWhatIsWorse = (hold: typeof guard) =>
  fc.property(A.guardrail, A.arms, (guardrail, arms) => {
    const { broken } = hold(guardrail, arms);
    if (arms.control.length === 0 || arms.treatment.length === 0) return !broken;
    const [before, after] = [meanOf(arms.control), meanOf(arms.treatment)];
    const worse = guardrail.better === 'lower' ? after - before : before - after;
    const { limit_pct: pct, limit = 0 } = guardrail;
    const most = pct === undefined ? limit : (Math.abs(before) * pct) / 100;
    const slack = 1e-9 * (Math.abs(before) + Math.abs(after));
    return broken ? worse > most - slack : worse <= most + slack;
  });

/** No numbers outweigh a guardrail that is broken. */
export const outweighsNoGuardrail = (compare: typeof Compare, decideOn: typeof judge) =>
  fc.property(
    A.arms,
    A.analysis,
    A.criterion,
    fc.boolean(),
    (arms, analysis, criterion, broken) => {
      const plan = { ...A.planOf({ criterion, minimum_sessions: 2 }), analysis };
      const guarded = { name: 'g', estimate: 1, limit: 0, unit: 'pct', broken } as const;
      const { verdict, reason } = decideOn(plan, arms, compare(arms, analysis), [guarded]);
      return broken ? verdict === 'not_met' : reason !== 'guardrail_broken';
    },
  );

const WHERE = { type: 'a.*', pointer: '/is', control: ['control'], treatment: ['treatment'] };

/** The arm of a session, and why it has none, does not rest on which of its events came first. */
export const bindsInAnyOrder = (bind: typeof Binder) =>
  fc.property(
    A.said.chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray([...events]))),
    ([events, some]) => {
      const rest = events.filter((each) => !some.includes(each));
      const armsOf = (all: typeof events): string => {
        const binder = new bind(native, 'x', { value: WHERE }, new Map());
        for (const event of all) binder.take(event);
        return ['s-1', 's-2'].map((session) => binder.answer(session)).join();
      };
      return armsOf(events) === armsOf([...some, ...rest]);
    },
  );

/** Nor does what a session comes to: of the last number, the position tells which it is. */
export const talliesInAnyOrder = (tally: typeof Tally) =>
  fc.property(
    A.said.chain((events) => fc.tuple(fc.constant(events), fc.shuffledSubarray([...events]))),
    A.aggregate,
    ([events, some], aggregate) => {
      const rest = events.filter((each) => !some.includes(each));
      const metric: Metric = { name: 'm', type: 'a.*', pointer: '/n', aggregate, better: 'lower' };
      const valuesOf = (all: typeof events): string => {
        const made = new tally(metric);
        for (const event of all) made.take(event);
        return ['s-1', 's-2'].map((session) => made.value(session)).join();
      };
      return valuesOf(events) === valuesOf([...some, ...rest]);
    },
  );
