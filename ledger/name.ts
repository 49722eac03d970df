/**
 * The names a ledger uses, each a type of its own so that two cannot be confused, each with a
 * parser that says why not.
 *
 *     origin      example.com/payments            event type  invoice.paid
 *     event id    0192f0c1-…, invoice:2026-0001   key name    alice@example.com
 *     tag         release:v1                      trace id    4bf92f3577b34da6a3ce929d0e0e4736
 */
import * as E from 'fp-ts/lib/Either.js';

type Branded<Name extends string> = string & { readonly [brand in Name]: true };

export type Origin = Branded<'Origin'>;
export type EventId = Branded<'EventId'>;
export type EventType = Branded<'EventType'>;
export type KeyName = Branded<'KeyName'>;
export type KeyId = Branded<'KeyId'>;
export type Digest = Branded<'Digest'>;
export type Salt = Branded<'Salt'>;
export type TraceId = Branded<'TraceId'>;
export type Tag = Branded<'Tag'>;
export type RuleId = Branded<'RuleId'>;
export type Label = Branded<'Label'>;
export type Meaning = Branded<'Meaning'>;
export type Time = Branded<'Time'>;
export type Seq = number & { readonly Seq: true };

export type NameKind =
  | 'origin'
  | 'event_id'
  | 'event_type'
  | 'key_name'
  | 'key_id'
  | 'digest'
  | 'salt'
  | 'trace_id'
  | 'tag'
  | 'rule_id'
  | 'label'
  | 'meaning'
  | 'time'
  | 'seq';

export type NameReason =
  | 'not_text'
  | 'empty'
  | 'too_long'
  | 'bad_form'
  | 'bad_character'
  | 'looks_like_seq'
  | 'looks_like_hash'
  | 'all_zero'
  | 'no_such_moment'
  | 'out_of_range';

export interface NameRefused {
  readonly _tag: 'NameRefused';
  readonly kind: NameKind;
  readonly reason: NameReason;
}

export type Named<A> = E.Either<NameRefused, A>;

const refuse = (kind: NameKind, reason: NameReason): E.Either<NameRefused, never> =>
  E.left({ _tag: 'NameRefused', kind, reason });

/**
 * The forms as patterns, whole names, lengths included. `event/grammar.ts` builds a line's grammar
 * of them. A label's form stands there in plain ASCII only; `parseLabel` knows all of Unicode.
 */
const YEAR = '(?:19[7-9]\\d|[2-9]\\d{3})';
const LEAP_IN_19 = '19(?:[79][26]|8[048])';
const LEAP_IN_CENTURY = '[2-9]\\d(?:0[48]|[2468][048]|[13579][26])';
const LEAP_CENTURY = '(?:[2468][048]|[3579][26])00';
const LEAP_YEAR = `(?:${LEAP_IN_19}|${LEAP_IN_CENTURY}|${LEAP_CENTURY})`;
const DAY =
  '(?:(?:0[1-9]|1[0-2])-(?:0[1-9]|1\\d|2[0-8])|(?:0[13-9]|1[0-2])-(?:29|30)|(?:0[13578]|1[02])-31)';
export const FORM = {
  origin: '[A-Za-z0-9][A-Za-z0-9._/-]{0,127}',
  eventId: '(?!(?:\\d+|[0-9a-fA-F]{64})(?![A-Za-z0-9._:-]))[A-Za-z0-9][A-Za-z0-9._:-]{0,127}',
  eventType: '(?=[a-z0-9_.]{3,128}(?![a-z0-9_.]))[a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)+',
  keyName: '[A-Za-z0-9][A-Za-z0-9._/@-]{0,127}',
  keyId: '[A-Za-z0-9][A-Za-z0-9._/@-]{0,127}\\+[0-9a-f]{8}',
  digest: '[0-9a-f]{64}',
  salt: '[0-9a-f]{32}',
  traceId: '(?!0{32})[0-9a-f]{32}',
  tag: '[a-z0-9][a-z0-9._:-]{0,63}',
  ruleId: '[a-z][a-z0-9._-]{0,127}',
  meaning: '[a-z][a-z_]{0,31}',
  label: '[ !#-[\\]-~]{1,256}',
  time: `(?:${YEAR}-${DAY}|${LEAP_YEAR}-02-29)T(?:[01]\\d|2[0-3]):[0-5]\\d:[0-5]\\d\\.\\d{3}Z`,
} as const;

