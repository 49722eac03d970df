/**
 * The records beside a log in which a user attests a row: the signature stands there and not in the
 * row. What says that it is one, by its operation, by a signature, or by naming row, key, kind and
 * moment, must be as cortex writes it. What else such a file records is taken as it is.
 *
 *     {"id":"aud_…","actor_json":{"event_id":"evt_…","key_id":…,"kind":"user",
 *      "signature_hex":…,"signed_at":…},"operation":"ingest_user_attested",…}
 */
import * as E from 'fp-ts/lib/Either.js';
import { parseHex } from '../../../ledger/encoding/hex.ts';
import { decodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import type { Json } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import type { RawMember } from '../raw-json.ts';
import { rawMembers } from '../raw-json.ts';
import { KNOWN_VERSIONS, isMoment, isText, isTextOrNull, momentOf, unknownVersion } from './row.ts';

export interface Attesting {
  readonly eventId: string;
  readonly key: string;
  readonly signature: string;
  /** With six digits of its fraction. */
  readonly signedAt: string;
}

const isHex = (text: unknown, digits: number): text is string =>
  typeof text === 'string' && text.length === digits && parseHex(text) !== undefined;

const ATTESTED = 'ingest_user_attested';

/** What a record that attests has, in this order. */
const MEMBERS: ReadonlyMap<string, (value: Json) => boolean> = new Map([
  ['id', isText],
  ['schema_version', Number.isSafeInteger],
  ['actor_json', () => true],
  ['operation', (value) => value === ATTESTED],
  ['target_ref', isText],
  ['created_at', isMoment],
  ['outcome', isObject],
  ['correlation_id', isTextOrNull],
]);
/** What its actor has; a row, a key, a moment and a signature are told as a whole. */
const ACTOR = ['event_id', 'key_id', 'kind', 'signature_hex', 'signed_at'];

type Values = ReadonlyMap<string, Json>;

const inOrder = (actor: Values): Json =>
  Object.fromEntries(ACTOR.map((name) => [name, actor.get(name) ?? null]));

const wrong = (name: string): Fault => fault('wrong_type', `${name} is not what it must be`);

const unknown = (values: Values, known: readonly string[]): readonly Fault[] =>
  [...values.keys()]
    .filter((key) => !known.includes(key))
    .map((key) => fault('unknown_member', key));

/** What is wrong with the form of a record that attests. */
function* formFaults(values: Values, actor: Values): Generator<Fault, void> {
  const names = [...MEMBERS.keys()];
  yield* unknown(values, names);
  yield* unknown(actor, ACTOR);
  for (const [name, isGood] of MEMBERS) {
    const value = values.get(name);
    if (value === undefined) yield fault('missing_member', name);
    else if (!isGood(value)) yield wrong(name);
  }
  const version = values.get('schema_version');
  if (Number.isSafeInteger(version) && !KNOWN_VERSIONS.has(version))
    yield unknownVersion(Number(version));
  if (actor.size > 0 && actor.get('kind') !== 'user') yield wrong('kind');
  const [row, target] = [actor.get('event_id'), values.get('target_ref')];
  if (isText(row ?? null) && isText(target ?? null) && row !== target)
    yield fault('wrong_type', 'target_ref is another row than event_id');
}

/** A record, where it attests a row, and all that is wrong with how it is written. */
export interface ReadRecord {
  readonly attesting?: Attesting | undefined;
  /** The id of a record that says that it attests. */
  readonly id?: string | undefined;
  readonly faults: readonly Fault[];
}

const NOT_CANONICAL = fault('not_canonical', 'it is not written as cortex writes a record');
const malformed = (reason: string): Fault => fault('attestation_malformed', reason);

/** Whether a record is written in one piece, as cortex writes JSON. */
const isCompact = (members: readonly RawMember[], bytes: Uint8Array): boolean => {
  const texts = members.map(
    ({ key, bytes: value }) => `${JSON.stringify(key)}:${decodeUtf8(value)}`,
  );
  const isOdd = members.some(({ odd }) => odd.has('white_space') || odd.has('escape'));
  return !isOdd && `{${texts.join(',')}}` === decodeUtf8(bytes);
};

/** A record that attests, of which nothing else is wrong, as cortex writes it. */
const formatRecord = (members: readonly RawMember[], values: Values, actor: Values): string => {
  const by = new Map<string, Json>([...values, ['actor_json', inOrder(actor)]]);
  const outcome = members.find(({ key }) => key === 'outcome')?.bytes ?? new Uint8Array();
  const texts = [...MEMBERS.keys()].map((name) => {
    const text = name === 'outcome' ? decodeUtf8(outcome) : JSON.stringify(by.get(name));
    return `"${name}":${text}`;
  });
  return `{${texts.join(',')}}`;
};

const attestingOf = (actor: Values): Attesting | undefined => {
  const [eventId, key] = [actor.get('event_id'), actor.get('key_id')];
  const [signature, moment] = [actor.get('signature_hex'), actor.get('signed_at')];
  const signedAt = typeof moment === 'string' ? momentOf(moment, 6) : undefined;
  return isHex(signature, 128) && isHex(key, 64) && typeof eventId === 'string' && signedAt
    ? { eventId, key, signature, signedAt }
    : undefined;
};

/** readAuditRecord reads a line without its end. */
export const readAuditRecord = (bytes: Uint8Array): ReadRecord => {
  const members = rawMembers(bytes);
  if (E.isLeft(members)) return { faults: [malformed('it is no JSON object')] };
  if (members.right.some(({ odd }) => odd.has('repeated_key')))
    return { faults: [malformed('a key stands twice')] };
  const faults = isCompact(members.right, bytes) ? [] : [NOT_CANONICAL];
  const values: Values = new Map(
    members.right.map(({ key, bytes: value }) => [key, JSON.parse(decodeUtf8(value)) as Json]),
  );
  const told = values.get('actor_json') ?? null;
  const actor: Values = new Map(isObject(told) ? Object.entries(told) : []);
  // One of its marks may be what is damaged; who, which row and when are in no other actor.
  const isOne =
    values.get('operation') === ATTESTED ||
    actor.has('signature_hex') ||
    ACTOR.every((name) => name === 'signature_hex' || actor.has(name));
  if (!isOne) return { faults };
  const attesting = attestingOf(actor);
  if (attesting === undefined)
    faults.push(malformed('it has not the row, key, moment and signature of one'));
  faults.push(...formFaults(values, actor));
  if (faults.length === 0 && formatRecord(members.right, values, actor) !== decodeUtf8(bytes))
    faults.push(NOT_CANONICAL);
  const id = values.get('id');
  return { attesting, id: typeof id === 'string' ? id : undefined, faults };
};
