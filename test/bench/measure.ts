/**
 * Timing against a baseline in the same run. Machines are shared and noisy, so a figure is a ratio:
 * in every round the baseline and the contender run in turn for a few milliseconds each, and what
 * is told is the median over the rounds of the ratio of that round.
 */

export interface Contender {
  readonly name: string;
  readonly run: () => unknown;
}

export interface Row {
  readonly name: string;
  readonly against: string;
  readonly nanoseconds: number;
  readonly baselineNanoseconds: number;
  readonly ratio: number;
  readonly target?: number;
}

const ROUNDS = 15;
const SLICE_NS = 8e6;

/** Results go here, so that no run can be thought useless and left out. */
let sink: unknown;

const time = (run: () => unknown, times: number): number => {
  const start = process.hrtime.bigint();
  for (let i = 0; i < times; i++) sink = run();
  return Number(process.hrtime.bigint() - start) / times;
};

const calibrate = (run: () => unknown): number => {
  let times = 1;
  for (;;) {
    const each = time(run, times);
    if (each * times > SLICE_NS / 4) return Math.max(1, Math.round(SLICE_NS / each));
    times *= 2;
  }
};

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
};

/** Compilers need a while before what is measured is what a long run would see. */
const WARM_UP_NS = 150e6;
const warmUp = (run: () => unknown): void => {
  const start = process.hrtime.bigint();
  while (Number(process.hrtime.bigint() - start) < WARM_UP_NS) time(run, 100);
};

/** compare measures a contender against a baseline. */
export const compare = (contender: Contender, baseline: Contender, target?: number): Row => {
  warmUp(contender.run);
  const times = calibrate(contender.run);
  const baselineTimes = calibrate(baseline.run);
  const rounds = Array.from({ length: ROUNDS }, () => ({
    baseline: time(baseline.run, baselineTimes),
    contender: time(contender.run, times),
  }));
  return {
    name: contender.name,
    against: baseline.name,
    nanoseconds: median(rounds.map((round) => round.contender)),
    baselineNanoseconds: median(rounds.map((round) => round.baseline)),
    ratio: median(rounds.map((round) => round.contender / round.baseline)),
    ...(target === undefined ? {} : { target }),
  };
};

export interface AsyncContender {
  readonly name: string;
  readonly run: () => Promise<unknown>;
  /** Makes what a run needs, and is not measured. */
  readonly prepare?: () => void;
  /** How many of what is measured one run does. */
  readonly each?: number;
}

const timeAsync = async ({ run, prepare, each = 1 }: AsyncContender): Promise<number> => {
  prepare?.();
  const start = process.hrtime.bigint();
  sink = await run();
  return Number(process.hrtime.bigint() - start) / each;
};

/** compareAsync measures what waits for a disk: once a round, in turn with its baseline. */
export const compareAsync = async (
  contender: AsyncContender,
  baseline: AsyncContender,
  roundsAsked: number,
  target?: number,
): Promise<Row> => {
  await timeAsync(contender);
  await timeAsync(baseline);
  const rounds: { readonly baseline: number; readonly contender: number }[] = [];
  for (let i = 0; i < roundsAsked; i++)
    rounds.push({ baseline: await timeAsync(baseline), contender: await timeAsync(contender) });
  return {
    name: contender.name,
    against: baseline.name,
    nanoseconds: median(rounds.map((round) => round.contender)),
    baselineNanoseconds: median(rounds.map((round) => round.baseline)),
    ratio: median(rounds.map((round) => round.contender / round.baseline)),
    ...(target === undefined ? {} : { target }),
  };
};

const pad = (text: string, width: number): string => text.padEnd(width);
const right = (text: string, width: number): string => text.padStart(width);

/** table prints rows for people. */
export const table = (rows: readonly Row[]): string => {
  const name = Math.max(...rows.map((row) => row.name.length));
  const against = Math.max(...rows.map((row) => row.against.length));
  const head = [
    pad('what', name),
    right('ns', 9),
    right('ratio', 7),
    right('target', 7),
    'against',
  ].join('  ');
  const body = rows.map((row) => {
    const target = row.target === undefined ? '' : `<= ${row.target}`;
    const mark = row.target !== undefined && row.ratio > row.target ? ' MISSED' : '';
    return [
      pad(row.name, name),
      right(row.nanoseconds.toFixed(0), 9),
      right(row.ratio.toFixed(2), 7),
      right(target, 7),
      pad(`${row.against} (${row.baselineNanoseconds.toFixed(0)} ns)${mark}`, against),
    ].join('  ');
  });
  return [head, ...body].join('\n');
};

/** keep gives back the last result, for a caller that wants to be sure there was one. */
export const keep = (): unknown => sink;
