/**
 * What the kernel costs: sealing, opening, verifying, canonical JSON, the tree, signatures, for
 * events with payloads of 200 B, 700 B and 8 KB and for an event whose whole line is about 700 B.
 */
import crypto from 'node:crypto';
import * as E from 'fp-ts/lib/Either.js';
import { memoryHistory } from '../../ledger/chain/history.ts';
import type { ChainState, Means } from '../../ledger/chain/state.ts';
import { begin } from '../../ledger/chain/state.ts';
import { step } from '../../ledger/chain/verify.ts';
import { native } from '../../ledger/crypto/native.ts';
import { noble } from '../../ledger/crypto/noble.ts';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Draft } from '../../ledger/event/draft.ts';
import { draftOf } from '../../ledger/event/draft.ts';
import type { Position } from '../../ledger/event/header.ts';
import { ZERO_HASH } from '../../ledger/event/header.ts';
import { open } from '../../ledger/event/open.ts';
import { openPlainly } from '../../ledger/event/plain.ts';
import { seal } from '../../ledger/event/seal.ts';
import { write } from '../../ledger/json/format.ts';
import { parse } from '../../ledger/json/parse.ts';
import { isCanonical } from '../../ledger/json/scan.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Digest, Origin, Seq, Time } from '../../ledger/name.ts';
import { proveConsistency, proveInclusion } from '../../ledger/tree/proof.ts';
import type { Frontier } from '../../ledger/tree/tree.ts';
import { EMPTY, append, root } from '../../ledger/tree/tree.ts';
import { verifyInclusion } from '../../ledger/tree/verify.ts';
import type { Contender, Row } from './measure.ts';
import { compare } from './measure.ts';

const ORIGIN = 'example.com/bench';
const AT = '2026-11-20T15:04:05.678Z';

const right = <L, R>(either: E.Either<L, R>): R => {
  if (E.isLeft(either)) throw new Error(`refused: ${JSON.stringify(either.left)}`);
  return either.right;
};

/** A payload of about so many bytes: members with text and numbers, as tools write them. */
const payloadOf = (bytes: number): JsonObject => {
  const payload: Record<string, string | number> = {};
  for (let i = 0; write(payload).length < bytes - 30; i++) {
    payload[`field_${String(i).padStart(3, '0')}`] = i % 3 === 0 ? i * 1.5 : `value of ${i}`;
  }
  return payload;
};

const flatDraft = (i: number, payload: JsonObject): JsonObject => ({
  event_type: 'invoice.paid',
  id: `0192f0c1-0000-7000-8000-${String(i).padStart(12, '0')}`,
  ledger: ORIGIN,
  observed_at: AT,
  payload,
  salt: '000102030405060708090a0b0c0d0e0f',
  source: { kind: 'tool', name: 'erp' },
});

const positionOf = (seq: number, prev: Digest): Position => ({
  policy: { outcome: 'allow', policy_set: '0123456789abcdef'.repeat(4) as Digest },
  prev_event_hash: prev,
  recorded_at: AT as Time,
  seq: seq as Seq,
});

const draftFor = (i: number, payload: JsonObject): Draft =>
  right(draftOf(native, flatDraft(i, payload)));

/** A chain of a founding event and so many others. */
const chainOf = (length: number, payload: JsonObject): readonly Uint8Array[] => {
  const lines: Uint8Array[] = [];
  let prev = ZERO_HASH;
  for (let seq = 0; seq <= length; seq++) {
    const founding = { format: 1, origin: ORIGIN };
    const flat = flatDraft(seq, seq === 0 ? founding : payload);
    const draft = right(
      draftOf(native, seq === 0 ? { ...flat, event_type: 'ledger.created' } : flat),
    );
    const sealed = right(seal(native, draft, positionOf(seq, prev)));
    prev = sealed.event_hash;
    lines.push(sealed.bytes);
  }
  return lines;
};

const shaOf = (what: string, bytes: Uint8Array): Contender => ({
  name: `SHA-256 of ${what}`,
  run: () => crypto.hash('sha256', bytes, 'hex'),
});

/** Verifies a chain over and over, one line at a time. */
const stepper = (lines: readonly Uint8Array[]): (() => unknown) => {
  let means: Means;
  let state: ChainState;
  let at = lines.length;
  return () => {
    if (at === lines.length) {
      means = { crypto: native, history: memoryHistory(native, new Uint8Array(32)) };
      state = begin(ORIGIN as Origin);
      at = 0;
    }
    const taken = step(means, state, lines[at++] ?? new Uint8Array());
    if (taken.findings.length > 0) throw new Error('the chain of the benchmark is not sound');
    state = taken.state;
    return state;
  };
};

const of = (name: string, run: () => unknown): Contender => ({ name, run });

