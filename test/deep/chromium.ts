/**
 * The known answers in a real browser: one page that holds the bundled kernel and the vector files,
 * opened by headless Chromium from disk, without a server and without a network.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { bundle, vectorFiles } from '../browser/bundle.ts';
import { FLAGS } from './browser.ts';

/** Text that can stand in a script element. */
const inScript = (text: string): string => text.replaceAll('</', '<\\/');

const folder = mkdtempSync(join(tmpdir(), 'chromium-'));
const page = join(folder, 'page.html');
writeFileSync(
  page,
  `<!doctype html><meta charset="utf-8"><title>known answers</title><pre></pre>
<script>${inScript(await bundle())}</script>
<script>
const files = ${inScript(JSON.stringify(vectorFiles()))};
document.querySelector('pre').textContent = runVectors(files);
</script>`,
);
const { stdout, error } = spawnSync(
  'chromium',
  [
    ...FLAGS,
    '--virtual-time-budget=600000',
    `--user-data-dir=${join(folder, 'profile')}`,
    '--dump-dom',
    `file://${page}`,
  ],
  { encoding: 'utf8', timeout: 300_000, maxBuffer: 1 << 28 },
);
rmSync(folder, { recursive: true });
const match = /<pre>(\{[^]*?\})<\/pre>/.exec(stdout);
if (error !== undefined || match === null) {
  console.error(`Chromium gave no answer: ${error?.message ?? stdout.slice(0, 500)}`);
  process.exitCode = 1;
} else {
  const { passed, failures } = JSON.parse(match[1] ?? '{}') as {
    readonly passed: number;
    readonly failures: readonly unknown[];
  };
  for (const failure of failures) console.log(failure);
  console.log(`${passed} passed, ${failures.length} failed`);
  process.exitCode = failures.length === 0 && passed > 0 ? 0 : 1;
}
