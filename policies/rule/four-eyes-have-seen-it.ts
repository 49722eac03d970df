/**
 * Four eyes have seen it: another person approved the very thing beforehand, with a key of enough
 * tier. The subject is a key_id for a key event, for a correction the id of the event it corrects.
 * An approval counts once: what came over the subject since has used it up; and nobody has seen an
 * event before it was there. What a review was about may have been erased since: then it is not
 * known whether it is one, which lets nothing in, and says so for whoever judges again.
 *
 * Among what governs it holds key events back and nothing else, so that a set that asks for it can
 * always be replaced; not where nobody else is left to approve; and not a key that ends itself or a
 * recovery key, which is the second person.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { KeyRecord, Keyring, Tier } from '../../ledger/chain/keyring.ts';
import { stateOf } from '../../ledger/chain/keyring.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { parseVkey } from '../../ledger/key/key.ts';
import type { KeyId } from '../../ledger/name.ts';
import type { Approval } from '../state/past.ts';
import { WITHHELD } from '../state/past.ts';
import { powerOf } from '../surface.ts';
import type { Case, Rule } from './rule.ts';
import { higher, holds, idle, isEnough, isTrusted, rejects, words } from './rule.ts';

const ENROLLED = 'key.enrolled';

interface Subject {
  readonly subject: string;
  /** The latest position at which something came over it; -1 where nothing did. */
  readonly since: number;
}

/** The key that an event is about: the member that the format reads, and no other beside it. */
const keyNamed = ({ proposal: { claim, payload }, view }: Case): Json | undefined => {
  if (!isObject(payload)) return undefined;
  const { vkey, key_id: named } = payload;
  if (claim.event_type !== ENROLLED) return named;
  const parsed = parseVkey(view.crypto, typeof vkey === 'string' ? vkey : '');
  return E.isRight(parsed) ? parsed.right.keyId : undefined;
};

const keySubject = (given: Case): Subject | undefined => {
  const { view } = given;
  const subject = keyNamed(given);
  if (typeof subject !== 'string') return undefined;
  const record = view.keyring.byId.get(subject as KeyId);
  return {
    subject,
    since: Math.max(record?.enrolledAt ?? -1, record?.retiredAt ?? -1, record?.revokedAt ?? -1),
  };
};

const subjectOf = (given: Case): Subject | undefined => {
  const { claim, surface } = given.proposal;
  if (surface === 'key_change') return keySubject(given);
  const { supersedes } = claim;
  if (supersedes === undefined) return undefined;
  const named = given.view.past.find(supersedes);
  return { subject: supersedes, since: named?.corrected?.seq ?? named?.seq ?? -1 };
};

const countsFor =
  (keyring: Keyring, author: KeyId, tier: Tier) =>
  ({ by, at }: Approval): boolean =>
    by !== author && isTrusted(keyring, by, at, tier);

/** Whether the second pair of eyes can be done without. */
const exemptionOf = (given: Case, needs: Tier): string | undefined => {
  const { proposal, key, view } = given;
  if (proposal.surface !== 'key_change') return undefined;
  if (key?.purpose === 'recovery') return 'a recovery key is the second person';
  if (key !== undefined && keyNamed(given) === key.key.keyId) return 'a key may always end itself';
  const mayApprove = (each: KeyRecord): boolean =>
    each !== key &&
    each.purpose === 'author' &&
    stateOf(each) === 'active' &&
    isEnough(each.tier, needs);
  return [...view.keyring.byId.values()].some(mayApprove)
    ? undefined
    : 'nobody else is left who could approve';
};

const tierAsked = ({ proposal: { claim }, requirements, set }: Case): Tier | undefined =>
  higher(requirements.fourEyes, claim.supersedes === undefined ? undefined : set.correctionsTake);

export const fourEyesHaveSeenIt: Rule = {
  name: 'four-eyes-have-seen-it',
  claim: 'another person has approved it where its type takes that',
  reach: 'built-in',
  judge: (given) => {
    const { proposal, key, view } = given;
    const power = powerOf(proposal.surface);
    const needs = tierAsked(given);
    if (needs === undefined || power === 'own') return idle();
    const isBinding = power === 'ordinary' || proposal.surface === 'key_change';
    if (!isBinding) return holds({ exempt: 'what governs can always be replaced' });
    const exempt = exemptionOf(given, needs);
    if (exempt !== undefined) return holds({ exempt });
    const found = subjectOf(given);
    if (found === undefined)
      return rejects('it names nothing that could have been approved', {
        needs,
        member: proposal.surface === 'key_change' ? 'the key' : 'what it corrects',
      });
    const evidence = { subject: found.subject, needs };
    if (key === undefined)
      return rejects('nobody answers for it, so no one else can be told', {
        ...evidence,
        signed: false,
      });
    const counts = countsFor(view.keyring, key.key.keyId, needs);
    const approvalOf = (subject: string): Approval | undefined =>
      view.past.approvalsOf(subject, found.since).find(counts);
    const approval = approvalOf(found.subject);
    if (approval !== undefined)
      return holds({ ...evidence, approved_by: approval.by, approval: approval.id });
    const hidden = approvalOf(WITHHELD);
    return hidden === undefined
      ? rejects('nobody else has approved it', evidence)
      : rejects('nobody else is seen to have approved it', { ...evidence, withheld: hidden.id });
  },
  remedy: ({ subject, needs, member, signed }) => {
    const approve = `have another key of tier ${words(needs)} approve `;
    if (subject === undefined) return `name ${words(member)}, and ${approve}that`;
    const how = `${approve}it: ledger approve ${words(subject)}`;
    return signed === false ? `sign it, and ${how}` : how;
  },
};
