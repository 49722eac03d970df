/**
 * Whether an event has room for what a row would become: what has none is told with the plan, and
 * not only when the rows before it are recorded.
 */
import { MAX_HEADER_BYTES, MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';

/** What is left of a line beside its header and what signs it. */
const MOST = MAX_LINE_BYTES - 2 * MAX_HEADER_BYTES;

/** bytesOf tells how long a value is in a line. */
export const bytesOf = (value: Json): number => Buffer.byteLength(write(value));

/** roomIn tells how many bytes an event has room for beside a payload. */
export const roomIn = (payload: Json): number => MOST - bytesOf(payload);

/** hasRoom tells that an event can hold a draft. */
export const hasRoom = ({ payload }: JsonObject): boolean =>
  payload === undefined || roomIn(payload) >= 0;

/** What a source of an event may not hold. */
const FORBIDDEN = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** asLabel writes a text so that the source of an event may bear it. */
export const asLabel = (text: string): string => text.replace(FORBIDDEN, '?');

const MOST_TEXT = 600;

/** cutText shortens what a source says of itself, so that there is room for what is told of it. */
export const cutText = (text: string): string =>
  Buffer.byteLength(JSON.stringify(text)) <= MOST_TEXT
    ? text
    : `${text.slice(0, MOST_TEXT / 6 - 1).toWellFormed()}…`;
