/**
 * Opening a stored line: proving all that can be proved of it by itself and in its place.
 *
 * The quick way answers for sound lines. Where it does not answer, the plain way finds out why.
 */
import type { Crypto } from '../crypto/port.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';
import type { Digest, Origin, Time } from '../name.ts';
import type { Line } from './line.ts';
import type { Opened } from './plain.ts';
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

/** checkPlace compares a line with what its place asks. */
export const checkPlace = (line: Line, expected: Expectations): readonly Finding[] => {
  const findings: Finding[] = [];
  const { seq } = line;
  const { ledger, prev_event_hash: prev, notBefore } = expected;
  if (ledger !== undefined && line.ledger !== ledger)
    findings.push(finding('ledger_mismatch', { seq, expected: ledger, actual: line.ledger }));
  if (expected.seq !== undefined && seq !== expected.seq)
    findings.push(
      finding('seq_mismatch', { seq, expected: String(expected.seq), actual: String(seq) }),
    );
  if (prev !== undefined && line.prev_event_hash !== prev)
    findings.push(
      finding('prev_event_hash_mismatch', { seq, expected: prev, actual: line.prev_event_hash }),
    );
  if (notBefore !== undefined && line.recorded_at < notBefore)
    findings.push(
      finding('recorded_at_backwards', { seq, expected: notBefore, actual: line.recorded_at }),
    );
  return findings;
};

/** open proves a line, LF included, by itself and in its place. */
export const open = (crypto: Crypto, bytes: Uint8Array, expected: Expectations = {}): Opened => {
  const line = scanLine(crypto, bytes);
  if (line !== undefined) return { line, findings: checkPlace(line, expected), claims: line };
  const opened = openPlainly(crypto, bytes);
  if (opened.line === undefined) return opened;
  return { ...opened, findings: [...opened.findings, ...checkPlace(opened.line, expected)] };
};
