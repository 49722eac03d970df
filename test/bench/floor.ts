/**
 * The floor of a verification: reading the file and hashing header, payload and one node of each
 * line, or checking its signature, with nothing else done and nothing looked for; where things
 * stand is known beforehand. Spread over threads, whose start counts as the verifier's does.
 */
import crypto from 'node:crypto';
import { closeSync, openSync, readFileSync, readSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { Worker, isMainThread, parentPort, workerData } from 'node:worker_threads';
import { native } from '../../ledger/crypto/native.ts';
import { HEADER_AT } from '../../src/verify/template.ts';
import { claimText } from '../../src/verify/signature.ts';
import { ALICE } from '../build/ledger.ts';

/** Of every line: where header and payload begin and end, and where the line does. */
const FIELDS = 5;
const BATCH = 1000;
const PREFIX = 33;

interface Share {
  readonly files: readonly string[];
  readonly indexes: readonly Int32Array[];
  /** Messages and signatures side by side, and where each begins; where these are checked. */
  readonly signed?: { readonly bytes: Uint8Array; readonly starts: Int32Array };
  readonly thread: number;
  readonly threads: number;
}

const shared = (numbers: readonly number[]): Int32Array => {
  const index = new Int32Array(new SharedArrayBuffer(numbers.length * 4));
  index.set(numbers);
  return index;
};

const indexOf = (path: string): Int32Array => {
  const bytes = readFileSync(path);
  const index: number[] = [];
  for (let at = 0; at < bytes.length;) {
    const end = bytes.indexOf(0x0a, at) + 1;
    const header = bytes.indexOf(',"payload":', at + HEADER_AT);
    const payload = header + ',"payload":'.length;
    index.push(at + HEADER_AT, header, payload, bytes.lastIndexOf(',"salt":', end), end);
    at = end;
  }
  return shared(index);
};

const signedOf = (path: string, index: Int32Array): Share['signed'] => {
  const bytes = readFileSync(path);
  const parts: Buffer[] = [];
  const starts = [0];
  for (let at = FIELDS; at < index.length; at += FIELDS) {
    const header = bytes.toString('latin1', index[at], index[at + 1]);
    const { attestation } = JSON.parse(header) as {
      attestation: { key_id: string; meaning: string; signature: string; signed_at: string };
    };
    const { key_id: keyId, signed_at: signedAt, meaning, signature } = attestation;
    const claim = claimText(header, header.indexOf('},"') + 2);
    const message = `ledger/attestation/1\n${keyId}\n${signedAt}\n${meaning}\n${claim}`;
    const part = Buffer.concat([Buffer.from(signature, 'base64'), Buffer.from(message)]);
    parts.push(part);
    starts.push((starts.at(-1) ?? 0) + part.length);
  }
  return { bytes: Buffer.concat(parts), starts: shared(starts) };
};

const hashLines = ({ files, indexes, thread, threads }: Share): void => {
  const node = new Uint8Array(65);
  let buffer = new Uint8Array(0);
  let batch = 0;
  for (const [i, path] of files.entries()) {
    const index = indexes[i] ?? new Int32Array();
    const fd = openSync(path, 'r');
    for (let at = 0; at < index.length; at += FIELDS * BATCH) {
      if (batch++ % threads !== thread) continue;
      const stop = Math.min(index.length, at + FIELDS * BATCH);
      const from = (index[at] ?? 0) - HEADER_AT;
      const length = (index[stop - 1] ?? 0) - from;
      if (length > buffer.length) buffer = new Uint8Array(length + (1 << 16));
      readSync(fd, buffer, 0, length, from);
      for (let line = at; line < stop; line += FIELDS) {
        const header = (index[line] ?? 0) - from;
        const payload = (index[line + 2] ?? 0) - from;
        native.digest(buffer.subarray(header - 1, (index[line + 1] ?? 0) - from));
        native.digest(buffer.subarray(payload - PREFIX, (index[line + 3] ?? 0) - from));
        native.sha256(node);
      }
    }
    closeSync(fd);
  }
};

const checkSigned = ({ signed, thread, threads }: Share): void => {
  if (signed === undefined) return;
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), ALICE.publicKey]);
  const key = crypto.createPublicKey({ key: spki, format: 'der', type: 'spki' });
  const { bytes, starts } = signed;
  for (let i = thread; i + 1 < starts.length; i += threads) {
    const [from = 0, to = 0] = [starts[i], starts[i + 1]];
    const isGood = crypto.verify(
      null,
      bytes.subarray(from + 64, to),
      key,
      bytes.subarray(from, from + 64),
    );
    if (!isGood) throw new Error('a signature of the benchmark is bad');
  }
};

const work = (share: Share): void =>
  share.signed === undefined ? hashLines(share) : checkSigned(share);

/** Milliseconds by the clock, and of the processor's time, all threads together. */
export interface Took {
  readonly ms: number;
  readonly cpu: number;
}

export const stopwatch = (): (() => Took) => {
  const start = performance.now();
  const used = process.cpuUsage();
  return () => {
    const { user, system } = process.cpuUsage(used);
    return { ms: performance.now() - start, cpu: (user + system) / 1000 };
  };
};

/** floorOf tells how long the floor takes. */
export const floorOf = async (
  journal: string,
  threads: number,
  isSigned: boolean,
): Promise<Took> => {
  const files = readdirSync(journal).map((name) => join(journal, name));
  const indexes = files.map(indexOf);
  const [first] = files;
  const signed =
    isSigned && first !== undefined && indexes[0] !== undefined
      ? signedOf(first, indexes[0])
      : undefined;
  const share = { files, indexes, threads, ...(signed === undefined ? {} : { signed }) };
  const took = stopwatch();
  if (threads === 1) work({ ...share, thread: 0 });
  else
    await Promise.all(
      Array.from({ length: threads }, (_, thread) => {
        const worker = new Worker(new URL(import.meta.url), { workerData: { ...share, thread } });
        return new Promise((resolve, reject) => worker.on('exit', resolve).on('error', reject));
      }),
    );
  return took();
};

if (!isMainThread && parentPort !== null) work(workerData as Share);
