/**
 * An authorization to break the glass: who may do what is otherwise refused, why, until when and
 * how often. Its payload, as `break_glass.authorized` bears it:
 *
 *     {"expires_at":"2026-11-21T12:00:00.000Z",
 *      "reason":"the disk was lost","reason_code":"restore_recovery",
 *      "rules":["the-tier-is-enough"],"types":["deploy.*"],"uses":1,
 *      "keys":["bob+…"],"not_before":"…","sources":["agent"]}         the last three may be absent
 */
import * as E from 'fp-ts/lib/Either.js';
import type { SourceKind } from '../../ledger/event/header.ts';
import { SOURCE_KINDS } from '../../ledger/event/header.ts';
import type { Check, Problem } from '../../ledger/event/shape.ts';
import { also, listOf, name, object, oneOf } from '../../ledger/event/shape.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { EventId, KeyId, RuleId, Seq, Time } from '../../ledger/name.ts';
import { parseKeyId, parseRuleId, parseTime } from '../../ledger/name.ts';
import type { TypePattern } from '../type-pattern.ts';
import { parseTypePattern } from '../type-pattern.ts';

export const REASON_CODES = [
  'incident_response',
  'restore_recovery',
  'operator_correction',
  'data_migration',
  'diagnostic_only',
] as const;
export type ReasonCode = (typeof REASON_CODES)[number];

export const MAX_SCOPE = 32;
export const MAX_USES = 1000;
export const MAX_TEXT = 1000;

export interface Scope {
  readonly expires_at: Time;
  readonly not_before?: Time;
  readonly reason: string;
  readonly reason_code: ReasonCode;
  readonly rules: readonly RuleId[];
  readonly types: readonly TypePattern[];
  readonly uses: number;
  /** Who may use it; anyone where absent. */
  readonly keys?: readonly KeyId[];
  readonly sources?: readonly SourceKind[];
}

export interface Use {
  readonly id: EventId;
  readonly seq: Seq;
  readonly at: Time;
  readonly by?: KeyId;
}

export interface Authorization {
  readonly id: EventId;
  readonly seq: Seq;
  readonly issuer: KeyId;
  /** When it was recorded. */
  readonly at: Time;
  readonly scope: Scope;
  readonly used: readonly Use[];
  readonly revokedBy?: EventId;
  readonly reviewedBy?: EventId;
}

const some = (item: Check): Check => listOf(item, MAX_SCOPE);

const typePattern: Check = (value, path) =>
  parseTypePattern(value) === undefined ? [{ path, reason: 'bad_form' }] : [];

/** text checks words of people, which are shown escaped wherever they are shown. */
export const text: Check = (value, path) => {
  if (typeof value !== 'string') return [{ path, reason: 'not_text' }];
  if (value.trim() === '') return [{ path, reason: 'empty' }];
  return value.length > MAX_TEXT ? [{ path, reason: 'too_long' }] : [];
};

const uses: Check = (value, path) =>
  Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_USES
    ? []
    : [{ path, reason: 'out_of_range' }];

const endsAfterItBegins: Check = (value) => {
  const { not_before: start, expires_at: end } = value as JsonObject;
  const isOrdered = typeof start !== 'string' || typeof end !== 'string' || start < end;
  return isOrdered ? [] : [{ path: 'expires_at', reason: 'out_of_range' }];
};

const checkScope: Check = also(
  object(
    {
      expires_at: name(parseTime),
      reason: text,
      reason_code: oneOf(...REASON_CODES),
      rules: some(name(parseRuleId)),
      types: some(typePattern),
      uses,
    },
    {
      keys: some(name(parseKeyId)),
      not_before: name(parseTime),
      sources: some(oneOf(...SOURCE_KINDS)),
    },
  ),
  endsAfterItBegins,
);

/** parseScope reads the payload of `break_glass.authorized`. */
export const parseScope = (payload: Json): E.Either<readonly Problem[], Scope> => {
  const problems = checkScope(payload, '');
  return problems.length > 0 ? E.left(problems) : E.right(payload as unknown as Scope);
};

/** isUnreviewed says whether an authorization was used and nobody has reviewed that. */
export const isUnreviewed = ({ used, reviewedBy }: Authorization): boolean =>
  used.length > 0 && reviewedBy === undefined;
