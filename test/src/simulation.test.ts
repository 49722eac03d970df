/**
 * Stories of a ledger in a simulated world, by seed, and the defects that they must find. A seed is
 * had again with `node test/simulation/run.ts SEED`.
 */
import { execFile, spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import type { Defect } from '../simulation/defect.ts';
import { DEFECTS } from '../simulation/defect.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MINUTES = 60_000;

const commandOf = (first: number, last: number): readonly string[] => [
  'test/simulation/run.ts',
  String(first),
  String(last),
];

/** A copy of what a story runs on, with a defect in it. */
const broken = ({ file, from, to }: Defect): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-defect-'));
  for (const part of ['ledger', 'policies', 'src', 'test/simulation', 'package.json'])
    cpSync(join(ROOT, part), join(folder, part), { recursive: true });
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  const path = join(folder, file);
  const text = readFileSync(path, 'utf8');
  expect(text.split(from).length, `${from} stands once in ${file}`).toBe(2);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  return folder;
};

describe('a ledger in a simulated world', () => {
  it(
    'keeps what it acknowledged, whatever fails, dies or loses power',
    { timeout: 10 * MINUTES },
    async () => {
      const run = promisify(execFile);
      const halves = [commandOf(1, 500), commandOf(501, 1000)].map((command) =>
        run(process.execPath, command, { cwd: ROOT }),
      );
      // A story that fails ends its process with an exit code, and this with what it printed.
      for (const { stdout } of await Promise.all(halves))
        expect(stdout).toMatch(/^500 passed, 0 failed/);
    },
  );
});

describe('the simulation finds that', () => {
  it.each(DEFECTS)('$name', { timeout: 5 * MINUTES }, (defect) => {
    const folder = broken(defect);
    try {
      const { near = 1 } = defect;
      const { status, stdout } = spawnSync(process.execPath, commandOf(near, near + 599), {
        cwd: folder,
        encoding: 'utf8',
        timeout: 4 * MINUTES,
      });
      expect(stdout).toMatch(/^seed \d+ failed/m);
      expect(status).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