/** A parser for names of one form; `why` tells more than that a name is not of it. */
const named = <A extends string>(
  kind: NameKind,
  form: string,
  why: (text: string) => NameReason = () => 'bad_form',
) => {
  const pattern = new RegExp(`^${form}$`);
  return (value: unknown): Named<A> => {
    if (typeof value !== 'string') return refuse(kind, 'not_text');
    if (pattern.test(value)) return E.right(value as A);
    return refuse(kind, value === '' ? 'empty' : why(value));
  };
};

const orTooLong =
  (max: number) =>
  (text: string): NameReason =>
    text.length > max ? 'too_long' : 'bad_form';

const notReference = (id: string): NameReason => {
  if (id.length > 128) return 'too_long';
  if (/^[0-9]+$/.test(id)) return 'looks_like_seq';
  return /^[0-9a-fA-F]{64}$/.test(id) ? 'looks_like_hash' : 'bad_form';
};

const timeReason = (text: string): NameReason => {
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(text)) return 'bad_form';
  return text < '1970' ? 'out_of_range' : 'no_such_moment';
};

export const parseOrigin = named<Origin>('origin', FORM.origin, orTooLong(128));
export const parseEventId = named<EventId>('event_id', FORM.eventId, notReference);
export const parseEventType = named<EventType>('event_type', FORM.eventType, orTooLong(128));
export const parseKeyName = named<KeyName>('key_name', FORM.keyName, orTooLong(128));
export const parseKeyId = named<KeyId>('key_id', FORM.keyId, orTooLong(137));
export const parseDigest = named<Digest>('digest', FORM.digest);
export const parseSalt = named<Salt>('salt', FORM.salt);
export const parseTraceId = named<TraceId>('trace_id', FORM.traceId, (id) =>
  /^0{32}$/.test(id) ? 'all_zero' : 'bad_form',
);
export const parseTag = named<Tag>('tag', FORM.tag, orTooLong(64));
export const parseRuleId = named<RuleId>('rule_id', FORM.ruleId, orTooLong(128));
export const parseMeaning = named<Meaning>('meaning', FORM.meaning, orTooLong(32));

/** parseTime reads a moment in UTC to the millisecond. Times compare as text. */
export const parseTime = named<Time>('time', FORM.time, timeReason);

/** What a label may not hold: controls, which could move a cursor, and what ends a line. */
const LABEL_FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/u;

/** parseLabel reads a session id, or a source's name, version, model or instance. */
export const parseLabel = (value: unknown): Named<Label> => {
  if (typeof value !== 'string') return refuse('label', 'not_text');
  if (value === '') return refuse('label', 'empty');
  // 256 code points are at most 512 UTF-16 units: long text is refused before it is counted.
  const isLong = value.length > 256 && (value.length > 512 || Array.from(value).length > 256);
  if (isLong) return refuse('label', 'too_long');
  return LABEL_FORBIDDEN.test(value) ? refuse('label', 'bad_character') : E.right(value as Label);
};

/** parseSeq reads a position: an integer from 0 on that a double holds exactly. */
export const parseSeq = (value: unknown): Named<Seq> =>
  typeof value === 'number' && Number.isSafeInteger(value) && value >= 0 && !Object.is(value, -0)
    ? E.right(value as Seq)
    : refuse('seq', 'out_of_range');

/** Event types that the tool's own commands write; a plain append of one is refused. */
const RESERVED = /^(?:ledger|key|policy|break_glass|outbox|experiment|schema_migration)\./;
export const isReserved = (type: EventType): boolean => RESERVED.test(type);

/** Event types that are never withheld, since later judgements rest on their payloads. */
const GOVERNING = /^(?:ledger|key|policy|break_glass)\./;
export const isGoverning = (type: string): boolean => GOVERNING.test(type);
