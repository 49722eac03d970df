/**
 * Expressions: what they give, what they cost, and the moments in them.
 */
import { describe } from 'vitest';
import { all, law, share } from './check.ts';
import * as L from './law/expression.ts';
import * as M from './law/moment.ts';

const runs = { runs: all };

describe('an expression', () => {
  law('any text is read or refused with its place', L.isReadOrRefusedWithItsPlace, runs);
  law('the answer follows from text and data alone', L.followsFromItsTextAndItsData, runs);
  law('no more is looked at than was paid for', L.looksAtNoMoreThanItPaidFor, {
    runs: share(0.5, 20_000),
  });
  law('a larger budget changes no answer', L.aLargerBudgetChangesNoAnswer, runs);
  law('the answer is the one that CEL gives', L.agreesWithTheLibrary, runs);
});

describe('a moment', () => {
  law('it has the calendar of the runtime', M.hasTheCalendarOfTheRuntime, runs);
  law('it is one that the calendar has', M.takesWhatTheCalendarHas, runs);
});
