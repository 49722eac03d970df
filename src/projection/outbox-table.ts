/**
 * The tables of the outbox, and how the row of a destination changes.
 */
import type { Header } from '../../ledger/event/header.ts';
import type { Cell, Projection, Row, State } from './projection.ts';

const [TEXT, INTEGER] = ['text', 'integer'] as const;

/** What may be wrong with plans and receipts. */
export const OUTBOX_FAULTS = [
  'outbox_receipt_unplanned',
  'outbox_plan_differs',
  'outbox_body_differs',
] as const;
export type OutboxFault = (typeof OUTBOX_FAULTS)[number];

export const SCHEMA: Projection['schema'] = {
  destination: {
    columns: {
      name: TEXT,
      seq: INTEGER,
      config: TEXT,
      word: INTEGER,
      state: TEXT,
      start: INTEGER,
      cursor: INTEGER,
      again: INTEGER,
      behind: INTEGER,
      ahead: INTEGER,
      parked: INTEGER,
      dropped: INTEGER,
      superseded: INTEGER,
      planned: INTEGER,
      begun: INTEGER,
      delivered: INTEGER,
      batches: INTEGER,
      reason: TEXT,
      status: INTEGER,
      until: INTEGER,
      since: TEXT,
      asked: INTEGER,
      asked_reason: TEXT,
      asked_status: INTEGER,
      asked_since: TEXT,
      last_status: INTEGER,
      last_at: TEXT,
    },
    key: ['name'],
  },
  batch: {
    columns: {
      destination: TEXT,
      key: TEXT,
      seq: INTEGER,
      first: INTEGER,
      items: INTEGER,
      members: TEXT,
      body: TEXT,
      config: INTEGER,
      redaction: TEXT,
      place: TEXT,
      state: TEXT,
      attempts: INTEGER,
      recorded: INTEGER,
    },
    key: ['destination', 'key'],
    indexes: [['destination', 'state', 'first']],
  },
  failing: {
    columns: {
      destination: TEXT,
      key: TEXT,
      failures: INTEGER,
      reason: TEXT,
      status: INTEGER,
      until: INTEGER,
      since: TEXT,
    },
    key: ['destination', 'key'],
    indexes: [['destination', 'until']],
  },
  item: {
    columns: {
      destination: TEXT,
      seq: INTEGER,
      state: TEXT,
      reason: TEXT,
      status: INTEGER,
      key: TEXT,
      owner: INTEGER,
      recorded: INTEGER,
    },
    key: ['destination', 'seq'],
    indexes: [
      ['destination', 'state'],
      ['destination', 'state', 'owner'],
    ],
  },
  ahead: { columns: { destination: TEXT, seq: INTEGER }, key: ['destination', 'seq'] },
  latest: {
    columns: { owner: TEXT, kind: TEXT, destination: TEXT, seq: INTEGER },
    key: ['owner', 'kind', 'destination'],
  },
  grouped: { columns: { name: TEXT, through: INTEGER }, key: ['name'] },
  fault: { columns: { seq: INTEGER, code: TEXT, key: TEXT }, key: ['seq', 'code', 'key'] },
};

export type Changes = Readonly<Record<string, Cell>>;

export const numberIn = (row: Row | undefined, column: string): number =>
  Number(row?.[column] ?? 0);

export const change = (state: State, name: string, changes: (row: Row) => Changes): void => {
  const row = state.get('destination', name);
  if (row !== undefined) state.put('destination', { ...row, ...changes(row) });
};

export const add = (state: State, name: string, column: string, by: number): void =>
  change(state, name, (row) => ({ [column]: numberIn(row, column) + by }));

const TROUBLE: Changes = { reason: null, status: null, until: null, since: null };

/** What a person says ends the trouble, and what the receiver asked for. */
export const CLEAR: Changes = {
  ...TROUBLE,
  asked: null,
  asked_reason: null,
  asked_status: null,
  asked_since: null,
};

/** What it answered last, as far as that is on record: where nothing came back, that stays. */
export const answered = ({ recorded_at }: Header, status: number | undefined): Changes =>
  status === undefined ? {} : { last_status: status, last_at: recorded_at };

/**
 * Whatever it answers to a batch, it is there again; one that stopped waits for a person. What it
 * asked for holds all the same.
 */
export const heard = (row: Row | undefined): Changes =>
  row?.['state'] === 'active' ? TROUBLE : {};
