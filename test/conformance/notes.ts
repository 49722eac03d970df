/**
 * notes.json, checkpoints.json, proof-files.json and ed25519.json: what is signed.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { formatHex, parseHex } from '../../ledger/encoding/hex.ts';
import type { Key } from '../../ledger/key/key.ts';
import { parseVkey } from '../../ledger/key/key.ts';
import {
  formatCheckpoint,
  openCheckpoint,
  parseCheckpoint,
  signCheckpoint,
} from '../../ledger/note/checkpoint.ts';
import {
  formatConsistencyFile,
  openConsistencyFile,
  parseConsistencyFile,
} from '../../ledger/note/consistency-file.ts';
import { formatNote, openNote, parseNote } from '../../ledger/note/note.ts';
import { formatProofFile, openProofFile, parseProofFile } from '../../ledger/note/proof-file.ts';
import { linesOf, signersOf } from './chain.ts';
import { describe, fold, offences } from './fold.ts';
import type { Suite, Vector } from './report.ts';
import { holds, same } from './report.ts';

const keyOf = (crypto: Crypto, vkey: Vector): Key => {
  const key = parseVkey(crypto, vkey.text());
  if (E.isLeft(key)) throw new Error(`${vkey.path} is refused: ${key.left.reason}`);
  return key.right;
};

const checkAccepted = (crypto: Crypto, keys: readonly Key[], each: Vector): readonly string[] => {
  const note = each.get('note').text();
  const opened = openNote(crypto, keys, note);
  if (E.isLeft(opened)) return [`the note is refused: ${opened.left.reason}`];
  const { text, signers, unknown } = opened.right;
  const expected = each
    .get('signers')
    .items()
    .map((signer) => signer.text());
  const checkpoint = parseCheckpoint(crypto, text);
  const isCheckpoint = each.find('checkpoint')?.flag() ?? true;
  const parsed = parseNote(note);
  return [
    ...same('text', text, each.get('text').text()),
    ...same('signers', signers.map(({ keyId }) => keyId).join(), expected.join()),
    ...same('unknown signers', unknown, each.find('unknown')?.number() ?? 0),
    ...same('note written again', E.isRight(parsed) ? formatNote(parsed.right) : '', note),
    ...same('its text is a checkpoint', E.isRight(checkpoint), isCheckpoint),
    ...holds(
      'the checkpoint does not write back to itself',
      E.isLeft(checkpoint) || formatCheckpoint(checkpoint.right) === text,
    ),
  ];
};

export const noteVectors = ({ crypto, test }: Suite, file: Vector): void => {
  const keys = file
    .get('vkeys')
    .items()
    .map((vkey) => keyOf(crypto, vkey));
  const origin = file.get('origin').text();
  test('origin', () =>
    holds(
      `no vkey bears the name ${origin}`,
      keys.some(({ name }) => (name as string) === origin),
    ));
  for (const each of file.get('accept').items())
    test(each.path, () => checkAccepted(crypto, keys, each));
  for (const each of file.get('refuse').items())
    test(`${each.path} (${each.get('why').text()})`, () => {
      const note = each.get('note').text();
      const asCheckpoint = each.find('checkpoint')?.flag() ?? false;
      const opened = asCheckpoint
        ? openCheckpoint(crypto, keys, note)
        : openNote(crypto, keys, note);
      return holds('the note is accepted', E.isLeft(opened));
    });
};

const originOf = (note: string): string => note.slice(0, Math.max(note.indexOf('\n'), 0));

const checkCheckpoint = (
  crypto: Crypto,
  chain: Vector | undefined,
  each: Vector,
): readonly string[] => {
  const note = each.get('note').text();
  const origin = originOf(note);
  if (chain === undefined)
    return [`expected a chain.json of origin ${origin} beside it, to hold the checkpoint against`];
  const signers = signersOf(crypto, chain);
  const opened = openCheckpoint(crypto, signers, note);
  if (E.isLeft(opened)) return [`the checkpoint is refused: ${opened.left.reason}`];
  const { size, root } = opened.right;
  const lines = linesOf(chain).slice(0, Math.max(size, 1));
  const signer = signers.find(({ name }) => (name as string) === origin);
  const again = signer === undefined ? undefined : signCheckpoint(crypto, signer, size, root);
  const isAlone = opened.right.signers.length === 1 && opened.right.unknown === 0;
  return [
    ...same('size', size, each.get('size').number()),
    ...same('root', formatHex(root), each.get('root_hex').text()),
    ...same('offences', describe(offences(fold(crypto, origin, lines, [note]))), 'nothing'),
    ...holds(
      'the note made again differs',
      !isAlone || (again !== undefined && E.isRight(again) && again.right === note),
    ),
  ];
};

export const checkpointVectors = ({ crypto, test, companion }: Suite, file: Vector): void => {
  for (const each of file.items())
    test(each.path, () => {
      const chain = companion('chain.json', originOf(each.get('note').text()));
      return checkCheckpoint(crypto, chain, each);
    });
};

export const proofFileVectors = ({ crypto, test }: Suite, file: Vector): void => {
  const keys = [keyOf(crypto, file.get('vkey'))];
  const origin = file.get('origin').text();
  for (const each of file.get('files').items())
    test(`${each.path} (${each.get('why').text()})`, () => {
      const text = each.get('text').text();
      const inclusion = openProofFile(crypto, keys, text);
      const consistency = openConsistencyFile(crypto, keys, text);
      const origins = [
        ...(E.isRight(inclusion) ? [inclusion.right.checkpoint.origin] : []),
        ...(E.isRight(consistency) ? [consistency.right.new.origin] : []),
      ];
      const a = parseProofFile(text);
      const b = parseConsistencyFile(text);
      return [
        ...same('valid', origins.length > 0, each.get('valid').flag()),
        ...origins.flatMap((each_) => same('origin', each_, origin)),
        ...(E.isRight(a) ? same('written again', formatProofFile(a.right), text) : []),
        ...(E.isRight(b) ? same('written again', formatConsistencyFile(b.right), text) : []),
      ];
    });
};

export const ed25519Vectors = ({ crypto, test }: Suite, file: Vector): void => {
  for (const each of file.items())
    test(`${each.path} (${each.get('why').text()})`, () => {
      const [key, message, signature] = ['public', 'message', 'signature'].map((name) =>
        parseHex(each.get(name).text()),
      );
      if (key === undefined || message === undefined || signature === undefined)
        return ['expected hexadecimal'];
      return same('valid', crypto.verify(key, message, signature), each.get('valid').flag());
    });
};
