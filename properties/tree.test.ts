/**
 * The Merkle tree and its proofs, beside the recursive definition and up to the largest size.
 */
import { describe } from 'vitest';
import { lawOfBoth, share } from './check.ts';
import * as A from './law/altered-proof.ts';
import * as P from './law/proof.ts';
import * as T from './law/tree.ts';

const runs = { runs: share(0.5, 10_000), slow: share(0.1, 1000) };
const dear = { runs: share(0.1, 2000), slow: share(0.02, 200) };

describe('the tree', () => {
  lawOfBoth('the streaming root is the recursive one', T.streamsToTheDefinition, runs);
  lawOfBoth('every node is given out where it stands', T.givesOutEveryNode, runs);
  lawOfBoth('a frontier is restored from its peaks', T.restoresFromPeaks, runs);
  lawOfBoth('it counts up to the largest size', T.countsToTheLargestSize, runs);
});

describe('proofs', () => {
  lawOfBoth('inclusion is proved as the standard has it', P.inclusionIsThatOfTheStandard, runs);
  lawOfBoth('consistency is proved as the standard has it', P.consistencyIsThatOfTheStandard, runs);
  lawOfBoth('proofs reach the largest size', P.proofsReachTheLargestSize, runs);
  lawOfBoth('what cannot be proved is refused', P.refusesWhatItCannotProve, runs);
  lawOfBoth('an altered proof of inclusion proves nothing', A.inclusionIsOneStatement, dear);
  lawOfBoth('an altered proof of consistency proves nothing', A.consistencyIsOneStatement, dear);
});
