/**
 * What git says of the commits that sessions were built from goes into the ledger before a report
 * is made, so that the report follows from the ledger alone, where no repository is, too.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { givingWay } from '../storage/giving-way.ts';
import type { Read } from '../usecase/reader.ts';
import { Binder } from './bind.ts';
import type { Happened } from './event.ts';
import { MOST_COMMITS } from './event.ts';
import type { Unaskable } from './git.ts';
import { askGit } from './git.ts';
import { byName } from './assign.ts';
import type { Source } from './pass.ts';
import { passSteps } from './pass.ts';
import type { Plan } from './plan.ts';
import type { CommitAnswer, Story } from './story.ts';

type Resolved = Extract<Happened, { kind: 'resolved' }>;

/** What git has to say that is not in the ledger, and why it could not be asked. */
export interface Resolution {
  readonly events: readonly Resolved[];
  readonly trouble?: Unaskable;
}

const eventsOf = (
  experiment: string,
  answers: readonly (readonly [string, CommitAnswer])[],
): readonly Resolved[] => {
  const events: Resolved[] = [];
  for (let from = 0; from < answers.length; from += MOST_COMMITS) {
    const commits = new Map(answers.slice(from, from + MOST_COMMITS));
    events.push({ kind: 'resolved', experiment, commits });
  }
  return events;
};

/** resolve asks git of commits that are new, and again of those that it did not know. */
export const resolve = async (
  crypto: Crypto,
  source: Source,
  plan: Plan,
  story: Story,
  size: number,
): Promise<Read<Resolution>> => {
  const { commit } = plan.binding;
  if (commit === undefined) return E.right({ events: [] });
  const binder = new Binder(crypto, plan.id, plan.binding, story.commits);
  const passed = await givingWay(
    passSteps(source, binder.patterns, size, (passing) => binder.take(passing)),
  );
  if (E.isLeft(passed)) return passed;
  const isOpen = (name: string): boolean => {
    const known = story.commits.get(name);
    return known !== 'control' && known !== 'treatment';
  };
  const asked = [...binder.commits].filter(isOpen).toSorted(byName);
  if (asked.length === 0) return E.right({ events: [] });
  const answers = await askGit(commit.repository ?? '.', commit, asked);
  if (typeof answers === 'string') return E.right({ events: [], trouble: answers });
  const news = [...answers].filter(([name, answer]) => story.commits.get(name) !== answer);
  return E.right({ events: eventsOf(plan.id, news) });
};
