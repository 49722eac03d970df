/**
 * Secrets: found where they are, named without being repeated.
 */
import { describe } from 'vitest';
import { findSecrets } from '../policies/secret/find.ts';
import { all, law, share } from './check.ts';
import * as S from './law/secret.ts';

const runs = { runs: all };

describe('a secret in a payload', () => {
  law('is found where it was put', () => S.findsWhereItWasPut(findSecrets), runs);
  law('is found in the name of a member', () => S.findsInNames(findSecrets), runs);
  law('is never repeated by what is said of it', () => S.neverRepeatsIt(findSecrets), runs);
  law('is found alike in whatever order it is written', () => S.isBlindToOrder(findSecrets), runs);
  law('is not lost to the quick look', () => S.isQuickWithoutLoss(findSecrets), runs);
  law('is one of at most as many as are told', () => S.isBounded(findSecrets), {
    runs: share(0.2, 5000),
  });
  law('is looked for in any text', () => S.answersToAnyText(findSecrets), runs);
});
