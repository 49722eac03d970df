/**
 * All that happened to an experiment up to a size of the ledger, folded from the events themselves:
 * the projection knows how it stands now, a report how it stood then.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { parseTypePattern } from '../../policies/type-pattern.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { Read, Reader } from '../usecase/reader.ts';
import type { Experiment, Standing, Tag } from './decider.ts';
import { NOTHING, evolve } from './decider.ts';
import type { COMMIT_ANSWERS, Happened } from './event.ts';
import { experimentOf, readHappened } from './event.ts';

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

const OF_EXPERIMENTS = parseTypePattern('experiment.*');

/** storyOf folds the events below a size. */
export const storyOf = (crypto: Crypto, reader: Reader, id: string, size: number): Read<Story> => {
  const types = OF_EXPERIMENTS === undefined ? [] : [OF_EXPERIMENTS];
  const tags = new Map<string, Tag>();
  const looks = new Set<number>();
  const commits = new Map<string, CommitAnswer>();
  const moments: Moment[] = [];
  let experiment: Experiment = NOTHING;
  for (const found of reader.read({ types })) {
    if (E.isLeft(found)) return found;
    if (found.right.seq >= size) break;
    const event = recordedOf(found.right.line);
    const happened = readHappened(event);
    if (happened === undefined || experimentOf(happened) !== id) continue;
    const { seq, id: eventId, event_type: type, recorded_at, attestation } = event.header;
    const session = 'session' in happened ? happened.session : '';
    const before: Standing = { experiment, tag: tags.get(session) };
    const next = evolve(crypto, before, happened, { seq, id: eventId, time: recorded_at });
    if (next !== undefined) {
      experiment = next.experiment;
      if (next.tag === undefined) tags.delete(session);
      else tags.set(session, next.tag);
    }
    const isRunning = experiment.status === 'running';
    if (happened.kind === 'looked' && isRunning) looks.add(happened.at.size);
    if (happened.kind === 'resolved' && isRunning)
      for (const [commit, answer] of happened.commits) commits.set(commit, answer);
    const hasCounted =
      next !== undefined || (isRunning && 'commits' in happened) || 'at' in happened;
    const by = attestation?.key_id;
    moments.push({ seq, id: eventId, type, recorded_at, by, happened, hasCounted });
  }
  return E.right({ experiment, tags, looks, commits, moments });
};
