/**
 * Which file holds which answers.
 */
import { canonicalVectors } from './canonical.ts';
import { chainVectors } from './chain.ts';
import { journalVectors, refusedLineVectors } from './journals.ts';
import { checkpointVectors, ed25519Vectors, noteVectors, proofFileVectors } from './notes.ts';
import { merkleVectors, proofVectors } from './tree.ts';
import type { Suite, Vector } from './report.ts';

export const SUITES: ReadonlyMap<string, (suite: Suite, file: Vector) => void> = new Map([
  ['canonical.json', canonicalVectors],
  ['chain.json', chainVectors],
  ['checkpoints.json', checkpointVectors],
  ['ed25519.json', ed25519Vectors],
  ['journals.json', journalVectors],
  ['merkle.json', merkleVectors],
  ['notes.json', noteVectors],
  ['proof-files.json', proofFileVectors],
  ['proofs.json', proofVectors],
  ['refused-lines.json', refusedLineVectors],
]);
