/**
 * Signing from a shell script.
 */
import type { Recipe } from './recipe.ts';
import { file, type } from './recipe.ts';

export const recipe: Recipe = {
  summary: 'Sign from a shell script',
  parts: [
    'A key of its own for the script, enrolled once by an operator:',
    type(
      'ledger key new bot > bot.txt',
      `vkey=$(sed -n 's/^vkey: //p' bot.txt)`,
      'ledger key enroll "$vkey" --tier verified --sign alice',
    ),
    `The script signs where the key is, and needs no ledger there, only the key (here bot, else a
file). The drafts have ids: what is signed can be handed in twice, and is recorded once.`,
    file(
      'sign.sh',
      '#!/bin/sh',
      'set -eu',
      'for build in 7 8; do',
      `  printf '{"event_type":"build.done","id":"build:%s","payload":{"ok":true}}\\n' "$build"`,
      'done > drafts.ndjson',
      'ledger sign drafts.ndjson --key bot --origin example.com/acme > signed.ndjson',
    ),
    'What it signed is carried to the ledger, and appended as it is:',
    type('sh sign.sh', 'ledger append signed.ndjson'),
    'Where a file is no place for a key, it may stand in a variable:',
    type(
      'export BOT_KEY=$(cat .ledger/keys/bot+*)',
      `ledger append --type build.done --id build:9 --payload '{"ok":true}' --sign env:BOT_KEY`,
    ),
  ],
};
