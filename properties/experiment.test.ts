/**
 * What may happen to an experiment, and what is said of its numbers.
 */
import { describe } from 'vitest';
import { compare } from '../src/experiment/analysis.ts';
import { Binder } from '../src/experiment/bind.ts';
import { bootstrap } from '../src/experiment/bootstrap.ts';
import { drawFrom } from '../src/experiment/chance.ts';
import { decide, evolve } from '../src/experiment/decider.ts';
import { rankTest } from '../src/experiment/rank.ts';
import { newcombe, newcombeRatio } from '../src/experiment/rate.ts';
import { Tally } from '../src/experiment/tally.ts';
import { guard, judge } from '../src/experiment/verdict.ts';
import { all, law, share } from './check.ts';
import * as X from './law/experiment.ts';

const runs = { runs: all };
/** Each of them draws a sample anew a hundred times. */
const dear = { runs: share(0.5, 20_000) };
const decider = { decide, evolve };

describe('an experiment, whatever is wanted of it', () => {
  law('has an answer in every state', () => X.answersEverything(decider), runs);
  law('becomes what was decided, else stays', () => X.followsWhatIsDecided(decider), runs);
  law('goes one way, and its plan stays sealed', () => X.goesOneWay(decider), runs);
  law('does nothing twice', () => X.happensOnce(decider), runs);
});

describe('what a session is', () => {
  law('does not rest on the order of its events', () => X.bindsInAnyOrder(Binder), runs);
  law('and what it comes to does not either', () => X.talliesInAnyOrder(Tally), runs);
});

describe('chance', () => {
  law('can be had again, within its bounds', () => X.drawsWithinBounds(drawFrom), runs);
  law('draws from what is there', () => X.drawsFromTheSample(bootstrap, drawFrom), dear);
});

describe('a report', () => {
  law('can be written, whatever the numbers', () => X.tellsAnyNumbers(compare), dear);
  law('sees both sides alike', () => X.seesBothSides(rankTest, newcombe), runs);
  law('holds the ratio of two rates', () => X.holdsTheRatio(newcombeRatio), runs);
  law('breaks guardrails by what is worse', () => X.breaksByWhatIsWorse(guard), runs);
  law('outweighs no broken guardrail', () => X.outweighsNoGuardrail(compare, judge), dear);
});
