/**
 * What the outbox records, by the type of the event. Whatever is of another form is nothing that
 * the outbox wrote.
 *
 *     outbox.destination_set       a destination, as `destination.ts` has it
 *     outbox.destination_paused    … _resumed, _retired: {"name", "reason"?}
 *     outbox.enqueued              an item that is no event, as `enqueued.ts` has it
 *     outbox.batch_planned         who belongs to a batch, before it is sent
 *     outbox.delivered             what was answered to it
 *     outbox.parked                items that wait for a person, and why; `set_aside` by a person,
 *                                  who also has them `retried` or `dropped`
 *     outbox.stopped               a destination that refuses us; `retry_later`: one that fails
 *     outbox.group_delivered       how far all of a group have come that must
 */
import type { Check, Problem } from '../../ledger/event/shape.ts';
import { listOf, object, oneOf } from '../../ledger/event/shape.ts';
import type { Json } from '../../ledger/json/value.ts';
import { DIGEST, NAME, PROSE, WHOLE, mapOf, whole } from './check.ts';
import type { Destination } from './destination.ts';
import { DESTINATION } from './destination.ts';
import type { Enqueued } from './enqueued.ts';
import { ENQUEUED } from './enqueued.ts';

export interface Named {
  readonly name: string;
  readonly reason?: string;
}

/** The members of a batch, by their positions, and the key that stands for them. */
export interface Batch {
  readonly key: string;
  readonly items: readonly number[];
  /** The digest of the body, before it is compressed. */
  readonly body: string;
}

/** Items that a plan passes, and the number of the owner of each. */
export interface Behind {
  readonly items: readonly number[];
  readonly owners: readonly number[];
}

export interface Planned {
  readonly destination: string;
  /** Where the destination was set as it is sent by. */
  readonly config: number;
  /** All before it that match are planned, or stand elsewhere in what is recorded. */
  readonly through: number;
  readonly batches: readonly Batch[];
  /** The digest of the redaction in force, where one is. */
  readonly redaction?: string;
  /** The batch in whose place these come, and why. */
  readonly replaces?: string;
  readonly reason?: string;
  /** What was answered to that one. */
  readonly status?: number;
  /** Items for which a later one stands. */
  readonly superseded?: readonly number[];
  /** Items of owners of whom a batch fails: they wait behind it. */
  readonly behind?: Behind;
}

export interface Delivered {
  readonly destination: string;
  readonly key: string;
  readonly body: string;
  readonly status: number;
  readonly attempts: number;
  readonly latency_ms: number;
  /** The receiver had it before. */
  readonly before?: boolean;
  /** What the receiver says of it. */
  readonly received?: number;
  readonly deduped?: number;
  readonly receipt?: string;
  /** The digest of the redaction that it was made by. */
  readonly redaction?: string;
}

export interface Chosen {
  readonly destination: string;
  readonly items: readonly number[];
  readonly reason?: string;
}

export interface Parked extends Chosen {
  readonly reason: string;
  readonly status?: number;
  /** The batch that they were alone in, or that could not be made again. */
  readonly key?: string;
  /** The whole batch waits, and is sent again as what it was or not at all. */
  readonly held?: true;
  /** How often it was sent by then, in all runs. */
  readonly attempts?: number;
}

export interface Retried extends Chosen {
  /** The batch that they are, which was held. */
  readonly key?: string;
  /** Out of the batch that was held: what comes of them has other keys. */
  readonly anew?: true;
}

export interface Trouble {
  readonly destination: string;
  readonly reason: string;
  readonly status?: number;
  readonly key?: string;
  /** Milliseconds since 1970. */
  readonly until?: number;
  /** How often the batch was sent by then, in all runs. */
  readonly attempts?: number;
  /** Nothing else is tried before that either; or before this, where it is another moment. */
  readonly all?: true;
  readonly all_until?: number;
  /** It is what the receiver asked for. */
  readonly asked?: true;
}

export interface GroupDelivered {
  readonly group: string;
  readonly through: number;
  readonly members: Readonly<Record<string, number>>;
}

const STATUS = whole(100, 599);
/** Of a receipt: what was taken, now or before. */
const TAKEN: Check = (value, path) => (value === 409 ? [] : whole(200, 299)(value, path));
/** MOST_ITEMS is how many items one event can name. */
export const MOST_ITEMS = 5000;
const ITEMS = listOf(WHOLE, MOST_ITEMS);
/** MOST_BATCHES is how many batches one plan can hold. */
export const MOST_BATCHES = 128;

