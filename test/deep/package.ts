/**
 * What is packed, installed from the registry's side of things: in an empty folder, with the oldest
 * runtime that it takes, the newest of two lines, and one that is too old. The demo and recipes run
 * there as they are printed. Runtimes come by npm, from the package `node`.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { RECIPES } from '../../src/cli/topic/recipes.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const TAKEN = ['22.14.0', '22', '24'];
const TOO_OLD = '20';
const COOKED = ['signing', 'pipeline', 'evidence', 'disaster'];
const MINUTE = 60_000;

const run = (cwd: string, command: string, args: readonly string[], path = '') =>
  spawnSync(command, args, {
    cwd,
    encoding: 'utf8',
    timeout: 10 * MINUTE,
    env: { ...process.env, LEDGER_DIR: '', PATH: `${path}:/usr/local/bin:/usr/bin:/bin` },
  });

let [passed, failed] = [0, 0];
const claim = (what: string, holds: boolean, said: string): void => {
  console.log(`  ${holds ? 'ok' : 'NOT'}  ${what}`);
  if (!holds) console.log(said);
  if (holds) passed++;
  else failed++;
};

/** An empty folder with a runtime and the package, and where their commands are. */
const install = (top: string, tarball: string, version: string) => {
  const folder = join(top, `node-${version}`);
  mkdirSync(folder);
  writeFileSync(join(folder, 'package.json'), '{"private":true}\n');
  const args = ['install', '--no-audit', '--no-fund', `node@${version}`, tarball];
  const { status, stderr } = run(folder, 'npm', args);
  claim(`is installed beside Node ${version}`, status === 0, stderr);
  return { folder, bin: join(folder, 'node_modules', '.bin') };
};

const MAKE = `ledger init --origin example.com/acme --as alice &&
ledger append --type invoice.paid --sign alice`;

const QUIET = `${MAKE} && ledger doctor &&
echo '{"event_type":"a.b","payload":1}' | ledger append - --json`;

/** Files first, then whatever is typed, in one shell. */
const cook = (folder: string, bin: string, name: string): void => {
  const place = join(folder, name);
  mkdirSync(place);
  const made = run(place, 'bash', ['-c', MAKE], bin);
  const typed = (RECIPES[name]?.parts ?? []).flatMap((part) => {
    if (typeof part === 'string') return [];
    if (part.file === undefined) return [part.text];
    writeFileSync(join(place, part.file), part.text);
    return [];
  });
  const { status, stdout, stderr } = run(
    place,
    'bash',
    ['-euo', 'pipefail', '-c', typed.join('')],
    bin,
  );
  const holds = made.status === 0 && typed.length > 0 && status === 0;
  claim(`the recipe ${name} ends well`, holds, [made.stderr, stdout, stderr].join('\n'));
};

const top = mkdtempSync(join(tmpdir(), 'ledger-package-'));
try {
  const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', top], { cwd: ROOT });
  const tarball = join(top, readdirSync(top).find((name) => name.endsWith('.tgz')) ?? 'nothing');
  if (packed.status !== 0) throw new Error(packed.stderr.toString());
  for (const version of TAKEN) {
    console.log(`Node ${version}`);
    const { folder, bin } = install(top, tarball, version);
    const told = run(folder, 'ledger', ['--version'], bin);
    claim('says what it runs on', told.stdout.includes(`\nnode ${version}`), told.stdout);
    const demo = run(folder, 'ledger', ['demo'], bin);
    claim('the demo ends well', demo.status === 0, demo.stdout + demo.stderr);
    const quiet = run(mkdtempSync(join(folder, 'quiet-')), 'bash', ['-c', QUIET], bin);
    const isQuiet = !quiet.stderr.includes('(node:');
    claim('has nothing of Node on stderr', quiet.status === 0 && isQuiet, quiet.stderr);
    for (const name of COOKED) cook(folder, bin, name);
  }
  console.log(`Node ${TOO_OLD}`);
  const { folder, bin } = install(top, tarball, TOO_OLD);
  const asked = run(folder, 'ledger', ['--version'], bin);
  const isTold = asked.status === 0 && asked.stderr.includes('22.14');
  claim('ledger --version says what it needs', isTold, asked.stdout + asked.stderr);
  for (const args of [['verify'], ['demo'], ['append', '--json']]) {
    const refused = run(folder, 'ledger', args, bin);
    const said = refused.stdout + refused.stderr;
    const isClean = refused.status === 1 && said.includes('22.14') && !/^ +at /m.test(said);
    claim(`ledger ${args.join(' ')} says what it needs, and exits 1`, isClean, said);
  }
} finally {
  rmSync(top, { recursive: true });
}
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed === 0 && passed > 0 ? 0 : 1;
