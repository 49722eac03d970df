/**
 * What wants to enter: a draft, on the surface by which it comes. Which surface that is says the
 * use case that brings it; nothing that an author writes does.
 *
 * A proposal states one payload three times, as a value, as text and as a hash, so it is made here
 * and nowhere else, and what it is made of is read once and never changes after. Whatever else
 * looks like one is no proposal, and the gate rejects it.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../ledger/crypto/port.ts';
import { claimOf } from '../ledger/event/attestation.ts';
import type { Draft } from '../ledger/event/draft.ts';
import { draftOf, flatOf, isWhole } from '../ledger/event/draft.ts';
import type { Attestation, Claim } from '../ledger/event/header.ts';
import { write } from '../ledger/json/format.ts';
import type { Json } from '../ledger/json/value.ts';
import type { Recorded } from './state/past.ts';
import type { Surface } from './surface.ts';
import { SURFACES } from './surface.ts';

interface Stated {
  readonly surface: Surface;
  readonly claim: Claim;
  readonly attestation: Attestation | undefined;
  /** Read when it is asked for: what is let in without a look at it is not parsed. */
  readonly payload: Json;
  /** The canonical payload. */
  readonly payloadText: string;
}

export type Proposal = Stated & { readonly Proposal: true };

const freeze = (value: unknown): void => {
  if (typeof value !== 'object' || value === null) return;
  for (const each of Object.values(Object.freeze(value))) freeze(each);
};

/** What was made here, by a mark that no copy has. */
class Made implements Stated {
  readonly surface: Surface;
  readonly claim: Claim;
  readonly attestation: Attestation | undefined;
  readonly payloadText: string;
  #payload: Json | undefined;

  constructor(surface: Surface, { claim, attestation }: Author, text: string, payload?: Json) {
    this.surface = surface;
    this.claim = claim;
    this.attestation = attestation;
    this.payloadText = text;
    this.#payload = payload;
    Object.freeze(this);
  }

  get payload(): Json {
    if (this.#payload === undefined) {
      this.#payload = JSON.parse(this.payloadText) as Json;
      freeze(this.#payload);
    }
    return this.#payload;
  }

  static isOne(value: object): value is Made {
    return #payload in value;
  }
}

interface Author {
  readonly claim: Claim;
  readonly attestation?: Attestation | undefined;
}

const made = (...of: ConstructorParameters<typeof Made>): Proposal =>
  new Made(...of) as Stated as Proposal;

/** isProposal tells what was made here from what was not. */
export const isProposal = (proposal: Proposal): boolean =>
  typeof proposal === 'object' && (proposal as unknown) !== null && Made.isOne(proposal);

const plain = (value: unknown): string => write(value as Json);

/** The draft, read anew from its flat form; undefined where it is none or not what it says. */
const whole = (crypto: Crypto, surface: Surface, draft: Draft): Draft | undefined => {
  try {
    if (!Object.hasOwn(SURFACES, surface)) return undefined;
    if (isWhole(draft)) return draft;
    const again = draftOf(crypto, flatOf(draft));
    if (E.isLeft(again)) return undefined;
    const isSame =
      again.right.payload === draft.payload && plain(again.right.claim) === plain(draft.claim);
    return isSame ? again.right : undefined;
  } catch {
    return undefined; // it throws when it is looked at, or holds no JSON
  }
};

const NOTHING = {} as Proposal;

/**
 * propose makes a proposal of a draft: of one whose claim, payload and salt belong together.
 * Anything else makes something that the gate rejects.
 */
export const propose = (crypto: Crypto, surface: Surface, draft: Draft): Proposal => {
  const read = whole(crypto, surface, draft);
  if (read === undefined) return NOTHING;
  return made(surface, read, read.payload);
};

/**
 * proposeAgain makes the proposal that a recorded event was, whose line was verified; undefined
 * where its payload is withheld.
 */
export const proposeAgain = (
  surface: Surface,
  { header, payload }: Recorded,
): Proposal | undefined =>
  payload === undefined
    ? undefined
    : made(
        surface,
        { claim: claimOf(header), attestation: header.attestation },
        write(payload),
        payload,
      );

/** claimText is the canonical claim: what makes a draft this one. */
export const claimText = ({ claim }: Pick<Proposal, 'claim'>): string =>
  write(claim as unknown as Json);
