/**
 * Laws of totality: nothing that is handed in makes the kernel throw. A law here asks for an
 * answer; whether it is the right one is asked elsewhere.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { isPublicKey, isStrictInput } from '../../ledger/crypto/strict.ts';
import { parseBase64 } from '../../ledger/encoding/base64.ts';
import { parseHex, readHex } from '../../ledger/encoding/hex.ts';
import { invalidUtf8At } from '../../ledger/encoding/utf8.ts';
import type { Draft } from '../../ledger/event/draft.ts';
import { draftOf } from '../../ledger/event/draft.ts';
import type { Position } from '../../ledger/event/header.ts';
import { checkHeader } from '../../ledger/event/header.ts';
import { headerOf, payloadOf } from '../../ledger/event/line.ts';
import { open } from '../../ledger/event/open.ts';
import { openPlainly } from '../../ledger/event/plain.ts';
import { scanLine } from '../../ledger/event/scan.ts';
import { seal, unseal, withhold } from '../../ledger/event/seal.ts';
import type { Json } from '../../ledger/json/value.ts';
import { format } from '../../ledger/json/format.ts';
import { parse, parseString } from '../../ledger/json/parse.ts';
import { isCanonical } from '../../ledger/json/scan.ts';
import { parseSkey, parseVkey } from '../../ledger/key/key.ts';
import { openCheckpoint, parseCheckpoint, parseSize } from '../../ledger/note/checkpoint.ts';
import { openConsistencyFile, parseConsistencyFile } from '../../ledger/note/consistency-file.ts';
import { openNote, parseNote } from '../../ledger/note/note.ts';
import { openProofFile, parseProofFile } from '../../ledger/note/proof-file.ts';
import { render } from '../../ledger/render/render.ts';
import { proveConsistency, proveInclusion } from '../../ledger/tree/proof.ts';
import { frontierOf } from '../../ledger/tree/tree.ts';
import { verifyConsistency, verifyInclusion } from '../../ledger/tree/verify.ts';
import { flatForm } from '../arbitrary/flat.ts';
import { hostileValue } from '../arbitrary/hostile.ts';
import { SIGNERS } from '../arbitrary/key.ts';
import { refused } from '../arbitrary/refused.ts';
import { hostileBytes, hostileText } from '../arbitrary/wild.ts';

const MEMBERS =
  'attestation authorization domain_tags event_type id ledger observed_at payload_hash policy ' +
  'prev_event_hash recorded_at schema_version seen seq session_id source supersedes trace_id mood';
const headerMember = fc.constantFrom(...MEMBERS.split(' '));

type Readers<Input> = Readonly<Record<string, (input: Input) => unknown>>;

/** Hands the same to every reader; whoever throws is named. */
const readByAll = <Input>(readers: Readers<Input>, input: Input): void => {
  for (const [name, read] of Object.entries(readers))
    try {
      read(input);
    } catch (cause) {
      throw new Error(`${name} threw`, { cause });
    }
};

/** Every way to hand in text. */
const textReaders = (crypto: Crypto): Readers<string> => ({
  parseString: (text) => parseString(text),
  parseHex,
  parseBase64,
  parseSize,
  parseVkey: (text) => parseVkey(crypto, text),
  parseSkey: (text) => parseSkey(crypto, text),
  parseNote,
  openNote: (text) => openNote(crypto, SIGNERS, text),
  parseCheckpoint: (text) => parseCheckpoint(crypto, text),
  openCheckpoint: (text) => openCheckpoint(crypto, SIGNERS, text),
  parseProofFile,
  openProofFile: (text) => openProofFile(crypto, SIGNERS, text),
  parseConsistencyFile,
  openConsistencyFile: (text) => openConsistencyFile(crypto, SIGNERS, text),
});

/** What is handed in to be sealed may be of any kind: the members of claim and position are. */
export const sealsAnything = (crypto: Crypto) =>
  fc.property(
    fc.dictionary(headerMember, hostileValue),
    fc.dictionary(headerMember, hostileValue),
    (claim, position) => {
      const draft = { claim, payload: '{}', salt: '0'.repeat(32) } as unknown as Draft;
      return E.isLeft(seal(crypto, draft, position as unknown as Position));
    },
  );

export const readsAnyText = (crypto: Crypto) => {
  const readers = textReaders(crypto);
  return fc.property(hostileText, (text) => readByAll(readers, text));
};

