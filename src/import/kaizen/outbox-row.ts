/**
 * Rows of kaizen's outbox, from wherever they lie: an owner, a kind, and a payload that is a text
 * and stays the text that it is. What is no UTF-8 is no text, and stays the bytes that it is.
 *
 *     redb    {"owner_id":"s-1","kind":"events","payload":"{…}"}
 *     sqlite  session_id, kind, payload, each as bytes
 */
import * as E from 'fp-ts/lib/Either.js';
import { decodeUtf8, encodeUtf8, invalidUtf8At } from '../../../ledger/encoding/utf8.ts';
import { rawMembers } from '../raw-json.ts';

export type From = 'redb' | 'archive' | 'sqlite';

export const PARTS = ['owner', 'kind', 'payload'] as const;
type Part = (typeof PARTS)[number];

export interface OutboxRow {
  readonly from: From;
  readonly id: bigint;
  readonly owner: string;
  readonly kind: string;
  readonly payload: string;
  readonly isSent: boolean;
  /** The value as it lay there, in base64, where it was no row. */
  readonly raw?: string;
  /** Parts that are no UTF-8: the text of each is empty. */
  readonly bytes?: Readonly<Partial<Record<Part, Uint8Array>>>;
}

/** Kinds of which the latest row of an owner takes the place of those before it. */
export const REPLACEABLE: ReadonlySet<string> = new Set([
  'tool_spans',
  'repo_snapshots',
  'workspace_facts',
]);

/** isReplacing tells whether a row does; what is no text is not sent, and stands for none. */
export const isReplacing = ({ kind, bytes }: Pick<OutboxRow, 'kind' | 'bytes'>): boolean =>
  REPLACEABLE.has(kind) && bytes === undefined;

const PROSE = /^[^\p{Cc}\p{Cs}]{0,4096}$/u;

/** isProse tells whether a text is what an owner or a kind is as a rule. */
export const isProse = (text: string): boolean => PROSE.test(text);

const KNOWN = new Set([...REPLACEABLE, 'events', 'session_evals', 'session_feedback']);
/** What a value that is no row is kept as. */
export const MALFORMED = 'malformed';

/** base64Of writes bytes. */
export const base64Of = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');

/** partsOf reads the parts of a row: those that are text as texts, the others as bytes. */
const partsOf = (each: Readonly<Record<Part, Uint8Array>>): Pick<OutboxRow, Part | 'bytes'> => {
  const odd = PARTS.filter((part) => invalidUtf8At(each[part]) >= 0);
  const textOf = (part: Part): string => (odd.includes(part) ? '' : decodeUtf8(each[part]));
  return {
    owner: textOf('owner'),
    kind: textOf('kind'),
    payload: textOf('payload'),
    ...(odd.length === 0
      ? {}
      : { bytes: Object.fromEntries(odd.map((part) => [part, each[part]])) }),
  };
};

const NONE = new Uint8Array();

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
    : {
        ...row,
        ...partsOf({ owner: NONE, kind: encodeUtf8(MALFORMED), payload: bytes }),
        raw: base64Of(bytes),
      };
};

/** sqliteRow reads the columns of a row of the database. */
export const sqliteRow = (
  id: bigint,
  columns: Readonly<Record<Part, Uint8Array>>,
  isSent: boolean,
): OutboxRow => ({ from: 'sqlite', id, isSent, ...partsOf(columns) });

/** framed writes the parts of a row, each behind its length, so that no two are written alike. */
export const framed = (row: OutboxRow): Uint8Array =>
  Buffer.concat(
    PARTS.flatMap((part) => {
      const bytes = row.bytes?.[part] ?? encodeUtf8(row[part]);
      const length = Buffer.alloc(8);
      length.writeBigUInt64LE(BigInt(bytes.length));
      return [length, bytes];
    }),
  );

export type Oddity =
  'malformed' | 'not_json' | 'unknown_kind' | 'no_owner' | 'not_text' | 'odd_owner';

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
  const notText = row.bytes === undefined ? [] : (['not_text'] as const);
  if (row.kind === MALFORMED && row.raw !== undefined) return ['malformed', ...notText];
  return [
    ...notText,
    ...(KNOWN.has(row.kind) ? [] : (['unknown_kind'] as const)),
    ...(row.owner === '' && row.bytes?.owner === undefined ? (['no_owner'] as const) : []),
    ...(isProse(row.owner) ? [] : (['odd_owner'] as const)),
    ...(isJson(row.payload) ? [] : (['not_json'] as const)),
  ];
};
