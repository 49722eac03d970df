/**
 * An event as it is stored: one line.
 *
 *     {"event_hash":"<64 digits>","header":{…},"payload":<any JSON>,"salt":"<32 digits>"} LF
 *     {"event_hash":"<64 digits>","header":{…}} LF                          a withheld line
 */
import { decodeUtf8 } from '../encoding/utf8.ts';
import type { Json } from '../json/value.ts';
import type { Digest, EventId, EventType, Origin, Seq, Time } from '../name.ts';
import type { Header, Outcome } from './header.ts';

/** An opened line: well-formed, and what a verifier asks of every event at hand without parsing. */
export interface Line {
  readonly seq: Seq;
  readonly id: EventId;
  readonly event_type: EventType;
  readonly ledger: Origin;
  readonly recorded_at: Time;
  readonly prev_event_hash: Digest;
  readonly outcome: Outcome;
  readonly policy_set: Digest;
  readonly isAttested: boolean;
  readonly hasSeen: boolean;
  /** The hash as the line states it; `open` has compared it with the header. */
  readonly event_hash: Digest;
  /** The canonical header. */
  readonly headerText: string;
  /** The canonical payload, undefined where it is withheld. */
  readonly payload: Uint8Array | undefined;
  readonly salt: Uint8Array | undefined;
}

/** headerOf gives every member. */
export const headerOf = (line: Line): Header => JSON.parse(line.headerText) as Header;

/** payloadOf gives the payload, undefined where it is withheld. */
export const payloadOf = (line: Line): Json | undefined =>
  line.payload === undefined ? undefined : (JSON.parse(decodeUtf8(line.payload)) as Json);
