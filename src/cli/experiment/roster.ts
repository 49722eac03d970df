/**
 * The commands of experiments; see `roster.ts`.
 */
import type { Entry } from '../command.ts';
import { entry } from '../command.ts';

export const EXPERIMENTS: readonly Entry[] = [
  entry(
    'experiment create [PLAN]',
    'writes down what is asked, before anybody has looked',
    async () => (await import('../command/experiment-create.ts')).command,
  ),
  entry(
    'experiment amend EXPERIMENT PLAN',
    'puts another plan in the place of a draft',
    async () => (await import('../command/experiment-amend.ts')).command,
  ),
  entry(
    'experiment plan [PLAN]',
    'tells how many sessions it takes, by what is said or recorded',
    async () => (await import('../command/experiment-plan.ts')).command,
  ),
  entry(
    'experiment start EXPERIMENT',
    'seals the plan; sessions count from then on',
    async () => (await import('../command/experiment-start.ts')).command,
  ),
  entry(
    'experiment tag EXPERIMENT',
    'says by hand to which arm a session belongs',
    async () => (await import('../command/experiment-tag.ts')).command,
  ),
  entry(
    'experiment untag EXPERIMENT',
    'takes a tag back, and says why',
    async () => (await import('../command/experiment-untag.ts')).command,
  ),
  entry(
    'experiment sessions EXPERIMENT',
    'prints the arm of each session, and why',
    async () => (await import('../command/experiment-sessions.ts')).command,
  ),
  entry(
    'experiment report EXPERIMENT',
    'computes what the numbers say',
    async () => (await import('../command/experiment-report.ts')).command,
  ),
  entry(
    'experiment conclude EXPERIMENT',
    'records what the numbers say, and from which head',
    async () => (await import('../command/experiment-conclude.ts')).command,
  ),
  entry(
    'experiment archive EXPERIMENT',
    'ends a draft, or what is concluded',
    async () => (await import('../command/experiment-archive.ts')).command,
  ),
  entry(
    'experiment list',
    'prints the experiments there are',
    async () => (await import('../command/experiment-list.ts')).command,
  ),
  entry(
    'experiment show EXPERIMENT',
    'prints a plan, and all that happened',
    async () => (await import('../command/experiment-show.ts')).command,
  ),
];
