/**
 * Folders of kaizen, looked at by a process that is kept short of memory.
 */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect } from 'vitest';

const SCRIPT = fileURLToPath(new URL('survey-all.ts', import.meta.url));

export interface Told {
  readonly refused?: string;
  readonly total: number;
  readonly drafts: number;
  readonly rows: number;
  readonly defects: number;
}

/** survey looks at each folder of a folder, with little memory. */
export const survey = (root: string, trust: string): readonly Told[] => {
  const { status, stdout, stderr } = spawnSync(
    'prlimit',
    ['--data=900000000', process.execPath, '--max-old-space-size=48', SCRIPT, root, trust],
    { encoding: 'utf8', timeout: 50_000 },
  );
  expect([status, stderr]).toEqual([0, '']);
  return stdout
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line) as Told);
};
