/**
 * Whether a draft is an event that is recorded already. An id that was seen before answers with the
 * earlier receipt if all that the author states is what was recorded; what was filled in for the
 * author, and what a new signature would change, does not count.
 */
import type { Draft } from '../../ledger/event/draft.ts';
import type { Attestation, Claim } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { Filled } from './fill.ts';

const textOf = (value: unknown): string => (value === undefined ? '' : write(value as Json));

/** Members that follow from others, or that signing anew would change. */
const NOT_COMPARED = new Set(['payload_hash', 'seen', 'schema_version']);

/** What an author said, recorded or held back. */
export interface Stated {
  readonly header: Claim & { readonly attestation?: Attestation | undefined };
  readonly payload: Json | undefined;
}

/** isSame compares what the author states with what is recorded under the same id. */
export const isSame = (
  { draft, filled }: Filled,
  salt: string | undefined,
  recorded: Stated,
): boolean => {
  const { header, payload } = recorded;
  const isStated = (member: string): boolean => !NOT_COMPARED.has(member) && !filled.has(member);
  const claim = Object.entries(draft.claim).filter(([member]) => isStated(member));
  const there = new Map<string, unknown>(Object.entries(header));
  if (!claim.every(([member, value]) => textOf(value) === textOf(there.get(member)))) return false;
  if (payload === undefined || draft.payload !== write(payload)) return false;
  if (!filled.has('salt') && draft.salt !== salt) return false;
  const [by, was] = [draft.attestation, header.attestation];
  return by === undefined || (by.key_id === was?.key_id && by.meaning === was.meaning);
};

/** statedIn is what the author of a draft said. */
export const statedIn = ({ claim, attestation, payload }: Draft): Stated => ({
  header: { ...claim, ...(attestation === undefined ? {} : { attestation }) },
  payload: JSON.parse(payload) as Json,
});

/** statesNoMore tells that whoever lets in a draft lets in nothing that another does not state. */
export const statesNoMore = ({ claim }: Draft, other: Draft): boolean =>
  Object.keys(claim).every((each) => NOT_COMPARED.has(each) || Object.hasOwn(other.claim, each));

/** isSameDraft compares it with another draft of the same id. */
export const isSameDraft = (filled: Filled, other: Draft): boolean =>
  isSame(filled, other.salt, statedIn(other));

/** isSameLine compares it with the line of an event. */
export const isSameLine = (filled: Filled, line: string): boolean => {
  const { salt } = JSON.parse(line) as { readonly salt?: string };
  return isSame(filled, salt, recordedOf(line));
};
