/**
 * What a ledger says of a way back to its last good event: what was set aside and, where that forks
 * the log, whose word ends there and whose begins. An operator signs it, and it waits in a file
 * that others can write: so it is read as strictly as it is made.
 */
import type { Check } from '../../ledger/event/shape.ts';
import { listOf, name, object, oneOf } from '../../ledger/event/shape.ts';
import { FINDING_CODES } from '../../ledger/finding.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Key } from '../../ledger/key/key.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import { parseDigest, parseEventId, parseKeyId, parseSeq, parseTime } from '../../ledger/name.ts';
import type { Aside } from '../storage/aside.ts';
import { CORRUPTIONS } from '../storage/outcome.ts';
import { parseSegmentName } from '../storage/segment.ts';
import { newId, timeOf } from './fill.ts';
import type { Ports } from './ports.ts';

const MOST_LISTED = 1000;
const SOURCE = { kind: 'runtime', name: 'ledger' } as const;
const UNDONE = 'a checkpoint was undone';

/** Bytes that were set aside, as the ledger names them. */
export type Piece = Pick<Aside, 'segment' | 'offset' | 'bytes' | 'sha256'>;

/** What is said of a recovery. */
export interface Recovered {
  readonly reason: string;
  readonly findings: readonly string[];
  readonly last_good: { readonly seq: number; readonly event_hash: string };
  readonly set_aside: readonly Piece[];
  readonly set_aside_bytes: number;
  readonly undone_checkpoints: readonly number[];
}

type Drawing = Pick<Ports, 'now' | 'random'>;

const drafted = (by: Drawing, event_type: string, payload: JsonObject): JsonObject => ({
  event_type,
  id: newId(by),
  observed_at: timeOf(by.now()),
  payload,
  source: { ...SOURCE },
});

/** recoveredDraft says what was set aside; of very much, what it comes to. */
export const recoveredDraft = (
  by: Drawing,
  { set_aside: pieces, undone_checkpoints: sizes, ...said }: Omit<Recovered, 'set_aside_bytes'>,
): JsonObject =>
  drafted(by, 'ledger.recovered', {
    ...said,
    findings: [...said.findings],
    last_good: { ...said.last_good },
    set_aside: pieces
      .slice(0, MOST_LISTED)
      .map(({ segment, offset, bytes, sha256 }) => ({ segment, offset, bytes, sha256 })),
    set_aside_bytes: pieces.reduce((sum, { bytes }) => sum + bytes, 0),
    undone_checkpoints: sizes.slice(0, MOST_LISTED),
  });

/** forkDrafts end the log keys of what is undone, and begin another. */
export const forkDrafts = (
  by: Drawing,
  newLogKey: Key,
  live: readonly Key[],
): readonly JsonObject[] => [
  drafted(by, 'key.enrolled', { vkey: formatVkey(newLogKey), tier: 'verified', purpose: 'log' }),
  ...live.map(({ keyId }) => drafted(by, 'key.retired', { key_id: keyId, reason: UNDONE })),
];

const count: Check = name(parseSeq);
const text: Check = (value, path) =>
  typeof value === 'string' ? [] : [{ path, reason: 'not_text' }];
const many = (item: Check): Check => listOf(item, MOST_LISTED, 0);
const segment: Check = (value, path) =>
  typeof value === 'string' && parseSegmentName(value) !== undefined
    ? []
    : [{ path, reason: 'bad_form' }];

const PAYLOADS: Readonly<Record<string, Check>> = {
  'ledger.recovered': object(
    {
      reason: oneOf('asked', ...CORRUPTIONS),
      findings: many(oneOf(...Object.keys(FINDING_CODES))),
      last_good: object({ seq: count, event_hash: name(parseDigest) }, {}),
      set_aside: many(
        object({ segment, offset: count, bytes: count, sha256: name(parseDigest) }, {}),
      ),
      set_aside_bytes: count,
      undone_checkpoints: many(count),
    },
    {},
  ),
  'key.enrolled': object({ vkey: text, tier: oneOf('verified'), purpose: oneOf('log') }, {}),
  'key.retired': object({ key_id: name(parseKeyId), reason: oneOf(UNDONE) }, {}),
};

/** isRecoveryDraft tells whether it is in all its members what a recovery drafts. */
export const isRecoveryDraft = (draft: Json): draft is JsonObject => {
  const type = isObject(draft) ? draft['event_type'] : undefined;
  const payload = typeof type === 'string' && Object.hasOwn(PAYLOADS, type) && PAYLOADS[type];
  if (payload === undefined || payload === false || typeof type !== 'string') return false;
  const source = object({ kind: oneOf(SOURCE.kind), name: oneOf(SOURCE.name) }, {});
  const members = { id: name(parseEventId), observed_at: name(parseTime), payload, source };
  return object({ event_type: oneOf(type), ...members }, {})(draft, '').length === 0;
};

/** isRecovered tells those from what is said of keys. */
export const isRecovered = ({ event_type: type }: JsonObject): boolean =>
  type === 'ledger.recovered';

/** recoveredIn gives what is said of recoveries, in order. */
export const recoveredIn = (drafts: readonly JsonObject[]): readonly Recovered[] =>
  drafts.filter(isRecovered).map(({ payload }) => payload as unknown as Recovered);

/** isWholeList tells whether the bytes that it counts are those that it lists. */
export const isWholeList = ({ set_aside: pieces, set_aside_bytes: all }: Recovered): boolean => {
  const listed = pieces.reduce((sum, { bytes }) => sum + bytes, 0);
  return pieces.length < MOST_LISTED ? listed === all : listed <= all;
};
