/**
 * Which commits belong to which arm, asked of real repositories: a line of history, branches, a
 * merge, a rebase, a shallow clone, a commit that is unknown.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { askGit } from '../../../src/experiment/git.ts';
import { resolve } from '../../../src/experiment/resolve.ts';
import { storyOf } from '../../../src/experiment/story.ts';
import { native } from '../../../ledger/crypto/native.ts';
import { right } from '../../build/ledger.ts';
import { House, cost, event } from './house.ts';
import { planOf } from './given.ts';

const TIME = '2026-11-20T09:00:00Z';
const AUTHOR = { GIT_AUTHOR_DATE: TIME, GIT_COMMITTER_DATE: TIME };
const WHO = '-c user.name=a -c user.email=a@example.com -c commit.gpgsign=false'.split(' ');

/** A repository in the making. */
class Repository {
  readonly folder = mkdtempSync(join(tmpdir(), 'ledger-git-'));

  constructor() {
    onTestFinished(() => rmSync(this.folder, { recursive: true }));
    this.git('init', '-q', '-b', 'main');
  }

  git(...args: readonly string[]): string {
    const { status, stdout, stderr } = spawnSync('git', ['-C', this.folder, ...WHO, ...args], {
      encoding: 'utf8',
      env: { ...process.env, ...AUTHOR },
    });
    if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
    return stdout.trim();
  }

  commit(text: string): string {
    this.git('commit', '-q', '--allow-empty', '-m', text);
    return this.git('rev-parse', 'HEAD');
  }

  async answers(plan: { control: string; treatment: string }, ...commits: readonly string[]) {
    const answers = await askGit(this.folder, plan, commits);
    return typeof answers === 'string' ? answers : commits.map((each) => answers.get(each));
  }
}

