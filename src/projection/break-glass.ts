/**
 * Which authorizations to break the glass were given, how often each was used, and how it ended.
 */
import { write } from '../../ledger/json/format.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Header } from '../../ledger/event/header.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Cell, Projection, State } from './projection.ts';

const change = (
  state: State,
  id: Json | undefined,
  changed: Readonly<Record<string, Cell>>,
): void => {
  const before = typeof id === 'string' ? state.get('authorization', id) : undefined;
  if (before !== undefined) state.put('authorization', { ...before, ...changed });
};

const use = (state: State, { authorization: id, policy }: Header): void => {
  if (policy.outcome !== 'break_glass' || id === undefined) return;
  change(state, id, { used: Number(state.get('authorization', id)?.['used'] ?? 0) + 1 });
};

/** breakGlass holds a row for every authorization. */
export const breakGlass: Projection = {
  name: 'break_glass',
  version: 1,
  gates: true,
  schema: {
    authorization: {
      columns: {
        id: 'text',
        seq: 'integer',
        issuer: 'text',
        scope: 'text',
        used: 'integer',
        revoked_by: 'text',
        reviewed_by: 'text',
      },
      key: ['id'],
    },
  },
  evolve: (state, event) => {
    const { header } = event;
    use(state, header);
    if (!header.event_type.startsWith('break_glass.')) return;
    const { payload } = event;
    if (payload === undefined || !isObject(payload)) return;
    const { id, seq, event_type: type, attestation } = header;
    const issuer = attestation?.key_id ?? null;
    if (type === 'break_glass.authorized')
      state.put('authorization', { id, seq, issuer, scope: write(payload), used: 0 });
    else if (type === 'break_glass.revoked')
      change(state, payload['authorization'], { revoked_by: id });
    else if (type === 'break_glass.reviewed')
      change(state, payload['authorization'], { reviewed_by: id });
  },
};
