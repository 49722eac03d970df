/**
 * `ledger key enroll VKEY --tier T`: from now on the key counts.
 */
import * as E from 'fp-ts/lib/Either.js';
import { PURPOSES, TIERS } from '../../../ledger/chain/keyring.ts';
import { parseVkey } from '../../../ledger/key/key.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import { asOption } from '../given.ts';
import { withLedger } from '../open.ts';
import { WRITING, record } from '../writing.ts';

export const command: Command = {
  options: {
    tier: { type: 'text', describe: 'how far it is trusted', needed: true, choices: TIERS },
    purpose: { type: 'text', describe: 'what it is for (author)', choices: PURPOSES },
    ...WRITING,
  },
  examples: [['key enroll bot+1f3a9c2e+AQ… --tier verified --sign alice', 'bot may sign events']],
  run: async (given, terminal) => {
    const vkey = given.word(0);
    const key = asOption('VKEY', parseVkey(realPorts.crypto, vkey));
    if (E.isLeft(key)) return key;
    const payload = {
      vkey,
      tier: given.text('tier') ?? '',
      purpose: given.text('purpose') ?? 'author',
    };
    const stated = { event_type: 'key.enrolled', payload };
    return withLedger(given, terminal, (ledger) =>
      record(given, terminal, ledger, stated, 'key_change'),
    );
  },
};
