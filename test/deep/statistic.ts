/**
 * The statistics on many samples: against SciPy on 200 data sets (PyPI: scipy; without it this
 * fails), and over 2,000 simulated experiments whether the intervals hold what is so, and the test
 * objects as rarely as it should.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { compare, sorted, summaryOf } from '../../src/experiment/analysis.ts';
import type { Draw } from '../../src/experiment/chance.ts';
import { drawFrom } from '../../src/experiment/chance.ts';
import { deviation, percentile, quantile, upperTail } from '../../src/experiment/distribution.ts';
import { rankTest } from '../../src/experiment/rank.ts';
import { rateTest, shareTest, wilson } from '../../src/experiment/rate.ts';
import type { Plan } from '../../src/experiment/plan.ts';

const DATA_SETS = 200;
const EXPERIMENTS = 2000;
const failures: string[] = [];

const expect = (what: string, holds: boolean): void => {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) failures.push(what);
};

/** About normal, by the sum of twelve draws. */
const normal = (draw: Draw): number => {
  let sum = -6;
  for (let i = 0; i < 12; i++) sum += draw(1_000_000) / 1_000_000;
  return sum;
};

interface Asked {
  readonly control: readonly number[];
  readonly treatment: readonly number[];
  readonly hits: readonly [number, number];
  readonly others: readonly [number, number];
}

/** Some with many ties, some with none, of unequal sizes. */
const dataSet = (draw: Draw): Asked => {
  const isTied = draw(2) === 0;
  const sample = (): readonly number[] =>
    Array.from({ length: 2 + draw(80) }, () => (isTied ? draw(7) : normal(draw) * 10));
  const rate = (): readonly [number, number] => {
    const n = 5 + draw(500);
    return [1 + draw(n - 1), n];
  };
  return { control: sample(), treatment: sample(), hits: rate(), others: rate() };
};

/** What is told of each data set, in the order in which the script tells it. */
const ours = ({ control, treatment, hits, others }: Asked): readonly number[] => {
  const { u, p } = rankTest(sorted(control), sorted(treatment));
  const z = (control[0] ?? 0) / 3;
  return [
    u,
    p,
    ...wilson(hits[0], hits[1], 0.95),
    shareTest(hits[0], others[0], 0.5),
    upperTail(z),
    quantile(hits[0] / hits[1]),
    rateTest(hits, others),
    summaryOf(sorted(control), 0).median ?? NaN,
    deviation(control) ?? NaN,
    percentile(sorted(control), 0.975),
  ];
};

const ANALYSIS: Plan['analysis'] = {
  statistic: 'mean',
  method: 'bootstrap',
  resamples: 1000,
  confidence: 0.95,
  seed: 0,
};

/** Ends of intervals that are drawn differ by chance: by so much of the error of the difference. */
const DRAWN_TOLERANCE = 0.25;

const isDrawnNear = ({ control, treatment }: Asked, theirs: readonly number[]): boolean => {
  const arms = { control: sorted(control), treatment: sorted(treatment) };
  const { interval } = compare(arms, { ...ANALYSIS, resamples: 10_000 });
  const error = Math.hypot(
    (deviation(control) ?? 0) / Math.sqrt(control.length),
    (deviation(treatment) ?? 0) / Math.sqrt(treatment.length),
  );
  return theirs.every(
    (end, at) => Math.abs(end - (interval?.[at] ?? NaN)) <= DRAWN_TOLERANCE * error,
  );
};

/** Relative to what SciPy says, or absolute where that is nearly nothing. */
const TOLERANCE = 1e-9;
const isNear = (a: number, b: number): boolean =>
  Math.abs(a - b) <= TOLERANCE * Math.max(1e-3, Math.abs(b));

