/**
 * An event as the formats take it: its header with all members, its payload as text.
 */
import { formatHex } from '../../ledger/encoding/hex.ts';
import { decodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Header } from '../../ledger/event/header.ts';
import type { Line } from '../../ledger/event/line.ts';
import { headerOf } from '../../ledger/event/line.ts';
import type { Digest } from '../../ledger/name.ts';

export interface Event {
  readonly event_hash: Digest;
  readonly header: Header;
  /** As it is stored; undefined where it is withheld. */
  readonly payloadText: string | undefined;
  readonly salt: string | undefined;
}

/** eventOf gives the event of a line. */
export const eventOf = (line: Line, header: Header = headerOf(line)): Event => ({
  event_hash: line.event_hash,
  header,
  payloadText: line.payload === undefined ? undefined : decodeUtf8(line.payload),
  salt: line.salt === undefined ? undefined : formatHex(line.salt),
});
