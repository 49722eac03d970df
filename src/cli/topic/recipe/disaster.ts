/**
 * Back from a backup, step by step.
 */
import type { Recipe } from './recipe.ts';
import { type } from './recipe.ts';

export const recipe: Recipe = {
  summary: 'Restore after a disaster, step by step',
  parts: [
    'Before: a backup every day, and a checkpoint and the private keys somewhere else.',
    type(
      'ledger checkpoint --out held.note',
      'ledger backup --to backup',
      'cp -rp .ledger/keys safe',
    ),
    'Rehearse it; the time that it takes is the time that a real recovery takes.',
    type('ledger drill --from backup --record --sign alice'),
    'The day comes. Stop what appends. What is left is evidence, and is kept:',
    type('mv .ledger lost'),
    `If a mirror or a journal is left there, one of them is enough, and holds more than the
backup. This says what would be done:`,
    type('ledger -C lost replay --dry-run'),
    'Else restore. A backup that lost events is refused; with --checkpoint also one that is older.',
    type('ledger restore --from backup --checkpoint held.note', 'cp -p safe/* .ledger/keys/'),
    'Prove it, and look at how it is here.',
    type('ledger verify --decisions', 'ledger doctor'),
    `What was delivered since the backup is not on record here: appended again, it goes out again,
and under another key where it comes into another batch. Pause the destinations that restore names
(ledger outbox destination pause NAME), append, drop what their receivers have (ledger outbox drop
ITEM --destination NAME --reason TEXT), then resume them.`,
    'What was appended since the backup is handed in again: drafts with ids are recorded once.',
    type(
      `echo '{"event_type":"note.taken","id":"after","payload":{}}' > since.ndjson`,
      'ledger append since.ndjson --sign alice',
    ),
  ],
};
