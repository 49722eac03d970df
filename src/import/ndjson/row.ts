/**
 * A line by its mapping: the draft of an event, or why there is none.
 */
import * as E from 'fp-ts/lib/Either.js';
import { createHash } from 'node:crypto';
import { decodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import { MAX_SET } from '../../../ledger/event/header.ts';
import { write } from '../../../ledger/json/format.ts';
import { parse } from '../../../ledger/json/parse.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { PAYLOAD_DEPTH, isObject } from '../../../ledger/json/value.ts';
import type { EventType, NameReason } from '../../../ledger/name.ts';
import {
  isReserved,
  parseEventId,
  parseEventType,
  parseLabel,
  parseTag,
  parseTime,
} from '../../../ledger/name.ts';
import { NAME_TEXTS } from '../../../ledger/render/text.ts';
import type { Mapping } from './map.ts';
import { readingsOf } from './number.ts';

const MOMENT = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;

const timeOf = (value: Json): string | undefined => {
  // A day that the month does not have would be taken for one of the next.
  const [, seconds] = (typeof value === 'string' && MOMENT.exec(value)) || [];
  const isTime = typeof value === 'number' || E.isRight(parseTime(`${seconds}.000Z`));
  const moment = new Date(isTime ? (value as number | string) : Number.NaN);
  const text = Number.isNaN(moment.getTime()) ? undefined : moment.toISOString();
  return E.isRight(parseTime(text)) ? text : undefined;
};

const LIKE_OTHERS: ReadonlySet<NameReason> = new Set(['looks_like_seq', 'looks_like_hash']);

const nameOf = (value: Json): string | undefined =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : undefined;

const tagsOf = (value: Json): readonly string[] | undefined => {
  const all = (Array.isArray(value) ? value : [value]) as readonly Json[];
  const texts = all.filter((each): each is string => typeof each === 'string');
  const isGood = texts.length === all.length && texts.every((each) => E.isRight(parseTag(each)));
  const set = [...new Set(texts)].toSorted();
  return isGood && set.length <= MAX_SET ? set : undefined;
};

/** Why a row has no such id: many a source has numbers, which are read as positions here. */
const whyNot = (name: string, value: Json): string => {
  const id = parseEventId(nameOf(value));
  return name === 'id' && E.isLeft(id) && LIKE_OTHERS.has(id.left.reason)
    ? `${NAME_TEXTS[id.left.reason]}; have the mapping put a word before it`
    : 'it is of no form that an event may have';
};

/** What a member becomes; undefined where it is nothing that an event may have there. */
const MEMBERS: Readonly<
  Record<Exclude<keyof Mapping, 'payload'>, readonly [string, (value: Json) => Json | undefined]>
> = {
  type: [
    'event_type',
    (value) =>
      E.isRight(parseEventType(value)) && !isReserved(value as EventType) ? value : undefined,
  ],
  id: ['id', (value) => (E.isRight(parseEventId(nameOf(value))) ? nameOf(value) : undefined)],
  time: ['observed_at', timeOf],
  source: [
    'source',
    (value) =>
      E.isRight(parseLabel(nameOf(value)))
        ? { kind: 'external', name: nameOf(value) ?? '' }
        : undefined,
  ],
  session: [
    'session_id',
    (value) => (E.isRight(parseLabel(nameOf(value))) ? nameOf(value) : undefined),
  ],
  tags: ['domain_tags', tagsOf],
};

export interface Mapped {
  readonly draft: JsonObject & { readonly source: JsonObject };
  /** Whether the row is kept as the text that it was. */
  readonly isText: boolean;
}

/** The members of a draft beside its payload. */
const headerOf = (mapping: Mapping, row: JsonObject): E.Either<string, Mapped['draft']> => {
  const draft = { source: { kind: 'external', name: 'ndjson' } };
  const members: Record<string, Json> = draft;
  for (const [name, [member, make]] of Object.entries(MEMBERS)) {
    const value = mapping[name as keyof typeof MEMBERS]?.(row);
    if (value === undefined) continue;
    if (E.isLeft(value)) return E.left(`${name}: ${value.left}`);
    if (value.right === undefined || value.right === null) {
      if (name === 'type') return E.left('type: the row has none');
      continue;
    }
    const made = make(value.right);
    if (made === undefined) return E.left(`${name}: ${whyNot(name, value.right)}`);
    if (!(Array.isArray(made) && made.length === 0)) members[member] = made;
  }
  return E.right(draft);
};

const payloadOf = (mapping: Mapping, row: JsonObject): E.Either<string, Json> => {
  const payload = mapping.payload?.(row) ?? E.right(row);
  if (E.isLeft(payload)) return E.left(`payload: ${payload.left}`);
  return payload.right === undefined ? E.left('payload: the row has none') : E.right(payload.right);
};

const objectOf = (bytes: Uint8Array): E.Either<string, JsonObject> => {
  const parsed = parse(bytes, PAYLOAD_DEPTH - 2);
  if (E.isLeft(parsed)) return E.left(`${parsed.left.reason} at column ${parsed.left.column}`);
  return isObject(parsed.right) ? E.right(parsed.right) : E.left('it is no JSON object');
};

const isAlike = (a: E.Either<string, Json>, b: E.Either<string, Json>): boolean =>
  E.isRight(a) && E.isRight(b) && write(a.right) === write(b.right);

/**
 * mapRow makes a draft, all but an id that follows from the row. A payload that is made of a number
 * which data would not keep is the text of the row instead.
 */
export const mapRow = (mapping: Mapping, bytes: Uint8Array): E.Either<string, Mapped> => {
  const readings = readingsOf(bytes);
  // Where nothing has moved a fault is told where it stands.
  const blank = objectOf(readings?.blank ?? bytes);
  if (E.isLeft(blank)) return blank;
  const row = readings === undefined ? blank : objectOf(readings.told);
  if (E.isLeft(row)) return row;
  const header = headerOf(mapping, row.right);
  if (E.isLeft(header)) return header;
  const payload = payloadOf(mapping, row.right);
  if (E.isLeft(payload)) return payload;
  const isText = readings !== undefined && !isAlike(payload, payloadOf(mapping, blank.right));
  const kept = isText ? { row_text: decodeUtf8(bytes) } : payload.right;
  return E.right({ draft: { ...header.right, payload: kept }, isText });
};

/** lineDigest names a line by its content. */
export const lineDigest = (bytes: Uint8Array): string =>
  createHash('sha256').update(bytes).digest('hex');

/** isBlank tells a line in which nothing stands. */
export const isBlank = (bytes: Uint8Array): boolean =>
  bytes.length < 80 && /^[ \t\r]*$/.test(decodeUtf8(bytes));
