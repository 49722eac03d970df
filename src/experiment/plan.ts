/**
 * The plan of an experiment: what is asked, of which sessions, and when the answer counts. It is
 * written down before the first session counts, and sealed when the experiment starts.
 *
 *     id: cheaper-cache
 *     name: A cache makes sessions cheaper
 *     hypothesis: The cache lowers the cost of a session by a tenth.
 *     change: Cache of tool results, 10 minutes.
 *     metric: { name: cost, type: session.cost, pointer: /usd, aggregate: sum, better: lower }
 *     binding: { manual: true }
 *     criterion: { relative_pct: 10 }
 *     duration_days: 14
 *     minimum_sessions: 20
 *     analysis: { statistic: median, resamples: 2000, confidence: 0.95, seed: 7 }
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Digest } from '../../ledger/name.ts';
import { editorSchema } from '../../policies/document/form.ts';
import type { DocumentProblem } from '../../policies/document/problem.ts';
import { readDocument } from '../../policies/document/read.ts';
import type { Shape, Shaped } from '../../policies/document/shape.ts';
import {
  boolean,
  described,
  integer,
  judge,
  list,
  object,
  oneOf,
  shape,
  wrong,
} from '../../policies/document/shape.ts';
import { bindingShape } from './binding-shape.ts';
import { experimentId, label, number, only, words } from './form.ts';
import { guardrailShape, isOfRates, metricShape } from './metric.ts';

const criterion = only(
  object(
    {},
    {
      relative_pct: described('better by so many percent at least', number(0, 1e6)),
      absolute: described('better by so much at least, in the unit of the metric', number(0, 1e15)),
      non_inferiority_pct: described('worse by no more than so many percent', number(0, 1e6)),
    },
  ),
);

const analysis = object(
  {},
  {
    statistic: described(
      'what of the arms is compared: rate where the metric is success_rate or any, else mean',
      oneOf('mean', 'median', 'rate'),
    ),
    method: described('how the interval is made', oneOf('bootstrap', 'newcombe')),
    resamples: described('how often is drawn', integer(100, 100_000), 10_000),
    confidence: described('of the interval', number(0.5, 0.999), 0.95),
    seed: described('what the draws begin with', integer(0, 4_294_967_295), 0),
  },
);

const shares = object({ control: number(0.01, 0.99), treatment: number(0.01, 0.99) }, {});

const written = object(
  {
    id: described('by which commands name it', experimentId),
    hypothesis: described('what is expected', words),
    change: described('what is different in the treatment', words),
    metric: described('what decides; a declaration or a ready-made name', metricShape),
    criterion: described('when it has succeeded', criterion),
  },
  {
    $schema: described('by which editors complete it; no part of what it says', editorSchema),
    name: described('its title', label),
    supersedes: described('the experiment in whose place it stands', experimentId),
    guardrails: described('what must not become worse', list(guardrailShape, 20)),
    unit: described('what is assigned to an arm', oneOf('session'), 'session'),
    binding: described('what assigns sessions to arms', bindingShape),
    shares: described('the shares that the arms should have', shares),
    include_earlier: described('whether sessions begun before the start count', boolean, false),
    duration_days: described('how long it is meant to run', number(0, 3650), 14),
    minimum_sessions: described('of each arm, before there is a verdict', integer(2, 1e9), 20),
    analysis: described('how it is computed', analysis),
  },
);

type Written = Shaped<typeof written>;
export type Statistic = 'mean' | 'median' | 'rate';
export type Criterion = Written['criterion'];

const withDefaults = (read: Written) => {
  const { $schema: _, analysis: asked = {}, ...rest } = read;
  const { statistic = isOfRates(read.metric) ? 'rate' : 'mean' } = asked;
  return {
    ...rest,
    name: read.name ?? read.id,
    guardrails: read.guardrails ?? [],
    unit: read.unit ?? ('session' as const),
    binding: read.binding ?? { manual: true },
    shares: read.shares ?? read.binding?.split?.shares ?? { control: 0.5, treatment: 0.5 },
    include_earlier: read.include_earlier ?? false,
    duration_days: read.duration_days ?? 14,
    minimum_sessions: read.minimum_sessions ?? 20,
    analysis: {
      statistic,
      method: asked.method ?? (statistic === 'rate' ? ('newcombe' as const) : 'bootstrap'),
      resamples: asked.resamples ?? 10_000,
      confidence: asked.confidence ?? 0.95,
      seed: asked.seed ?? 0,
    },
  };
};

/** A plan with everything stated that it leaves to be understood: what is sealed. */
export type Plan = ReturnType<typeof withDefaults>;

const sound = (plan: Plan) => {
  const { method, statistic } = plan.analysis;
  if ((method === 'newcombe') !== (statistic === 'rate'))
    return wrong({
      pointer: '/analysis/method',
      reason: 'no_effect',
      expected: statistic === 'rate' ? 'newcombe for a rate' : 'bootstrap',
    });
  const { control, treatment } = plan.shares;
  if (Math.abs(control + treatment - 1) > 1e-9)
    return wrong({ pointer: '/shares', reason: 'out_of_range', expected: 'a sum of 1' });
  const { split } = plan.binding;
  if (split !== undefined && split.shares.control !== control)
    return wrong({ pointer: '/shares', reason: 'stated_twice', expected: 'those of the split' });
  return plan.supersedes === plan.id
    ? wrong({ pointer: '/supersedes', reason: 'no_effect', expected: 'another experiment' })
    : E.right(plan);
};

/** planShape takes a plan as people write it, and gives it with everything stated. */
export const planShape: Shape<Plan> = shape(written.schema, (value, pointer) =>
  E.chain((read: Written) => sound(withDefaults(read)))(written(value, pointer)),
);

/** readPlan reads the bytes of a plan, YAML or JSON; what is wrong is told with its place. */
export const readPlan = (
  file: string,
  bytes: Uint8Array,
): E.Either<readonly DocumentProblem[], Plan> => {
  const document = readDocument(file, bytes);
  return E.isLeft(document) ? document : judge(document.right, planShape);
};

/** planJson is the plan as it stands in events. */
export const planJson = (plan: Plan): Json => plan;

/** planDigest is what a start seals. */
export const planDigest = (crypto: Crypto, plan: Plan): Digest =>
  crypto.digest(encodeUtf8(`ledger/experiment_plan/1\n${write(planJson(plan))}`));
