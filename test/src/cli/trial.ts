/**
 * An experiment at the command line, for tests: a plan in a file, sessions, and what is told of it.
 */
import type { ExperimentReport } from '../../../src/experiment/report.ts';
import { Shell } from './shell.ts';

export const PLAN = `id: cheaper-cache
name: A cache makes sessions cheaper
hypothesis: The cache lowers the cost of a session by a tenth.
change: Cache of tool results, 10 minutes.
metric: { name: cost, type: session.cost, pointer: /usd, aggregate: sum, better: lower }
guardrails: [{ name: failures, type: tool.failed, aggregate: count, better: lower, limit_pct: 5 }]
binding: { manual: true }
criterion: { relative_pct: 10 }
duration_days: 14
minimum_sessions: 20
analysis: { statistic: median, method: bootstrap, resamples: 500, confidence: 0.95, seed: 7 }
`;

interface Event {
  readonly event_type: string;
  readonly session_id?: string;
  readonly payload: unknown;
  readonly id?: string;
}

export const append = async (shell: Shell, events: readonly Event[]): Promise<void> => {
  const source = { kind: 'tool', name: 'agent' };
  const path = shell.path(
    shell.write(
      'events.ndjson',
      events.map((each) => `${JSON.stringify({ source, ...each })}\n`).join(''),
    ),
  );
  await shell.told(['append', path]);
};

export const cost = (session: number, usd: unknown, type = 'session.cost'): Event => ({
  event_type: type,
  session_id: `s-${session}`,
  payload: { usd },
});

export const written = (shell: Shell, plan = PLAN, name = 'plan.yaml'): string =>
  shell.path(shell.write(name, plan));

/** A shell in whose folder alice has a ledger, made without a process. */
export const house = async (): Promise<Shell> => {
  const shell = new Shell();
  await shell.told('init --origin example.com/acme --as alice');
  return shell;
};

export const begun = async (plan = PLAN): Promise<Shell> => {
  const shell = await house();
  await shell.told(['experiment', 'create', written(shell, plan), '--sign', 'alice']);
  await shell.told('experiment start cheaper-cache --sign alice');
  return shell;
};

export const report = async (
  shell: Shell,
  ...more: readonly string[]
): Promise<ExperimentReport> => {
  const args = ['experiment', 'report', 'cheaper-cache', ...more];
  const [told] = (await shell.told(args)) as readonly unknown[];
  return told as ExperimentReport;
};

export const tag = (session: number, variant: string): string =>
  `experiment tag cheaper-cache --session s-${session} --variant ${variant}`;

/** 40 sessions whose value says to which arm they belong, as their events do. */
const MODEL = 'control: [old], treatment: [new], type: session.started, pointer: /model';
export const BY_VALUE = PLAN.replace('{ manual: true }', `{ value: { ${MODEL} } }`);

export const session = (n: number, model: string, usd: number): readonly Event[] => [
  { event_type: 'session.started', session_id: `s-${n}`, payload: { model } },
  cost(n, usd),
];

export const sessions = (count: number, cheaper: number): readonly Event[] =>
  Array.from({ length: count }, (_, n) => {
    const isNew = n % 2 === 1;
    return session(n, isNew ? 'new' : 'old', (isNew ? cheaper : 1) + ((n * 7) % 11) / 100);
  }).flat();
