/**
 * Filling in what an author need not state: an id (UUIDv7, RFC 9562 section 5.7), the moment, a
 * salt. What was filled in is not the author's word when a draft is compared with a recorded event.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Draft, DraftRefused } from '../../ledger/event/draft.ts';
import { draftOf } from '../../ledger/event/draft.ts';
import { SALT_BYTES } from '../../ledger/event/hash.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { EventId, Origin, Time } from '../../ledger/name.ts';
import type { Ports } from './ports.ts';

const LATEST = 253_402_300_799_999; // the last millisecond of the year 9999

/** Many events are written in the same millisecond, and writing one takes its time. */
let last = { at: 0, text: new Date(0).toISOString() as Time };

/** timeOf writes a moment; a clock beyond the years that can be written stands at their end. */
export const timeOf = (milliseconds: number): Time => {
  const at = Math.min(LATEST, Math.max(0, Math.floor(milliseconds)));
  if (at !== last.at) last = { at, text: new Date(at).toISOString() as Time };
  return last.text;
};

/** newId makes a UUIDv7. */
export const newId = ({ now, random }: Pick<Ports, 'now' | 'random'>): EventId => {
  const time = Math.floor(now()).toString(16).padStart(12, '0').slice(-12);
  const bytes = random(10);
  bytes[0] = 0x70 | ((bytes[0] ?? 0) & 0x0f);
  bytes[2] = 0x80 | ((bytes[2] ?? 0) & 0x3f);
  const rest = formatHex(bytes);
  const parts = [
    time.slice(0, 8),
    time.slice(8),
    rest.slice(0, 4),
    rest.slice(4, 8),
    rest.slice(8),
  ];
  return parts.join('-') as EventId;
};

/** newSalt makes a salt that belongs to one event alone. */
export const newSalt = ({ random }: Pick<Ports, 'random'>): string => formatHex(random(SALT_BYTES));

/** A draft, and which of its members the author did not state. */
export interface Filled {
  readonly draft: Draft;
  readonly filled: ReadonlySet<string>;
}

/** What is stated, read once; undefined where there is nothing to read. */
const copied = (stated: JsonObject | null): Record<string, Json> | undefined => {
  try {
    return typeof stated === 'object' && stated !== null ? { ...stated } : undefined;
  } catch {
    // Of a getter that throws: the kernel says of it what it says of all that is no data.
    return undefined;
  }
};

/** fill makes a draft of what an author states; what is stated is left as it is. */
export const fill = (
  ports: Pick<Ports, 'crypto' | 'now' | 'random'>,
  ledger: Origin,
  stated: JsonObject,
): E.Either<DraftRefused, Filled> => {
  const filled = new Set<string>();
  const whole = copied(stated);
  if (whole === undefined)
    return E.map((draft: Draft) => ({ draft, filled }))(draftOf(ports.crypto, stated));
  const state = (member: string, make: () => string): void => {
    if (Object.hasOwn(whole, member)) return;
    filled.add(member);
    whole[member] = make();
  };
  state('id', () => newId(ports));
  state('ledger', () => ledger);
  state('observed_at', () => timeOf(ports.now()));
  state('salt', () => newSalt(ports));
  const draft = draftOf(ports.crypto, whole);
  return E.isLeft(draft) ? draft : E.right({ draft: draft.right, filled });
};