describe('a commit', () => {
  it('on a line of history belongs to the later of the two that it contains', async () => {
    const repository = new Repository();
    const [before, control, between, treatment, after] = ['0', 'c', '1', 't', '2'].map((text) =>
      repository.commit(text),
    ) as [string, string, string, string, string];
    const all = [before, control, between, treatment, after];
    expect(await repository.answers({ control, treatment }, ...all)).toEqual([
      'contains_neither',
      'control',
      'control',
      'treatment',
      'treatment',
    ]);
    expect(await repository.answers({ control: treatment, treatment: control }, ...all)).toEqual([
      'contains_neither',
      'treatment',
      'treatment',
      'control',
      'control',
    ]);
    const short = all.map((each) => each.slice(0, 12));
    expect(await repository.answers({ control, treatment }, ...short.slice(1, 4))).toEqual([
      'control',
      'control',
      'treatment',
    ]);
  });

  it('on branches belongs to its own, and behind a merge to neither', async () => {
    const repository = new Repository();
    const root = repository.commit('root');
    repository.git('checkout', '-q', '-b', 'one');
    const control = repository.commit('c');
    repository.git('checkout', '-q', '-b', 'two', root);
    const treatment = repository.commit('t');
    const on = repository.commit('on');
    repository.git('merge', '-q', '--no-ff', '-m', 'merge', 'one');
    const merged = repository.git('rev-parse', 'HEAD');
    expect(await repository.answers({ control, treatment }, root, control, on, merged)).toEqual([
      'contains_neither',
      'control',
      'treatment',
      'contains_both',
    ]);
  });

  it('behind a merge of the line it left contains what was merged', async () => {
    const repository = new Repository();
    const control = repository.commit('c');
    repository.git('checkout', '-q', '-b', 'side');
    const treatment = repository.commit('t');
    repository.git('checkout', '-q', 'main');
    const main = repository.commit('main');
    repository.git('merge', '-q', '--no-ff', '-m', 'merge', 'side');
    const merged = repository.git('rev-parse', 'HEAD');
    expect(await repository.answers({ control, treatment }, main, merged)).toEqual([
      'control',
      'treatment',
    ]);
  });

  it('that a rebase copied is another one, and what was reverted is still contained', async () => {
    const repository = new Repository();
    const control = repository.commit('c');
    repository.git('checkout', '-q', '-b', 'side');
    const treatment = repository.commit('t');
    repository.git('checkout', '-q', 'main');
    repository.commit('main');
    repository.git('cherry-pick', '--allow-empty', treatment);
    const copied = repository.git('rev-parse', 'HEAD');
    repository.git('checkout', '-q', 'side');
    const reverted = repository.commit('Revert "t"');
    expect(copied).not.toBe(treatment);
    repository.git('checkout', '-q', '-b', 'rebased', treatment);
    repository.git('rebase', '-q', '--empty=keep', '--keep-empty', 'main~1');
    const rebased = repository.git('rev-parse', 'HEAD');
    expect(repository.git('log', '-1', '--format=%s', rebased)).toBe('t');
    expect(await repository.answers({ control, treatment }, copied, reverted, rebased)).toEqual([
      'control',
      'treatment',
      'control',
    ]);
  });

  it('has the parents that it was made with, whatever the repository says of them', async () => {
    const repository = new Repository();
    const control = repository.commit('c');
    const treatment = repository.commit('t');
    repository.git('checkout', '-q', '-b', 'side', control);
    const side = repository.commit('side');
    const before = await repository.answers({ control, treatment }, side);
    expect(before).toEqual(['control']);
    repository.git('replace', '--graft', side, treatment);
    expect(await repository.answers({ control, treatment }, side)).toEqual(before);
    writeFileSync(join(repository.folder, '.git/info/grafts'), `${side} ${treatment}\n`);
    expect(await repository.answers({ control, treatment }, side)).toEqual(before);
  });

  it('is answered for only where the history that it has can be read', async () => {
    const repository = new Repository();
    const root = repository.commit('root');
    repository.git('checkout', '-q', '-b', 'one');
    const control = repository.commit('c');
    repository.git('checkout', '-q', '-b', 'two', root);
    const treatment = repository.commit('t');
    const lost = repository.commit('lost');
    repository.git('merge', '-q', '--no-ff', '-m', 'merge', 'one');
    const merged = repository.git('rev-parse', 'HEAD');
    const plan = { control, treatment };
    expect(await repository.answers(plan, merged)).toEqual(['contains_both']);
    rmSync(join(repository.folder, '.git', 'objects', lost.slice(0, 2), lost.slice(2)));
    expect(await repository.answers(plan, merged, control)).toEqual([undefined, 'control']);
  });

  it('that a partial clone does not have is fetched from nowhere', async () => {
    const repository = new Repository();
    const [control, treatment] = [repository.commit('c'), repository.commit('t')];
    repository.git('config', 'uploadpack.allowFilter', 'true');
    const clone = new Repository();
    const ran = join(clone.folder, 'ran');
    clone.git('config', 'remote.origin.url', `file://${repository.folder}`);
    clone.git('fetch', '-q', '--filter=blob:none', 'origin', 'main');
    clone.git('config', 'remote.origin.uploadpack', `touch '${ran}'; git-upload-pack`);
    const unknown = 'f'.repeat(40);
    expect(await clone.answers({ control, treatment }, unknown)).toEqual(['commit_unknown']);
    expect(existsSync(ran)).toBe(false);
    expect(() => clone.git('cat-file', '-e', unknown)).toThrow(/^git cat-file/);
    expect(existsSync(ran)).toBe(true);
  });

  it('that is unknown, or no commit, belongs to none', async () => {
    const repository = new Repository();
    const [control, treatment] = [repository.commit('c'), repository.commit('t')];
    const tree = repository.git('rev-parse', 'HEAD^{tree}');
    expect(await repository.answers({ control, treatment }, 'f'.repeat(40), tree)).toEqual([
      'commit_unknown',
      'commit_unknown',
    ]);
    expect(await repository.answers({ control, treatment: 'f'.repeat(40) }, control)).toBe(
      'commits_of_the_plan_unknown',
    );
    expect(await askGit(join(repository.folder, 'nowhere'), { control, treatment }, [])).toBe(
      'no_repository',
    );
  });

  it('is not what a branch of that name points to', async () => {
    const repository = new Repository();
    const [control, treatment] = [repository.commit('c'), repository.commit('t')];
    const short = control.slice(0, 12);
    expect(await repository.answers({ control, treatment }, short)).toEqual(['control']);
    repository.git('branch', short, treatment);
    expect(await repository.answers({ control, treatment }, short)).toEqual(['commit_unknown']);
  });

  it('in a shallow clone is excluded where what it contains may lie behind the cut', async () => {
    const repository = new Repository();
    const old = repository.commit('old');
    const [control, between, treatment, head] = ['c', '1', 't', '2'].map((text) =>
      repository.commit(text),
    ) as [string, string, string, string];
    const clone = new Repository();
    clone.git('fetch', '-q', '--depth', '4', `file://${repository.folder}`, 'main');
    expect(
      await clone.answers({ control, treatment }, head, treatment, between, control, old),
    ).toEqual([
      'treatment',
      'treatment',
      'history_is_shallow',
      'history_is_shallow',
      'commit_unknown',
    ]);
  });
});

