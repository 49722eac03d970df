/**
 * The recipe of the README, as a person runs it: from an empty folder to a conclusion, through a
 * disaster, and the same report behind it.
 */
import { spawnSync } from 'node:child_process';
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import type { ExperimentReport } from '../../../src/experiment/report.ts';
import { blocksOf } from '../../policies/guide/page.ts';
import { BIN } from '../cli/shell.ts';

const README = blocksOf(readFileSync(new URL('../../../README.md', import.meta.url), 'utf8'));

it('leads from an empty folder to a conclusion, and to the same one after a disaster', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-recipe-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  mkdirSync(join(folder, 'bin'));
  const command = join(folder, 'bin', 'ledger');
  writeFileSync(command, `#!/bin/sh\nexec '${process.execPath}' '${BIN}' "$@"\n`);
  chmodSync(command, 0o755);
  writeFileSync(join(folder, 'plan.yaml'), README.get('yaml plan.yaml') ?? '');
  const script = `set -euo pipefail\n${README.get('sh recipe.sh') ?? 'exit 9'}`;
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@example.com' };
  const by = { GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@example.com' };
  const { status, stdout, stderr } = spawnSync('bash', ['-c', script], {
    cwd: folder,
    encoding: 'utf8',
    env: {
      ...process.env,
      ...who,
      ...by,
      LEDGER_DIR: '',
      PATH: `${join(folder, 'bin')}:${process.env['PATH']}`,
    },
  });
  expect([status, status === 0 ? '' : stdout + stderr]).toEqual([0, '']);
  expect(stdout).toContain('WARNING: the arms are not of the sizes that they should be');
  expect(stdout).toMatch(/^guardrail +failures: worse by at most 5 % +broken +changed by 35 %$/m);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const report = JSON.parse(read('concluded.json')) as ExperimentReport;
  expect(report).toMatchObject({
    status: 'concluded',
    arms: { control: { n: 20 }, treatment: { n: 80 } },
    criterion: { verdict: 'not_met', reason: 'guardrail_broken' },
    srm: { mismatch: true },
    looks: 1,
  });
  expect(report.difference.relative_pct).toBeLessThan(-25);
  const events = read('.ledger/journal/00000000000000000000.jsonl');
  expect(events).toContain(`"digest":"${report.digest}"`);
  const page = read('report.html');
  expect(page).toContain('<td>broken</td>');
  expect(page).toContain('role="alert">the arms are not of the sizes');
});
