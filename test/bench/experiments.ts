/**
 * What experiments cost, with 10,000 sessions and a million events: the analysis by 10,000 draws,
 * against the plainest loop that is right; a report over all the events; and what the projection
 * costs events that are about something else.
 */
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { JsonObject } from '../../ledger/json/value.ts';
import { bootstrap } from '../../src/experiment/bootstrap.ts';
import { sorted } from '../../src/experiment/analysis.ts';
import { drawFrom } from '../../src/experiment/chance.ts';
import { statedOf } from '../../src/experiment/event.ts';
import { planDigest, planShape } from '../../src/experiment/plan.ts';
import { makeReport } from '../../src/experiment/report.ts';
import type { Ledger } from '../../src/ledger.ts';
import { BUILT_IN } from '../../src/projection/registry.ts';
import type { Projection, State } from '../../src/projection/projection.ts';
import { recordedOf } from '../../src/storage/mirror/mirror.ts';
import { realPorts } from '../../src/wiring.ts';
import { right } from '../build/ledger.ts';
import { foundAt } from './found.ts';
import type { Row } from './measure.ts';
import { compareAsync } from './measure.ts';

const SESSIONS = 10_000;
const BATCH = 1000;
const source = { kind: 'tool', name: 'bench' };

/** The plainest loop that is right: every resample is drawn and sorted. */
const plainly = (values: readonly number[], resamples: number): number => {
  const draw = drawFrom(7);
  const n = values.length;
  const middle = (): number => {
    const some = Float64Array.from({ length: n }, () => values[draw(n)] ?? 0).toSorted();
    return ((some[Math.floor((n - 1) / 2)] ?? 0) + (some[Math.floor(n / 2)] ?? 0)) / 2;
  };
  const differences = Array.from({ length: resamples }, () => middle() - middle());
  return differences.toSorted((a, b) => a - b)[Math.floor(resamples / 2)] ?? 0;
};

const RESAMPLES = 10_000;
const EVENTS = 1_000_000;

const analysis = async (): Promise<Row> => {
  const values = Array.from({ length: SESSIONS / 2 }, (_, i) => ((i * 7919) % 104_729) / 1000);
  const sample = sorted(values);
  return compareAsync(
    {
      name: `medians of 2 × ${SESSIONS / 2} sessions, counted, a resample`,
      each: RESAMPLES,
      run: async () => bootstrap(sample, sample, 'median', RESAMPLES, drawFrom(7)),
    },
    {
      name: 'drawn and sorted',
      each: RESAMPLES,
      run: async () => plainly(values, RESAMPLES),
    },
    1,
    0.25,
  );
};

const draft = (i: number): JsonObject => ({
  event_type: i % 10 === 0 ? 'session.cost' : 'tool.called',
  session_id: `s-${Math.floor(i / 10) % SESSIONS}`,
  payload: { usd: ((i * 7919) % 1000) / 1000, arm: i % 2 === 0 ? 'a' : 'b', text: 'x'.repeat(200) },
  source,
});

const PLAN = {
  id: 'bench',
  hypothesis: 'x',
  change: 'x',
  metric: {
    name: 'cost',
    type: 'session.cost',
    pointer: '/usd',
    aggregate: 'sum',
    better: 'lower',
  },
  guardrails: [
    { name: 'calls', type: 'tool.called', aggregate: 'count', better: 'lower', limit_pct: 5 },
  ],
  binding: { split: { type: 'tool.called', shares: { control: 0.5, treatment: 0.5 } } },
  criterion: { relative_pct: 10 },
  analysis: { statistic: 'median', resamples: RESAMPLES },
};

const filled = async (folder: string): Promise<Ledger> => {
  const ledger = await foundAt(folder);
  const plan = right(planShape(PLAN, ''));
  const surface = 'experiment_transition';
  const seal = { kind: 'started', experiment: 'bench' } as const;
  for (const happened of [
    { kind: 'created', plan } as const,
    { ...seal, plan_digest: planDigest(realPorts.crypto, plan) },
  ])
    right(await ledger.append([{ ...statedOf(happened), source }], { surface }));
  for (let i = 0; i < EVENTS; i += BATCH)
    right(await ledger.append(Array.from({ length: BATCH }, (_, k) => draft(i + k))));
  return ledger;
};

const reports = async (ledger: Ledger): Promise<Row> => {
  const size = right(ledger.reader.ended())?.size ?? 0;
  let read = 0;
  const row = await compareAsync(
    {
      name: `a report of ${SESSIONS} sessions and ${EVENTS} events, with ${RESAMPLES} resamples`,
      run: async () => {
        read = right(makeReport(realPorts.crypto, ledger.reader, 'bench', size)).sample.events;
      },
    },
    {
      name: 'reading and parsing every line once',
      run: async () => {
        for (const found of ledger.read()) recordedOf(right(found).line);
      },
    },
    1,
  );
  return { ...row, name: `${row.name}; each of ${read} read once` };
};

const NOTHING: State = {
  get: () => undefined,
  put: () => undefined,
  remove: () => undefined,
  rows: () => [],
};

/** What the projection is asked for each event, against a bulk append of it. */
const live = async (ledger: Ledger): Promise<Row> => {
  const lines = [...ledger.read({ types: ['tool.called' as never], limit: BATCH })];
  const events = lines.map((found) => recordedOf(right(found).line));
  const mine = BUILT_IN.filter(({ name }) => name === 'experiment');
  let i = 0;
  return compareAsync(
    {
      name: 'the projection, an event about something else',
      each: BATCH,
      run: async () => {
        for (const event of events)
          for (const { evolve } of mine as readonly Projection[]) evolve(NOTHING, event);
      },
    },
    {
      name: 'bulk append of it',
      each: BATCH,
      run: async () =>
        void right(await ledger.append(Array.from({ length: BATCH }, () => draft(i++)))),
    },
    15,
    0.1,
  );
};

/** experiments measures them, in some five minutes. */
export const experiments = async (): Promise<readonly Row[]> => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'ledger-bench-'));
  try {
    const ledger = await filled(join(folder, 'ledger'));
    const rows = [await analysis(), await reports(ledger), await live(ledger)];
    await ledger.close();
    return rows;
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
};
