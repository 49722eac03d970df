/**
 * What is in a ledger, in numbers: events by type, by source and by day.
 */
import type { Projection, State } from './projection.ts';

const add = (state: State, kind: string, name: string, seq: number): void => {
  const before = state.get('counted', kind, name);
  const count = Number(before?.['count'] ?? 0) + 1;
  state.put('counted', { kind, name, count, first: before?.['first'] ?? seq, last: seq });
};

/** overview counts events; `kind` is `type`, `source` or `day`. */
export const overview: Projection = {
  name: 'overview',
  version: 1,
  schema: {
    counted: {
      columns: { kind: 'text', name: 'text', count: 'integer', first: 'integer', last: 'integer' },
      key: ['kind', 'name'],
    },
  },
  evolve: (state, { header: { event_type: type, source, recorded_at: at, seq } }) => {
    add(state, 'type', type, seq);
    add(state, 'source', `${source.kind}:${source.name}`, seq);
    add(state, 'day', at.slice(0, 10), seq);
  },
};
