/**
 * The standard rules by name, each a claim about the proposal; a file each beside this one.
 */
import type { RuleId } from '../../ledger/name.ts';

export const RULE_NAMES = [
  'it-belongs-here',
  'the-attestation-is-good',
  'the-key-is-current',
  'what-was-seen-is-here',
  'the-authority-suffices',
  'the-set-is-sound',
  'the-mirror-is-in-parity',
  'an-attestation-is-there',
  'four-eyes-have-seen-it',
  'the-tier-is-enough',
  'the-source-may-write-this',
  'the-payload-matches-its-schema',
  'the-payload-is-within-bounds',
  'the-clocks-are-sane',
  'the-correction-fits',
  'the-cause-exists',
  'no-secret-is-inside',
  'the-source-keeps-its-rate',
  'exceptions-are-reviewed',
] as const;

export type RuleName = (typeof RULE_NAMES)[number];

/** What the gate itself says where rules cannot: no document may name a rule so. */
export const GATE_NAMES = [
  'some-rule-has-spoken',
  'the-authorization-permits-it',
  'it-was-proposed',
  'the-set-in-force-can-be-read',
] as const;
export type GateName = (typeof GATE_NAMES)[number];

/** ruleId is the name as the header bears it. */
export const ruleId = (name: RuleName | GateName): RuleId => name as string as RuleId;
