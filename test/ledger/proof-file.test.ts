/**
 * Inclusion proofs as files: what each refusal of one says, where everything else in it is good.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { parseHex } from '../../ledger/encoding/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Seq } from '../../ledger/name.ts';
import type { ProofFile, ProofFileReason } from '../../ledger/note/proof-file.ts';
import { formatProofFile, openProofFile } from '../../ledger/note/proof-file.ts';
import { proveInclusion } from '../../ledger/tree/proof.ts';
import { EMPTY, append } from '../../ledger/tree/tree.ts';
import type { Options } from '../build/ledger.ts';
import { LOG, Ledger, right, signer } from '../build/ledger.ts';

/** The file that proves event 1 of two, whatever that event is. */
const fileOf = (options: Options = {}): ProofFile => {
  const ledger = new Ledger().add('a.b', 1, options);
  const nodes = new Map<string, Uint8Array>();
  let frontier = EMPTY;
  for (const hash of ledger.hashes)
    frontier = append(
      native,
      frontier,
      parseHex(hash) ?? new Uint8Array(32),
      (height, index, node) => nodes.set(`${height},${index}`, node),
    );
  const nodeAt = (height: number, index: number) => nodes.get(`${height},${index}`);
  const header = /"header":(.*),"payload":/.exec(ledger.lines[1] ?? '')?.[1] ?? '';
  const proof = right(proveInclusion(native, nodeAt, 1, 2));
  return { extra: encodeUtf8(header), index: 1, proof, note: ledger.checkpoint() };
};

const opened = (file: ProofFile, known = [LOG]) =>
  openProofFile(native, known, formatProofFile(file));
const refused = (reason: ProofFileReason) => E.left({ _tag: 'ProofFileRefused', reason });
const headed = (change: Options['header']): ProofFile =>
  fileOf(change === undefined ? {} : { header: change });

describe('a proof file', () => {
  it('proves the header it carries', () => {
    const { header, checkpoint } = right(opened(fileOf()));
    expect([header.id, header.seq, checkpoint.size]).toEqual(['e-1', 1, 2]);
  });

  it.each<readonly [string, ProofFile]>([
    ['a member that there is not', headed((header) => ({ ...header, mood: 1 }))],
    ['no source', headed(({ source: _, ...header }) => header)],
    ['another version', headed((header) => ({ ...header, schema_version: 2 }))],
    ['a member not of its form', headed((header) => ({ ...header, id: '/', mood: 1 }))],
    ['more bytes than it may have', headed((header) => ({ ...header, pad: 'x'.repeat(16_384) }))],
  ])('is refused where the header has %s, though it is proved', (_, file) => {
    expect(opened(file)).toEqual(refused('bad_header'));
  });

  it.each([' ', '', '{}', '1'])('is refused where the header is the text %j', (text) => {
    expect(opened({ ...fileOf(), extra: encodeUtf8(text) })).toEqual(refused('bad_header'));
  });

  it('is refused where the header is not canonical', () => {
    const file = fileOf();
    const extra = encodeUtf8(decodeUtf8(file.extra).replace('"seq":', '"seq": '));
    expect(opened({ ...file, extra })).toEqual(refused('bad_header'));
  });

  it('is refused where the header states another position than the file', () => {
    const file = fileOf({ position: { seq: 5 as Seq } });
    expect(opened(file)).toEqual(refused('index_mismatch'));
    expect(opened({ ...fileOf(), index: 0 })).toEqual(refused('index_mismatch'));
  });

  it('is refused where the header is of another ledger', () => {
    const file = fileOf({ author: { ledger: 'example.com/other' } });
    expect(opened(file)).toEqual(refused('origin_mismatch'));
  });

  it('is refused where the steps do not lead to the root', () => {
    const file = fileOf();
    for (const proof of [[], [...file.proof, ...file.proof], [new Uint8Array(32)]])
      expect(opened({ ...file, proof })).toEqual(refused('not_proved'));
  });

  it('is refused as its checkpoint is', () => {
    const reason = 'no_known_signer';
    expect(opened(fileOf(), [signer('other')])).toEqual(E.left({ _tag: 'NoteRefused', reason }));
  });
});
