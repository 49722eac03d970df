/**
 * Rows of a source as drafts: by which way they enter, and whether the ledger has them already,
 * from whichever file.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Claim } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { EventType } from '../../ledger/name.ts';
import { isReserved } from '../../ledger/name.ts';
import type { Surface } from '../../policies/surface.ts';
import { surfaceOf } from '../../policies/surface.ts';
import { rowOf } from '../import/ndjson/origin.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { Reader } from './reader.ts';
import type { Stated } from './same.ts';

const bare = (payload: Json | undefined): string => {
  if (!isObject(payload)) return write(payload ?? null);
  const { origin: _, ...rest } = payload;
  return write(rest);
};

/** A row of cortex without the signature that only its log has. */
const unsigned = (payload: Json | undefined): Json | undefined => {
  if (!isObject(payload) || !isObject(payload['row'])) return payload;
  const { signature: _, ...row } = payload['row'];
  return { ...payload, row };
};

/** Whether it is of cortex, where the payload says from where it was taken. */
const isOfCortex = ({ source }: JsonObject): boolean =>
  isObject(source) && source['name'] === 'cortex' && rowOf(source) === undefined;

/** What of a header tells one row from another; its origin may be another file. */
const MEANT = [
  'event_type',
  'observed_at',
  'session_id',
  'domain_tags',
  'source',
  'supersedes',
  'causation_id',
  'trace_id',
] as const;
/** What need not be told of it; of the source only the name is the row's own. */
const UNTOLD: ReadonlySet<string> = new Set(['observed_at', 'source']);

const meant = (value: unknown): string => {
  const told = (value ?? null) as Json;
  if (!isObject(told)) return write(told);
  const { instance: _, ...source } = told;
  return write(source);
};

const isMeant = (draft: JsonObject, header: Claim): boolean =>
  MEANT.every((name) => {
    const told = draft[name];
    if (told === undefined && UNTOLD.has(name)) return true;
    return meant(told) === meant(header[name]);
  });

/** Whether neither is known to be of another line: an id may be all that a mapping takes of two. */
const isOfOneLine = (draft: JsonObject, header: Claim): boolean => {
  const { source } = draft;
  const now = isObject(source) ? rowOf(source) : undefined;
  const then = rowOf({ ...header.source });
  return now === undefined || then === undefined || now === then;
};

/** In an origin the file, and the place there: both are others once the file has grown. */
const PLACE = /^.* sha256:[0-9a-f]{64} (?:line \d+ )?/s;
const PLACED = { file: null, file_sha256: null, line: null };

/** Of which row it says that it is, wherever that stood. */
const originOf = (source: Partial<JsonObject>, payload: Json | undefined): string => {
  const { instance } = source;
  const { origin } = isObject(payload) ? payload : {};
  return write([
    typeof instance === 'string' ? instance.replace(PLACE, '') : null,
    isObject(origin) ? { ...origin, ...PLACED } : (origin ?? null),
  ]);
};

/** surfaceFor tells by which way an event enters: types of the tool's own by their own. */
export const surfaceFor = ({ event_type }: JsonObject): Surface =>
  typeof event_type === 'string' && isReserved(event_type as EventType)
    ? surfaceOf(event_type as EventType)
    : 'import';

/** isRow tells whether what was said is the row of a draft, wherever that came from. */
export const isRow = (draft: JsonObject, { header, payload }: Stated): boolean => {
  if (!isMeant(draft, header) || !isOfOneLine(draft, header)) return false;
  // What was erased is not there to be compared, and does not come back.
  if (payload === undefined) return true;
  const stated = draft['payload'];
  if (!isOfCortex(draft)) return write(payload) === write(stated ?? null);
  const own = bare(stated);
  return bare(payload) === own || bare(unsigned(payload)) === own;
};

/** isHeldRow tells it of what waits, and is to come in as it is: it says whose row it is, too. */
export const isHeldRow = (draft: JsonObject, said: Stated): boolean => {
  const { source, payload } = draft;
  const told = originOf(isObject(source) ? source : {}, payload);
  return isRow(draft, said) && originOf({ ...said.header.source }, said.payload) === told;
};

/** holdsRow tells whether a line of the ledger is the row of a draft. */
export const holdsRow = (draft: JsonObject, line: string): boolean =>
  isRow(draft, recordedOf(line));

/** holds tells whether a ledger has the row of a draft. */
export const holds = (reader: Reader, draft: JsonObject): boolean => {
  const { id } = draft;
  if (typeof id !== 'string') return false;
  const found = reader.find({ id });
  return E.isRight(found) && found.right !== undefined && holdsRow(draft, found.right.line);
};
