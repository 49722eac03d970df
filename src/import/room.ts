/**
 * Whether an event has room for what a row would become: what has none is told with the plan, and
 * not only when the rows before it are recorded.
 */
import { MAX_HEADER_BYTES, MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';

/** What is left of a line beside its header and what signs it. */
const MOST = MAX_LINE_BYTES - 2 * MAX_HEADER_BYTES;

/** hasRoom tells that an event can hold a draft. */
export const hasRoom = ({ payload }: JsonObject): boolean =>
  payload === undefined || Buffer.byteLength(write(payload)) <= MOST;

const MOST_TEXT = 600;

/** cutText shortens what a source says of itself, so that there is room for what is told of it. */
export const cutText = (text: string): string =>
  Buffer.byteLength(JSON.stringify(text)) <= MOST_TEXT
    ? text
    : `${text.slice(0, MOST_TEXT / 6 - 1).toWellFormed()}…`;
