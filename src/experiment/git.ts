/**
 * Which arm a commit belongs to, asked of a real repository.
 *
 * A commit X *contains* a commit T where T is X itself or an ancestor of it, by any of the parents
 * of a merge: `git merge-base --is-ancestor T X`. What was reverted is contained all the same;
 * a copy that a rebase made is another commit and is not.
 *
 *     control and treatment on one line   the later of the two tells: X that contains it belongs to
 *     of history                          it, X that contains only the earlier one to the other
 *     control and treatment on branches   X belongs to the one that it contains; with both, behind
 *                                         a merge, it is excluded
 *     neither contained                   excluded
 *     not in the repository, or not one   excluded: nothing can be said of it
 *     commit
 *     history cut off (shallow clone)     what is found counts; what is not found could lie behind
 *                                         the cut, and is excluded
 */
import { spawn } from 'node:child_process';
import type { CommitAnswer } from './story.ts';

/** Asked of one repository for at most so long; what was not answered by then stays unresolved. */
const MOST_MS = 120_000;
const EACH_MS = 20_000;

/** Nothing of the caller's leads git elsewhere, has it run something or fetch anything. */
const environment = (): NodeJS.ProcessEnv => ({
  PATH: process.env['PATH'],
  HOME: process.env['HOME'],
  LC_ALL: 'C',
  GIT_TERMINAL_PROMPT: '0',
  GIT_OPTIONAL_LOCKS: '0',
  GIT_NO_LAZY_FETCH: '1',
  // A git that is older does not know that one.
  GIT_ALLOW_PROTOCOL: 'none',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_GRAFT_FILE: '/dev/null',
});

interface Said {
  /** The exit code; undefined where git could not be run, or took too long. */
  readonly status: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const MOST_TEXT = 1000;

const git = (repository: string, ...args: readonly string[]): Promise<Said> =>
  new Promise((resolve) => {
    const settings = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null'];
    const child = spawn('git', ['-C', repository, ...settings, ...args], {
      env: environment(),
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: EACH_MS,
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      if (stdout.length < MOST_TEXT) stdout += chunk.toString('latin1');
    });
    child.stderr.on('data', (chunk: Buffer) => {
      if (stderr.length < MOST_TEXT) stderr += chunk.toString('latin1');
    });
    child.on('error', () => resolve({ status: undefined, stdout: '', stderr: '' }));
    child.on('close', (status) =>
      resolve({ status: status ?? undefined, stdout: stdout.trim(), stderr }),
    );
  });

/** The whole name of a commit; undefined where the repository has no such one. */
const nameOf = async (repository: string, commit: string): Promise<string | undefined> => {
  const asked = ['rev-parse', '--verify', '--quiet', '--end-of-options', `${commit}^{commit}`];
  const { status, stdout } = await git(repository, ...asked);
  return status === 0 && stdout.startsWith(commit) ? stdout : undefined;
};

type Contains = 'yes' | 'no' | 'unknown';

const contains = async (repository: string, commit: string, of: string): Promise<Contains> => {
  const { status, stderr } = await git(repository, 'merge-base', '--is-ancestor', of, commit);
  if (status === 0) return 'yes';
  // Where a commit on the way cannot be read, git says so and answers no.
  return status === 1 && !/^error:/m.test(stderr) ? 'no' : 'unknown';
};

interface Asking {
  readonly repository: string;
  readonly control: string;
  readonly treatment: string;
  readonly isShallow: boolean;
  /** Which of the two is an ancestor of the other. */
  readonly earlier: 'control' | 'treatment' | undefined;
}

const answerTo = async (asking: Asking, commit: string): Promise<CommitAnswer | undefined> => {
  const { repository, control, treatment, isShallow, earlier } = asking;
  const name = await nameOf(repository, commit);
  if (name === undefined) return 'commit_unknown';
  const hasControl = await contains(repository, name, control);
  const hasTreatment = await contains(repository, name, treatment);
  if (hasControl === 'unknown' || hasTreatment === 'unknown') return undefined;
  const [inControl, inTreatment] = [hasControl === 'yes', hasTreatment === 'yes'];
  if (inTreatment && earlier === 'control') return 'treatment';
  if (inControl && earlier === 'treatment') return 'control';
  if (inControl && inTreatment) return 'contains_both';
  if (isShallow) return 'history_is_shallow';
  if (inControl) return 'control';
  return inTreatment ? 'treatment' : 'contains_neither';
};

/** Why nothing can be asked of a repository. */
export type Unaskable = 'no_repository' | 'commits_of_the_plan_unknown';

const prepare = async (
  repository: string,
  plan: { readonly control: string; readonly treatment: string },
): Promise<Asking | Unaskable> => {
  const { status, stdout } = await git(repository, 'rev-parse', '--is-shallow-repository');
  if (status !== 0) return 'no_repository';
  const control = await nameOf(repository, plan.control);
  const treatment = await nameOf(repository, plan.treatment);
  if (control === undefined || treatment === undefined) return 'commits_of_the_plan_unknown';
  const isEarlier = (await contains(repository, treatment, control)) === 'yes';
  const isLater = (await contains(repository, control, treatment)) === 'yes';
  let earlier: Asking['earlier'];
  if (isEarlier) earlier = 'control';
  else if (isLater) earlier = 'treatment';
  return { repository, control, treatment, isShallow: stdout === 'true', earlier };
};

/** askGit answers for commits, one after the other; those it leaves out stay unresolved. */
export const askGit = async (
  repository: string,
  plan: { readonly control: string; readonly treatment: string },
  commits: readonly string[],
): Promise<ReadonlyMap<string, CommitAnswer> | Unaskable> => {
  const asking = await prepare(repository, plan);
  if (typeof asking === 'string') return asking;
  const until = performance.now() + MOST_MS;
  const answers = new Map<string, CommitAnswer>();
  for (const commit of commits) {
    if (performance.now() > until) break;
    const answer = await answerTo(asking, commit);
    if (answer !== undefined) answers.set(commit, answer);
  }
  return answers;
};
