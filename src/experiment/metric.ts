/**
 * A metric: one number for each session, by declaration.
 *
 *     { name: cost, type: session.cost, pointer: /usd, aggregate: sum, better: lower }
 *
 * `type` says which events, `pointer` what of their payload, `aggregate` how the numbers of a
 * session become one. A boolean is 1 or 0, and text such as "12.50" the number that it is; anything
 * else, or a number nearer to 0 than 1e-30, cannot be read, and is counted and listed. A session
 * without a number is missing, unless `missing: zero` has it count as 0, as it is for `count` and
 * `any` where nothing else is said.
 *
 *     sum mean min max last   of the numbers, `last` by position in the ledger
 *     count                   events that have the member; all of them without a pointer
 *     any                     1 where a number is not 0, or without a pointer an event is there
 *     ratio                   the sum over that of `over`; over the number of events without `over`
 */
import * as E from 'fp-ts/lib/Either.js';
import { typePattern } from '../../policies/document/form.ts';
import type { Shape, Shaped } from '../../policies/document/shape.ts';
import { described, object, oneOf, shape, wrong } from '../../policies/document/shape.ts';
import { label, number, pointer } from './form.ts';

export const AGGREGATES = ['sum', 'mean', 'count', 'last', 'max', 'min', 'any', 'ratio'] as const;

const over = object({ type: typePattern }, { pointer });

const MUST = {
  name: described('how it is called in reports', label),
  type: described('the events it is read from', typePattern),
  aggregate: described('how the numbers of a session become one', oneOf(...AGGREGATES)),
  better: described('which direction is the better one', oneOf('lower', 'higher')),
};
const MAY = {
  pointer: described('the member of the payload that is read', pointer),
  over: described('of a ratio: what it is a share of; the events themselves without it', over),
  missing: described('what a session without a number counts as', oneOf('exclude', 'zero')),
};

const declared = object(MUST, MAY);

export type Metric = Shaped<typeof declared>;

/** The aggregates that count events, and for which there is a number where no event is. */
const COUNTING: readonly string[] = ['count', 'any'];

const sound = (metric: Metric, at: string) => {
  const { aggregate, over: of } = metric;
  if (of !== undefined && aggregate !== 'ratio')
    return wrong({ pointer: `${at}/over`, reason: 'no_effect', expected: 'aggregate: ratio' });
  if (metric.pointer === undefined && !COUNTING.includes(aggregate) && of === undefined)
    return wrong({ pointer: `${at}/pointer`, reason: 'missing', expected: 'the member pointer' });
  const missing = metric.missing ?? (COUNTING.includes(aggregate) ? 'zero' : 'exclude');
  return E.right({ ...metric, missing });
};

const metric: Shape<Metric> = shape(declared.schema, (value, at) =>
  E.chain((read: Metric) => sound(read, at))(declared(value, at)),
);

/** The metrics that are ready-made, by the names that are usual for agents. */
export const READY_METRICS = {
  tokens_per_session: {
    name: 'tokens_per_session',
    type: 'model.called',
    pointer: '/tokens',
    aggregate: 'sum',
    better: 'lower',
  },
  cost_per_session: {
    name: 'cost_per_session',
    type: 'model.called',
    pointer: '/usd',
    aggregate: 'sum',
    better: 'lower',
  },
  success_rate: {
    name: 'success_rate',
    type: 'session.ended',
    pointer: '/success',
    aggregate: 'last',
    better: 'higher',
  },
  tool_loops: { name: 'tool_loops', type: 'tool.looped', aggregate: 'count', better: 'lower' },
  duration_minutes: {
    name: 'duration_minutes',
    type: 'session.ended',
    pointer: '/duration_minutes',
    aggregate: 'last',
    better: 'lower',
  },
  files_per_session: {
    name: 'files_per_session',
    type: 'file.changed',
    aggregate: 'count',
    better: 'lower',
  },
  success_rate_by_prompt: {
    name: 'success_rate_by_prompt',
    type: 'prompt.ended',
    pointer: '/success',
    aggregate: 'ratio',
    better: 'higher',
  },
  cost_by_prompt: {
    name: 'cost_by_prompt',
    type: 'model.called',
    pointer: '/usd',
    aggregate: 'ratio',
    over: { type: 'prompt.submitted' },
    better: 'lower',
  },
} as const;

/** isOfRates tells a metric that gives each session a success or a failure, and nothing between. */
export const isOfRates = ({ aggregate, type, pointer: at }: Metric): boolean => {
  const { success_rate: known } = READY_METRICS;
  const isKnown = aggregate === known.aggregate && type === known.type && at === known.pointer;
  return aggregate === 'any' || isKnown;
};

export type ReadyMetric = keyof typeof READY_METRICS;
export const READY_NAMES = Object.keys(READY_METRICS) as readonly ReadyMetric[];

const ready = oneOf(...READY_NAMES);

/** metricShape takes a declaration, or the name of one that is ready-made. */
export const metricShape: Shape<Metric> = shape(
  { anyOf: [ready.schema, metric.schema] },
  (value, at) => {
    if (typeof value !== 'string') return metric(value, at);
    return E.chain((read: ReadyMetric) => metric(READY_METRICS[read], at))(ready(value, at));
  },
);

const limits = {
  limit_pct: described('how much worse it may become, in percent', number(0, 1e6)),
  limit: described('how much worse it may become, in its own unit', number(0, 1e15)),
};
const bound = object({}, limits);

export type Guardrail = Metric & Shaped<typeof bound>;

const guarded = object(MUST, { ...MAY, ...limits });
const short = object({ metric: described('the name of one that is ready-made', ready) }, limits);

const limited = (read: Guardrail, at: string) => {
  const has = [read.limit_pct, read.limit].filter((each) => each !== undefined).length;
  if (has === 1) return sound(read, at);
  const reason = has === 0 ? 'missing' : 'stated_twice';
  return wrong({ pointer: at, reason, expected: 'one of limit_pct, limit' });
};

/** guardrailShape takes a metric and how much worse it may become. */
export const guardrailShape: Shape<Guardrail> = shape(
  { anyOf: [guarded.schema, short.schema] },
  (value, at) => {
    const named = short(value, at);
    if (E.isLeft(named))
      return E.chain((read: Shaped<typeof guarded>) => limited(read, at))(guarded(value, at));
    const { metric: called, ...rest } = named.right;
    return limited({ ...READY_METRICS[called], ...rest }, at);
  },
);
