/**
 * Inclusion proofs, one behind the other in the order of their events:
 *
 *     {"index":7,"proof":["<base64>",…]}
 */
import { formatBase64, parseBase64 } from '../../ledger/encoding/base64.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { parseHex } from '../../ledger/encoding/hex.ts';
import { decodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Digest } from '../../ledger/name.ts';
import type { Proof } from '../../ledger/tree/proof.ts';
import { HASH_BYTES } from '../../ledger/tree/tree.ts';
import { verifyInclusion } from '../../ledger/tree/verify.ts';
import type { BundleCode } from './report.ts';

/** proofLine writes one. */
export const proofLine = (index: number, proof: Proof): string =>
  `${JSON.stringify({ index, proof: proof.map(formatBase64) })}\n`;

const FORM =
  /^\{"index":(0|[1-9]\d{0,15}),"proof":\[((?:"[A-Za-z0-9+/]{43}="(?:,(?!\]))?)*)\]\}\n$/;

const parseLine = (text: string): { readonly index: number; readonly proof: Proof } | undefined => {
  const [, index = '', list = ''] = FORM.exec(text) ?? [];
  if (index === '') return undefined;
  const steps = list === '' ? [] : list.slice(1, -1).split('","').map(parseBase64);
  const proof = steps.filter((step): step is Uint8Array => step?.length === HASH_BYTES);
  return proof.length === steps.length ? { index: Number(index), proof } : undefined;
};

/** Proofs takes them one after the other, as events ask for them. */
export class Proofs {
  private readonly lines: Iterator<Uint8Array, undefined>;
  private readonly crypto: Crypto;
  private readonly size: number;
  private readonly root: Uint8Array;

  constructor(
    crypto: Crypto,
    lines: Iterator<Uint8Array, undefined>,
    size: number,
    root: Uint8Array,
  ) {
    this.crypto = crypto;
    this.lines = lines;
    this.size = size;
    this.root = root;
  }

  /** check says what is wrong with the proof that comes next, which must be that of the event. */
  check(seq: number, hash: Digest): BundleCode | undefined {
    const { done, value } = this.lines.next();
    if (done === true) return 'proof_missing';
    const line = parseLine(decodeUtf8(value));
    const leaf = parseHex(hash);
    if (line?.index !== seq || leaf === undefined) return 'proof_missing';
    const [index, size] = [BigInt(seq), BigInt(this.size)];
    return verifyInclusion(this.crypto, index, size, leaf, this.root, line.proof)
      ? undefined
      : 'proof_wrong';
  }

  /** isEnded says whether no event asked in vain, and none was left. */
  isEnded(): boolean {
    return this.lines.next().done === true;
  }
}
