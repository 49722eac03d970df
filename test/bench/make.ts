/**
 * Big ledgers for benchmarks: so many sealed events in segments, the same for the same seed, signed
 * or not. Lines are put together as text, which takes a fraction of the time of sealing each.
 */
import crypto from 'node:crypto';
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import { segmentName } from '../../src/storage/segment.ts';
import { ALICE } from '../build/ledger.ts';

export const ORIGIN = 'example.com/bench';
const SEGMENT_BYTES = 64 << 20;
const BATCH_BYTES = 1 << 20;
const POLICY_SET = '0123456789abcdef'.repeat(4);
const START = Date.UTC(2026, 10, 20, 9);

export interface Made {
  readonly journal: string;
  readonly events: number;
  readonly bytes: number;
}

export interface Wish {
  readonly events: number;
  readonly isSigned: boolean;
  readonly seed?: number;
}

const sha256 = (...parts: readonly (string | Uint8Array)[]): string =>
  crypto.hash('sha256', Buffer.concat(parts.map((part) => Buffer.from(part))), 'hex');

/** Signing with a key that was read once. */
const signingKey = crypto.createPrivateKey({
  key: Buffer.concat([Buffer.from('302e020100300506032b657004220420', 'hex'), ALICE.seed]),
  format: 'der',
  type: 'pkcs8',
});

interface Event {
  readonly type: string;
  readonly payload: Json;
}

const founding: Event = {
  type: 'ledger.created',
  payload: { format: 1, operator_key: formatVkey(ALICE), origin: ORIGIN },
};

const eventAt = (seq: number): Event => ({
  type: 'invoice.paid',
  payload: { amount: seq * 1.25, currency: 'EUR', reference: `2026-${seq % 977}` },
});

const members = (texts: Readonly<Record<string, string>>): string =>
  Object.entries(texts)
    .map(([name, text]) => `"${name}":"${text}",`)
    .join('');

const attestationOf = (at: string, claimed: string, source: string): string => {
  const { keyId } = ALICE;
  const claim = `{${claimed}"schema_version":1,${source}`;
  const message = `ledger/attestation/1\n${keyId}\n${at}\nauthored\n${claim}`;
  const signature = crypto.sign(null, Buffer.from(message), signingKey).toString('base64');
  const signed = members({ key_id: keyId, meaning: 'authored', signature, signed_at: at });
  return `"attestation":{${signed.slice(0, -1)}},`;
};

/** One line and its hash. */
const lineOf = (seq: number, prev: string, seed: number, isSigned: boolean) => {
  const { type, payload } = seq === 0 ? founding : eventAt(seq);
  const at = new Date(START + seq * 7).toISOString();
  const salt = sha256(`${seed} ${seq}`).slice(0, 32);
  const text = write(payload);
  const payloadHash = sha256('ledger/payload/1\n', Buffer.from(salt, 'hex'), text);
  const id = `0192f0c1-${salt.slice(0, 4)}-7000-8000-${String(seq).padStart(12, '0')}`;
  const author = members({ event_type: type, id, ledger: ORIGIN, observed_at: at });
  const claimed = `${author}"payload_hash":"${payloadHash}",`;
  const source = '"source":{"kind":"tool","name":"erp"}}';
  const attestation = isSigned && seq > 0 ? attestationOf(at, claimed, source) : '';
  const policy = `"policy":{"outcome":"allow","policy_set":"${POLICY_SET}"},`;
  const place = members({ prev_event_hash: prev, recorded_at: at });
  const version = `"schema_version":1,"seq":${seq},`;
  const header = `{${attestation}${claimed}${policy}${place}${version}${source}`;
  const hash = sha256(Uint8Array.of(0), header);
  return {
    hash,
    line: `{"event_hash":"${hash}","header":${header},"payload":${text},"salt":"${salt}"}\n`,
  };
};

/** makeJournal writes a journal into a folder of its own; `unmake` takes it away again. */
export const makeJournal = ({ events, isSigned, seed = 1 }: Wish): Made => {
  const journal = join(mkdtempSync(join(tmpdir(), 'ledger-bench-')), 'journal');
  mkdirSync(journal);
  let prev = '0'.repeat(64);
  let [fd, size, bytes, batch] = [-1, 0, 0, ''];
  const flush = (): void => {
    if (fd !== -1) writeSync(fd, batch);
    batch = '';
  };
  for (let seq = 0; seq < events; seq++) {
    const { line, hash } = lineOf(seq, prev, seed, isSigned);
    if (fd === -1 || size + line.length > SEGMENT_BYTES) {
      flush();
      if (fd !== -1) closeSync(fd);
      fd = openSync(join(journal, segmentName(seq)), 'wx');
      size = 0;
    }
    prev = hash;
    batch += line;
    size += line.length;
    bytes += line.length;
    if (batch.length > BATCH_BYTES) flush();
  }
  flush();
  if (fd !== -1) closeSync(fd);
  return { journal, events, bytes };
};

/** unmake takes a journal away again. */
export const unmake = ({ journal }: Made): void =>
  rmSync(join(journal, '..'), { recursive: true, force: true });

export const isWhole = (written: number, wanted: number): boolean => written === wanted;
