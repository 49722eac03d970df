/**
 * Rows of kaizen's outbox, from wherever they lie: an owner, a kind, and a payload that is a text
 * and stays the text that it is.
 *
 *     redb    {"owner_id":"s-1","kind":"events","payload":"{…}"}
 *     sqlite  session_id, kind, payload, each as bytes
 */
import * as E from 'fp-ts/lib/Either.js';
import { decodeUtf8, encodeUtf8, invalidUtf8At } from '../../../ledger/encoding/utf8.ts';
import { rawMembers } from '../raw-json.ts';

export type From = 'redb' | 'archive' | 'sqlite';

export interface OutboxRow {
  readonly from: From;
  readonly id: bigint;
  readonly owner: string;
  readonly kind: string;
  readonly payload: string;
  readonly isSent: boolean;
  /** The value as it lay there, in base64, where it was no row or no text. */
  readonly raw?: string;
}

/** Kinds of which the latest row of an owner takes the place of those before it. */
export const REPLACEABLE: ReadonlySet<string> = new Set([
  'tool_spans',
  'repo_snapshots',
  'workspace_facts',
]);
const KNOWN = new Set([...REPLACEABLE, 'events', 'session_evals', 'session_feedback']);
/** What a value that is no row is kept as. */
export const MALFORMED = 'malformed';

/** textOf reads bytes; what is no UTF-8 is also kept as it was. */
const textOf = (bytes: Uint8Array): { readonly text: string; readonly isText: boolean } => {
  const isText = invalidUtf8At(bytes) < 0;
  return { text: isText ? decodeUtf8(bytes) : Buffer.from(bytes).toString('utf8'), isText };
};

const rawOf = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** redbRow reads the value of a redb row. */
export const redbRow = (from: From, id: bigint, bytes: Uint8Array): OutboxRow => {
  const members = rawMembers(bytes);
  const by = new Map<string, unknown>(
    (E.isRight(members) ? members.right : []).map(({ key, bytes: value }) => [
      key,
      JSON.parse(decodeUtf8(value)) as unknown,
    ]),
  );
  const [owner, kind, payload] = ['owner_id', 'kind', 'payload'].map((name) => by.get(name));
  const isRow =
    E.isRight(members) &&
    members.right.length === 3 &&
    by.size === 3 &&
    [owner, kind, payload].every((each) => typeof each === 'string' && each.isWellFormed());
  const row = { from, id, isSent: false };
  return isRow
    ? { ...row, owner: String(owner), kind: String(kind), payload: String(payload) }
    : { ...row, owner: '', kind: MALFORMED, payload: textOf(bytes).text, raw: rawOf(bytes) };
};

/** sqliteRow reads the columns of a row of the database. */
export const sqliteRow = (
  id: bigint,
  columns: readonly [owner: Uint8Array, kind: Uint8Array, payload: Uint8Array],
  isSent: boolean,
): OutboxRow => {
  const [owner, kind, payload] = columns.map(textOf);
  const isText = [owner, kind, payload].every((each) => each?.isText);
  return {
    from: 'sqlite',
    id,
    isSent,
    owner: owner?.text ?? '',
    kind: kind?.text ?? '',
    payload: payload?.text ?? '',
    ...(isText ? {} : { raw: rawOf(Buffer.concat(columns)) }),
  };
};

/** framed writes the parts of a row, each behind its length, so that no two are written alike. */
export const framed = ({ owner, kind, payload }: OutboxRow): Uint8Array =>
  Buffer.concat(
    [owner, kind, payload].flatMap((text) => {
      const bytes = encodeUtf8(text);
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(bytes.length));
      return [length, bytes];
    }),
  );

export type Oddity = 'malformed' | 'not_json' | 'unknown_kind' | 'no_owner' | 'not_text';

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

/** odditiesOf tells what is odd about a row, which is taken all the same. */
export const odditiesOf = (row: OutboxRow): readonly Oddity[] => {
  if (row.kind === MALFORMED && row.raw !== undefined) return ['malformed'];
  return [
    ...(row.raw === undefined ? [] : (['not_text'] as const)),
    ...(KNOWN.has(row.kind) ? [] : (['unknown_kind'] as const)),
    ...(row.owner === '' ? (['no_owner'] as const) : []),
    ...(isJson(row.payload) ? [] : (['not_json'] as const)),
  ];
};
