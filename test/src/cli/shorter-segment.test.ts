/**
 * `ledger verify --since MARK` where the file in which the mark ends is shorter by now, and ends
 * with the same line all the same.
 */
import { describe, expect, it } from 'vitest';
import { linesOf, withLedger } from './shell.ts';
import type { Shell } from './shell.ts';

const LIMITS = '{"format":1,"limits":{"segment_bytes":4000},"origin":"example.com/acme"}\n';

/** A ledger whose only file ends with what a mark ends with. */
const marked = (): Shell => {
  const shell = withLedger();
  shell.write('.ledger/ledger.json', LIMITS);
  for (const id of ['a', 'b'])
    shell.json(`append --type a.b --id ${id} --payload {"text":"here"} --sign alice`);
  shell.json('verify --mark audit.mark');
  return shell;
};

interface Reported {
  readonly findings: readonly { readonly code: string }[];
}

const sinceMark = (shell: Shell) => {
  const { status, stdout } = shell.type('verify --since audit.mark --json');
  const [report] = linesOf(stdout) as readonly Partial<Reported>[];
  return [status, ...(report?.findings ?? []).map(({ code }) => code)];
};

describe('a mark in a file that is shorter now', () => {
  it('is gone on from by reading everything, where a payload was erased', () => {
    const shell = marked();
    shell.json(`append --type a.b --payload {"text":"${'x'.repeat(4000)}"} --sign alice`);
    shell.json('erase a --reason asked --sign alice');
    expect(sinceMark(shell)).toEqual([0, 'mark_moved']);
  });

  it('is told as tampering, where a line was taken out', () => {
    const shell = marked();
    const lines = shell.journal().toSpliced(1, 1);
    shell.write(`.ledger/journal/${'0'.repeat(20)}.jsonl`, `${lines.join('\n')}\n`);
    expect(sinceMark(shell)[0]).toBe(20);
  });
});
