/**
 * Running the script of the guide in a folder with the files of the guide.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { block } from './page.ts';

/** writeFiles puts the files of the guide into a folder; `rewrite` alters the script. */
export const writeFiles = (folder: string, rewrite = (script: string) => script): void => {
  for (const name of ['billing.yaml', 'billing.test.yaml'])
    writeFileSync(join(folder, name), block(`yaml ${name}`));
  writeFileSync(join(folder, 'try.mts'), rewrite(block('ts try.mts')));
};

/** What is published as `sealed-ledger/…/name.js` stands here as `…/name.ts`. */
const fromSource = (script: string): string =>
  script.replaceAll(/'sealed-ledger\/([\w/-]+)\.js'/g, (_, path: string) =>
    JSON.stringify(new URL(`../../../${path}.ts`, import.meta.url).href),
  );

/** runScript gives what the script prints, on both streams. */
export const runScript = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'guide-'));
  try {
    writeFiles(folder, fromSource);
    const { stdout, stderr } = spawnSync(process.execPath, ['try.mts'], {
      cwd: folder,
      encoding: 'utf8',
    });
    return stdout + stderr;
  } finally {
    rmSync(folder, { recursive: true });
  }
};
