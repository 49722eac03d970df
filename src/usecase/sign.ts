/**
 * Preparing drafts: what an author does not state is filled in, and what is not signed is signed.
 */
import * as E from 'fp-ts/lib/Either.js';
import { attest } from '../../ledger/event/attestation.ts';
import type { DraftRefused } from '../../ledger/event/draft.ts';
import { withAttestation } from '../../ledger/event/draft.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { Meaning, Origin } from '../../ledger/name.ts';
import type { Filled } from './fill.ts';
import { fill, timeOf } from './fill.ts';
import type { Ports } from './ports.ts';

export interface Sign {
  readonly key: Signer;
  readonly meaning?: Meaning | undefined;
}

/** prepare fills in what is missing and signs, unless the author did. */
export const prepare = (
  ports: Pick<Ports, 'crypto' | 'now' | 'random'>,
  origin: Origin,
  stated: JsonObject,
  sign: Sign | undefined,
): E.Either<DraftRefused, Filled> => {
  const filled = fill(ports, origin, stated);
  if (E.isLeft(filled) || sign === undefined) return filled;
  const { draft } = filled.right;
  if (draft.attestation !== undefined) return filled;
  const { key, meaning = 'authored' as Meaning } = sign;
  const attestation = attest(ports.crypto, key, draft.claim, meaning, timeOf(ports.now()));
  return E.right({ ...filled.right, draft: withAttestation(draft, attestation) });
};
