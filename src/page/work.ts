/**
 * The check as the page runs it: in a thread of its own, with the portable cryptography.
 */
import { sha256 } from '@noble/hashes/sha2.js';
import { noble } from '../../ledger/crypto/noble.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import type { Key } from '../../ledger/key/key.ts';
import type { CheckMeans } from '../bundle/check.ts';
import { checkBundle } from '../bundle/check.ts';
import type { Texts } from '../bundle/page-files.ts';
import { entriesOf } from '../bundle/page-files.ts';
import { reportData } from '../bundle/report.ts';

export interface Order {
  readonly texts: Texts;
  readonly key: Key | undefined;
}

export type Told = { readonly done: number; readonly of: number } | { readonly report: object };

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
export const work = ({ texts, key }: Order, tell: (told: Told) => void): void => {
  const files = new Map(entriesOf(texts).map((entry) => [entry.name, entry]));
  const onEvents = (done: number, of: number): void => {
    if (done % EVERY === 0 || done === of) tell({ done, of });
  };
  tell({ report: reportData(checkBundle({ ...means, onEvents }, files, key)) });
};
