/**
 * A report as a page of its own: HTML with drawings in SVG, light or dark as the reader has it. It
 * loads nothing and runs nothing, and says so to the browser, which would else be asked to.
 */
import type { Arm } from './binding-shape.ts';
import { ARMS } from './binding-shape.ts';
import type { Step } from './histogram.ts';
import { binned, cumulative, rangeOf } from './histogram.ts';
import type { Computed, ExperimentReport } from './report.ts';
import { WARNINGS } from './report.ts';
import { guardedWord } from './verdict.ts';

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** escaped makes text of anything: no letter is markup, and none changes what stands around. */
const escaped = (text: string): string =>
  text
    .replaceAll(/[&<>"']/g, (letter) => ENTITIES[letter] ?? '')
    .replaceAll(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, '\ufffd');

const number = (value: number | null | undefined): string =>
  value === null || value === undefined ? '–' : String(Number(value.toPrecision(6)));

const short = (value: number): string => String(Number(value.toPrecision(3)));

const STYLE = `
:root{color-scheme:light dark;--ink:#1b1f24;--back:#fff;--faint:#5b6470;--line:#d5dae0;
--control:#57606a;
--treatment:#0969da;--good:#1a7f37;--bad:#b42318}
@media(prefers-color-scheme:dark){:root{--ink:#e6e9ed;--back:#14171b;--faint:#9aa4b0;--line:#343b44;
--control:#a7b0ba;--treatment:#58a6ff;--good:#57d17a;--bad:#ff8a80}}
*{box-sizing:border-box}body{margin:0 auto;max-width:46rem;padding:1rem;background:var(--back);
color:var(--ink);font:1rem/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
h1{font-size:1.4rem;margin:.2rem 0}h2{font-size:1.1rem;margin:1.6rem 0 .4rem}p{margin:.4rem 0}
.scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums}
th,td{text-align:left;padding:.3rem .6rem .3rem 0;border-bottom:1px solid var(--line)}
th{color:var(--faint);font-weight:500}th,td{overflow-wrap:normal}
td:first-child{overflow-wrap:anywhere;min-width:6rem}svg{width:100%;height:auto;display:block}
svg text{fill:var(--faint);font-size:12px}@media(max-width:30rem){svg text{font-size:20px}}
.verdict{font-size:1.2rem;font-weight:600}
.met{color:var(--good)}.not_met,.broken{color:var(--bad)}
.warning{border-left:.3rem solid var(--bad);padding:.3rem .8rem;margin:.8rem 0}
code,.faint{color:var(--faint);font-size:.85rem}`
  .trim()
  .replaceAll('\n', '');

const WIDTH = 640;
const HEIGHT = 150;
const BINS = 32;

const spot = (value: number): string => String(Number(value.toFixed(2)));

const histogram = (computed: Computed, arm: Arm, ends: readonly [number, number]): string => {
  const bins = binned(computed.sample.arms[arm], ends, BINS);
  const most = Math.max(1, ...bins);
  const wide = WIDTH / BINS;
  const bars = bins.map((count, at) => {
    // Below the name of the arm, which is as large as a telephone makes it.
    const high = (count / most) * (HEIGHT - 52);
    const box = `x="${spot(at * wide + 1)}" y="${spot(HEIGHT - 24 - high)}"`;
    return `<rect ${box} width="${spot(wide - 2)}" height="${spot(high)}" fill="var(--${arm})"/>`;
  });
  const label = `Distribution of the ${arm}, ${number(ends[0])} to ${number(ends[1])}`;
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${label}">${bars.join('')}
<text x="0" y="${HEIGHT - 6}">${number(ends[0])}</text>
<text x="${WIDTH}" y="${HEIGHT - 6}" text-anchor="end">${number(ends[1])}</text>
<text x="0" y="18">${arm}</text></svg>`;
};

/** Places values of a range within the width, or the height, of a drawing. */
const scale = (least: number, most: number, to: number) => (value: number) =>
  most > least ? ((value - least) / (most - least)) * to : to / 2;

const intervalPlot = ({ difference }: ExperimentReport): string => {
  const { interval, estimate } = difference;
  if (interval === null || estimate === null) return '';
  const [low, high] = interval;
  // So wide that three digits have room beside either end, on a telephone, too.
  const margin = Math.max(Math.abs(low), Math.abs(high), Number.MIN_VALUE) * 2;
  const x = scale(-margin, margin, WIDTH);
  return `<svg viewBox="0 0 ${WIDTH} 80" role="img" aria-label="The interval of the difference">
<line x1="${spot(x(0))}" y1="10" x2="${spot(x(0))}" y2="54" stroke="var(--line)" stroke-width="2"/>
<line x1="${spot(x(low))}" y1="36" x2="${spot(x(high))}" y2="36"
 stroke="var(--treatment)" stroke-width="5"/>
<circle cx="${spot(x(estimate))}" cy="36" r="7" fill="var(--treatment)"/>
<text x="${spot(x(0))}" y="74" text-anchor="middle">0</text>
<text x="${spot(x(low))}" y="22" text-anchor="end">${short(low)}</text>
<text x="${spot(x(high))}" y="22" text-anchor="start">${short(high)}</text></svg>`;
};

const cumulativePlot = (steps: readonly Step[]): string => {
  if (steps.length < 2) return '';
  const values = [0, ...steps.map(({ difference }) => difference)];
  const up = scale(Math.min(...values), Math.max(...values), HEIGHT - 40);
  const last = steps.at(-1)?.sessions ?? 0;
  const x = scale(steps[0]?.sessions ?? 0, last, WIDTH);
  const high = (value: number): string => spot(HEIGHT - 30 - up(value));
  const path = steps.map(({ sessions, difference }) => `${spot(x(sessions))},${high(difference)}`);
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="The difference over time">
<line x1="0" y1="${high(0)}" x2="${WIDTH}" y2="${high(0)}" stroke="var(--line)" stroke-width="2"/>
<polyline points="${path.join(' ')}" fill="none" stroke="var(--treatment)" stroke-width="3"/>
<text x="0" y="${HEIGHT - 6}">${steps[0]?.sessions ?? 0} sessions</text>
<text x="${WIDTH}" y="${HEIGHT - 6}" text-anchor="end">${last}</text></svg>`;
};

const row = (cells: readonly string[], of: 'th' | 'td' = 'td'): string =>
  `<tr>${cells.map((cell) => `<${of}>${escaped(cell)}</${of}>`).join('')}</tr>`;

const cells = (rows: readonly (readonly string[])[]): string =>
  rows.map((each) => row(each)).join('');

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  rows.length === 0
    ? ''
    : `<div class="scroll"><table>${row(head, 'th')}${cells(rows)}</table></div>`;

const said = (word: string): string => word.replaceAll('_', ' ');

const tables = ({ arms, difference, guardrails, excluded, unreadable }: ExperimentReport) => ({
  arms: table(
    ['arm', 'sessions', 'missing', 'mean', 'median', 'deviation'],
    ARMS.map((arm) => {
      const { n, missing, mean, median, sd } = arms[arm];
      return [arm, String(n), String(missing), ...[mean, median, sd].map(number)];
    }),
  ),
  difference: table(
    ['statistic', 'estimate', 'interval', 'relative', 'p', 'effect'],
    [
      [
        difference.statistic,
        number(difference.estimate),
        (difference.interval ?? []).map(number).join(' to '),
        `${number(difference.relative_pct)} %`,
        number(difference.p),
        number(difference.effect?.value),
      ],
    ],
  ),
  guardrails: table(
    ['guardrail', 'change', 'limit', ''],
    guardrails.map((guarded) => {
      const { name, estimate, limit, unit } = guarded;
      const of = unit === 'pct' ? ' %' : '';
      return [name, number(estimate) + of, number(limit) + of, guardedWord(guarded)];
    }),
  ),
  excluded: table(
    ['session', 'why'],
    excluded.map(({ session, reason }) => [session, said(reason)]),
  ),
  unreadable: table(
    ['event', 'metric', 'why'],
    unreadable.listed.map(({ seq, metric, reason }) => [String(seq), metric, said(reason)]),
  ),
});

const unreadText = ({ unreadable: { count, listed } }: ExperimentReport): string => {
  const told = `${count} values could not be read`;
  return listed.length < count ? `${told}; the first ${listed.length} of them:` : `${told}.`;
};

/** pageOf writes the page. */
export const pageOf = (computed: Computed): string => {
  const { report, plan, sample } = computed;
  const { criterion, warnings, at, digest, status, looks, srm } = report;
  const ends = rangeOf([sample.arms.control, sample.arms.treatment]);
  const told = tables(report);
  const csp = "default-src 'none'; style-src 'unsafe-inline'; img-src data:";
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${csp}">
<meta name="viewport" content="width=device-width,initial-scale=1">
<link rel="icon" href="data:,"><title>${escaped(plan.name)}</title><style>${STYLE}</style>
</head><body>
<p class="faint">${escaped(plan.id)} · ${status}</p><h1>${escaped(plan.name)}</h1>
<p>${escaped(plan.hypothesis)}</p><p class="faint">${escaped(plan.change)}</p>
<p class="verdict ${criterion.verdict}">${said(criterion.verdict)}: ${said(criterion.reason)}</p>
${warnings.map((warning) => `<p class="warning" role="alert">${WARNINGS[warning]}</p>`).join('\n')}
<h2>Arms</h2>${told.arms}
<h2>${escaped(plan.metric.name)}</h2>${ARMS.map((arm) => histogram(computed, arm, ends)).join('')}
<h2>Difference, treatment less control</h2>${told.difference}${intervalPlot(report)}
<h2>As it came about</h2>${cumulativePlot(cumulative(sample.points, plan.analysis.statistic))}
<h2>Guardrails</h2>${told.guardrails || '<p>none</p>'}
<h2>What was left out</h2>${told.excluded || '<p>no session</p>'}
<p>${unreadText(report)}</p>${told.unreadable}
<h2>What it rests on</h2>
<p>Looks before this one: ${looks}. Sizes of the arms: p ${number(srm.p)}.</p>
<p><code>${at.size} events, root ${at.root}</code></p><p><code>report ${digest}</code></p>
</body></html>
`;
};
