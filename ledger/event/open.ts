/**
 * Opening a stored line: proving all that can be proved of it by itself and in its place.
 *
 * The quick way answers for sound lines. Where it does not answer, the plain way finds out why.
 */
import type { Crypto } from '../crypto/port.ts';
import type { Finding, FindingCode } from '../finding.ts';
import { finding } from '../finding.ts';
import type { Digest, Origin, Time } from '../name.ts';
import type { Claims, Opened } from './plain.ts';
import { openPlainly } from './plain.ts';
import { scanLine } from './scan.ts';

/** What the place of a line asks of it; what is left out is not asked. */
export interface Expectations {
  readonly ledger?: Origin | undefined;
  readonly seq?: number | undefined;
  readonly prev_event_hash?: Digest | undefined;
  /** The `recorded_at` of the event before. */
  readonly notBefore?: Time | undefined;
}

const mismatch = (
  code: FindingCode,
  { seq }: Claims,
  expected: string | number,
  actual: string | number,
): Finding => {
  const at = seq === undefined ? {} : { seq };
  return finding(code, { ...at, expected: String(expected), actual: String(actual) });
};

/** checkPlace compares what a line states with what its place asks. */
export const checkPlace = (claims: Claims, expected: Expectations): readonly Finding[] => {
  const findings: Finding[] = [];
  const { ledger, seq, prev_event_hash: prev, recorded_at: at } = claims;
  const { ledger: origin, seq: place, prev_event_hash: head, notBefore } = expected;
  if (ledger !== undefined && origin !== undefined && ledger !== origin)
    findings.push(mismatch('ledger_mismatch', claims, origin, ledger));
  if (seq !== undefined && place !== undefined && seq !== place)
    findings.push(mismatch('seq_mismatch', claims, place, seq));
  if (prev !== undefined && head !== undefined && prev !== head)
    findings.push(mismatch('prev_event_hash_mismatch', claims, head, prev));
  if (at !== undefined && notBefore !== undefined && at < notBefore)
    findings.push(mismatch('recorded_at_backwards', claims, notBefore, at));
  return findings;
};

/** open proves a line, LF included, by itself and in its place. */
export const open = (crypto: Crypto, bytes: Uint8Array, expected: Expectations = {}): Opened => {
  const line = scanLine(crypto, bytes);
  if (line !== undefined) return { line, findings: checkPlace(line, expected), claims: line };
  const opened = openPlainly(crypto, bytes);
  return { ...opened, findings: [...opened.findings, ...checkPlace(opened.claims, expected)] };
};
