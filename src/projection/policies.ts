/**
 * Which policy sets were adopted, when and by whom.
 */
import { write } from '../../ledger/json/format.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Projection } from './projection.ts';

/** policies holds a row for every adoption; the last is in force. */
export const policies: Projection = {
  name: 'policies',
  version: 1,
  gates: true,
  schema: {
    adopted: {
      columns: {
        seq: 'integer',
        id: 'text',
        adopted_by: 'text',
        recorded_at: 'text',
        documents: 'text',
      },
      key: ['seq'],
    },
  },
  evolve: (state, event) => {
    const { header } = event;
    if (header.event_type !== 'policy.adopted') return;
    const { payload } = event;
    if (payload === undefined || !isObject(payload)) return;
    const { seq, id, recorded_at, attestation } = header;
    const adopted_by = attestation?.key_id ?? null;
    const documents = write(payload['documents'] ?? null);
    state.put('adopted', { seq, id, adopted_by, recorded_at, documents });
  },
};
