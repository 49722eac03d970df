/**
 * Cryptography: OpenSSL and plain JavaScript give one answer to every input.
 */
import { describe } from 'vitest';
import { native } from '../ledger/crypto/native.ts';
import { noble } from '../ledger/crypto/noble.ts';
import { all, law, lawOfBoth, share } from './check.ts';
import * as C from './law/crypto.ts';
import * as K from './law/key.ts';

const pair = [native, noble] as const;
const dear = { runs: share(0.5, 5000) };

describe('two implementations', () => {
  law('hashes agree', () => C.hashesAgree(pair), { runs: all });
  lawOfBoth('a hash is put in its place', C.putsTheHashInItsPlace, { runs: all });
  law('keys and signatures agree', () => C.signaturesAgree(pair), dear);
  law('seeds of any length have one answer', () => C.seedsAgree(pair), dear);
  law('verdicts agree on any bytes', () => C.verdictsAgree(pair), { runs: share(1, 20_000) });
  law('verdicts agree on points of mixed order', () => C.verdictsOnMixedOrderAgree(pair), dear);
  lawOfBoth('a signature is good in one form alone', C.signaturesHaveOneForm, {
    runs: share(1, 20_000),
    slow: share(0.2, 2000),
  });
});

describe('keys', () => {
  lawOfBoth('a key is read as it was written', K.readsWhatItWrites, {
    runs: share(1, 20_000),
    slow: share(0.3, 5000),
  });
  lawOfBoth('a key is refused where anything in it changed', K.findsEveryChange, {
    runs: share(1, 20_000),
    slow: share(0.5, 5000),
  });
});
