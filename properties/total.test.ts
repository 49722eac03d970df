/**
 * No text, bytes or values that are handed in make the kernel throw, and no lines do.
 *
 * Asked for 100,000 runs, every reader takes them all, with either cryptography. Only the chain is
 * too dear: it takes 25,000 of them natively and 5,000 in the portable one, some four minutes
 * (measured).
 */
import { describe } from 'vitest';
import { all, law, lawOfBoth, share } from './check.ts';
import * as T from './law/total.ts';
import { judgesAnyLines } from './law/total-chain.ts';

describe('whatever is handed in', () => {
  lawOfBoth('any text has an answer from every reader', T.readsAnyText, { runs: all });
  lawOfBoth('any bytes have an answer from every reader', T.readsAnyBytes, { runs: all });
});

describe('whatever is asked', () => {
  law('any value may be asked about', T.asksAboutAnyValue, { runs: all });
  lawOfBoth('any object may be a draft', T.draftsAnyForm, { runs: all });
  lawOfBoth('anything may be sealed', T.sealsAnything, { runs: all });
  lawOfBoth('any proof may be checked', T.verifiesAnyProof, { runs: all });
  lawOfBoth('any nodes may be stored', T.provesFromAnyNodes, { runs: all });
  law('any error has its sentence', T.rendersAnyError, { runs: all });
  lawOfBoth('any lines may be verified', judgesAnyLines, {
    runs: share(0.75, 25_000),
    slow: share(0.1, 5000),
  });
});
