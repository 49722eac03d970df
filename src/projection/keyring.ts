/**
 * Which keys there are, what each is for and how it stands, to be looked up. Gates do not read it:
 * they judge by the kernel's own fold over the same events.
 */
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Cell, Projection, State } from './projection.ts';

const textOf = (value: Json | undefined): string | null =>
  typeof value === 'string' ? value : null;

/** A vkey is `name+id+key`, and a key_id its first two parts; no name holds a plus. */
const keyIdOf = (vkey: string): string => vkey.split('+').slice(0, 2).join('+');

const enrol = (
  state: State,
  vkey: Json | undefined,
  tier: string | null,
  purpose: string | null,
  seq: number,
): void => {
  if (typeof vkey !== 'string') return;
  state.put('key', { key_id: keyIdOf(vkey), vkey, tier, purpose, enrolled_at: seq });
};

const end = (
  state: State,
  { key_id: of }: JsonObject,
  ended: Readonly<Record<string, Cell>>,
): void => {
  const before = typeof of === 'string' ? state.get('key', of) : undefined;
  if (before !== undefined) state.put('key', { ...before, ...ended });
};

/** The payload of any other event need not even be read. */
const GOVERNS = /^(?:ledger\.created$|key\.)/;

/** keyring holds a row for every key that was ever enrolled. */
export const keyring: Projection = {
  name: 'keyring',
  version: 1,
  gates: true,
  schema: {
    key: {
      columns: {
        key_id: 'text',
        vkey: 'text',
        tier: 'text',
        purpose: 'text',
        enrolled_at: 'integer',
        retired_at: 'integer',
        revoked_at: 'integer',
        compromised_at: 'text',
        reason: 'text',
      },
      key: ['key_id'],
    },
  },
  evolve: (state, event) => {
    const { event_type: type, seq } = event.header;
    if (!GOVERNS.test(type)) return;
    const { payload } = event;
    if (payload === undefined || !isObject(payload)) return;
    const reason = textOf(payload['reason']);
    if (type === 'ledger.created') {
      enrol(state, payload['log_key'], 'verified', 'log', seq);
      enrol(state, payload['operator_key'], 'operator', 'author', seq);
      enrol(state, payload['recovery_key'], 'verified', 'recovery', seq);
    } else if (type === 'key.enrolled')
      enrol(state, payload['vkey'], textOf(payload['tier']), textOf(payload['purpose']), seq);
    else if (type === 'key.retired') end(state, payload, { retired_at: seq, reason });
    else if (type === 'key.revoked') {
      const compromised_at = textOf(payload['compromised_at']);
      end(state, payload, { revoked_at: seq, compromised_at, reason });
    }
  },
};