const withScipy = (): void => {
  const draw = drawFrom(20_261_121);
  const asked = Array.from({ length: DATA_SETS }, () => dataSet(draw));
  const script = fileURLToPath(new URL('ask_scipy.py', import.meta.url));
  const { status, stdout, stderr } = spawnSync('python3', [script], {
    input: JSON.stringify(asked),
    encoding: 'utf8',
    maxBuffer: 1 << 26,
  });
  if (status !== 0) {
    expect(`SciPy answers (python3 -m pip install scipy): ${stderr.trim().slice(-200)}`, false);
    return;
  }
  const theirs = JSON.parse(stdout) as readonly (readonly number[])[];
  const names = [
    'U',
    'p of U',
    'Wilson',
    'Wilson',
    'chi2',
    'normal sf',
    'normal ppf',
    'score test',
    'median',
    'deviation',
    'percentile',
  ];
  for (const [at, name] of names.entries()) {
    const wrong = asked.filter((each, i) => !isNear(ours(each)[at] ?? NaN, theirs[i]?.[at] ?? NaN));
    expect(`${name} is SciPy's on ${DATA_SETS} data sets`, wrong.length === 0);
  }
  const drawn = asked.flatMap((each, i) => {
    const ends = theirs[i]?.slice(names.length) ?? [];
    return ends.length === 0 ? [] : [[each, ends] as const];
  });
  const wrong = drawn.filter(([each, ends]) => !isDrawnNear(each, ends));
  const claim = `intervals of means are those of SciPy's bootstrap on ${drawn.length} data sets`;
  expect(`${claim}, but for ${wrong.length}`, drawn.length > 80 && wrong.length === 0);
};

/** Four standard errors of a share over so many experiments. */
const margin = (share: number): number => 4 * Math.sqrt((share * (1 - share)) / EXPERIMENTS);

const simulate = (statistic: 'mean' | 'median', effect: number): void => {
  const draw = drawFrom(statistic === 'mean' ? 77 : 78);
  let [held, objected] = [0, 0];
  for (let seed = 0; seed < EXPERIMENTS; seed++) {
    const arm = (shift: number) =>
      sorted(Array.from({ length: 200 }, () => 10 + shift + normal(draw)));
    const arms = { control: arm(0), treatment: arm(effect) };
    const { interval, p } = compare(arms, { ...ANALYSIS, statistic, seed });
    if (interval !== null && interval[0] <= effect && effect <= interval[1]) held++;
    if ((p ?? 1) < 0.05) objected++;
  }
  const share = held / EXPERIMENTS;
  // Medians that are drawn anew spread more than medians do: their interval is on the safe side.
  const most = statistic === 'median' ? 0.985 : 0.95 + margin(0.95);
  const isHeld = share > 0.95 - margin(0.95) && share < most;
  expect(`the interval of a ${statistic} holds an effect of ${effect} in ${share}`, isHeld);
  if (effect !== 0) return;
  const alarm = objected / EXPERIMENTS;
  expect(`without an effect the test objects in ${alarm}`, Math.abs(alarm - 0.05) < margin(0.05));
};

/** Both intervals of two rates, which are made without drawing. */
const simulateRates = (before: number, after: number, n: number): void => {
  const draw = drawFrom(79);
  const held = { difference: 0, relative: 0 };
  const arm = (rate: number) =>
    sorted(Array.from({ length: n }, () => (draw(1_000_000) < rate * 1_000_000 ? 1 : 0)));
  const analysis = { ...ANALYSIS, statistic: 'rate', method: 'newcombe' } as const;
  for (let i = 0; i < EXPERIMENTS; i++) {
    const told = compare({ control: arm(before), treatment: arm(after) }, analysis);
    const [low, high] = told.interval ?? [NaN, NaN];
    const [least, most] = told.relative_interval_pct ?? [NaN, NaN];
    const relative = (after / before - 1) * 100;
    if (low <= after - before && after - before <= high) held.difference++;
    if ((least ?? -Infinity) <= relative && relative <= (most ?? Infinity)) held.relative++;
  }
  for (const [name, count] of Object.entries(held)) {
    const share = count / EXPERIMENTS;
    const isHeld = Math.abs(share - 0.95) < margin(0.95);
    expect(`the ${name} of rates, ${before} to ${after}, is held in ${share}`, isHeld);
  }
};

withScipy();
for (const [before, after] of [
  [0.5, 0.5],
  [0.1, 0.4],
  [0.5, 0.25],
  [0.8, 0.9],
] as const)
  simulateRates(before, after, 200);
for (const statistic of ['mean', 'median'] as const)
  for (const effect of [0, 0.3]) simulate(statistic, effect);
console.log(`${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
