/**
 * An item: an event of the ledger, or what was handed in as `outbox.enqueued`; and whether a
 * destination takes it.
 */
import type { Header } from '../../ledger/event/header.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { EventType } from '../../ledger/name.ts';
import { entersBy } from '../../policies/surface.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { isOfType } from '../../policies/type-pattern.ts';
import type { Destination } from './destination.ts';
import type { Handed } from './enqueued.ts';
import { handedIn } from './enqueued.ts';
import { parseOutboxEvent } from './event.ts';
import { presetOf } from './preset/preset.ts';

/** What events of the ledger are called where kinds are told apart. */
export const EVENTS = 'events';

export interface Item {
  readonly seq: number;
  readonly id: string;
  readonly kind: string;
  /** Whose it is, for its order; '' is the whole destination's. */
  readonly owner: string;
  readonly type: string;
  readonly at: string;
  /** Read when they are asked for, as the payload is; that is undefined where it was erased. */
  readonly tags: readonly string[];
  readonly payload: Json | undefined;
  readonly isErased: boolean;
  /** As it stands in the journal. */
  readonly line: string;
  /** What was handed in, where it is no event. */
  readonly enqueued: Handed | undefined;
}

/** An event as the mirror has it: its line, and beside it what it is looked up by. */
export interface EventRow {
  readonly seq: number;
  readonly id: string;
  readonly event_type: string;
  readonly recorded_at: string;
  readonly session_id: string | null;
  readonly line: string;
}

export const ALL = '*' as TypePattern;
/** What is handed in without a kind is of the type of its event. */
export const ENQUEUED = 'outbox.enqueued';

const [HASH, HEADER, PAYLOAD] = ['{"event_hash":"', '"header":', '},"payload":'];
/** A payload is the last but for its salt, which is as long as any; without them a header is. */
const [SALT, SALTED] = [',"salt":"0123456789abcdef0123456789abcdef"}', '"}'];

/** isLine says whether a text can be the line of an event, as far as that is told by a look. */
export const isLine = (text: string): boolean => text.startsWith(HASH) && text.endsWith('}');

/** The header alone: no text in it can hold what stands behind it, since a quote is escaped. */
const headerOf = (line: string): Header => {
  const end = line.indexOf(PAYLOAD);
  const from = line.indexOf(HEADER) + HEADER.length;
  return JSON.parse(line.slice(from, end < 0 ? -1 : end + 1)) as Header;
};

const payloadOf = (line: string): Json =>
  JSON.parse(line.slice(line.indexOf(PAYLOAD) + PAYLOAD.length, -SALT.length)) as Json;

/** An event. Most are sent as the line that they are: nothing of it is read that is not asked. */
class EventItem implements Item {
  readonly seq: number;
  readonly id: string;
  readonly kind = EVENTS;
  readonly owner: string;
  readonly type: string;
  readonly at: string;
  readonly isErased: boolean;
  readonly line: string;
  readonly enqueued = undefined;

  constructor({ seq, id, event_type, recorded_at, session_id, line }: EventRow, erased: boolean) {
    this.seq = seq;
    this.id = id;
    this.owner = session_id ?? '';
    this.type = event_type;
    this.at = recorded_at;
    this.isErased = erased;
    this.line = line;
  }

  get tags(): readonly string[] {
    return headerOf(this.line).domain_tags ?? [];
  }

  get payload(): Json | undefined {
    return this.line.endsWith(SALTED) ? payloadOf(this.line) : undefined;
  }
}

/** itemOf makes an item of an event; it may be erased before its payload is taken away. */
export const itemOf = (row: EventRow, isErased = false): Item => {
  const item = new EventItem(row, isErased || !row.line.endsWith(SALTED));
  const payload = item.type === ENQUEUED ? item.payload : undefined;
  const event = payload === undefined ? undefined : parseOutboxEvent(item.type, payload);
  if (event?.type !== ENQUEUED) return item;
  const { seq, id, at, line } = item;
  const enqueued = handedIn(event.payload);
  const { kind, owner, payload: inner } = enqueued;
  const common = { seq, id, at, line, isErased: item.isErased, tags: item.tags };
  return { ...common, type: kind, kind, owner, payload: inner, enqueued };
};

/**
 * takes says whether a destination is sent an item; the outbox's own only if they are named. What
 * delivery records is sent to nobody: each delivery of it would be one more to be delivered.
 */
export const takes = (
  destination: Destination,
  item: Pick<Item, 'enqueued' | 'type' | 'tags'>,
): boolean => {
  const { types = [ALL], tags, kinds, name } = destination;
  if (item.enqueued !== undefined) {
    const { destination: to, kind } = item.enqueued;
    return (to ?? name) === name && kinds?.includes(kind) !== false;
  }
  const type = item.type as EventType;
  const isNamed = types.some(
    (each) => (each !== ALL || !type.startsWith('outbox.')) && isOfType(each, type),
  );
  if (!isNamed || entersBy('delivery_receipt', type)) return false;
  return tags === undefined || item.tags.some((each) => tags.includes(each));
};

/** isReplaceable says whether a later one of its owner and kind stands for an item. */
export const isReplaceable = (
  { format }: Destination,
  { enqueued, kind }: Pick<Item, 'enqueued' | 'kind'>,
): boolean =>
  enqueued?.isText === true &&
  (enqueued.replaceable === true || presetOf(format)?.replaceable.includes(kind) === true);
