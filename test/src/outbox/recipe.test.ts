/**
 * The recipe of the README, as it stands there: the plug is pulled in each way that it names, and
 * receiver and ledger agree in the end.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const BIN = join(ROOT, 'src', 'bin.ts');
const README = readFileSync(join(ROOT, 'README.md'), 'utf8');

const block = (name: string): string => {
  const [, text = ''] = new RegExp(`^\`\`\`${name}\\n([^]*?)^\`\`\``, 'm').exec(README) ?? [];
  return text;
};

it('the recipe of the README ends with what was recorded, at both ends', () => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-recipe-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  writeFileSync(join(folder, 'receiver.mjs'), block('js receiver.mjs'));
  // Of npm nothing is wanted here, and its start takes long; the port may be taken.
  const port = 20_000 + (process.pid % 20_000);
  const script = block('sh outbox')
    .replace('npm run -s ledger --', `node ${BIN}`)
    .replaceAll('node src/bin.ts', `node ${BIN}`)
    .replace('port=8099', `port=${port}`)
    .replace('# The mirror', 'cat "$LEDGER_DIR"/journal/* > killed.jsonl\n$&');
  expect(script).toContain(BIN);
  // A function runs in a shell of its own: to kill that would leave the one that delivers alive.
  expect(script).toMatch(/^node [^&]* outbox flush & .*\nkill -9 \$!\n/m);
  const env = { ...process.env, TMPDIR: folder };
  const ran = spawnSync('bash', ['-e', '-c', script], { cwd: folder, env, encoding: 'utf8' });
  expect([ran.status, ran.stderr.includes('Error')]).toEqual([0, false]);
  // What was killed had planned, and sent what the receiver took; and has no receipt of it.
  const types = readFileSync(join(folder, 'killed.jsonl'), 'utf8').match(/"outbox\.\w+"/g);
  expect(types?.slice(-2)).toEqual(['"outbox.delivered"', '"outbox.batch_planned"']);
  const exits = ran.stdout.split('\n').filter((line) => line.startsWith('exit '));
  expect(exits).toEqual(['exit 75', 'exit 75']);
  const lines = ran.stdout.trimEnd().split('\n');
  const ids = ['i-1', 'i-2', 'i-3', 'i-4'];
  expect(lines.slice(-4)).toEqual(ids);
  expect(lines.slice(-8, -4).map((line) => line.split(/ +/).slice(2, 4))).toEqual(
    ids.map((id) => [id, 'delivered']),
  );
  expect(lines.at(-9)).toMatch(/^hooks +active +delivered 4 +waiting 0 /);
});
