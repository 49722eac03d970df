/**
 * What is signed about a bundle: the checkpoint that its events stand in, a later one, the
 * statement about its files. Which keys count is known once the events are folded.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Keyring } from '../../ledger/chain/keyring.ts';
import { logKeysAt, stateOf } from '../../ledger/chain/keyring.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import { parseString } from '../../ledger/json/parse.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Key } from '../../ledger/key/key.ts';
import type { Digest, KeyId } from '../../ledger/name.ts';
import type { Checkpoint } from '../../ledger/note/checkpoint.ts';
import { openCheckpoint, parseCheckpoint } from '../../ledger/note/checkpoint.ts';
import { openConsistencyFile, parseConsistencyFile } from '../../ledger/note/consistency-file.ts';
import { parseNote } from '../../ledger/note/note.ts';
import { verifyConsistency } from '../../ledger/tree/verify.ts';
import type { Claim } from './claim.ts';
import type { Files } from './file.ts';
import { textOf } from './file.ts';
import type { BundleFold } from './fold.ts';
import { FILE } from './layout.ts';
import type { Digests } from './manifest.ts';
import type { BundleFinding } from './report.ts';
import { against } from './report.ts';
import { MAX_STATEMENT_BYTES, openEnvelope, statementOf } from './statement.ts';

const MAX_NOTE_BYTES = 1 << 16;
const MAX_CONSISTENCY_BYTES = 1 << 18;
const MAX_AUDIT_BYTES = 1 << 22;

/** A checkpoint as it is written; nothing of it is believed yet. */
export interface Note extends Checkpoint {
  readonly text: string;
}

/** noteOf reads the checkpoint, undefined where it is none or another than the claim names. */
export const noteOf = (crypto: Crypto, files: Files, claim: Claim): Note | undefined => {
  const text = textOf(files.get(FILE.checkpoint), MAX_NOTE_BYTES) ?? '';
  const note = parseNote(text);
  if (E.isLeft(note)) return undefined;
  const read = parseCheckpoint(crypto, note.right.text);
  if (E.isLeft(read)) return undefined;
  const { origin, size, root } = read.right;
  const { checkpoint } = claim;
  const isNamed = size === checkpoint.size && formatHex(root) === checkpoint.root;
  return isNamed && origin === claim.origin ? { ...read.right, text } : undefined;
};

/** judgeNote judges whose the checkpoint is, and whether the range is part of its log. */
export const judgeNote = (
  crypto: Crypto,
  { selection, proof }: Claim,
  { text, size, root }: Note,
  { state, rootAt }: BundleFold,
): readonly BundleFinding[] => {
  const opened = openCheckpoint(crypto, logKeysAt(state.keyring, size), text);
  const sizes = [BigInt(selection.to), BigInt(size)] as const;
  const isPart = rootAt !== undefined && verifyConsistency(crypto, ...sizes, rootAt, root, proof);
  return [
    ...(E.isLeft(opened)
      ? [against('checkpoint_refused', { file: FILE.checkpoint, reason: opened.left.reason })]
      : []),
    ...(isPart ? [] : [against('range_unproved', { file: FILE.events })]),
  ];
};

/**
 * unshownLogKey gives the log key that signed the checkpoint, unless all events are here from where
 * it was enrolled up to the checkpoint: only then nothing that ended it can be left out.
 */
export const unshownLogKey = (
  crypto: Crypto,
  { text, size }: Note,
  { selection: { from, to } }: Claim,
  { state }: BundleFold,
): KeyId | undefined => {
  const signed = [...state.keyring.byId.values()].find(
    ({ key, purpose }) => purpose === 'log' && E.isRight(openCheckpoint(crypto, [key], text)),
  );
  const isShown = signed !== undefined && from <= signed.enrolledAt + 1 && to === size;
  return isShown ? undefined : signed?.key.keyId;
};

/**
 * judgeLater judges the proof that a later checkpoint's log begins with this one's. What ended a
 * key below this one is known: it signs no later one.
 */
