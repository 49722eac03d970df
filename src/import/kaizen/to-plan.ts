/**
 * What a plan of kaizen becomes. What is taken otherwise than it is written is told in notes.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';
import type { ReadyMetric } from '../../experiment/metric.ts';
import { READY_METRICS } from '../../experiment/metric.ts';
import type { Plan } from '../../experiment/plan.ts';
import { planShape } from '../../experiment/plan.ts';

const METRICS: Readonly<Record<string, ReadyMetric>> = {
  TokensPerSession: 'tokens_per_session',
  CostPerSession: 'cost_per_session',
  SuccessRate: 'success_rate',
  ToolLoops: 'tool_loops',
  DurationMinutes: 'duration_minutes',
  FilesPerSession: 'files_per_session',
  SuccessRateByPrompt: 'success_rate_by_prompt',
  CostByPrompt: 'cost_by_prompt',
};

type Ready = (typeof READY_METRICS)[ReadyMetric];

const metricOf = (name: Json | undefined): Ready | undefined => {
  const ready =
    typeof name === 'string' && Object.hasOwn(METRICS, name) ? METRICS[name] : undefined;
  return ready === undefined ? undefined : READY_METRICS[ready];
};

const better = (direction: Json | undefined): Ready['better'] =>
  direction === 'Increase' ? 'higher' : 'lower';

/** What a variant of an enum holds: `{"Delta":{…}}`. */
const within = (value: Json | undefined, name: string): JsonObject | undefined => {
  const inner = isObject(value) ? value[name] : undefined;
  return isObject(inner) ? inner : undefined;
};

const criterionOf = (told: Json | undefined, notes: string[]): JsonObject | undefined => {
  const delta = within(told, 'Delta')?.['target_pct'];
  if (typeof delta === 'number') return { relative_pct: Math.abs(delta) };
  const absolute = within(told, 'Absolute')?.['metric_value'];
  if (typeof absolute !== 'number') return undefined;
  notes.push('its criterion is a value to reach, and is taken as a difference to reach');
  return { absolute: Math.abs(absolute) };
};

const ARMS = ['control', 'treatment'] as const;
const BINDINGS: Readonly<Record<string, readonly [string, string, string]>> = {
  GitCommit: ['commit', 'session.started', '/commit'],
  Branch: ['branch', 'session.started', '/branch'],
  PromptFingerprint: ['value', 'prompt.submitted', '/fingerprint'],
};

const bindingOf = (told: Json | undefined, notes: string[]): JsonObject | undefined => {
  if (within(told, 'ManualTag') !== undefined) return { manual: true };
  for (const [name, [kind, type, pointer]] of Object.entries(BINDINGS)) {
    const inner = within(told, name);
    if (inner === undefined) continue;
    const arms = ARMS.map((arm) => Object.entries(inner).find(([key]) => key.startsWith(arm))?.[1]);
    if (!arms.every((each) => typeof each === 'string')) return undefined;
    notes.push(`its sessions are told by ${pointer} of ${type}`);
    const [control = null, treatment = null] =
      kind === 'value' ? arms.map((each): Json => [each]) : arms;
    return { [kind]: { control, treatment, type, pointer } };
  }
  return undefined;
};

const guardrailOf = (told: Json): JsonObject | undefined => {
  if (!isObject(told)) return undefined;
  const { metric: name, threshold_pct: limit, regression_direction: worse } = told;
  const metric = metricOf(name);
  if (metric === undefined || typeof limit !== 'number') return undefined;
  const isAgreed = better(worse) !== metric.better;
  return isAgreed ? { ...metric, limit_pct: limit } : undefined;
};

const DIRECTIONS: readonly unknown[] = ['Increase', 'Decrease'];

/** What is taken otherwise than it is written, or though it is not written. */
const guesses = (told: JsonObject): readonly string[] => {
  const { name, duration_days: days, guardrails } = told;
  const delta = within(told['success_criterion'], 'Delta');
  const { direction, target_pct: target } = delta ?? {};
  const isKnown = delta === undefined || DIRECTIONS.includes(direction);
  const sign = direction === 'Increase' ? 1 : -1;
  const isCut = typeof name === 'string' && name.length > 128;
  const worse = (Array.isArray(guardrails) ? (guardrails as readonly Json[]) : []).map((each) =>
    isObject(each) ? each['regression_direction'] : undefined,
  );
  return [
    ...(typeof name === 'string' ? [] : ['it has no name, and is called by its id']),
    ...(isCut ? ['its name is longer than 128 characters, and is cut'] : []),
    ...(isKnown ? [] : ['its criterion has no direction that is known: that of its metric counts']),
    ...(isKnown && Number(target) * sign < 0
      ? ['its criterion has a sign against its direction: its direction counts']
      : []),
    ...(typeof days === 'number' ? [] : ['it has no duration, and is taken to have 14 days']),
    ...(guardrails === undefined || Array.isArray(guardrails)
      ? []
      : ['its guardrails are no list, and are not taken']),
    ...(worse.every((each) => DIRECTIONS.includes(each))
      ? []
      : ['a guardrail of it has no direction that is known: that of its metric counts']),
  ];
};

/** planOf gives the plan, with everything stated; undefined where a part has no counterpart. */
export const planOf = (id: string, told: JsonObject, notes: string[]): Plan | undefined => {
  const { name, hypothesis, change_description: change, duration_days: days } = told;
  const metric = metricOf(told['metric']);
  const criterion = criterionOf(told['success_criterion'], notes);
  const binding = bindingOf(told['binding'], notes);
  const rails = Array.isArray(told['guardrails']) ? (told['guardrails'] as readonly Json[]) : [];
  const guardrails = rails.map(guardrailOf);
  const direction = within(told['success_criterion'], 'Delta')?.['direction'];
  const isAgreed = direction === undefined || better(direction) === metric?.better;
  if (!metric || !criterion || !binding || !isAgreed) return undefined;
  notes.push(...guesses(told));
  const stated = {
    id,
    name: typeof name === 'string' ? name.slice(0, 128).toWellFormed() : id,
    hypothesis: hypothesis ?? null,
    change: change ?? null,
    metric,
    guardrails: guardrails.map((each) => each ?? null),
    binding,
    criterion,
    duration_days: typeof days === 'number' ? days : 14,
    analysis: { statistic: 'median' },
  };
  const plan = planShape(stated, '');
  return E.isRight(plan) ? plan.right : undefined;
};
