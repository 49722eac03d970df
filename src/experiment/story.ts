/**
 * All that happened to an experiment up to a size of the ledger, folded from the events themselves:
 * the projection knows how it stands now, a report how it stood then.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Recorded } from '../../policies/state/past.ts';
import type { Steps } from '../storage/steps.ts';
import { Pace, atOnce } from '../storage/steps.ts';
import type { Read } from '../usecase/reader.ts';
import type { Experiment, Standing, Tag } from './decider.ts';
import { NOTHING, evolve } from './decider.ts';
import type { COMMIT_ANSWERS, Happened } from './event.ts';
import { experimentOf, isNote, readHappened } from './event.ts';
import type { Source } from './pass.ts';
import { passSteps } from './pass.ts';

export type CommitAnswer = (typeof COMMIT_ANSWERS)[number];

/** One event, and who brought it; `hasCounted` is false where it changed nothing. */
export interface Moment {
  readonly seq: number;
  readonly id: string;
  readonly type: string;
  readonly recorded_at: string;
  readonly by: string | undefined;
  readonly happened: Happened;
  readonly hasCounted: boolean;
}

export interface Story {
  readonly experiment: Experiment;
  readonly tags: ReadonlyMap<string, Tag>;
  /** The sizes of the ledger at which somebody looked. */
  readonly looks: ReadonlySet<number>;
  readonly commits: ReadonlyMap<string, CommitAnswer>;
  readonly moments: readonly Moment[];
}

/** storySteps folds the events below a size. */
export function* storySteps(
  crypto: Crypto,
  source: Source,
  id: string,
  size: number,
): Steps<Read<Story>> {
  const events: { readonly event: Recorded; readonly happened: Happened }[] = [];
  const passed = yield* passSteps(source, ['experiment.*'], size, (event) => {
    const happened = readHappened(event);
    if (happened !== undefined && experimentOf(happened) === id) events.push({ event, happened });
  });
  if (E.isLeft(passed)) return passed;
  const tags = new Map<string, Tag>();
  const looks = new Set<number>();
  const commits = new Map<string, CommitAnswer>();
  const moments: Moment[] = [];
  const pace = new Pace();
  let experiment: Experiment = NOTHING;
  for (const { event, happened } of events.toSorted(
    (a, b) => a.event.header.seq - b.event.header.seq,
  )) {
    const { seq, id: eventId, event_type: type, recorded_at, attestation } = event.header;
    const session = 'session' in happened ? happened.session : '';
    const before: Standing = { experiment, tag: tags.get(session) };
    const next = evolve(crypto, before, happened, { seq, id: eventId, time: recorded_at });
    if (next !== undefined) {
      experiment = next.experiment;
      if (next.tag === undefined) tags.delete(session);
      else tags.set(session, next.tag);
    }
    const isNoted = isNote(happened) && experiment.status === 'running';
    if (isNoted && happened.kind === 'looked') looks.add(happened.at.size);
    if (isNoted && happened.kind === 'resolved')
      for (const [commit, answer] of happened.commits) commits.set(commit, answer);
    const hasCounted = next !== undefined || isNoted;
    const by = attestation?.key_id;
    moments.push({ seq, id: eventId, type, recorded_at, by, happened, hasCounted });
    if (pace.isOver(0)) yield;
  }
  return E.right({ experiment, tags, looks, commits, moments });
}

/** storyOf does so without giving way to anything. */
export const storyOf = (...asked: Parameters<typeof storySteps>): Read<Story> =>
  atOnce(storySteps(...asked));
