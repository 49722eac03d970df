/**
 * A chain: sound ones pass, and whatever is done to one is found.
 */
import { describe } from 'vitest';
import { native } from '../ledger/crypto/native.ts';
import { noble } from '../ledger/crypto/noble.ts';
import { law, lawOfBoth, share } from './check.ts';
import * as C from './law/chain.ts';
import * as T from './law/tampering.ts';

const runs = { runs: share(0.5, 5000), slow: share(0.05, 100) };

describe('a sound chain', () => {
  lawOfBoth('has nothing found in it', C.nothingIsFoundInASoundOne, runs);
  lawOfBoth('matches its checkpoints', C.itsCheckpointsHold, runs);
  law(
    'looks the same to either cryptography, and so does an altered one',
    () => C.findingsDoNotDependOnCryptography(native, noble),
    { runs: share(0.15, 500) },
  );
});

describe('a chain that was altered', () => {
  lawOfBoth('any flipped bit is found', T.findsAnyFlippedBit, runs);
  lawOfBoth(
    'any line cut, swapped, repeated, deleted or brought in is found',
    T.findsAnyMovedLine,
    {
      runs: share(0.25, 2000),
      slow: share(0.02, 20),
    },
  );
  lawOfBoth('a truncation is found against any later checkpoint', T.findsATruncation, runs);
  lawOfBoth('a rewrite is found against any checkpoint beyond it', T.findsARewrite, runs);
  law('every flipped bit of a line is found in its chain', () => T.findsEveryFlippedBit(native), {
    isLoop: true,
    runs: share(0.005, 20),
  });
});
