/**
 * What a governing event comes to: findings and, where there are none against it, the state after
 * it.
 */
import type { Header } from '../event/header.ts';
import type { Finding, FindingCode } from '../finding.ts';
import { finding } from '../finding.ts';
import type { JsonObject } from '../json/value.ts';
import type { ChainState, Means } from './state.ts';

/** The part of a state that events govern. */
export type Governed = Pick<ChainState, 'keyring' | 'policySet'>;

export interface Ruling extends Governed {
  readonly findings: readonly Finding[];
}

/** A function of a payload and the state before it. */
export type Rule = (means: Means, before: Governed, header: Header, payload: JsonObject) => Ruling;

/** invalid is about a member of a governing event's payload that is not of its form. */
export const invalid = (header: Header, member: string, reason?: string): Finding =>
  finding('payload_invalid', {
    seq: header.seq,
    member,
    ...(reason === undefined ? {} : { reason }),
  });

/** against refuses an event: nothing changes. */
export const against = (
  before: Governed,
  header: Header,
  code: FindingCode,
  details: { readonly member?: string; readonly reason?: string; readonly actual?: string } = {},
): Ruling => ({ ...before, findings: [finding(code, { seq: header.seq, ...details })] });
