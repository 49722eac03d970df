/**
 * A page of a ledger that grew on: its events, a checkpoint behind them, a later one that it knows
 * nothing of, and checkpoints of any size, signed by whom you like.
 */
import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { native } from '../../../ledger/crypto/native.ts';
import { parseHex } from '../../../ledger/encoding/hex.ts';
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import type { Signer } from '../../../ledger/key/key.ts';
import { formatVkey, signerOf } from '../../../ledger/key/key.ts';
import type { KeyName } from '../../../ledger/name.ts';
import { signCheckpoint } from '../../../ledger/note/checkpoint.ts';
import { EMPTY, append, root } from '../../../ledger/tree/tree.ts';
import type { Texts } from '../../../src/bundle/page-files.ts';
import { BEGIN, END, textsIn } from '../../../src/bundle/page-files.ts';
import { keyOf, told } from '../bundle/made.ts';

const unwrapped = <T>(made: E.Either<unknown, T>): T => {
  if (E.isLeft(made)) throw new Error(JSON.stringify(made.left));
  return made.right;
};

/** textsOf gives what a page holds. */
export const textsOf = (path: string): Texts => {
  const [, behind = ''] = readFileSync(path, 'utf8').split(BEGIN);
  return textsIn(behind.slice(0, behind.indexOf(END))) ?? {};
};

/** strangerNamed makes a key of that name that no ledger knows. */
export const strangerNamed = (name: string): Signer =>
  unwrapped(signerOf(native, name as KeyName, native.sha256(encodeUtf8('a stranger'))));

export const OTHER_ROOT = native.sha256(encodeUtf8('another history'));

/** noteOf signs a checkpoint. */
export const noteOf = (signer: Signer, size: number, hash: Uint8Array): string =>
  unwrapped(signCheckpoint(native, signer, size, hash));

/** grown makes pages of the events from one position up to the one before the page's checkpoint. */
export const grown = async () => {
  const by = await told(3);
  const { shell } = by;
  const append2 = async (name: string): Promise<number> => {
    for (const part of ['a', 'b'])
      await shell.told(`append --type note.taken --id ${name}-${part} --sign alice`);
    await shell.told('checkpoint');
    return shell.journal().length;
  };
  const own = await append2('own');
  const later = await append2('later');
  await shell.told('append --type note.taken --id last --sign alice');
  const paged = async (name: string, ...more: readonly string[]): Promise<string> => {
    const to = shell.path(name);
    const line = ['export', '--format', 'html', '--to', to, '--sign', 'alice'];
    await shell.told([...line, '--at', `${own - 2}`, ...more]);
    return to;
  };
  const log = keyOf(by, by.vkey.name);
  const hashes = shell
    .journal()
    .map((line) => (JSON.parse(line) as { readonly event_hash: string }).event_hash)
    .map((hash) => parseHex(hash) ?? new Uint8Array());
  const rootAt = (size: number): Uint8Array =>
    root(
      native,
      hashes.slice(0, size).reduce((tree, hash) => append(native, tree, hash), EMPTY),
    );
  return { ...by, vkeyText: formatVkey(log), log, own, later, paged, rootAt };
};
