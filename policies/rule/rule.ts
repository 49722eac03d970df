/**
 * What a rule is. A standard rule is a file beside this one; a rule of a document is an expression.
 *
 *     integrity    what it refuses would break the chain for ever: it may reject on every surface
 *     built-in     no document can make it stricter: it may reject on governing surfaces too
 *     documents    documents set it up: beyond ordinary surfaces it may only warn
 */
import type { Judged } from '../../ledger/chain/attested.ts';
import type { KeyRecord, Keyring, Tier } from '../../ledger/chain/keyring.ts';
import { TIERS, isDistrusted } from '../../ledger/chain/keyring.ts';
import type { Header } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { KeyId, RuleId, Time } from '../../ledger/name.ts';
import type { Context } from '../expression/expression.ts';
import type { Verdict } from '../gate/contribution.ts';
import { HOLDS, IDLE } from '../gate/contribution.ts';
import type { Proposal } from '../proposal.ts';
import type { PolicySet, Requirements } from '../set/set.ts';
import type { View } from '../view.ts';
import type { RuleName } from './name.ts';

export type Reach = 'integrity' | 'built-in' | 'documents';

/** All that a rule may look at. */
export interface Case {
  readonly proposal: Proposal;
  readonly view: View;
  readonly set: PolicySet;
  readonly requirements: Requirements;
  /** The header as it would be sealed, its decision aside. */
  readonly header: Header;
  /** What the kernel says of the attestation. */
  readonly judged: Judged;
  /** Whose good attestation it is. */
  readonly key: KeyRecord | undefined;
  /** What expressions see of it, made when the first one asks. */
  readonly context: () => Context;
}

export interface Rule {
  readonly name: RuleName;
  /** What it says of a proposal that passes. */
  readonly claim: string;
  readonly reach: Reach;
  readonly judge: (given: Case) => Verdict;
  /** What would have to change for the proposal to pass. */
  readonly remedy: (evidence: JsonObject) => string;
}

/** A rule that a document brings. */
export interface DocumentRule {
  readonly id: RuleId;
  /** The expression that is true of what it objects to. */
  readonly when: string;
  readonly claim: string;
  readonly judge: (given: Case) => Verdict;
  readonly remedy: (evidence: JsonObject) => string;
}

const NO_EVIDENCE: JsonObject = {};

/** holds is the answer of a rule that has nothing against the proposal. */
export const holds = (evidence?: JsonObject): Verdict =>
  evidence === undefined ? HOLDS : { ...HOLDS, evidence };

/** idle is the answer of a rule that does not apply: nothing of the kind was asked for. */
export const idle = (): Verdict => IDLE;

/** rejects is the answer of a rule that an authorization may override. */
export const rejects = (reason: string, evidence: JsonObject = NO_EVIDENCE): Verdict => ({
  outcome: 'reject',
  reason,
  overridable: true,
  evidence,
});

/** forbids is the answer of a rule that nothing overrides. */
export const forbids = (reason: string, evidence: JsonObject = NO_EVIDENCE): Verdict => ({
  outcome: 'reject',
  reason,
  overridable: false,
  evidence,
});

/** isEnough compares tiers. */
export const isEnough = (tier: Tier, least: Tier): boolean =>
  TIERS.indexOf(tier) >= TIERS.indexOf(least);

/** higher is the higher one of two tiers, of which either may be none. */
export const higher = (a: Tier | undefined, b: Tier | undefined): Tier | undefined => {
  if (a === undefined || b === undefined) return a ?? b;
  return isEnough(a, b) ? a : b;
};

/**
 * isTrusted says whether what a key signed at a time counts today: its tier is enough, and no
 * revocation distrusts it since.
 */
export const isTrusted = (keyring: Keyring, by: KeyId, at: Time, least: Tier): boolean => {
  const record = keyring.byId.get(by);
  return record !== undefined && isEnough(record.tier, least) && !isDistrusted(record, at);
};

/** words puts a piece of evidence into a sentence. */
export const words = (value: Json | undefined): string => {
  if (Array.isArray(value)) return value.map(words).join(', ');
  return typeof value === 'string' ? value : write(value ?? null);
};
