/**
 * A row of a cortex log: one compact object a line, its members in this order and no other.
 *
 *     {"id":…,"schema_version":2,"observed_at":…,"recorded_at":…,"source":{"type":…},
 *      "event_type":…,"trace_id":…,"session_id":…,"domain_tags":[…],"payload":{…},
 *      "payload_hash":…,"prev_event_hash":…,"event_hash":…,"signature":{…}}
 *
 * The payload stays the text that it is: its hash is made of that text.
 */
import { decodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import { parseTime } from '../../../ledger/name.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';
import * as E from 'fp-ts/lib/Either.js';
import type { JsonRefused } from '../../../ledger/json/value.ts';
import type { Oddity, RawMember } from '../raw-json.ts';
import { rawMembers } from '../raw-json.ts';
import { eventHash } from './hash.ts';
import { recogniseRow } from './row-pattern.ts';
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';

export interface Signature {
  readonly schema_version: number;
  readonly key_id: string;
  readonly signed_at: string;
  /** 64 bytes in base64url, without padding. */
  readonly bytes: string;
}

/** All of a row but its payload. */
export interface Envelope {
  readonly id: string;
  readonly schema_version: number;
  readonly observed_at: string;
  readonly recorded_at: string;
  readonly source: Readonly<Record<string, string>> & { readonly type: string };
  readonly event_type: string;
  readonly trace_id: string | null;
  readonly session_id: string | null;
  readonly domain_tags: readonly string[];
  readonly payload_hash: string;
  readonly prev_event_hash: string | null;
  readonly event_hash: string;
  readonly signature?: Signature;
}

/** Between which other rows one stands. */
export type Hashes = Pick<Envelope, 'prev_event_hash' | 'event_hash'>;

export interface Row {
  readonly envelope: Envelope;
  /** As it stands in the log. */
  readonly payload: Uint8Array;
}

/** A row, where the line is one, and all that is wrong with how it is written. */
export interface Read {
  readonly row?: Row | undefined;
  /** Where it is none, and its hashes are those of one all the same. */
  readonly hashes?: Hashes | undefined;
  /** Where another object begins behind the first one. */
  readonly next?: number | undefined;
  readonly faults: readonly Fault[];
}

export const KNOWN_VERSIONS: ReadonlySet<unknown> = new Set([1, 2]);

/** unknownVersion is the fault of a version that is none of them. */
export const unknownVersion = (version: number): Fault =>
  fault('unknown_schema_version', `version ${version}; 1 and 2 are known`);

const MOMENT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?Z$/;

/** momentOf cuts the fraction of a moment to so many digits; undefined where it is no moment. */
export const momentOf = (text: string, digits: number): string | undefined => {
  const [, seconds, fraction = ''] = MOMENT.exec(text) ?? [];
  if (seconds === undefined || E.isLeft(parseTime(`${seconds}.000Z`))) return undefined;
  return `${seconds}.${fraction.padEnd(digits, '0').slice(0, digits)}Z`;
};

export const isText = (value: Json): boolean => typeof value === 'string';
export const isTextOrNull = (value: Json): boolean => value === null || isText(value);
export const isMoment = (value: Json): boolean =>
  typeof value === 'string' && momentOf(value, 3) !== undefined;
const isHash = (value: Json): boolean => typeof value === 'string' && /^[0-9a-f]{64}$/.test(value);
const isTexts = (value: Json): boolean => Array.isArray(value) && value.every(isText);

const hasExactly = (value: JsonObject, keys: readonly string[]): boolean =>
  Object.keys(value).join() === keys.join();

/** What a source of each type holds beside its type. */
const SOURCES: Readonly<Record<string, readonly string[]>> = {
  user: ['type'],
  child_agent: ['type', 'model'],
  tool: ['type', 'name'],
  runtime: ['type'],
  external_outcome: ['type'],
  manual_correction: ['type'],
};
const isSource = (value: Json): boolean => {
  if (!isObject(value) || !Object.values(value).every(isText)) return false;
  const type = value['type'];
  const keys = typeof type === 'string' && Object.hasOwn(SOURCES, type) ? SOURCES[type] : undefined;
  return keys !== undefined && hasExactly(value, keys);
};

const SIGNATURE = ['schema_version', 'key_id', 'signed_at', 'bytes'];
const isSignature = (value: Json): boolean =>
  isObject(value) &&
  hasExactly(value, SIGNATURE) &&
  value['schema_version'] === 1 &&
  isText(value['key_id'] ?? null) &&
  isMoment(value['signed_at'] ?? null) &&
  typeof value['bytes'] === 'string' &&
  /^[A-Za-z0-9_-]{86}$/.test(value['bytes']);

const MEMBERS: readonly (readonly [string, (value: Json) => boolean])[] = [
  ['id', isText],
  ['schema_version', (value) => Number.isSafeInteger(value) && Number(value) >= 0],
  ['observed_at', isMoment],
  ['recorded_at', isMoment],
  ['source', isSource],
  ['event_type', isText],
  ['trace_id', isTextOrNull],
  ['session_id', isTextOrNull],
  ['domain_tags', isTexts],
  ['payload', () => true],
  ['payload_hash', isHash],
  ['prev_event_hash', (value) => value === null || isHash(value)],
  ['event_hash', isHash],
  ['signature', isSignature],
];
const OPTIONAL = 'signature';
const NAMES = new Set(MEMBERS.map(([name]) => name));

/** What a ledger keeps is sorted; cortex writes these in their own order. */
const inOrder = (value: unknown, keys: readonly string[]): unknown =>
  Object.fromEntries(
    Object.entries(value as object).toSorted(([a], [b]) => keys.indexOf(a) - keys.indexOf(b)),
  );

const write = (name: string, value: unknown): string => {
  if (name === 'source') return JSON.stringify(inOrder(value, ['type', 'model', 'name']));
  return JSON.stringify(name === OPTIONAL ? inOrder(value, SIGNATURE) : value);
};

/** formatRow writes a row as cortex writes it. */
export const formatRow = ({ envelope, payload }: Row): string => {
  const all = new Map<string, unknown>(Object.entries(envelope));
  const members = MEMBERS.filter(([name]) => name === 'payload' || all.has(name)).map(
    ([name]) =>
      `"${name}":${name === 'payload' ? decodeUtf8(payload) : write(name, all.get(name))}`,
  );
  return `{${members.join(',')}}`;
};

const told = ({ reason, column }: JsonRefused): string => `${reason} at column ${column}`;

const unread = (bytes: Uint8Array, refused: JsonRefused): Read => {
  const { reason, offset, column } = refused;
  if (reason === 'trailing_text' && bytes[offset] === 0x7b)
    return {
      next: offset,
      faults: [fault('merged_rows', `a second row begins at column ${column}`)],
    };
  return { faults: [fault(reason === 'invalid_utf8' ? reason : 'not_json', told(refused))] };
};

const oddly = (where: string, odd: ReadonlySet<Oddity>): readonly Fault[] =>
  [...odd].map((each) =>
    each === 'repeated_key'
      ? fault('repeated_key', `a key stands twice in ${where}`)
      : fault('not_canonical', `${each} in ${where}`),
  );

const hashesIn = (values: ReadonlyMap<string, Json>): Hashes | undefined => {
  const [prev, hash, payload] = ['prev_event_hash', 'event_hash', 'payload_hash'].map(
    (name) => values.get(name) ?? null,
  );
  if (!isTextOrNull(prev ?? null) || typeof hash !== 'string' || typeof payload !== 'string')
    return undefined;
  const prev_event_hash = typeof prev === 'string' ? prev : null;
  return eventHash(prev_event_hash ?? '', payload) === hash
    ? { prev_event_hash, event_hash: hash }
    : undefined;
};

const readMembers = (members: readonly RawMember[]): Read => {
  const faults: Fault[] = [];
  const by = new Map<string, RawMember>();
  for (const member of members) {
    if (by.has(member.key)) faults.push(fault('repeated_key', `${member.key} stands twice`));
    else if (!NAMES.has(member.key)) faults.push(fault('unknown_member', member.key));
    if (!by.has(member.key)) by.set(member.key, member);
  }
  const values: [string, Json][] = [];
  let isRow = true;
  for (const [name, isGood] of MEMBERS) {
    const member = by.get(name);
    if (member === undefined && name === OPTIONAL) continue;
    if (member === undefined) faults.push(fault('missing_member', name));
    const value = member && (JSON.parse(decodeUtf8(member.bytes)) as Json);
    const isWrong = value !== undefined && !isGood(value);
    if (isWrong) faults.push(fault('wrong_type', `${name} is not what it must be`));
    isRow &&= value !== undefined && !isWrong;
    if (name !== 'payload' && value !== undefined) values.push([name, value]);
  }
  const payload = by.get('payload');
  if (payload === undefined || !isRow) return { faults, hashes: hashesIn(new Map(values)) };
  const envelope = Object.fromEntries(values) as unknown as Envelope;
  faults.push(...oddly('the payload', payload.odd));
  return { row: { envelope, payload: payload.bytes }, faults };
};

/** readRow reads a line without its LF. */
export const readRow = (bytes: Uint8Array): Read => {
  const row = recogniseRow(bytes);
  return row === undefined ? readPlainly(bytes) : { row, faults: [] };
};

/** readPlainly reads it member by member. */
export const readPlainly = (bytes: Uint8Array): Read => {
  const members = rawMembers(bytes);
  if (E.isLeft(members)) return unread(bytes, members.left);
  const read = readMembers(members.right);
  if (read.row === undefined || read.faults.length > 0) return read;
  return formatRow(read.row) === decodeUtf8(bytes)
    ? read
    : { ...read, faults: [fault('not_canonical', 'it is not written as cortex writes a row')] };
};