const eventRows = (label: string, payload: JsonObject, targets: boolean): readonly Row[] => {
  const lines = chainOf(2000, payload);
  const line = lines[1000] ?? new Uint8Array();
  const flat = flatDraft(7, payload);
  const draft = draftFor(7, payload);
  const position = positionOf(7, ZERO_HASH);
  const text = write(payload);
  const bytes = encodeUtf8(text);
  const sha = shaOf(`the line, ${line.length} B`, line);
  const json: Contender = {
    name: 'JSON.parse + stringify',
    run: () => JSON.stringify(JSON.parse(text)),
  };
  const row = (name: string, run: () => unknown): Contender => of(`${label}: ${name}`, run);
  return [
    compare(
      row('open', () => open(native, line)),
      sha,
      targets ? 5 : undefined,
    ),
    compare(
      row('open, the plain way', () => openPlainly(native, line)),
      sha,
    ),
    compare(row('chain verify, a line', stepper(lines)), sha),
    compare(
      row('seal', () => seal(native, draft, position)),
      sha,
      targets ? 6 : undefined,
    ),
    compare(
      row('draft from its flat form', () => draftOf(native, flat)),
      sha,
    ),
    compare(
      row('canonical: parse', () => parse(bytes)),
      json,
    ),
    compare(
      row('canonical: write', () => write(payload)),
      json,
    ),
    compare(
      row('canonical: parse + write', () => write(right(parse(bytes)))),
      json,
    ),
    compare(
      row('canonical: recognise', () => isCanonical(bytes)),
      json,
    ),
  ];
};

const nodeKey = (height: number, index: number): number => height * 2 ** 40 + index;

const treeRows = (): readonly Row[] => {
  const leaves = Array.from({ length: 1024 }, (_, i) => native.sha256(encodeUtf8(`leaf ${i}`)));
  const leafAt = (i: number): Uint8Array => leaves[i % leaves.length] ?? new Uint8Array(32);
  const sha = shaOf('64 B', new Uint8Array(64));
  let frontier: Frontier = EMPTY;
  const grow: Contender = {
    name: 'Merkle: append',
    run: () => (frontier = append(native, frontier, leafAt(frontier.size))),
  };
  const size = 100_000;
  const nodes = new Map<number, Uint8Array>();
  let whole = EMPTY;
  while (whole.size < size)
    whole = append(native, whole, leafAt(whole.size), (height, index, hash) =>
      nodes.set(nodeKey(height, index), hash),
    );
  const nodeAt = (height: number, index: number): Uint8Array | undefined =>
    nodes.get(nodeKey(height, index));
  const proof = right(proveInclusion(native, nodeAt, 77_777, size));
  const wholeRoot = root(native, whole);
  return [
    compare(grow, sha, 1.5),
    compare(
      of('Merkle: root at 100,000', () => root(native, whole)),
      sha,
    ),
    compare(
      of('Merkle: inclusion proof, 100,000', () => proveInclusion(native, nodeAt, 77_777, size)),
      sha,
    ),
    compare(
      of('Merkle: consistency proof', () => proveConsistency(native, nodeAt, 77_777, size)),
      sha,
    ),
    compare(
      of(`Merkle: verify ${proof.length} steps`, () =>
        verifyInclusion(native, 77_777n, BigInt(size), leafAt(77_777), wholeRoot, proof),
      ),
      sha,
    ),
  ];
};

const signatureRows = (): readonly Row[] => {
  const seed = native.sha256(encodeUtf8('seed of the benchmark'));
  const message = encodeUtf8('x'.repeat(500));
  const publicKey = native.publicKey(seed);
  const signature = native.sign(seed, message);
  const pair = crypto.createPrivateKey({
    key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), seed]),
    format: 'der',
    type: 'pkcs8',
  });
  const verifier = crypto.createPublicKey(pair);
  const sign: Contender = {
    name: 'node:crypto sign',
    run: () => crypto.sign(null, message, pair),
  };
  const verify: Contender = {
    name: 'node:crypto verify',
    run: () => crypto.verify(null, message, verifier, signature),
  };
  return [
    compare(
      of('sign, native', () => native.sign(seed, message)),
      sign,
    ),
    compare(
      of('sign, noble', () => noble.sign(seed, message)),
      sign,
    ),
    compare(
      of('verify, native', () => native.verify(publicKey, message, signature)),
      verify,
    ),
    compare(
      of('verify, noble', () => noble.verify(publicKey, message, signature)),
      verify,
    ),
  ];
};

/**
 * Whether anything grows with the length of the chain: the last lines of long ones against short.
 */
const growthRows = (): readonly Row[] => {
  const payload = payloadOf(100);
  const short = chainOf(1_000, payload);
  const long = chainOf(50_000, payload);
  return [
    compare(
      { name: 'a line of a chain of 50,000', run: stepper(long) },
      { name: 'a line of a chain of 1,000', run: stepper(short) },
    ),
  ];
};

/** lineOf700 finds the payload that makes a line of about 700 B. */
const payloadFor700 = (): JsonObject => {
  const rest = decodeUtf8(chainOf(1, {})[1] ?? new Uint8Array()).length;
  return { note: 'x'.repeat(Math.max(0, 700 - rest - '"note":""'.length)) };
};

/** kernel measures it all. */
export const kernel = (): readonly Row[] => [
  ...eventRows('line 700 B', payloadFor700(), true),
  ...eventRows('payload 200 B', payloadOf(200), false),
  ...eventRows('payload 700 B', payloadOf(700), true),
  ...eventRows('payload 8 KB', payloadOf(8192), false),
  ...treeRows(),
  ...signatureRows(),
  ...growthRows(),
];
