/**
 * What wants to enter: a draft, on the surface by which it comes. Which surface that is says the
 * use case that brings it; nothing that an author writes does.
 */
import type { Draft } from '../ledger/event/draft.ts';
import type { Claim } from '../ledger/event/header.ts';
import type { Attestation } from '../ledger/event/header.ts';
import { write } from '../ledger/json/format.ts';
import type { Json } from '../ledger/json/value.ts';
import type { Surface } from './surface.ts';

export interface Proposal {
  readonly surface: Surface;
  readonly claim: Claim;
  readonly attestation: Attestation | undefined;
  readonly payload: Json;
  /** The canonical payload. */
  readonly payloadText: string;
}

/** propose makes a proposal of a draft. */
export const propose = (surface: Surface, draft: Draft): Proposal => ({
  surface,
  claim: draft.claim,
  attestation: draft.attestation,
  payload: JSON.parse(draft.payload) as Json,
  payloadText: draft.payload,
});

/** claimText is the canonical claim: what makes a draft this one. */
export const claimText = ({ claim }: Pick<Proposal, 'claim'>): string =>
  write(claim as unknown as Json);
