/**
 * Stories of a ledger in a simulated world, by seed, and the defects that they must find. A seed is
 * had again with `node test/simulation/run.ts SEED`.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Defect } from '../simulation/defect.ts';
import { DEFECTS } from '../simulation/defect.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const MINUTES = 60_000;

const run = (folder: string, first: number, last: number) =>
  spawnSync(process.execPath, ['test/simulation/run.ts', String(first), String(last)], {
    cwd: folder,
    encoding: 'utf8',
    timeout: 8 * MINUTES,
  });

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
    () => {
      const { status, stdout, stderr } = run(ROOT, 1, 1000);
      expect(`${stdout}${stderr}`).toMatch(/^1000 passed, 0 failed/);
      expect(status).toBe(0);
    },
  );
});

describe('the simulation finds that', () => {
  it.each(DEFECTS)('$name', { timeout: 5 * MINUTES }, (defect) => {
    const folder = broken(defect);
    try {
      const { status, stdout } = run(folder, 1, 600);
      expect(stdout).toMatch(/^seed \d+ failed/m);
      expect(status).toBe(1);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
