/**
 * The worked example of ledger/FORMAT.md, byte for byte: every block of it is made again by the
 * kernel from the seeds, the payloads and the salts that the document states.
 */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { policySetDigest } from '../../ledger/chain/governance.ts';
import { native } from '../../ledger/crypto/native.ts';
import { noble } from '../../ledger/crypto/noble.ts';
import { formatHex, parseHex } from '../../ledger/encoding/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { attest, claimOf } from '../../ledger/event/attestation.ts';
import { draftOf, flatOf } from '../../ledger/event/draft.ts';
import type { Claim } from '../../ledger/event/header.ts';
import { headerOf } from '../../ledger/event/line.ts';
import { open } from '../../ledger/event/open.ts';
import { seal, unseal, withhold } from '../../ledger/event/seal.ts';
import { FINDING_CODES } from '../../ledger/finding.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { formatSkey, formatVkey, signerOf } from '../../ledger/key/key.ts';
import type { KeyName } from '../../ledger/name.ts';
import { signCheckpoint } from '../../ledger/note/checkpoint.ts';
import { formatConsistencyFile, openConsistencyFile } from '../../ledger/note/consistency-file.ts';
import { parseNote } from '../../ledger/note/note.ts';
import { formatProofFile, openProofFile } from '../../ledger/note/proof-file.ts';
import { proveConsistency, proveInclusion } from '../../ledger/tree/proof.ts';
import { EMPTY, append, nodeHash, root } from '../../ledger/tree/tree.ts';
import { right } from '../build/ledger.ts';
import { fold } from '../conformance/fold.ts';

const FORMAT = readFileSync(new URL('../../ledger/FORMAT.md', import.meta.url), 'utf8');
const BLOCKS = new Map(
  Array.from(FORMAT.matchAll(/^```example ([a-z0-9-]+)\n([^]*?)\n```$/gm), ([, name, text]) => [
    name ?? '',
    text ?? '',
  ]),
);
const used = new Set<string>();
const block = (name: string): string => {
  used.add(name);
  const text = BLOCKS.get(name);
  if (text === undefined) throw new Error(`FORMAT.md has no example block named ${name}`);
  return text;
};
const fileBlock = (name: string): string => `${block(name)}\n`;
const bytesOf = (hex: string): Uint8Array => parseHex(hex) ?? new Uint8Array();

