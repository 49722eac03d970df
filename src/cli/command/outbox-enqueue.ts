/**
 * `ledger outbox enqueue`: an item to be delivered that is no event of its own.
 */
import * as E from 'fp-ts/lib/Either.js';
import { PROSE } from '../../outbox/check.ts';
import { asPayload, parseOutboxEvent } from '../../outbox/event.ts';
import { parseEventId } from '../../../ledger/name.ts';
import type { Command } from '../command.ts';
import { jsonOption } from '../given.ts';
import { withLedger } from '../open.ts';
import { mayEnqueue } from '../outbox/allowed.ts';
import { WRITING, record } from '../writing.ts';

const TYPE = 'outbox.enqueued';

export const command: Command = {
  options: {
    owner: { type: 'text', describe: 'whose it is: a session, for its order', needed: true },
    kind: { type: 'text', describe: 'what it is: tool_spans', needed: true },
    payload: { type: 'text', describe: 'JSON', needed: true },
    id: { type: 'text', describe: 'its id, by which it is enqueued once' },
    destination: { type: 'text', describe: 'for this destination alone' },
    replaceable: { type: 'flag', describe: 'a later one of its owner and kind stands for it' },
    ...WRITING,
  },
  examples: [
    [
      `outbox enqueue --owner s-1 --kind tool_spans --payload '{"tool":"grep","ms":12}'`,
      'to all destinations that take the kind',
    ],
  ],
  run: async (given, terminal) => {
    const payload = jsonOption('--payload', given.text('payload') ?? '');
    if (E.isLeft(payload)) return payload;
    const id = given.named('id', parseEventId);
    if (E.isLeft(id)) return id;
    const destination = given.text('destination');
    const kind = given.text('kind') ?? '';
    const owner = given.text('owner') ?? '';
    const item = asPayload({
      owner,
      kind,
      payload: payload.right,
      destination,
      replaceable: given.flag('replaceable') ? true : undefined,
    });
    const isShort = [owner, kind].every((each) => PROSE(each, '').length === 0);
    if (!isShort || parseOutboxEvent(TYPE, item) === undefined)
      return given.usage('--owner and --kind take a short text without control characters');
    return withLedger(given, terminal, async (ledger) => {
      const may = mayEnqueue(ledger.reader, destination, kind);
      if (E.isLeft(may)) return may;
      const named = id.right === undefined ? {} : { id: id.right };
      const stated = { event_type: TYPE, payload: item, ...named };
      return record(given, terminal, ledger, stated, 'outbox_configuration');
    });
  },
};