/** Every way to hand in bytes. What opens can be asked for all that a line has. */
const byteReaders = (crypto: Crypto): Readers<Uint8Array> => ({
  parse: (bytes) => [0, 64, 65, 1e6, Number.NaN].map((most) => parse(bytes, most)),
  isCanonical: (bytes) => [0, 64, 65, 1e6, Number.NaN].map((most) => isCanonical(bytes, most)),
  invalidUtf8At,
  readHex: (bytes) => readHex(bytes, 3, 16),
  openPlainly: (bytes) => openPlainly(crypto, bytes),
  scanLine: (bytes) => scanLine(crypto, bytes),
  open: (bytes) => {
    const { line } = open(crypto, bytes);
    return line === undefined
      ? []
      : [headerOf(line), payloadOf(line), unseal(line), withhold(line)];
  },
  isStrictInput: (bytes) => isStrictInput(bytes.subarray(0, 32), bytes.subarray(32)),
  isPublicKey: (bytes) => isPublicKey(bytes.subarray(0, 32)),
  sha256: (bytes) => crypto.sha256(bytes),
  verify: (bytes) => crypto.verify(bytes.subarray(0, 32), bytes, bytes.subarray(32, 96)),
});

export const readsAnyBytes = (crypto: Crypto) => {
  const readers = byteReaders(crypto);
  return fc.property(hostileBytes, (bytes) => readByAll(readers, bytes));
};

/** Depths that nobody should ask for, among those that somebody may. */
const depth = fc.oneof(fc.nat(70), fc.constantFrom(-1, 0.5, 1e6, Number.NaN, Infinity));

export const asksAboutAnyValue = () =>
  fc.property(hostileValue, depth, (value, most) => {
    format(value, most);
  });

export const draftsAnyForm = (crypto: Crypto) =>
  fc.property(
    flatForm,
    hostileValue,
    fc.constantFrom('payload', 'source', 'x'),
    (flat, odd, at) => {
      draftOf(crypto, flat);
      draftOf(crypto, odd as Json);
      draftOf(crypto, { ...flat, [at]: odd as Json });
      checkHeader(flat);
    },
  );

const number = fc.oneof(
  fc.bigInt(),
  fc.bigInt({ min: -2n, max: 40n }),
  fc.bigInt({ min: 0n, max: 2n ** 300n }),
);
const hashLike = fc.oneof(
  fc.uint8Array({ minLength: 32, maxLength: 32 }),
  fc.uint8Array({ maxLength: 70 }),
);

export const verifiesAnyProof = (crypto: Crypto) =>
  fc.property(
    number,
    number,
    hashLike,
    hashLike,
    fc.array(hashLike, { maxLength: 8 }),
    fc.double(),
    (a, b, one, other, proof, size) => {
      verifyInclusion(crypto, a, b, one, other, proof);
      verifyConsistency(crypto, a, b, one, other, proof);
      frontierOf(size, proof);
    },
  );

/** Whatever is stored for nodes, a proof is refused or is one of hashes. */
export const provesFromAnyNodes = (crypto: Crypto) =>
  fc.property(
    fc.array(fc.option(hashLike, { nil: undefined }), { minLength: 1, maxLength: 40 }),
    fc.oneof(fc.nat(40), fc.double(), fc.integer()),
    fc.oneof(fc.nat(40), fc.double(), fc.maxSafeNat()),
    (nodes, index, size) => {
      const nodeAt = (height: number, at: number) => nodes[(height * 7 + at) % nodes.length];
      return [
        proveInclusion(crypto, nodeAt, index, size),
        proveConsistency(crypto, nodeAt, index, size),
      ].every((proof) => E.isLeft(proof) || proof.right.every(({ length }) => length === 32));
    },
  );

/** Every error has a sentence that says something, and one that says what to do. */
export const rendersAnyError = () =>
  fc.property(refused, (error) => {
    const { what, next } = render(error);
    const isEmptyDraft =
      error._tag === 'DraftRefused' && error.problems.length === 0 && error.value === undefined;
    const isEmptySeal =
      error._tag === 'SealRefused' && error.reason === 'bad_header' && error.problems.length === 0;
    const isSaid = what.length > 0 && !what.includes('undefined');
    return (
      next.length > 0 &&
      (isSaid || isEmptyDraft || isEmptySeal || JSON.stringify(error).includes('undefined'))
    );
  });
