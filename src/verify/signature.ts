/**
 * Checking the signatures of a stretch by the keys that were live there. The claim that is signed
 * is cut out of the header as it stands; lines that are not like that count as bad, and whoever
 * asked looks again.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { parseBase64 } from '../../ledger/encoding/base64.ts';
import type { KeyId, Time } from '../../ledger/name.ts';
import type { Done, File } from '../storage/disk.ts';
import { readFully } from '../storage/line-reader.ts';
import { HEADER_AT } from './template.ts';

export interface Signed {
  readonly segment: number;
  readonly from: number;
  readonly to: number;
  readonly keys: readonly (readonly [KeyId, Uint8Array])[];
}

/** A line whose signature is not good, and which of the stretch it is. */
export interface Bad {
  readonly offset: number;
  readonly length: number;
  readonly index: number;
}

export interface Checked {
  readonly bad: readonly Bad[];
  /** When each key attested last. */
  readonly uses: readonly (readonly [KeyId, Time])[];
}

const LF = 0x0a;
const ATTESTED = '{"attestation":{"key_id":"';
const FORM = new RegExp(
  `^\\{"attestation":\\{${['key_id', 'meaning', 'signature', 'signed_at']
    .map((name) => `"${name}":"([^"]+)"`)
    .join(',')}\\},`,
);
const RECORDED_AT = '"recorded_at":"';

/**
 * claimText cuts out of the text of a header, which has no escapes, what its author signed:
 * everything but `attestation`, `policy`, `prev_event_hash`, `recorded_at` and `seq`.
 */
export const claimText = (header: string, attestationEnd: number): string => {
  const policy = header.indexOf('"policy":{', attestationEnd);
  const version = header.indexOf('"schema_version":', policy);
  const seq = header.lastIndexOf('"seq":');
  const behind = header.indexOf(',', seq) + 1;
  const [known, seen] = [header.slice(attestationEnd, policy), header.slice(version, seq)];
  return `{${known}${seen}${header.slice(behind)}`;
};

const isGood = (
  crypto: Crypto,
  header: string,
  keys: ReadonlyMap<string, Uint8Array>,
  latest: Map<KeyId, Time>,
): boolean => {
  const match = FORM.exec(header);
  if (match === null) return false;
  const [whole, keyId = '', meaning = '', encoded = '', signedAt = ''] = match;
  const key = keys.get(keyId);
  const signature = parseBase64(encoded);
  if (key === undefined || signature === undefined) return false;
  const claim = claimText(header, whole.length);
  const message = `ledger/attestation/1\n${keyId}\n${signedAt}\n${meaning}\n${claim}`;
  if (!crypto.verify(key, Buffer.from(message, 'latin1'), signature)) return false;
  const at = header.indexOf(RECORDED_AT, whole.length) + RECORDED_AT.length;
  const time = header.slice(at, header.indexOf('"', at)) as Time;
  if (time > (latest.get(keyId as KeyId) ?? '')) latest.set(keyId as KeyId, time);
  return true;
};

/** checkSignatures checks every attested line of a stretch. */
export const checkSignatures = (crypto: Crypto, file: File, signed: Signed): Done<Checked> => {
  const bytes = Buffer.allocUnsafe(signed.to - signed.from);
  const read = readFully(file, bytes, signed.from);
  if (E.isLeft(read)) return read;
  const keys = new Map<string, Uint8Array>(signed.keys);
  const latest = new Map<KeyId, Time>();
  const bad: Bad[] = [];
  let index = -1;
  for (let at = 0, lineEnd = 0; at < read.right; at = lineEnd) {
    lineEnd = bytes.indexOf(LF, at) + 1 || bytes.length;
    index++;
    const text = bytes.toString('latin1', at, lineEnd);
    const end = text.indexOf(',"payload":', HEADER_AT);
    const header = text.slice(HEADER_AT, Math.max(HEADER_AT, end));
    if (!header.startsWith(ATTESTED)) continue;
    if (!isGood(crypto, header, keys, latest))
      bad.push({ offset: signed.from + at, length: lineEnd - at, index });
  }
  return E.right({ bad, uses: [...latest] });
};
