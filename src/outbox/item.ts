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
import type { Enqueued } from './event.ts';
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
  readonly tags: readonly string[];
  /** Read when it is asked for; undefined where it was erased. */
  readonly payload: Json | undefined;
  readonly isErased: boolean;
  /** As it stands in the journal. */
  readonly line: string;
  /** What was handed in, where it is no event. */
  readonly enqueued?: Enqueued;
}

export const ALL = '*' as TypePattern;
const ENQUEUED = 'outbox.enqueued';

const [HEADER, PAYLOAD] = ['"header":', '},"payload":'];

/** The header alone: no text in it can hold what stands behind it, since a quote is escaped. */
const headerOf = (line: string, end: number): Header =>
  JSON.parse(line.slice(line.indexOf(HEADER) + HEADER.length, end + 1)) as Header;

const payloadOf = (line: string): Json | undefined =>
  (JSON.parse(line) as { readonly payload?: Json }).payload;

/** itemOf makes an item of an event's line, as it stands in the journal. */
export const itemOf = (line: string): Item => {
  const end = line.indexOf(PAYLOAD);
  const isErased = end < 0;
  const header = isErased
    ? (JSON.parse(line) as { readonly header: Header }).header
    : headerOf(line, end);
  const { seq, id, event_type: type, recorded_at: at, domain_tags: tags = [] } = header;
  const common = { seq, id, at, tags, line, isErased };
  const payload = type === ENQUEUED ? payloadOf(line) : undefined;
  const event = payload === undefined ? undefined : parseOutboxEvent(type, payload);
  if (event?.type === ENQUEUED) {
    const { kind, owner, payload: inner } = event.payload;
    return { ...common, type: kind, kind, owner, payload: inner, enqueued: event.payload };
  }
  const owner = header.session_id ?? '';
  return {
    ...common,
    type,
    kind: EVENTS,
    owner,
    get payload() {
      return payloadOf(line);
    },
  };
};

/**
 * takes says whether a destination is sent an item; the outbox's own only if they are named. What
 * delivery records is sent to nobody: each delivery of it would be one more to be delivered.
 */
export const takes = (destination: Destination, item: Item): boolean => {
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
export const isReplaceable = ({ format }: Destination, { enqueued, kind }: Item): boolean =>
  enqueued !== undefined &&
  (enqueued.replaceable === true || presetOf(format)?.replaceable.includes(kind) === true);