const started = (session: string, commit: string) => event('session.started', session, { commit });

describe('an experiment by commits', () => {
  it('counts what git said when it was asked, whether or not there is a repository', async () => {
    const repository = new Repository();
    const [control, treatment] = [repository.commit('c'), repository.commit('t')];
    const commit = {
      repository: repository.folder,
      control,
      treatment,
      type: 'session.started',
      pointer: '/commit',
    };
    const house = await House.running({ binding: { commit } });
    await house.append([
      ...['a', 'b'].flatMap((name) => [started(name, control), cost(name, 1)]),
      ...['c', 'd'].flatMap((name) => [started(name, treatment), cost(name, 0.5)]),
      started('e', 'f'.repeat(40)),
      started('f', 'HEAD'),
      started('g', control),
      started('g', treatment),
    ]);
    const before = house.report();
    expect(before.report.warnings).toContain('commits_unresolved');
    expect(before.report.excluded).toHaveLength(7);
    const { reader } = house.ledger;
    const story = right(storyOf(native, reader, 'cheaper-cache', house.size));
    const { events } = right(
      await resolve(native, reader, planOf({ binding: { commit } }), story, house.size),
    );
    expect(events).toHaveLength(1);
    for (const each of events) await house.record(each, 'record');
    const { report } = house.report();
    expect(report).toMatchObject({
      arms: { control: { n: 2, mean: 1 }, treatment: { n: 2, mean: 0.5 } },
      excluded: [
        { session: 'e', reason: 'commit_unknown' },
        { session: 'f', reason: 'commit_unknown' },
        { session: 'g', reason: 'moves_between_arms' },
      ],
      warnings: ['interval_without_width'],
    });
    // What was said stands, and what stood before was said without it.
    expect(house.report(native, before.report.at.size).report).toEqual(before.report);
    const again = right(storyOf(native, reader, 'cheaper-cache', house.size));
    const more = await resolve(native, reader, planOf({ binding: { commit } }), again, house.size);
    expect(right(more).events).toEqual([]);
  });

  it('asks again of a commit that was unknown, for it may have come since', async () => {
    const repository = new Repository();
    const [control, treatment] = [repository.commit('c'), repository.commit('t')];
    const clone = new Repository();
    const fetch = () => clone.git('fetch', '-q', `file://${repository.folder}`, 'main');
    fetch();
    const late = repository.commit('late');
    const where = { type: 'session.started', pointer: '/commit' };
    const binding = { commit: { repository: clone.folder, control, treatment, ...where } };
    const house = await House.running({ binding });
    await house.append([started('s', late)]);
    const said = async () => {
      const { reader } = house.ledger;
      const story = right(storyOf(native, reader, 'cheaper-cache', house.size));
      const { events } = right(
        await resolve(native, reader, planOf({ binding }), story, house.size),
      );
      for (const each of events) await house.record(each, 'record');
      return house.report().sample.assigned.map(({ arm, reason }) => arm ?? reason);
    };
    expect(await said()).toEqual(['commit_unknown']);
    fetch();
    expect(await said()).toEqual(['treatment']);
  });
});
