/**
 * `ledger outbox destination set`: where events go, and which. Nothing is sent by it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { plannedOtherwise, waitingOf } from '../../delivery/count.ts';
import { standing } from '../../delivery/standing.ts';
import { isSameFilter } from '../../outbox/destination.ts';
import { asPayload } from '../../outbox/event.ts';
import type { Command } from '../command.ts';
import { withLedger } from '../open.ts';
import { maySet } from '../outbox/allowed.ts';
import { DESTINATION_OPTIONS, destinationOf } from '../outbox/destination-option.ts';
import { jsonLine } from '../terminal.ts';
import { WRITING, record } from '../writing.ts';

const SET = 'outbox destination set';

export const command: Command = {
  options: { ...DESTINATION_OPTIONS, ...WRITING },
  examples: [
    [
      `${SET} hooks --url http://127.0.0.1:8080/in --format ndjson --type "invoice.*"`,
      'invoices, a line each',
    ],
    [
      `${SET} bus --url https://bus.example/in --format cloudevents ` +
        '--header Authorization=env:BUS_TOKEN --from head',
      'what comes in from now on, with a secret that only the environment knows',
    ],
    [
      `${SET} partner --url https://partner.example/hook --format standard-webhooks ` +
        '--secret env:HOOK_SECRET --group partners --fail-open',
      'a signed message for each event; its failure holds nobody of its group',
    ],
  ],
  run: async (given, terminal) => {
    const destination = await destinationOf(given, given.word(0));
    if (E.isLeft(destination)) return destination;
    return withLedger(given, terminal, async (ledger) => {
      const may = maySet(ledger.reader, destination.right);
      if (E.isLeft(may)) return may;
      const { before, ...more } = may.right;
      const { name } = destination.right;
      const payload = asPayload(destination.right);
      const stated = { event_type: 'outbox.destination_set', payload };
      const recorded = await record(given, terminal, ledger, stated, 'outbox_configuration', more);
      if (E.isLeft(recorded)) return recorded;
      const now = standing(ledger.reader, name);
      if (E.isLeft(now) || now.right === undefined) return recorded;
      const count = waitingOf(ledger.reader, now.right);
      if (E.isRight(count))
        terminal.note(
          `items that wait for ${name}: ${count.right}; ledger outbox flush --dry-run shows them`,
        );
      if (before?.hasBegun === true && !isSameFilter(before.destination, destination.right)) {
        const filter_from = now.right.cursor;
        terminal.note(
          `${name} has begun: its filter speaks of what lies at ${filter_from} or later`,
        );
        if (terminal.isJson) await terminal.out(jsonLine({ destination: name, filter_from }));
      }
      const otherwise = plannedOtherwise(ledger.reader, now.right);
      if (E.isRight(otherwise) && otherwise.right > 0) {
        const items = otherwise.right;
        terminal.note(
          `items that are planned already, and leave under the redaction before: ${items}`,
        );
        if (terminal.isJson)
          await terminal.out(jsonLine({ destination: name, under_redaction_before: items }));
      }
      return recorded;
    });
  },
};
