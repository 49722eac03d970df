/**
 * Keys that are replaced, and keys that are lost.
 */
import type { Recipe } from './recipe.ts';
import { type } from './recipe.ts';

export const recipe: Recipe = {
  summary: 'Rotate keys, and revoke one that is in the wrong hands',
  parts: [
    'An author: the new key counts before the old one ends, so that nobody has to wait.',
    type(
      'ledger key new bot > old.txt',
      `ledger key enroll "$(sed -n 's/^vkey: //p' old.txt)" --tier verified --sign alice`,
      'ledger key new bot > new.txt',
      `ledger key enroll "$(sed -n 's/^vkey: //p' new.txt)" --tier verified --sign alice`,
      `old=$(sed -n 's/^key_id: //p' old.txt)`,
      'ledger key retire "$old" --reason "replaced after a year" --sign alice',
      'mv ".ledger/keys/$old" retired.key',
      'ledger append --type build.done --sign bot',
    ),
    'The log key: it bears the name of the ledger. A checkpoint shows that the new one signs.',
    type(
      'ledger key new example.com/acme > log.txt',
      `log=$(sed -n 's/^vkey: //p' log.txt)`,
      'ledger key enroll "$log" --tier verified --purpose log --sign alice',
      `before=$(ledger key list | sed -n 's/ .* log  active since 0$//p')`,
      'ledger key retire "$before" --reason "replaced after a year" --sign alice',
      'rm ".ledger/keys/example.com%2Facme+${before##*+}"',
      'ledger checkpoint --out held.note',
    ),
    `A key in the wrong hands is revoked, with the moment since which it may have been: what it
signed later counts no more, unless a checkpoint from before covers it.`,
    type(
      `new=$(sed -n 's/^key_id: //p' new.txt)`,
      'ledger key revoke "$new" --reason "the laptop was stolen" --sign alice',
      'ledger key list',
      'ledger verify --checkpoint held.note',
    ),
  ],
};
