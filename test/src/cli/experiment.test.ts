/**
 * `ledger experiment`: what may happen to one, and what is said of it.
 */
import { describe, expect, it } from 'vitest';
import {
  BY_VALUE,
  PLAN,
  append,
  begun,
  cost,
  house,
  session,
  sessions,
  tag,
  written,
} from './trial.ts';

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
    const nobody = written(shell, `${PLAN}supersedes: nobody\n`, 'nobody.yaml');
    expect(
      await shell.refusals([
        `experiment start ${id}`,
        ['experiment', 'amend', id, path],
        ['experiment', 'amend', id, nobody],
        ['experiment', 'create', nobody],
      ]),
    ).toEqual(Array.from({ length: 4 }, () => '25 experiment_refused'));
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

  it('that was archived as a draft has no numbers, and nothing is told to be started', async () => {
    const shell = await house();
    await shell.told(['experiment', 'create', written(shell)]);
    const told = async () => (await shell.inside('experiment report cheaper-cache')).stderr;
    expect(await told()).toMatch(/is a draft: it has no numbers\n.*ledger experiment start/);
    await shell.told('experiment archive cheaper-cache');
    expect(await told()).toMatch(/is archived: it has no numbers\nIt was never started/);
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

  it('draws a plan in options, and refuses one that means nothing with its place', async () => {
    const shell = await house();
    const options = ['--id', 'quick', '--hypothesis', 'x', '--change', 'y'];
    const create = ['experiment', 'create', ...options, '--metric'];
    await shell.told([...create, 'success_rate', '--relative', '2', '--statistic', 'rate']);
    const [shown] = (await shell.told('experiment show quick')) as readonly unknown[];
    expect(shown).toMatchObject({
      plan: { analysis: { method: 'newcombe' }, metric: { pointer: '/success' } },
    });
    const further = ['--days', '3.5', '--minimum', '40', '--seed', '7', '--non-inferiority', '1'];
    await shell.told([...create.with(3, 'longer'), 'cost_per_session', ...further]);
    expect((await shell.told('experiment show longer')) as readonly unknown[]).toMatchObject([
      {
        plan: {
          criterion: { non_inferiority_pct: 1 },
          duration_days: 3.5,
          minimum_sessions: 40,
          analysis: { seed: 7, method: 'bootstrap' },
        },
      },
    ]);
    await shell.told([...create.with(3, 'cents'), 'cost_per_session', '--absolute', '.05']);
    const [cents] = (await shell.told('experiment show cents')) as readonly unknown[];
    expect(cents).toMatchObject({ plan: { criterion: { absolute: 0.05 } } });
    expect(
      await shell.refusals([
        [...create, 'success_rate', '--relative', '2', '--absolute', '1'],
        [...create, 'success_rate', '--relative', '2', '--minimum', '2.5'],
        [...create, 'success_rate', '--relative', '2', '--seed', '4294967296'],
        [...create, 'success_rate', '--relative', '2', '--days', '3651'],
        [...create, 'success_rate', '--non-inferiority', '-1'],
        ['experiment', 'create', written(shell), '--days', '3'],
        [...create, 'nonsense', '--relative', '2'],
        [...create, 'success_rate'],
        [...create, 'success_rate', '--relative', ' '],
        [...create, 'success_rate', '--relative', '0x10'],
        [...create, 'success_rate', '--relative', '1e-400'],
        ['experiment', 'create', written(shell), ...options],
        ['experiment', 'create', written(shell, `${PLAN}supersedes: nobody\n`, 'a.yaml')],
        ['experiment', 'create', written(shell, PLAN.replace('median', 'mode'), 'b.yaml')],
        ['experiment', 'create', written(shell, PLAN.replace('/usd', 'usd'), 'c.yaml')],
      ]),
    ).toEqual([
      '2 plan_refused',
      '2 plan_refused',
      '2 plan_refused',
      '2 plan_refused',
      '2 usage',
      '2 usage',
      '2 plan_refused',
      '2 plan_refused',
      '2 usage',
      '2 usage',
      '2 usage',
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
    const nobody = again.replace('quick', 'nobody');
    const third = again.replace('next', 'third').replace('quick', 'next');
    await shell.told(['experiment', 'create', written(shell, third)]);
    // None of a ring would stand.
    const ring = again.replace('quick', 'third');
    const told = await shell.inside(['experiment', 'amend', 'next', written(shell, ring)]);
    expect([told.status, told.stderr]).toEqual([
      2,
      expect.stringContaining('third supersedes next: neither of them would stand'),
    ]);
    expect(await shell.refusals([['experiment', 'amend', 'next', written(shell, nobody)]])).toEqual(
      ['3 not_found'],
    );
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
    // The way that takes more sessions counts: from 0.1 up, from 0.7 down.
    expect(await shell.told(`${plan} 0.1`)).toMatchObject([{ sessions_per_arm: 14_751 }]);
    const bad = ['x', '3', '1 --deviation 0', '0.5 --sessions 0.5', '0.5 --sessions 1'];
    expect(
      await shell.refusals(['experiment plan', ...bad.map((each) => `${plan} ${each}`)]),
    ).toEqual(['2 usage', ...bad.map(() => '2 usage')]);
    for (const [name, value] of [
      ['effect', '0'],
      ['power', '1'],
      ['power', '0.025'],
      ['power', '.3 --confidence .4'],
      ['confidence', '0'],
      ['deviation', '0.0'],
    ])
      expect((await shell.inside(`${plan} 0.5 --${name} ${value}`)).stderr).toContain(`--${name} `);
  });

  it('tells how many sessions a plan takes, by what is recorded of its metric', async () => {
    const shell = await house();
    const plan = ['experiment', 'plan', written(shell, BY_VALUE)];
    expect(await shell.refusals([plan])).toEqual(['2 usage']);
    await append(shell, [...sessions(40, 1), cost(99, 7), ...session(98, 'other', 0).slice(0, 1)]);
    const known = { metric: 'cost', size: 83, sessions: 40, missing: 1, baseline: 1.0505 };
    // A tenth, with 20 sessions an arm, as in the plan: 2.8016 × 0.0326 × √(2 / 20).
    expect(await shell.told(plan)).toEqual([
      {
        ...known,
        deviation: expect.closeTo(0.0326, 4) as number,
        effect_pct: 10,
        confidence: 0.95,
        power: 0.8,
        sessions_per_arm: 2,
        smallest_difference: expect.closeTo(0.0289, 4) as number,
        smallest_pct: expect.closeTo(2.747, 3) as number,
      },
    ]);
    expect(await shell.told([...plan, '--effect', '1', '--sessions', '2000'])).toMatchObject([
      { ...known, effect_pct: 1, sessions_per_arm: 151 },
    ]);
    // Sessions that are to be tagged by hand are not known yet: all of them count.
    expect(await shell.told(['experiment', 'plan', written(shell)])).toMatchObject([
      { sessions: 41, missing: 1 },
    ]);
    const rate = PLAN.replace('median, method: bootstrap', 'rate');
    expect(await shell.refusals([['experiment', 'plan', written(shell, rate)]])).toEqual([
      '2 usage',
    ]);
    // Of 58 numbers 4 are a success and 16 none; the others are no rate.
    await append(
      shell,
      Array.from({ length: 16 }, (_, n) => cost(60 + n, 0)),
    );
    const margin = rate.replace('relative_pct: 10', 'non_inferiority_pct: 10');
    for (const [text, sessions_per_arm] of [[rate, 6039] as const, [margin, 6510] as const])
      expect(await shell.told(['experiment', 'plan', written(shell, text)])).toMatchObject([
        { sessions: 20, baseline: 0.2, sessions_per_arm },
      ]);
    const twice = [...plan, '--baseline', '1'];
    expect(await shell.refusals([twice, ['experiment', 'plan', 'nowhere.yaml']])).toEqual([
      '2 usage',
      '3 file_unreadable',
    ]);
  });

  it('is completed by its id, in the shell', async () => {
    const shell = await begun();
    const complete = async (line: string) =>
      (await shell.inside(`completion bash -- ledger experiment ${line}`)).stdout.split('\t')[0];
    expect(await complete('sh')).toBe('show');
    for (const command of ['start', 'tag', 'untag', 'report', 'conclude', 'archive', 'show'])
      expect([command, await complete(`${command} che`)]).toEqual([command, 'cheaper-cache']);
    expect(await complete('show no')).toBe('');
  });
});
