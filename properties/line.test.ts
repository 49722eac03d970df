/**
 * A line: sealed, opened, withheld, altered.
 */
import { describe } from 'vitest';
import { lawOfBoth, share } from './check.ts';
import * as L from './law/line.ts';

const runs = { runs: share(1, 20_000), slow: share(0.25, 2000) };

describe('sealing and opening', () => {
  lawOfBoth('a line opens as it was sealed', L.opensAsItWasSealed, runs);
  lawOfBoth('a draft keeps its form', L.draftKeepsItsForm, runs);
  lawOfBoth('a withheld line keeps its header', L.withheldKeepsItsHeader, runs);
  lawOfBoth('all of a header is sealed, or nothing', L.sealsAllOrNothing, runs);
  lawOfBoth('a line is as long as it may be', L.boundsHoldForBoth, {
    runs: share(0.05, 100),
    slow: share(0.01, 10),
  });
});

describe('the quick way and the plain way', () => {
  lawOfBoth('agree on lines and on what became of them', L.waysAgree, runs);
  lawOfBoth('agree on forgeries whose hashes are right', L.waysAgreeOnForgeries, {
    runs: share(8, 50_000),
    slow: share(0.5, 5000),
  });
  lawOfBoth('the quick one answers for plain lines', L.quickWayAnswers, runs);
});

describe('what is wrong in several ways', () => {
  lawOfBoth('the form of a line hides nothing of its place', L.formHidesNoPlace, runs);
  lawOfBoth('a line claims what it states', L.claimsWhatItStates, runs);
});

describe('a line that was altered', () => {
  lawOfBoth('another payload or salt is found', L.findsAnExchange, runs);
  lawOfBoth('every flipped bit is found', (crypto) => L.findsEveryFlippedBit(crypto), {
    isLoop: true,
    runs: share(0.02, 100),
    slow: share(0.005, 5),
  });
  lawOfBoth('every cut is found', L.findsEveryCut, {
    isLoop: true,
    runs: share(0.1, 500),
    slow: share(0.03, 50),
  });
  lawOfBoth('any edit is found', L.findsAnyEdit, runs);
});
