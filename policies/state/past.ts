/**
 * What rules ask about the past: a port, so that a mirror can stand in for memory.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { History } from '../../ledger/chain/history.ts';
import type { Header } from '../../ledger/event/header.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Digest, EventId, EventType, KeyId, Seq, Time } from '../../ledger/name.ts';
import { isGoverning, parseSeq } from '../../ledger/name.ts';
import { powerOf, surfaceOf } from '../surface.ts';

/**
 * An event as it was recorded; the payload is undefined where it was withheld. It may be read when
 * it is asked for: who takes it off an event before he knows its type has all of them read.
 */
export interface Recorded {
  readonly event_hash: Digest;
  readonly header: Header;
  readonly payload: Json | undefined;
}

export interface Reference {
  readonly seq: Seq;
  readonly event_type: EventType;
  /** The latest event that corrects it. */
  readonly corrected?: { readonly id: EventId; readonly seq: Seq };
}

export interface Approval {
  readonly id: EventId;
  readonly seq: Seq;
  readonly by: KeyId;
  readonly at: Time;
}

export interface Past {
  readonly find: (id: EventId) => Reference | undefined;
  readonly hashAt: (seq: Seq) => Digest | undefined;
  readonly isGoverning: (seq: Seq) => boolean;
  /**
   * Events `review.approved` with meaning `approved` over a key_id or an event's id, WITHHELD where
   * that cannot be seen: of each key the first one behind a position, those left out that were
   * erased by now, seen or not. What revokes a key distrusts its events from some time on, so where
   * the first does not count no later one does.
   */
  readonly approvalsOf: (subject: string, since: number) => readonly Approval[];
  /** How many events of an author there are from a seq on, those of the tool itself left out. */
  readonly countFrom: (author: string, seq: Seq) => number;
  /** How many of its refusals were recorded from a seq on; `author` as `policy.refused` has it. */
  readonly refusalsFrom: (author: string, seq: Seq) => number;
}

/** Whoever signed nothing is one and the same: names cost nothing. */
export const UNSIGNED = 'unsigned';

/** authorOf names who brought an event as far as it is proved, undefined where the tool did. */
export const authorOf = ({
  attestation,
  event_type: type,
}: Pick<Header, 'attestation' | 'event_type'>): string | undefined =>
  powerOf(surfaceOf(type)) === 'own' ? undefined : (attestation?.key_id ?? UNSIGNED);

/** WITHHELD stands for a subject that was erased; nothing in a ledger is called so. */
export const WITHHELD = '';

/** subjectOf tells what a review approves, undefined where it approves nothing. */
export const subjectOf = (event: Recorded): string | undefined => {
  const { event_type: type, attestation } = event.header;
  if (type !== 'review.approved' || attestation?.meaning !== 'approved') return undefined;
  const { payload } = event;
  if (payload === undefined) return WITHHELD;
  const subject = isObject(payload) ? payload['subject'] : undefined;
  return typeof subject === 'string' && subject !== WITHHELD ? subject : undefined;
};

/** erasedOf tells whose payload an event erases, undefined where it erases none. */
export const erasedOf = (event: Recorded): Seq | undefined => {
  if (event.header.event_type !== 'ledger.payload_erased') return undefined;
  const { payload } = event;
  if (payload === undefined) return undefined;
  const seq = parseSeq(isObject(payload) ? payload['seq'] : undefined);
  return E.isRight(seq) ? seq.right : undefined;
};

/** refusedOf tells whose refusal an event records, undefined where it records none. */
export const refusedOf = (event: Recorded): string | undefined => {
  if (event.header.event_type !== 'policy.refused') return undefined;
  const { payload } = event;
  if (payload === undefined) return undefined;
  const author = isObject(payload) ? payload['author'] : undefined;
  return typeof author === 'string' ? author : undefined;
};

/** A past that is told each event as it is followed; a mirror has taken it by then. */
export interface GrowingPast extends Past {
  readonly take: (event: Recorded) => void;
}

const addTo = <K, V>(lists: Map<K, V[]>, key: K, value: V): void => {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
};

/** Where in a list, sorted by a number, the first stands that has at least `from`. */
const firstAtLeast = <A>(sorted: readonly A[], numberOf: (each: A) => number, from: number) => {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const each = sorted[middle];
    if (each !== undefined && numberOf(each) < from) low = middle + 1;
    else high = middle;
  }
  return low;
};

const countAtLeast = (sorted: readonly number[], from: number): number =>
  sorted.length - firstAtLeast(sorted, Number, from);

/** memoryPast keeps the past in memory. */
export const memoryPast = (): GrowingPast => {
  const byId = new Map<EventId, Reference>();
  const hashes = new Map<Seq, { readonly hash: Digest; readonly type: EventType }>();
  const approvals = new Map<string, Map<KeyId, Approval[]>>();
  const erased = new Set<Seq>();
  const authors = new Map<string, Seq[]>();
  const refusals = new Map<string, Seq[]>();
  const firstBehind = (by: readonly Approval[], since: number): Approval | undefined => {
    let at = firstAtLeast(by, ({ seq }) => seq, since + 1);
    for (; ; at++) {
      const each = by[at];
      if (each === undefined || !erased.has(each.seq)) return each;
    }
  };
  return {
    find: (id) => byId.get(id),
    hashAt: (seq) => hashes.get(seq)?.hash,
    isGoverning: (seq) => isGoverning(hashes.get(seq)?.type ?? ''),
    approvalsOf: (subject, since) =>
      [...(approvals.get(subject)?.values() ?? [])]
        .flatMap((by) => firstBehind(by, since) ?? [])
        .toSorted((a, b) => a.seq - b.seq),
    countFrom: (author, seq) => countAtLeast(authors.get(author) ?? [], seq),
    refusalsFrom: (author, seq) => countAtLeast(refusals.get(author) ?? [], seq),
    take: (event) => {
      const { id, seq, event_type: type, supersedes, attestation, recorded_at: at } = event.header;
      byId.set(id, { seq, event_type: type });
      hashes.set(seq, { hash: event.event_hash, type });
      const author = authorOf(event.header);
      if (author !== undefined) addTo(authors, author, seq);
      const corrected = supersedes === undefined ? undefined : byId.get(supersedes);
      if (supersedes !== undefined && corrected !== undefined)
        byId.set(supersedes, { ...corrected, corrected: { id, seq } });
      const subject = subjectOf(event);
      if (subject !== undefined && attestation !== undefined) {
        const by = attestation.key_id;
        const known = approvals.get(subject) ?? new Map<KeyId, Approval[]>();
        addTo(known, by, { id, seq, by, at });
        approvals.set(subject, known);
      }
      const gone = erasedOf(event);
      if (gone !== undefined) erased.add(gone);
      const refused = refusedOf(event);
      if (refused !== undefined) addTo(refusals, refused, seq);
    },
  };
};

/** A history that answers of the past and takes no notes. */
export const historyOf = (past: Past): History => ({
  claimId: () => undefined,
  record: () => undefined,
  hashAt: past.hashAt,
  isGoverning: past.isGoverning,
  authorize: () => undefined,
  isAuthorized: () => false,
  withhold: () => undefined,
  erase: () => undefined,
  withheld: () => [],
  use: () => undefined,
  lastUse: () => undefined,
});
