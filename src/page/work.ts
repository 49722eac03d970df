/**
 * The check as the page runs it: in a thread of its own, with the portable cryptography.
 */
import * as E from 'fp-ts/lib/Either.js';
import { sha256 } from '@noble/hashes/sha2.js';
import { noble } from '../../ledger/crypto/noble.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { parseVkey } from '../../ledger/key/key.ts';
import type { CheckMeans } from '../bundle/check.ts';
import { checkBundle } from '../bundle/check.ts';
import type { Entry } from '../bundle/file.ts';
import { reportData } from '../bundle/report.ts';

/** Names and texts of the files that the page holds. */
export type Texts = Readonly<Record<string, string>>;

export interface Order {
  readonly texts: Texts;
  readonly vkey: string;
}

export type Told =
  | { readonly done: number; readonly of: number }
  | { readonly report: object }
  | { readonly refused: string };

const means: CheckMeans = {
  crypto: noble,
  hasher: () => {
    const hash = sha256.create();
    return { update: (bytes) => void hash.update(bytes), digest: () => formatHex(hash.digest()) };
  },
  random: (bytes) => crypto.getRandomValues(new Uint8Array(bytes)),
};

const EVERY = 50;

/** work checks what a page holds. */
export const work = ({ texts, vkey }: Order, tell: (told: Told) => void): void => {
  const files = new Map(
    Object.entries(texts).map(([name, text]): [string, Entry] => {
      const bytes = encodeUtf8(text);
      return [name, { name, size: bytes.length, read: () => [bytes] }];
    }),
  );
  const key = vkey === '' ? E.right(undefined) : parseVkey(noble, vkey);
  if (E.isLeft(key)) return tell({ refused: 'That is not the public key of a log.' });
  const onEvents = (done: number, of: number): void => {
    if (done % EVERY === 0 || done === of) tell({ done, of });
  };
  tell({ report: reportData(checkBundle({ ...means, onEvents }, files, key.right)) });
};
