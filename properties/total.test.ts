/**
 * No input whatever makes the kernel throw.
 */
import { describe } from 'vitest';
import { IMPLEMENTATIONS, all, law, lawOfBoth, share } from './check.ts';
import { native } from '../ledger/crypto/native.ts';
import * as T from './law/total.ts';
import { judgesAnyLines } from './law/total-chain.ts';

const runs = (crypto: unknown) => ({
  runs: crypto === native ? share(1, 20_000) : share(0.2, 2000),
});

describe.each(IMPLEMENTATIONS)('whatever is handed in (%s)', (_name, crypto) => {
  for (const [name, read] of Object.entries(T.TEXT_READERS(crypto)))
    law(`${name} answers to any text`, () => T.readsAnyText(read), runs(crypto));
  for (const [name, read] of Object.entries(T.BYTE_READERS(crypto)))
    law(`${name} answers to any bytes`, () => T.readsAnyBytes(read), runs(crypto));
});

describe('whatever is asked', () => {
  law('any value may be asked about', T.asksAboutAnyValue, { runs: all });
  lawOfBoth('any object may be a draft', T.draftsAnyForm, { runs: all });
  lawOfBoth('anything may be sealed', T.sealsAnything, { runs: all });
  lawOfBoth('any proof may be checked', T.verifiesAnyProof, { runs: all });
  lawOfBoth('any nodes may be stored', T.provesFromAnyNodes, { runs: all });
  law('any error has its sentence', T.rendersAnyError, { runs: all });
  lawOfBoth('any lines may be verified', judgesAnyLines, {
    runs: share(0.75, 5000),
    slow: share(0.1, 100),
  });
});