describe.each([
  ['native', native],
  ['noble', noble],
])('the worked example of FORMAT.md, made again with %s', (_, crypto) => {
  const signers = ['log', 'operator'].map((role) => {
    const name = block(`key-id-${role}`).slice(0, -9) as KeyName;
    return right(signerOf(crypto, name, bytesOf(block(`seed-${role}`))));
  });
  const [log, operator] = signers;
  if (log === undefined || operator === undefined) throw new Error('two keys');
  const lines = [0, 1, 2].map((seq) => fileBlock(`line-${seq}`));
  const opened = lines.map((line) => open(crypto, encodeUtf8(line)));

  it('keys follow from their seeds', () => {
    for (const [i, role] of ['log', 'operator'].entries()) {
      const key = signers[i] ?? log;
      expect(key.keyId).toBe(block(`key-id-${role}`));
      expect(formatHex(key.publicKey)).toBe(block(`public-${role}`));
      expect(formatVkey(key)).toBe(block(`vkey-${role}`));
      expect(formatSkey(key)).toBe(block(`skey-${role}`));
    }
    expect(log.name).toBe(block('origin'));
  });

  it.each([0, 1, 2])('line %i opens, and is what its draft and its place make', (seq) => {
    const { line, findings } = opened[seq] ?? {};
    if (line?.payload === undefined || line.salt === undefined) throw new Error('opens whole');
    expect(findings).toEqual([]);
    expect(decodeUtf8(line.payload)).toBe(block(`payload-${seq}`));
    expect(formatHex(line.salt)).toBe(block(`salt-${seq}`));
    expect(line.headerText).toBe(block(`header-${seq}`));
    expect(line.event_hash).toBe(block(`event-hash-${seq}`));
    const input = bytesOf(block(`payload-hash-input-${seq}`));
    expect(formatHex(crypto.sha256(input))).toBe(block(`payload-hash-${seq}`));
    expect(headerOf(line).payload_hash).toBe(block(`payload-hash-${seq}`));
    const text = `ledger/payload/1\n${'\0'.repeat(16)}${block(`payload-${seq}`)}`;
    expect(input.length).toBe(encodeUtf8(text).length);
    const draft = unseal(line);
    if (draft === undefined) throw new Error('nothing is withheld');
    const again = right(draftOf(crypto, flatOf(draft)));
    const sealed = right(seal(crypto, again, headerOf(line)));
    expect(decodeUtf8(sealed.bytes)).toBe(lines[seq]);
  });

  it('the attestation is the operator’s signature of the message shown', () => {
    const line = opened[2]?.line;
    if (line === undefined) throw new Error('line 2 opens');
    const claim: Claim = claimOf(headerOf(line));
    expect(write(claim as unknown as Json)).toBe(block('claim-2'));
    const stated = headerOf(line).attestation;
    if (stated === undefined) throw new Error('line 2 is attested');
    const made = attest(crypto, operator, claim, stated.meaning, stated.signed_at);
    expect(made).toEqual(stated);
    expect(made.signature).toBe(block('signature-2'));
    expect(write(made as unknown as Json)).toBe(block('attestation-2'));
    const raw = Buffer.from(block('signature-2'), 'base64');
    expect(crypto.verify(operator.publicKey, encodeUtf8(block('message-2')), raw)).toBe(true);
  });

  it('the withheld form of line 1 is line 1 without payload and salt', () => {
    const line = opened[1]?.line;
    expect(line && decodeUtf8(withhold(line))).toBe(fileBlock('withheld-1'));
  });

  it('the policy set is the digest of its documents', () => {
    expect(policySetDigest(crypto, JSON.parse(block('policy-documents')) as JsonObject)).toBe(
      block('policy-set'),
    );
    expect(opened[0]?.line?.policy_set).toBe(block('policy-set'));
  });

  it('the tree, the checkpoints and the proofs follow', () => {
    const leaves = [0, 1, 2].map((seq) => bytesOf(block(`event-hash-${seq}`)));
    const nodes = new Map<string, Uint8Array>();
    let frontier = EMPTY;
    expect(formatHex(root(crypto, frontier))).toBe(block('root-0'));
    for (const [i, leaf] of leaves.entries()) {
      frontier = append(crypto, frontier, leaf, (height, index, hash) =>
        nodes.set(`${height}/${index}`, hash),
      );
      expect(formatHex(root(crypto, frontier))).toBe(block(`root-${i + 1}`));
    }
    const [first = new Uint8Array(), second = new Uint8Array()] = leaves;
    expect(formatHex(nodeHash(crypto, first, second))).toBe(block('node-0-1'));
    const nodeAt = (height: number, index: number) => nodes.get(`${height}/${index}`);
    for (const size of [1, 3]) {
      const note = right(signCheckpoint(crypto, log, size, bytesOf(block(`root-${size}`))));
      expect(note).toBe(fileBlock(`note-${size}`));
      expect(right(parseNote(note)).text).toBe(fileBlock(`checkpoint-${size}`));
    }
    const inclusion = right(proveInclusion(crypto, nodeAt, 1, 3));
    expect(inclusion.map(formatHex).join('\n')).toBe(block('steps-1'));
    const proof = {
      extra: encodeUtf8(block('header-1')),
      index: 1,
      proof: inclusion,
      note: fileBlock('note-3'),
    };
    expect(formatProofFile(proof)).toBe(fileBlock('proof-1'));
    expect(right(openProofFile(crypto, [log], fileBlock('proof-1'))).header.seq).toBe(1);
    const consistency = right(proveConsistency(crypto, nodeAt, 1, 3));
    expect(consistency.map(formatHex).join('\n')).toBe(block('steps-1-3'));
    const file = { old: fileBlock('note-1'), new: fileBlock('note-3'), proof: consistency };
    expect(formatConsistencyFile(file)).toBe(fileBlock('consistency-1-3'));
    expect(right(openConsistencyFile(crypto, [log], fileBlock('consistency-1-3'))).new.size).toBe(
      3,
    );
  });

  it('the chain is sound and both checkpoints match', () => {
    const { found, state } = fold(crypto, block('origin'), lines, [
      fileBlock('note-1'),
      fileBlock('note-3'),
    ]);
    expect(found).toEqual([]);
    expect(state.matched).toBe(2);
  });

  it('no block of the example is left unchecked', () => {
    expect([...BLOCKS.keys()].filter((name) => !used.has(name))).toEqual([]);
    expect(BLOCKS.size).toBeGreaterThan(40);
  });
});

describe('the finding codes in FORMAT.md', () => {
  it.each(Object.entries(FINDING_CODES))('%s is listed with its severity, %s', (code, severity) => {
    const row = FORMAT.split('\n').find((line) => line.startsWith(`| \`${code}\``));
    expect(row).toContain(severity);
  });
});
