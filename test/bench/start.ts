/**
 * What it takes to start the command, do one thing and end, against a Node that does nothing: as it
 * is installed, and out of the sources. What was compiled of the installed one is kept from its
 * first start on, where the command itself would keep it.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BIN } from '../../src/bin-path.ts';
import { commandIn } from '../command.ts';
import type { AsyncContender, Row } from './measure.ts';
import { compareAsync } from './measure.ts';

const ROUNDS = 15;

const LINES: readonly (readonly [line: string, target: number | undefined])[] = [
  ['append --type a.b --payload {} --sign alice', 2],
  ['log --limit 1', undefined],
  ['--version', 1.3],
];

/** start measures it. */
export const start = async (): Promise<readonly Row[]> => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-bench-'));
  const env = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'), LEDGER_DIR: '' };
  const node = (...args: readonly string[]): void => {
    const { status, stderr } = spawnSync(process.execPath, args, { cwd: folder, env });
    if (status !== 0) throw new Error(`${args.join(' ')}: ${status}: ${stderr.toString()}`);
  };
  const nothing: AsyncContender = { name: 'node -e 0', run: async () => node('-e', '0') };
  try {
    const installed = await commandIn(folder);
    node(installed, 'init', '--origin', 'example.com/acme', '--as', 'alice');
    const rows: Row[] = [];
    for (const [kind, script] of [
      ['installed', installed],
      ['sources', BIN],
    ] as const)
      for (const [line, target] of LINES) {
        const name = `${line.split(' ')[0]}, ${kind}`;
        const contender = { name, run: async () => node(script, ...line.split(' ')) };
        const aim = kind === 'installed' ? target : undefined;
        rows.push(await compareAsync(contender, nothing, ROUNDS, aim));
      }
    return rows;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
};
