/**
 * `ledger init --origin NAME`: makes a ledger with its keys and its first event.
 */
import * as E from 'fp-ts/lib/Either.js';
import { visible } from '../../../ledger/render/render.ts';
import { formatVkey, parseVkey } from '../../../ledger/key/key.ts';
import { parseKeyName, parseOrigin } from '../../../ledger/name.ts';
import { foundLedger } from '../../found.ts';
import { layoutOf } from '../../storage/layout.ts';
import type { FoundingKeys } from '../../usecase/create.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import { asOption } from '../given.ts';
import { loginKeyName } from '../login.ts';
import { LOCK_WAIT, newFolder, newName } from '../open.ts';
import { unkept } from '../outside.ts';
import { atPlace } from '../place.ts';
import { jsonLine } from '../terminal.ts';

const dataOf = (folder: string, origin: string, { log, operator }: FoundingKeys) => ({
  ledger: folder,
  origin,
  log_vkey: log === undefined ? null : formatVkey(log),
  operator_vkey: operator === undefined ? null : formatVkey(operator),
  operator_key_id: operator?.keyId ?? null,
});

const textOf = (data: ReturnType<typeof dataOf>): string =>
  Object.entries(data)
    .filter(([, value]) => value !== null)
    .map(([name, value]) => `${name}: ${visible(value ?? '')}\n`)
    .join('');

export const command: Command = {
  options: {
    origin: { type: 'text', describe: 'what it is called: example.com/acme', needed: true },
    as: { type: 'text', describe: "the operator's name (else your login)" },
    recovery: { type: 'text', describe: 'the vkey of a key kept for when the operator is lost' },
    'no-keys': { type: 'flag', describe: 'make no keys; enrol the first one afterwards' },
    ...LOCK_WAIT,
  },
  examples: [
    ['init --origin example.com/acme --as alice', 'makes .ledger here'],
    ['-C /srv/ledger init --origin example.com/acme', 'makes it there'],
  ],
  run: async (given, terminal) => {
    const origin = given.named('origin', parseOrigin);
    if (E.isLeft(origin)) return origin;
    if (origin.right === undefined) return given.usage('init takes --origin NAME');
    const as = given.named('as', parseKeyName);
    if (E.isLeft(as)) return as;
    const vkey = given.text('recovery');
    const recovery =
      vkey === undefined
        ? E.right(undefined)
        : asOption('--recovery', parseVkey(realPorts.crypto, vkey));
    if (E.isLeft(recovery)) return recovery;
    const lockWaitMs = given.duration('lock-wait');
    if (E.isLeft(lockWaitMs)) return lockWaitMs;
    const folder = newFolder(given);
    const free = unkept(given, '-C', folder);
    if (E.isLeft(free)) return free;
    const operator = as.right ?? loginKeyName();
    const hasKeys = !given.flag('no-keys');
    // The key of that name that is there would be taken for the other one.
    if (hasKeys && origin.right === (operator as string))
      return given.usage('the operator is called otherwise than the ledger: --as NAME');
    const founding = { origin: origin.right, operator, recovery: recovery.right, hasKeys };
    const options = { lockWaitMs: lockWaitMs.right };
    const founded = atPlace(
      newName(given),
      folder,
    )(await foundLedger(realPorts, layoutOf(folder), founding, options));
    if (E.isLeft(founded)) return founded;
    const data = dataOf(folder, origin.right, founded.right);
    await terminal.out(terminal.isJson ? jsonLine(data) : textOf(data));
    if (data.log_vkey !== null) {
      terminal.note('Keep the vkeys elsewhere: whoever checks this ledger needs them.');
      terminal.note('Keep a copy of keys/ elsewhere, too: no backup has it without --with-keys.');
    }
    return E.right(undefined);
  },
};
