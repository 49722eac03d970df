/**
 * A report of an experiment as a terminal shows it.
 */
import { visible } from '../../../ledger/render/render.ts';
import type { ArmSummary, Difference } from '../../experiment/analysis.ts';
import { ARMS } from '../../experiment/binding-shape.ts';
import type { Sorted } from '../../experiment/bootstrap.ts';
import type { Computed, ExperimentReport } from '../../experiment/report.ts';
import { WARNINGS } from '../../experiment/report.ts';
import { guardedWord } from '../../experiment/verdict.ts';
import { binned, rangeOf } from '../../experiment/histogram.ts';
import { columns } from '../columns.ts';

const BARS = Array.from('▁▂▃▄▅▆▇█');
const BINS = 24;

/** A number for people: six digits, and no more of them than there are. */
export const shownNumber = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : String(Number(value.toPrecision(6)));

const percent = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : `${shownNumber(value)} %`;

const range = (ends: readonly (number | null)[] | null, tell: (end: number | null) => string) =>
  ends === null ? '–' : `${tell(ends[0] ?? null)} to ${tell(ends[1] ?? null)}`;

const plot = (values: Sorted, ends: readonly [number, number]): string => {
  const bins = binned(values, ends, BINS);
  const most = Math.max(1, ...bins);
  return bins
    .map((count) => (count === 0 ? ' ' : (BARS[Math.ceil((count / most) * 8) - 1] ?? '')))
    .join('');
};

const armRow = (name: string, { n, missing, mean, median, sd }: ArmSummary): readonly string[] => [
  name,
  String(n),
  String(missing),
  ...[mean, median, sd].map(shownNumber),
];

const differenceText = (difference: Difference): string => {
  const { statistic, estimate, interval, relative_pct, relative_interval_pct } = difference;
  const { confidence, p, test, effect } = difference;
  const sure = `${shownNumber(confidence * 100)} %`;
  return columns([
    ['difference', `${statistic}, treatment less control`, shownNumber(estimate)],
    ['', `interval of ${sure}`, range(interval, shownNumber)],
    ['', 'relative', percent(relative_pct)],
    ['', `interval of ${sure}`, range(relative_interval_pct, percent)],
    ['', `p (${test.replace('_', ' ')})`, shownNumber(p)],
    ['', (effect?.name ?? 'effect').replace('_', ' '), shownNumber(effect?.value)],
  ]);
};

const CRITERIA = {
  relative_pct: 'better by so many percent',
  absolute: 'better by so much',
  non_inferiority_pct: 'worse by no more than so many percent',
} as const;

const criterionText = ({ criterion, guardrails }: ExperimentReport): string => {
  const { verdict, reason, ...target } = criterion;
  const [kind = 'absolute', value] = Object.entries(target)[0] ?? [];
  const what = CRITERIA[kind as keyof typeof CRITERIA];
  return columns([
    ['criterion', `${what}: ${shownNumber(value)}`, words(verdict), words(reason)],
    ...guardrails.map((guarded) => {
      const { name, limit, estimate } = guarded;
      const of = guarded.unit === 'pct' ? ' %' : '';
      return [
        'guardrail',
        `${name}: worse by at most ${shownNumber(limit)}${of}`,
        guardedWord(guarded),
        `changed by ${shownNumber(estimate)}${of}`,
      ];
    }),
  ]);
};

/** words makes a sentence of a reason. */
export const words = (reason: string): string => reason.replaceAll('_', ' ');

const excludedText = ({ excluded, unreadable }: ExperimentReport): string => {
  const counts = new Map<string, number>();
  for (const { reason } of excluded) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  const rows = [...counts].map(([reason, count]) => ['excluded', String(count), words(reason)]);
  const unread = unreadable.count === 0 ? [] : [['unreadable', String(unreadable.count), 'values']];
  return columns([...rows, ...unread]);
};

/** reportText tells a report. */
export const reportText = ({ report, plan, sample: { arms } }: Computed): string => {
  const { status, at, looks, false_alarm_pct: alarm, srm, warnings, digest } = report;
  const ends = rangeOf([arms.control, arms.treatment]);
  const plots = ARMS.map((arm) => [arm, `|${plot(arms[arm], ends)}|`]);
  const scale = `${shownNumber(ends[0])} to ${shownNumber(ends[1])}`;
  return [
    `${visible(plan.name)} (${visible(plan.id)}): ${status}\n${visible(plan.hypothesis)}\n`,
    columns([
      ['arm', 'sessions', 'missing', 'mean', 'median', 'sd'],
      ...ARMS.map((arm) => armRow(arm, report.arms[arm])),
    ]),
    columns([...plots, ['', `${visible(plan.metric.name)}, ${scale}`]]),
    differenceText(report.difference),
    criterionText(report),
    excludedText(report),
    columns([
      ['sizes of the arms', `p ${shownNumber(srm.p)}`, srm.mismatch ? 'MISMATCH' : 'as expected'],
      [
        'looks before this one',
        String(looks),
        alarm === null ? '' : `a false alarm in ${shownNumber(alarm)} % at least`,
      ],
    ]),
    warnings.map((warning) => `WARNING: ${WARNINGS[warning]}\n`).join(''),
    columns([
      ['computed of', `${at.size} events, root ${at.root}`],
      ['digest', digest],
    ]),
  ]
    .filter((part) => part !== '')
    .join('\n');
};
