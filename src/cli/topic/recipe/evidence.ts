/**
 * What an auditor is handed, and checks alone.
 */
import type { Recipe } from './recipe.ts';
import { file, type } from './recipe.ts';

export const recipe: Recipe = {
  summary: 'Hand evidence to an auditor',
  parts: [
    `Publish the log's key once, where the auditor finds it without you:`,
    type(`ledger key list --json | grep '"purpose":"log"' > log-key.json`),
    'One event, out of many: what it says, and that it stands there.',
    type(
      'ledger append --type invoice.paid --id invoice:7 --sign alice',
      'mkdir -p evidence',
      'ledger show invoice:7 --json > evidence/event.json',
      'ledger prove invoice:7 --out evidence/event.tlog-proof',
      'ledger checkpoint --out evidence/head.note',
    ),
    'The whole: a verified copy without keys, and what your own audit said of it.',
    type(
      'ledger backup --to evidence/copy',
      'ledger verify --checkpoint evidence/head.note --decisions --json > evidence/report.json',
      'ledger policy list --json > evidence/policies.json',
    ),
    'The auditor needs no ledger for the one:',
    file(
      'check.sh',
      '#!/bin/sh',
      'set -eu',
      `vkey=$(sed 's/.*"vkey":"\\([^"]*\\)".*/\\1/' log-key.json)`,
      'ledger check-proof evidence/event.tlog-proof --vkey "$vkey"',
    ),
    'and for the whole makes one anew, to verify it with the same key in hand:',
    type(
      'sh check.sh',
      'ledger -C new restore --from evidence/copy --checkpoint evidence/head.note',
      `vkey=$(sed 's/.*"vkey":"\\([^"]*\\)".*/\\1/' log-key.json)`,
      'ledger -C new verify --require checkpoint --vkey "$vkey" --checkpoint evidence/head.note',
    ),
  ],
};
