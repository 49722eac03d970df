/**
 * Names that are no UTF-8, and stand around a line: Node reads U+FFFD in their place, and a folder
 * may bear that very name.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { BIN, linesOf, withLedger } from './shell.ts';

const LEDGER = '"$0" "$1"';
const INIT = 'init --json --origin example.com/acme --as alice';

it('lead to no other folder than is meant', () => {
  const shell = withLedger();
  mkdirSync(shell.path('\u{FFFD}'));
  /** Runs a line of bash, in which $odd is a folder that is no UTF-8. */
  const run = (line: string) => {
    const script = `odd=$'\\xff'; mkdir -p "$odd"; ${line}`;
    const { status, stdout, stderr } = spawnSync('bash', ['-c', script, process.execPath, BIN], {
      cwd: shell.folder,
      encoding: 'utf8',
      env: { ...process.env, LEDGER_DIR: '', NODE_COMPILE_CACHE: undefined },
    });
    return { status, stdout, stderr };
  };
  for (const [line, word] of [
    [`cd "$odd" && ${LEDGER} ${INIT}`, shell.path('\u{FFFD}')],
    [`cd "$odd" && ${LEDGER} backup --to copy -C '${shell.path('.ledger')}' --json`, ''],
    [`LEDGER_DIR="$odd" ${LEDGER} ${INIT}`, 'LEDGER_DIR=\u{FFFD}'],
    [`LEDGER_DIR="$odd" ${LEDGER} log --json`, 'LEDGER_DIR=\u{FFFD}'],
    [`TMPDIR="$PWD/$odd" ${LEDGER} drill --json`, 'TMPDIR='],
    [`TMPDIR="$odd" ${LEDGER} demo --json`, 'TMPDIR=\u{FFFD}'],
  ] as const) {
    const { status, stdout } = run(line);
    const [{ error } = {}] = linesOf(stdout);
    expect([line, status, error]).toMatchObject([
      line,
      2,
      { code: 'invalid_utf8', message: expect.stringContaining(word) as string },
    ]);
  }
  // What is not asked hinders nobody, and where nothing is kept nothing is said.
  for (const line of [
    `LEDGER_DIR="$odd" ${LEDGER} -C .ledger log`,
    `cd "$odd" && ${LEDGER} help exit-codes`,
    `XDG_CACHE_HOME="$PWD/$odd" ${LEDGER} help exit-codes`,
    `unset XDG_CACHE_HOME; HOME="$PWD/$odd" ${LEDGER} help exit-codes`,
  ])
    expect([line, run(line)]).toMatchObject([line, { status: 0, stderr: '' }]);
  expect(readdirSync(shell.path('\u{FFFD}'))).toEqual([]);
  expect(readdirSync(Buffer.concat([Buffer.from(shell.path('/')), Buffer.of(0xff)]))).toEqual([]);
});
