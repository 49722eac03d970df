/**
 * A reader of RFC 4180, written from its grammar alone, and what an event is as a row.
 */
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';

/** rowsOf reads the records of a text, each of its cells as it stands. */
export const rowsOf = (text: string): readonly (readonly string[])[] => {
  const rows: string[][] = [];
  let row: string[] = [];
  for (let at = 0; at < text.length;) {
    let cell = '';
    if (text[at] === '"') {
      for (at++; text[at] !== '"' || text[at + 1] === '"'; at++) {
        cell += text[at];
        if (text[at] === '"') at++;
      }
      at++;
    } else for (; !/[,\r]/.test(text[at] ?? ','); at++) cell += text[at];
    row.push(cell);
    if (text[at] === ',') at++;
    else {
      rows.push(row);
      row = [];
      at += '\r\n'.length;
    }
  }
  return rows;
};

/** plain takes away what keeps a cell from being a formula. */
export const plain = (cell: string): string => (cell.startsWith("'") ? cell.slice(1) : cell);

const members = (stated: Readonly<Record<string, Json | undefined>>): JsonObject =>
  Object.fromEntries(
    Object.entries(stated).filter((entry): entry is [string, Json] => entry[1] !== undefined),
  );

const group = (made: JsonObject): JsonObject | undefined =>
  Object.keys(made).length === 0 ? undefined : made;

/** lineOf makes the stored line again of a row and the names of its columns. */
export const lineOf = (names: readonly string[], row: readonly string[]): string => {
  const of = (name: string): string | undefined => {
    const cell = plain(row[names.indexOf(name)] ?? '');
    return cell === '' ? undefined : cell;
  };
  const number = (name: string): number | undefined =>
    of(name) === undefined ? undefined : Number(of(name));
  const header = members({
    attestation: group(
      members({
        key_id: of('key_id'),
        meaning: of('meaning'),
        signature: of('signature'),
        signed_at: of('signed_at'),
      }),
    ),
    authorization: of('authorization'),
    causation_id: of('causation_id'),
    domain_tags: of('domain_tags')?.split(' '),
    event_type: of('event_type'),
    id: of('id'),
    ledger: of('ledger'),
    observed_at: of('observed_at'),
    payload_hash: of('payload_hash'),
    policy: members({
      contributing: of('policy_contributing')?.split(' '),
      outcome: of('policy_outcome'),
      policy_set: of('policy_set'),
    }),
    prev_event_hash: of('prev_event_hash'),
    recorded_at: of('recorded_at'),
    schema_version: number('schema_version'),
    seen: group(members({ event_hash: of('seen_event_hash'), seq: number('seen_seq') })),
    seq: number('seq'),
    session_id: of('session_id'),
    source: members({
      instance: of('source_instance'),
      kind: of('source_kind'),
      model: of('source_model'),
      name: of('source_name'),
      version: of('source_version'),
    }),
    supersedes: of('supersedes'),
    trace_id: of('trace_id'),
  });
  const payload = of('payload');
  const rest =
    payload === undefined ? {} : { payload: JSON.parse(payload) as Json, salt: of('salt') ?? '' };
  return write({ event_hash: of('event_hash') ?? '', header, ...rest });
};
