/**
 * Batches, halves, and waits.
 */
import { describe } from 'vitest';
import { LIMITS } from '../src/outbox/destination.ts';
import { decide } from '../src/outbox/decide.ts';
import { halves, pick } from '../src/outbox/plan.ts';
import { parseRetryAfter } from '../src/outbox/retry-after.ts';
import { outbox } from '../src/projection/outbox.ts';
import { all, law } from './check.ts';
import * as O from './law/outbox.ts';

const runs = { runs: all };

describe('the batches of a queue', () => {
  law('partition it', () => O.partitionsTheQueue(pick), runs);
  law('keep to their bounds, but for an item alone', () => O.keepsToItsBounds(pick), runs);
  law('end where no more fits', () => O.isFullWhereNoMoreFits(pick), runs);
  law('mix no kinds', () => O.mixesNoKinds(pick), runs);
  law('keep the order of each owner', () => O.keepsTheOrderOfOwners(pick), runs);
  law('follow from the queue alone', () => O.followsFromTheQueueAlone(pick), runs);
  law('are not moved by what comes, once full', () => O.isNotMovedByWhatComes(pick), runs);
});

describe('a batch that is refused', () => {
  const moment = { now: 0, random: 0 };
  const sending = { attempts: 1, failingSince: undefined, limits: LIMITS };
  const halving: O.Halving = {
    decide: (items, answer) => decide({ ...sending, items }, answer, moment),
    halves,
  };
  law('gives away each bad item in few posts', () => O.findsEveryBadItem(halving), runs);
});

describe('a wait that a receiver asks for', () => {
  law('is from nothing to a day', () => O.waitsWithinBounds(parseRetryAfter), runs);
});

describe('the tables of the outbox', () => {
  law(
    'take whatever is well-formed, whoever wrote it',
    () => O.takesWhatIsWellFormed(outbox),
    runs,
  );
});
