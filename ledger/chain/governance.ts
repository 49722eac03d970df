/**
 * Which events govern, and what they do: key events (`key-event.ts`), `policy.adopted`,
 * `break_glass.authorized` and `ledger.payload_erased`.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../crypto/port.ts';
import { encodeUtf8 } from '../encoding/utf8.ts';
import type { Header } from '../event/header.ts';
import { write } from '../json/format.ts';
import type { Json, JsonObject } from '../json/value.ts';
import { isObject } from '../json/value.ts';
import type { Digest } from '../name.ts';
import { parseDigest, parseSeq } from '../name.ts';
import { created, enrolled, retired, revoked } from './key-event.ts';
import type { Governed, Rule, Ruling } from './ruling.ts';
import { against, invalid } from './ruling.ts';
import type { Means } from './state.ts';

const POLICY_SET_DOMAIN = 'ledger/policy_set/1\n';

/**
 * policySetDigest names a set of policy documents by its content. It takes them as a payload holds
 * them: what `format` would refuse has no digest that means anything, and is not looked for here.
 */
export const policySetDigest = (crypto: Crypto, documents: JsonObject): Digest =>
  crypto.digest(encodeUtf8(POLICY_SET_DOMAIN + write(documents)));

const adopted: Rule = ({ crypto }, before, header, payload) => {
  const { documents } = payload;
  if (!isObject(documents))
    return against(before, header, 'payload_invalid', { member: 'documents' });
  return { ...before, policySet: policySetDigest(crypto, documents), findings: [] };
};

/** What an authorisation permits is a policy's business: a verifier asks only whose it is. */
const authorized: Rule = ({ history }, before, header) => {
  history.authorize(header.id);
  return { ...before, findings: [] };
};

const erased: Rule = ({ history }, before, header, payload) => {
  const seq = parseSeq(payload['seq']);
  const hash = parseDigest(payload['event_hash']);
  if (E.isLeft(seq) || E.isLeft(hash)) {
    const findings = [
      ...(E.isLeft(seq) ? [invalid(header, 'seq')] : []),
      ...(E.isLeft(hash) ? [invalid(header, 'event_hash')] : []),
    ];
    return { ...before, findings };
  }
  const isThere = seq.right < header.seq && history.hashAt(seq.right) === hash.right;
  if (!isThere) return against(before, header, 'erasure_mismatch', { actual: String(seq.right) });
  if (history.isGoverning(seq.right))
    return against(before, header, 'erasure_of_governing', { actual: String(seq.right) });
  history.erase(seq.right);
  return { ...before, findings: [] };
};

const RULES: ReadonlyMap<string, Rule> = new Map([
  ['ledger.created', created],
  ['key.enrolled', enrolled],
  ['key.retired', retired],
  ['key.revoked', revoked],
  ['policy.adopted', adopted],
  ['break_glass.authorized', authorized],
  ['ledger.payload_erased', erased],
]);

/** isUnknownKeyEvent: no other type than the three begins with `key.`, whoever signed it. */
export const isUnknownKeyEvent = (type: string): boolean =>
  type.startsWith('key.') && !RULES.has(type);

/** govern applies an event whose authority has been judged; other types change nothing. */
export const govern = (
  means: Means,
  before: Governed,
  header: Header,
  payload: Json | undefined,
): Ruling => {
  const rule = RULES.get(header.event_type);
  if (rule === undefined) return { ...before, findings: [] };
  if (rule === authorized) return rule(means, before, header, {});
  return isObject(payload)
    ? rule(means, before, header, payload)
    : against(before, header, 'payload_invalid', { reason: 'not_object' });
};
