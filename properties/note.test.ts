/**
 * Notes, checkpoints and proof files: read as written, opened by whoever knows a signer, bound to
 * the last byte.
 */
import { describe } from 'vitest';
import * as Consistency from '../ledger/note/consistency-file.ts';
import * as Inclusion from '../ledger/note/proof-file.ts';
import type { ConsistencyFile } from '../ledger/note/consistency-file.ts';
import type { ProofFile } from '../ledger/note/proof-file.ts';
import { all, law, lawOfBoth, share } from './check.ts';
import * as F from './law/file.ts';
import * as N from './law/note.ts';

const runs = { runs: share(1, 10_000), slow: share(0.2, 500) };
const dear = { runs: share(0.05, 200), slow: share(0.005, 5) };

describe('notes', () => {
  law('a note is read as it was written', N.noteReadsAsWritten, { runs: all });
  law('a note has one text and no other', N.noteHasNoAlias, { runs: all });
  lawOfBoth('a note holds no control characters', N.noteHoldsNoControls, runs);
  lawOfBoth('a note opens for whoever knows a signer', N.opensForWhoeverKnows, runs);
  lawOfBoth('one bad signature by a known key refuses it', N.oneBadSignatureRefuses, runs);
});

describe('checkpoints', () => {
  lawOfBoth('a checkpoint is read as it was written', N.checkpointReadsAsWritten, { runs: all });
  lawOfBoth('a checkpoint has one text and no other', N.checkpointHasNoAlias, { runs: all });
  lawOfBoth('every byte of one is bound', N.everyByteOfACheckpointIsBound, dear);
  lawOfBoth('only the origin speaks for its log', N.onlyTheOriginSpeaks, runs);
});

const inclusion: F.FileForm<ProofFile> = {
  parse: Inclusion.parseProofFile,
  format: Inclusion.formatProofFile,
  open: Inclusion.openProofFile,
  of: (made) => made.inclusion,
  whole: F.anyProofFile,
};

const consistency: F.FileForm<ConsistencyFile> = {
  parse: Consistency.parseConsistencyFile,
  format: Consistency.formatConsistencyFile,
  open: Consistency.openConsistencyFile,
  of: (made) => made.consistency,
  whole: F.anyConsistencyFile,
};

const fileLaws = <A>(form: F.FileForm<A>): void => {
  law('a file is read as it was written', () => F.fileReadsAsWritten(form), { runs: all });
  law('a file has one text and no other', () => F.fileHasNoAlias(form), runs);
  lawOfBoth(
    'every byte of one is bound',
    (crypto) => F.everyByteOfAFileIsBound(crypto, form),
    dear,
  );
  lawOfBoth('no edit of one opens', (crypto) => F.noEditOpens(crypto, form), runs);
};

describe('proofs of inclusion', () => fileLaws(inclusion));
describe('proofs of consistency', () => fileLaws(consistency));