/** byEvent spreads items over as many events as it takes to name them. */
export const byEvent = <T>(items: readonly T[]): readonly (readonly T[])[] =>
  Array.from({ length: Math.ceil(items.length / MOST_ITEMS) }, (_, at) =>
    items.slice(at * MOST_ITEMS, (at + 1) * MOST_ITEMS),
  );

const BATCH = object({ key: DIGEST, items: ITEMS, body: DIGEST }, {});
const NAMED = object({ name: NAME }, { reason: PROSE });
const CHOSEN = { destination: NAME, items: ITEMS };
const TROUBLE = object(
  { destination: NAME, reason: PROSE },
  {
    status: STATUS,
    key: DIGEST,
    until: WHOLE,
    attempts: WHOLE,
    all: oneOf(true),
    all_until: WHOLE,
    asked: oneOf(true),
  },
);
/** As many as a plan looks at. */
const MANY = listOf(WHOLE, 100_000);
const BEHIND = object({ items: MANY, owners: MANY }, {});

const PARKED = object(
  { ...CHOSEN, reason: PROSE },
  { status: STATUS, key: DIGEST, held: oneOf(true), attempts: WHOLE },
);

const CHECKS = {
  'outbox.destination_set': DESTINATION,
  'outbox.destination_paused': NAMED,
  'outbox.destination_resumed': NAMED,
  'outbox.destination_retired': NAMED,
  'outbox.enqueued': ENQUEUED,
  'outbox.batch_planned': object(
    { destination: NAME, config: WHOLE, through: WHOLE, batches: listOf(BATCH, MOST_BATCHES, 0) },
    {
      redaction: DIGEST,
      replaces: DIGEST,
      reason: PROSE,
      status: STATUS,
      superseded: MANY,
      behind: BEHIND,
    },
  ),
  'outbox.delivered': object(
    {
      destination: NAME,
      key: DIGEST,
      body: DIGEST,
      status: TAKEN,
      attempts: whole(1, Number.MAX_SAFE_INTEGER),
      latency_ms: WHOLE,
    },
    { before: oneOf(true), received: WHOLE, deduped: WHOLE, receipt: PROSE, redaction: DIGEST },
  ),
  'outbox.parked': PARKED,
  'outbox.set_aside': PARKED,
  'outbox.retried': object(CHOSEN, { reason: PROSE, key: DIGEST, anew: oneOf(true) }),
  'outbox.dropped': object({ ...CHOSEN, reason: PROSE }, {}),
  'outbox.stopped': TROUBLE,
  'outbox.retry_later': TROUBLE,
  'outbox.group_delivered': object(
    { group: NAME, through: WHOLE, members: mapOf(/^[a-z][a-z0-9_-]*$/, WHOLE, 1000) },
    {},
  ),
} as const satisfies Readonly<Record<string, Check>>;

interface Payloads {
  readonly 'outbox.destination_set': Destination;
  readonly 'outbox.destination_paused': Named;
  readonly 'outbox.destination_resumed': Named;
  readonly 'outbox.destination_retired': Named;
  readonly 'outbox.enqueued': Enqueued;
  readonly 'outbox.batch_planned': Planned;
  readonly 'outbox.delivered': Delivered;
  readonly 'outbox.parked': Parked;
  readonly 'outbox.set_aside': Parked;
  readonly 'outbox.retried': Retried;
  readonly 'outbox.dropped': Chosen;
  readonly 'outbox.stopped': Trouble;
  readonly 'outbox.retry_later': Trouble;
  readonly 'outbox.group_delivered': GroupDelivered;
}

export type OutboxType = keyof Payloads;
export type OutboxEvent = {
  readonly [T in OutboxType]: { readonly type: T; readonly payload: Payloads[T] };
}[OutboxType];

/** isOutboxType says whether events of a type are the outbox's. */
export const isOutboxType = (type: string): type is OutboxType => Object.hasOwn(CHECKS, type);

/** problemsIn tells what keeps a payload from being one of the outbox's. */
export const problemsIn = (type: OutboxType, payload: Json): readonly Problem[] =>
  CHECKS[type](payload, '');

/** parseOutboxEvent reads one, undefined where it is none. */
export const parseOutboxEvent = (type: string, payload: Json): OutboxEvent | undefined =>
  isOutboxType(type) && problemsIn(type, payload).length === 0
    ? ({ type, payload } as unknown as OutboxEvent)
    : undefined;

/** asPayload hands a payload in as JSON; what is undefined in it is left out. */
export const asPayload = (payload: object): Json =>
  Object.fromEntries(Object.entries(payload).filter(([, value]) => value !== undefined));
