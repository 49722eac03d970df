/**
 * `ledger experiment`: from a plan to a conclusion that anybody can compute again.
 */
import { readFileSync, rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { ExperimentReport } from '../../../src/experiment/report.ts';
import { Shell, linesOf } from './shell.ts';

const PLAN = `id: cheaper-cache
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

const REPORT_SCHEMA = JSON.parse(
  readFileSync(
    fileURLToPath(
      new URL('../../../src/experiment/experiment-report.schema.json', import.meta.url),
    ),
    'utf8',
  ),
) as object;
const isReport = new Ajv2020({ allErrors: true }).compile(REPORT_SCHEMA);

interface Event {
  readonly event_type: string;
  readonly session_id?: string;
  readonly payload: unknown;
  readonly id?: string;
}

const append = async (shell: Shell, events: readonly Event[]): Promise<void> => {
  const source = { kind: 'tool', name: 'agent' };
  const path = shell.path(
    shell.write(
      'events.ndjson',
      events.map((each) => `${JSON.stringify({ source, ...each })}\n`).join(''),
    ),
  );
  await shell.told(['append', path]);
};

const cost = (session: number, usd: unknown, type = 'session.cost'): Event => ({
  event_type: type,
  session_id: `s-${session}`,
  payload: { usd },
});

const written = (shell: Shell, plan = PLAN, name = 'plan.yaml'): string =>
  shell.path(shell.write(name, plan));

/** A shell in whose folder alice has a ledger, made without a process. */
const house = async (): Promise<Shell> => {
  const shell = new Shell();
  await shell.told('init --origin example.com/acme --as alice');
  return shell;
};

const begun = async (plan = PLAN): Promise<Shell> => {
  const shell = await house();
  await shell.told(['experiment', 'create', written(shell, plan), '--sign', 'alice']);
  await shell.told('experiment start cheaper-cache --sign alice');
  return shell;
};

const report = async (shell: Shell, ...more: readonly string[]): Promise<ExperimentReport> => {
  const args = ['experiment', 'report', 'cheaper-cache', ...more];
  const [told] = (await shell.told(args)) as readonly unknown[];
  expect([isReport(told), isReport.errors]).toEqual([true, null]);
  return told as ExperimentReport;
};

const tag = (session: number, variant: string): string =>
  `experiment tag cheaper-cache --session s-${session} --variant ${variant}`;

/** 40 sessions whose value says to which arm they belong, as their events do. */
const BY_VALUE = PLAN.replace(
  'binding: { manual: true }',
  'binding: { value: { control: [old], treatment: [new], type: session.started, pointer: /model } }',
);

const session = (n: number, model: string, usd: number): readonly Event[] => [
  { event_type: 'session.started', session_id: `s-${n}`, payload: { model } },
  cost(n, usd),
];

const sessions = (count: number, cheaper: number): readonly Event[] =>
  Array.from({ length: count }, (_, n) => {
    const isNew = n % 2 === 1;
    return session(n, isNew ? 'new' : 'old', (isNew ? cheaper : 1) + ((n * 7) % 11) / 100);
  }).flat();

describe('an experiment at the command line', () => {
  it('goes from a draft to its end, step by step, and says what is allowed', async () => {
    const shell = await house();
    const path = written(shell);
    const create = ['experiment', 'create', path, '--sign', 'alice'];
    await shell.told(create);
    const id = 'cheaper-cache';
    expect(
      await shell.refusals([
        create,
        `experiment conclude ${id}`,
        `experiment report ${id}`,
        tag(1, 'control'),
        'experiment start nobody',
        ['experiment', 'amend', 'nobody', path],
      ]),
    ).toEqual([
      '25 experiment_refused',
      '25 experiment_refused',
      '25 experiment_not_started',
      '25 experiment_refused',
      '3 not_found',
      '2 usage',
    ]);
    await shell.told(['experiment', 'amend', id, written(shell, PLAN.replace('14', '7'))]);
    await shell.told(`experiment start ${id} --sign alice`);
    expect(
      await shell.refusals([`experiment start ${id}`, ['experiment', 'amend', id, path]]),
    ).toEqual(['25 experiment_refused', '25 experiment_refused']);
    const { stderr } = await shell.inside(`experiment start ${id}`);
    expect(stderr).toBe(
      'the experiment cheaper-cache is running: start is not allowed\n' +
        'Allowed now: tag, untag, conclude.\n',
    );
    await shell.told(`experiment conclude ${id} --sign alice`);
    expect(await shell.refusals([`experiment conclude ${id}`])).toEqual(['25 experiment_refused']);
    await shell.told(`experiment archive ${id}`);
    expect(await shell.refusals([`experiment archive ${id}`])).toEqual(['25 experiment_refused']);
    expect(await shell.told('experiment list')).toMatchObject([
      { id, status: 'archived', verdict: 'undecided', early: true },
    ]);
    const [shown] = (await shell.told(`experiment show ${id}`)) as readonly unknown[];
    expect(shown).toMatchObject({
      status: 'archived',
      plan: { duration_days: 7 },
      events: [
        { event_type: 'experiment.created', by: expect.stringMatching(/^alice\+/) as string },
        { event_type: 'experiment.amended', by: null },
        { event_type: 'experiment.started' },
        { event_type: 'experiment.concluded', about: 'undecided, early', counted: true },
        { event_type: 'experiment.archived' },
      ],
    });
  });

  it('takes one tag for a session, and names the event that stands against another', async () => {
    const shell = await begun();
    const [first] = await shell.told(tag(1, 'control'));
    expect(await shell.told(tag(1, 'control'))).toMatchObject([
      { status: 'already_recorded', seq: first?.seq, event_hash: first?.event_hash },
    ]);
    const { status, stdout } = await shell.inside(`${tag(1, 'treatment')} --json`);
    expect([status, stdout]).toEqual([25, expect.stringContaining(first?.id ?? '?')]);
    const untag = ['experiment', 'untag', 'cheaper-cache', '--session', 's-1', '--reason'];
    expect(await shell.refusals([[...untag, '']])).toEqual(['2 usage']);
    await shell.told([...untag, 'a test run']);
    expect(await shell.refusals([[...untag, 'again']])).toEqual(['25 experiment_not_tagged']);
    await shell.told(tag(1, 'treatment'));
    expect(shell.journal().filter((line) => line.includes('experiment.tagged'))).toHaveLength(2);
  });

  it('counts what is tagged by hand, and what was not read or left out', async () => {
    const shell = await house();
    await append(shell, [cost(9, 1)]);
    await shell.told(['experiment', 'create', written(shell)]);
    await shell.told('experiment start cheaper-cache');
    await append(shell, [
      cost(0, 1),
      cost(0, '0.50'),
      cost(1, 0.9),
      cost(2, 'much'),
      cost(3, 1),
      { event_type: 'session.cost', payload: { usd: 1 } },
      { event_type: 'session.cost', session_id: 's-2', payload: {} },
    ]);
    const lines = [tag(0, 'control'), tag(1, 'treatment'), tag(2, 'treatment')];
    for (const line of [...lines, tag(3, 'excluded'), tag(9, 'control')]) await shell.told(line);
    expect(await report(shell)).toMatchObject({
      status: 'running',
      arms: { control: { n: 1, mean: 1.5 }, treatment: { n: 1, missing: 1 } },
      difference: { estimate: -0.6, relative_pct: -40, interval: null },
      criterion: { relative_pct: 10, verdict: 'undecided', reason: 'too_few_sessions' },
      guardrails: [{ name: 'failures', estimate: 0, limit: 5, broken: false }],
      looks: 0,
      excluded: [
        { session: 's-3', reason: 'tagged_excluded' },
        { session: 's-9', reason: 'began_before_start' },
      ],
      unreadable: {
        count: 3,
        listed: [{ reason: 'not_a_number' }, { reason: 'no_session' }, { reason: 'no_value' }],
      },
      warnings: ['values_unreadable'],
    });
    expect(await shell.told('experiment sessions cheaper-cache')).toMatchObject([
      { session: 's-0', arm: 'control', by: 'tag' },
      { session: 's-1', arm: 'treatment' },
      { session: 's-2', arm: 'treatment' },
      { session: 's-3', arm: 'excluded', reason: 'tagged_excluded' },
      { session: 's-9', arm: 'excluded', reason: 'began_before_start' },
    ]);
  });

  it('is met where the whole interval clears the target, not met where it misses it', async () => {
    for (const [cheaper, verdict] of [
      [0.7, 'met'],
      [1, 'not_met'],
      [0.9, 'undecided'],
    ] as const) {
      const shell = await begun(BY_VALUE);
      await append(shell, sessions(60, cheaper));
      const { criterion, srm, arms } = await report(shell);
      expect([cheaper, criterion.verdict]).toEqual([cheaper, verdict]);
      expect([srm, arms.control.n]).toEqual([{ p: 1, mismatch: false }, 30]);
    }
  });

  it('is never met with a broken guardrail, and 0 against 0 breaks none', async () => {
    const shell = await begun(BY_VALUE);
    await append(shell, sessions(60, 0.7));
    expect(await report(shell)).toMatchObject({ guardrails: [{ estimate: 0, broken: false }] });
    await append(shell, [{ event_type: 'tool.failed', session_id: 's-1', payload: {} }]);
    expect(await report(shell)).toMatchObject({
      criterion: { verdict: 'not_met', reason: 'guardrail_broken' },
      guardrails: [{ estimate: null, broken: true }],
      looks: 1,
      false_alarm_pct: 8.3,
      warnings: ['looked_before'],
    });
  });

  it('gives the same bytes for ever at one position, and records each look once', async () => {
    const shell = await begun(BY_VALUE);
    await append(shell, sessions(10, 0.7));
    const line = 'experiment report cheaper-cache --at 15 --json';
    const before = await shell.inside(line);
    const size = shell.journal().length;
    await append(shell, sessions(4, 0.1));
    const after = await shell.inside(line);
    expect([before.status, after.stdout]).toEqual([0, before.stdout]);
    expect(shell.journal()).toHaveLength(size + 8);
    const quiet = await report(shell, '--no-look');
    expect([quiet.looks, shell.journal().length]).toEqual([1, size + 8]);
    expect(await shell.refusals(['experiment report cheaper-cache --at 999'])).toEqual([
      '3 not_found',
    ]);
    expect(await shell.refusals(['experiment report cheaper-cache --at 0'])).toEqual([
      '25 experiment_not_started',
    ]);
  });

  it('concludes with the head that it was computed from; verify computes it again', async () => {
    const shell = await begun(BY_VALUE);
    await append(shell, sessions(50, 0.7));
    const seen = await report(shell);
    await shell.told('experiment conclude cheaper-cache --sign alice');
    await append(shell, sessions(10, 3));
    const final = await report(shell);
    expect(final).toMatchObject({ status: 'concluded', arms: { control: { n: 25 } }, looks: 1 });
    expect(final.digest).not.toBe(seen.digest);
    const [listed] = (await shell.told('experiment list')) as readonly unknown[];
    expect(listed).toMatchObject({ verdict: 'met', report_digest: final.digest });
    expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified', findings: [] }]);
    for (const name of ['mirror.db', 'mirror.db-wal', 'mirror.db-shm'])
      rmSync(shell.path('.ledger', name), { force: true });
    await shell.told('replay');
    await shell.told('experiment archive cheaper-cache');
    expect(await report(shell)).toEqual({ ...final, status: 'archived' });
  });

  it('draws a plan in options, and refuses one that means nothing with its place', async () => {
    const shell = await house();
    const options = ['--id', 'quick', '--hypothesis', 'x', '--change', 'y'];
    const create = ['experiment', 'create', ...options, '--metric'];
    await shell.told([...create, 'success_rate', '--relative', '2', '--statistic', 'rate']);
    const [shown] = (await shell.told('experiment show quick')) as readonly unknown[];
    expect(shown).toMatchObject({
      plan: { analysis: { method: 'newcombe' }, metric: { pointer: '/success' } },
    });
    expect(
      await shell.refusals([
        [...create, 'nonsense', '--relative', '2'],
        [...create, 'success_rate'],
        ['experiment', 'create', written(shell), ...options],
        ['experiment', 'create', written(shell, `${PLAN}supersedes: nobody\n`, 'a.yaml')],
        ['experiment', 'create', written(shell, PLAN.replace('median', 'mode'), 'b.yaml')],
        ['experiment', 'create', written(shell, PLAN.replace('/usd', 'usd'), 'c.yaml')],
      ]),
    ).toEqual([
      '2 plan_refused',
      '2 plan_refused',
      '2 usage',
      '3 not_found',
      '2 plan_refused',
      '2 plan_refused',
    ]);
    const { stderr } = await shell.inside([
      'experiment',
      'create',
      written(shell, PLAN.replace('median', 'mode')),
    ]);
    expect(stderr).toContain('plan.yaml:11:24: /analysis/statistic: not one of the values');
    const again = PLAN.replace('id: cheaper-cache', 'id: next\nsupersedes: quick');
    await shell.told(['experiment', 'create', written(shell, again)]);
  });

  it('tells how many sessions it takes, and which metrics are ready-made', async () => {
    const shell = await house();
    const plan = 'experiment plan --baseline';
    expect(await shell.told(`${plan} 1 --deviation 0.5 --effect 25`)).toMatchObject([
      { sessions_per_arm: 63 },
    ]);
    expect(await shell.told(`${plan} 0.7 --effect 14.285714 --sessions 100`)).toMatchObject([
      { sessions_per_arm: 356, smallest_pct: expect.closeTo(25.9, 1) as number },
    ]);
    expect(await shell.told('experiment plan --metrics')).toHaveLength(8);
    expect(
      await shell.refusals([
        `${plan} x`,
        `${plan} 3`,
        'experiment plan',
        `${plan} 1 --deviation 0`,
      ]),
    ).toEqual(['2 usage', '2 usage', '2 usage', '2 usage']);
    const { stdout } = await shell.inside('completion bash -- ledger experiment sh');
    expect(stdout).toContain('show');
  });
});

describe('processes that tag one session at once', () => {
  it('leave one tag, and the others are told of it', async () => {
    const shell = await begun();
    const children = Array.from({ length: 8 }, (_, n) =>
      shell.start([...tag(1, n % 2 === 0 ? 'control' : 'treatment').split(' '), '--json']),
    );
    const told = await Promise.all(
      children.map(
        (child) =>
          new Promise<string>((resolve) => {
            let out = '';
            child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
            child.on('close', (status) =>
              resolve(`${status} ${linesOf(out)[0]?.status ?? 'refused'}`),
            );
          }),
      ),
    );
    expect(told.toSorted()).toEqual([
      '0 already_recorded',
      '0 already_recorded',
      '0 already_recorded',
      '0 appended',
      ...Array.from({ length: 4 }, () => '25 refused'),
    ]);
    expect(shell.journal().filter((line) => line.includes('experiment.tagged'))).toHaveLength(1);
  });
});
