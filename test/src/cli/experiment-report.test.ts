/**
 * `ledger experiment report` and `conclude`: numbers that anybody can compute again.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import {
  BY_VALUE,
  PLAN,
  append,
  begun,
  cost,
  house,
  report,
  session,
  sessions,
  tag,
  written,
} from './trial.ts';

describe('a report at the command line', () => {
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
    for (const at of [size + 8, 999])
      expect(await shell.refusals([`experiment report cheaper-cache --at ${at}`])).toEqual([
        '3 not_found',
      ]);
    expect(await shell.refusals(['experiment report cheaper-cache --at 0'])).toEqual([
      '25 experiment_not_started',
    ]);
    // How it stands now is no part of how it stood then.
    expect((await shell.inside('experiment conclude cheaper-cache')).status).toBe(0);
    expect((await shell.inside(line)).stdout).toBe(before.stdout);
    expect((await report(shell)).status).toBe('concluded');
  });

  it('is the same in any place and any language', async () => {
    const shell = await begun(BY_VALUE.replace('A cache', 'İstanbul ıâẞ'));
    const names = ['a', 'Z', 'ä', 'z', 'İ', 'i', 'I'];
    await append(shell, [
      ...sessions(30, 0.7),
      cost(31, 'much'),
      ...session(32, 'x', 1),
      ...names.map((name) => ({ ...cost(0, 1, 'session.started'), session_id: name })),
    ]);
    const places = [
      { TZ: 'UTC', LC_ALL: 'C' },
      { TZ: 'Pacific/Chatham', LC_ALL: 'tr_TR.UTF-8' },
      { TZ: 'America/St_Johns', LC_ALL: 'de_DE.UTF-8' },
    ];
    const told = places.map((env) => {
      const page = ['--no-look', '--html', 'page.html'];
      const text = shell.run(['experiment', 'report', 'cheaper-cache', ...page], '', env).stdout;
      const json = shell.run(
        ['experiment', 'report', 'cheaper-cache', '--no-look', '--json'],
        '',
        env,
      );
      const arms = shell.run(['experiment', 'sessions', 'cheaper-cache'], '', env).stdout;
      const out = ['--no-look', '--html', '-'];
      const shown = shell.run(['experiment', 'report', 'cheaper-cache', ...out], '', env);
      expect(shown.stdout).toBe(shell.read('page.html'));
      expect(existsSync(shell.path('-'))).toBe(false);
      return [text, json.stdout, arms, shown.stdout];
    });
    const within = ['--no-look', '--html', '.ledger/ledger.json'];
    expect(await shell.refusal(['experiment', 'report', 'cheaper-cache', ...within])).toBe(
      '2 usage',
    );
    expect(told[0]?.map((each) => each.length > 500)).toEqual([true, true, true, true]);
    expect(told.slice(1)).toEqual([told[0], told[0]]);
    const order = told[0]?.[2]?.split('\n').map((line) => line.split(' ')[0]) ?? [];
    expect(order.filter((name = '') => names.includes(name))).toEqual(names.toSorted());
  });

  it('is not concluded for good where git cannot be asked, unless that is said', async () => {
    const commits = `control: ${'a'.repeat(40)}, treatment: ${'b'.repeat(40)}, pointer: /sha`;
    const binding = `{ commit: { repository: my app, type: session.started, ${commits} } }`;
    const shell = await begun(PLAN.replace('{ manual: true }', binding));
    const started = {
      event_type: 'session.started',
      session_id: 's-1',
      payload: { sha: 'c'.repeat(40) },
    };
    await append(shell, [started, cost(1, 1)]);
    const size = shell.journal().length;
    const refused = await shell.inside('experiment conclude cheaper-cache');
    expect([refused.status, shell.journal().length]).toEqual([2, size]);
    expect(refused.stderr).toMatch(/no git repository .*\(my app, from here\).*--without-git/);
    await shell.told('experiment conclude cheaper-cache --without-git');
    expect(await report(shell)).toMatchObject({
      status: 'concluded',
      criterion: { verdict: 'undecided' },
    });
  });

  it('is not concluded for good where git cannot read all of the history', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ledger-git-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    const git = (...args: readonly string[]): string =>
      execFileSync('git', ['-C', folder, '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
        encoding: 'utf8',
      }).trim();
    git('init', '-q');
    const [control = '', treatment = '', lost = '', last = ''] = ['c', 't', 'lost', 'last'].map(
      (text) => {
        git('commit', '-q', '--allow-empty', '-m', text);
        return git('rev-parse', 'HEAD');
      },
    );
    const commits = `control: ${control}, treatment: ${treatment}, pointer: /sha`;
    const binding = `{ commit: { repository: ${folder}, type: session.started, ${commits} } }`;
    const shell = await begun(PLAN.replace('{ manual: true }', binding));
    const payload = { sha: last };
    await append(shell, [{ event_type: 'session.started', session_id: 's-1', payload }]);
    const object = join(folder, '.git', 'objects', lost.slice(0, 2), lost.slice(2));
    renameSync(object, join(folder, 'lost'));
    const size = shell.journal().length;
    const refused = await shell.inside('experiment conclude cheaper-cache');
    expect([refused.status, shell.journal().length]).toEqual([2, size]);
    expect(refused.stderr).toMatch(/git did not answer .*--without-git/);
    renameSync(join(folder, 'lost'), object);
    await shell.told('experiment conclude cheaper-cache');
    expect(await report(shell)).toMatchObject({ arms: { treatment: { missing: 1 } } });
  });

  it('is not early where the days that were planned are over, and an audit agrees', async () => {
    for (const [days, early] of [
      ['0', false],
      ['0.01', true],
    ] as const) {
      const shell = await begun(BY_VALUE.replace('duration_days: 14', `duration_days: ${days}`));
      await shell.told('experiment conclude cheaper-cache');
      expect(await shell.told('experiment list')).toMatchObject([{ early }]);
      expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified', findings: [] }]);
    }
  });

  it('says that it is not what was concluded, once something of it is erased', async () => {
    const shell = await begun(BY_VALUE);
    await append(shell, sessions(10, 0.7));
    await shell.told('experiment conclude cheaper-cache');
    const line = 'experiment report cheaper-cache';
    expect((await shell.inside(line)).stderr).toBe('');
    const seq = shell.journal().findIndex((each) => each.includes('"event_type":"session.cost"'));
    await shell.told(['erase', `${seq}`, '--reason', 'asked', '--sign', 'alice']);
    expect((await shell.inside(line)).stderr).toContain('not the report that was concluded');
  });

  it('concludes with the head that it was computed from; verify computes it again', async () => {
    const shell = await begun(BY_VALUE);
    await append(shell, sessions(50, 0.7));
    const seen = await report(shell);
    await shell.told('experiment conclude cheaper-cache --sign alice');
    await append(shell, [...sessions(10, 3), ...session(70, 'new', 3)]);
    expect(await shell.told('experiment sessions cheaper-cache')).toHaveLength(50);
    const final = await report(shell);
    expect(final).toMatchObject({ status: 'concluded', arms: { control: { n: 25 } }, looks: 1 });
    expect(final.digest).not.toBe(seen.digest);
    const concluded = shell.journal().find((line) => line.includes('experiment.concluded'));
    const { arms, difference, criterion, guardrails, srm, looks } = final;
    expect(JSON.parse(concluded ?? '{}')).toMatchObject({
      payload: { report: { numbers: { arms, difference, criterion, guardrails, srm, looks } } },
    });
    const [listed] = (await shell.told('experiment list')) as readonly unknown[];
    expect(listed).toMatchObject({ verdict: 'met', report_digest: final.digest });
    expect(await shell.told('verify')).toMatchObject([{ verdict: 'verified', findings: [] }]);
    for (const name of ['mirror.db', 'mirror.db-wal', 'mirror.db-shm'])
      rmSync(shell.path('.ledger', name), { force: true });
    await shell.told('replay');
    await shell.told('experiment archive cheaper-cache');
    expect(await report(shell)).toEqual({ ...final, status: 'archived' });
  });
});
