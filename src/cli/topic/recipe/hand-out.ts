/**
 * What other tools read, and what a stranger checks: some of the events, others kept back.
 */
import type { Recipe } from './recipe.ts';
import { type } from './recipe.ts';

const draft = (event: string, payload: string): string =>
  `seq $events | sed 's/.*/{"event_type":"${event}","payload":{${payload}}}/'`;

export const recipe: Recipe = {
  summary: 'Hand out events, and a bundle that a stranger can check',
  parts: [
    'Two kinds of events, of which one must stay in the house:',
    type(
      'events=5000',
      `${draft('invoice.paid', '"number":&')} > drafts.ndjson`,
      `${draft('secret.noted', '"word":"w-&"')} >> drafts.ndjson`,
      'ledger append drafts.ndjson --sign alice > receipts.txt',
    ),
    'A table for a spreadsheet, lines for a SIEM; the same bytes each time for the same events:',
    type(
      'ledger export --format csv --to invoices.csv --type "invoice.*" --column /number',
      'ledger export --format ocsf --to siem.json --withhold secret.noted',
    ),
    `Evidence: a bundle, with what it has to do with the criteria of SOC 2, and a page that shows
and checks the same. The secrets are there, provably, and not what they say:`,
    type(
      'ledger export --format bundle --to case-7.tar \\',
      '  --withhold secret.noted --profile soc2 --sign alice',
      'ledger export --format html --to case-7.html --withhold secret.noted --sign alice',
    ),
    `Whoever receives it needs Node 20 or newer, no network, no ledger and nothing of yours but the
log's key, published where they find it without you:`,
    type(
      `vkey=$(ledger key list --json | grep '"purpose":"log","state":"active"' |
  sed 's/.*"vkey":"\\([^"]*\\)".*/\\1/')`,
      'mkdir stranger',
      'tar -xf case-7.tar -C stranger',
      'node stranger/bundle/check.mjs --vkey "$vkey"',
    ),
    `It says what is proved, what is withheld and what is not proved, and exits 0; with any byte of
it changed it says where, and exits 20. README.txt in the bundle tells a reader the rest.`,
  ],
};