export const judgeLater = (
  crypto: Crypto,
  files: Files,
  note: Note,
  keyring: Keyring,
): readonly BundleFinding[] => {
  const entry = files.get(FILE.consistency);
  if (entry === undefined) return [];
  const text = textOf(entry, MAX_CONSISTENCY_BYTES) ?? '';
  const opened = openConsistencyFile(crypto, logKeysAt(keyring, note.size), text);
  const parsed = parseConsistencyFile(text);
  const isOurs = E.isRight(parsed) && parsed.right.old === note.text;
  const isLater = E.isRight(opened) && opened.right.new.size > note.size;
  if (isLater && isOurs) return [];
  const other = isOurs ? 'not_later' : 'other_checkpoint';
  const reason = E.isLeft(opened) ? opened.left.reason : other;
  return [against('consistency_refused', { file: FILE.consistency, reason })];
};

/** judgeVkey holds the checkpoint against the key that whoever checks has from elsewhere. */
export const judgeVkey = (
  crypto: Crypto,
  { text, origin }: Note,
  vkey: Key | undefined,
): readonly BundleFinding[] => {
  if (vkey === undefined) return [];
  const file = FILE.checkpoint;
  if ((vkey.name as string) !== origin)
    return [against('vkey_other_ledger', { file, expected: vkey.name, actual: origin })];
  return E.isRight(openCheckpoint(crypto, [vkey], text)) ? [] : [against('vkey_differs', { file })];
};

/** Whose signature is over the files, and at which event that key surely counted. */
export interface Voucher {
  readonly keyId: string;
  readonly until: number | undefined;
}

interface Judged {
  readonly voucher: Voucher | undefined;
  readonly findings: readonly BundleFinding[];
}

/** judgeStatement judges who vouches for the files, and what the audit said before. */
export const judgeStatement = (
  crypto: Crypto,
  files: Files,
  digests: Digests,
  claim: Claim,
  fold: BundleFold,
): Judged => {
  const file = FILE.statement;
  const text = textOf(files.get(file), MAX_STATEMENT_BYTES) ?? '';
  const envelope = openEnvelope(text, statementOf(claim, digests));
  const audit = auditFindings(files, claim, fold.state.head);
  const refused = (finding: BundleFinding): Judged => ({
    voucher: undefined,
    findings: [finding, ...audit],
  });
  if (envelope === undefined) return refused(against('statement_refused', { file }));
  const { keyId } = envelope;
  const record = fold.state.keyring.byId.get(keyId as KeyId);
  if (!envelope.isAbout) return refused(against('statement_differs', { file }));
  if (record?.purpose !== 'author' || stateOf(record) !== 'active')
    return refused(against('signer_unknown', { file, actual: keyId }));
  if (!envelope.isSignedBy(crypto, record.key.publicKey))
    return refused(against('statement_signature', { file }));
  const until = fold.countedAt(record);
  const unproved = until === undefined ? [against('signer_unproved', { file, actual: keyId })] : [];
  return { voucher: { keyId, until }, findings: [...unproved, ...audit] };
};

/** The last hash of the log is known here where the range ends with the log. */
const auditFindings = (
  files: Files,
  { origin, checkpoint: { size, root }, selection }: Claim,
  head: Digest | undefined,
): readonly BundleFinding[] => {
  const file = FILE.verify;
  const read = parseString(textOf(files.get(file), MAX_AUDIT_BYTES) ?? '');
  const report = E.isRight(read) && isObject(read.right) ? read.right : {};
  const isGood = report['verdict'] === 'verified' && report['origin'] === origin;
  const told = { size, root, ...(selection.to === size && head !== undefined ? { head } : {}) };
  const differing = Object.entries(told).filter(([name, value]) => report[name] !== value);
  return [
    ...(isGood ? [] : [against('audit_failed', { file })]),
    ...differing.map(([reason, value]) =>
      against('claim_differs', { file, reason, expected: String(value) }),
    ),
  ];
};
