/**
 * The page of a report in headless Chromium (Debian: apt-get install chromium): nothing is written
 * to its console, nothing is asked of a network, and what a plan says in markup is shown as text.
 * Pictures of it, light, dark and as on a telephone, are put into `reports/`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Json } from '../../ledger/json/value.ts';
import { compare, sorted, summaryOf } from '../../src/experiment/analysis.ts';
import { drawFrom } from '../../src/experiment/chance.ts';
import { pageOf } from '../../src/experiment/page.ts';
import type { Computed } from '../../src/experiment/report.ts';
import { planOf } from '../src/experiment/given.ts';
import { FLAGS } from './browser.ts';

const EVIL = '<script>document.title="run"</script><img src="http://127.0.0.1:9/x.png">';
const OUT = fileURLToPath(new URL('../../reports/', import.meta.url));

/** A report of numbers that are drawn. */
const computed = (): Computed => {
  const plan = planOf({ name: `A cache ${EVIL}`, hypothesis: EVIL, minimum_sessions: 20 });
  const draw = drawFrom(4);
  const points = (shift: number) =>
    Array.from({ length: 80 }, (_, began) => ({
      began,
      value: shift + (draw(1000) + draw(1000) + draw(1000)) / 1000,
    }));
  const sides = { control: points(1), treatment: points(0.6) };
  const arms = {
    control: sorted(sides.control.map(({ value }) => value)),
    treatment: sorted(sides.treatment.map(({ value }) => value)),
  };
  const difference = compare(arms, plan.analysis);
  const report = {
    experiment: plan.id,
    status: 'running',
    at: { size: 320, root: 'ab'.repeat(32) },
    arms: { control: summaryOf(arms.control, 1), treatment: summaryOf(arms.treatment, 0) },
    difference,
    criterion: { relative_pct: 10, verdict: 'met', reason: 'interval_clears_target' },
    guardrails: [{ name: EVIL, estimate: 3, limit: 5, unit: 'pct', broken: false }],
    srm: { p: 0.7, mismatch: false },
    looks: 2,
    excluded: [{ session: EVIL, reason: 'tagged_excluded' }],
    unreadable: { count: 0, listed: [] },
    warnings: ['looked_before'],
    digest: 'cd'.repeat(32),
  } as unknown as Json;
  return { report, plan, sample: { arms, points: sides } } as unknown as Computed;
};

const folder = mkdtempSync(join(tmpdir(), 'page-'));
const page = join(folder, 'report.html');
writeFileSync(page, pageOf(computed()));
mkdirSync(OUT, { recursive: true });

const chromium = (...args: readonly string[]) =>
  spawnSync(
    'chromium',
    [
      ...FLAGS,
      '--hide-scrollbars',
      `--user-data-dir=${join(folder, 'profile')}`,
      ...args,
      `file://${page}`,
    ],
    { encoding: 'utf8', timeout: 120_000, maxBuffer: 1 << 26 },
  );

const failures: string[] = [];
const expect = (what: string, holds: boolean): void => {
  console.log(`${holds ? 'ok  ' : 'FAIL'} ${what}`);
  if (!holds) failures.push(what);
};

const log = join(folder, 'net.json');
const logging = [`--log-net-log=${log}`, '--enable-logging=stderr', '--v=0'];
const { stdout, stderr, error } = chromium(...logging, '--dump-dom');
expect(`Chromium opens it ${error?.message ?? ''}`, stdout.includes('<h1>'));
expect('no script of the plan has run', stdout.includes('<title>A cache &lt;script&gt;'));
expect('markup is text', stdout.includes('&lt;img src=') && !stdout.includes('<img'));
expect('the console is empty', !stderr.includes('CONSOLE'));
const net = readFileSync(log, 'utf8');
// What the browser asks on its own account has no origin.
expect(
  'nothing is asked of the network',
  !/127\.0\.0\.1:9|"initiator":"(?!not an origin)/.test(net),
);
for (const [name, ...flags] of [
  ['light', '--window-size=800,1400'],
  ['dark', '--window-size=800,1400', '--blink-settings=preferredColorScheme=0'],
  ['phone', '--window-size=390,1800'],
] as const) {
  const file = join(OUT, `report-${name}.png`);
  chromium(...flags, `--screenshot=${file}`);
  expect(`a picture of it, ${name}`, statSync(file, { throwIfNoEntry: false }) !== undefined);
}
rmSync(folder, { recursive: true });
console.log(`${failures.length} failed`);
process.exitCode = failures.length === 0 ? 0 : 1;
