/**
 * What is published: the compiled kernel, policies and command, importable by the paths that
 * package.json exports, and nothing of the tests.
 */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { isBuiltin } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { linesOf } from './conformance/chain.ts';
import { Vector } from './conformance/report.ts';
import { block, blocksOf } from './policies/guide/page.ts';
import { writeFiles } from './policies/guide/run.ts';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const manifest = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
  readonly bin: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly dependencies: Readonly<Record<string, string>>;
};

const README = blocksOf(readFileSync(join(ROOT, 'README.md'), 'utf8'));

let user = '';
let installed = '';
beforeAll(() => {
  user = mkdtempSync(join(tmpdir(), 'user-'));
  installed = join(user, 'node_modules', 'sealed-ledger');
  mkdirSync(installed, { recursive: true });
  // As npm does it, but for the packages that it depends on: these would have to be fetched.
  const packed = spawnSync('npm', ['pack', '--silent', '--pack-destination', user], {
    encoding: 'utf8',
    cwd: ROOT,
  });
  expect([packed.status, packed.stderr]).toEqual([0, '']);
  const tarball = readdirSync(user).find((name) => name.endsWith('.tgz')) ?? '';
  spawnSync('tar', ['-xzf', join(user, tarball), '-C', installed, '--strip-components=1']);
  for (const name of [...Object.keys(manifest.dependencies), '@types/node']) {
    mkdirSync(join(user, 'node_modules', name, '..'), { recursive: true });
    symlinkSync(join(ROOT, 'node_modules', name), join(user, 'node_modules', name));
  }
}, 60_000);
afterAll(() => rmSync(user, { recursive: true }));

const readVector = (name: string): Vector =>
  new Vector(JSON.parse(readFileSync(join(ROOT, 'test/vectors', name), 'utf8')) as unknown, '');

const node = (...args: readonly string[]) =>
  spawnSync(process.execPath, args, { encoding: 'utf8', cwd: user });

const ledger = (...args: readonly string[]) =>
  node(join(installed, manifest.bin['ledger'] ?? ''), ...args);

/** What a script asks for by such means. */
const requiredBy = (path: string, means: RegExp): readonly string[] =>
  Array.from(readFileSync(path, 'utf8').matchAll(means), ([, name = '']) => name);

describe('the installed command', () => {
  const command = join('dist', 'command');

  it('makes a ledger, appends, prints and verifies it, and says the same as its sources', () => {
    const scratch = ['-C', join(user, 'scratch')];
    const appending = ['append', '--type', 'a.b', '--payload', '{"n":7}', '--sign', 'me'];
    const making = ['init', '--origin', 'example.com/a', '--as', 'me'];
    for (const args of [making, appending])
      expect([args[0], ledger(...scratch, ...args).status]).toEqual([args[0], 0]);
    expect(ledger(...scratch, 'log').stdout).toContain('{"n":7}');
    expect(ledger(...scratch, 'verify').stdout).toMatch(/^verified: example.com\/a, 2 events\n/);
    expect(ledger(...scratch, 'append').status).toBe(2);
    for (const args of [['--help'], ['help', 'verify'], ['append', '--help'], ['--version']])
      expect(ledger(...args).stdout).toBe(node(join(ROOT, 'src/bin.ts'), ...args).stdout);
  });

  it('verifies a large ledger with threads', () => {
    const scratch = ['-C', join(user, 'large')];
    ledger(...scratch, 'init', '--origin', 'example.com/a');
    const draft = `{"event_type":"a.b","payload":"${'x'.repeat(64_000)}"}\n`;
    writeFileSync(join(user, 'large.ndjson'), draft.repeat(140));
    expect(ledger(...scratch, 'append', join(user, 'large.ndjson')).status).toBe(0);
    expect(ledger(...scratch, 'verify').stdout).toMatch(/^verified: example.com\/a, 141 events\n/);
    rmSync(join(installed, command, 'worker.cjs'));
    expect(ledger(...scratch, 'verify').status).toBe(1);
  });

  it.each(['kept', 'not kept'])('says nothing that is not ours; what is compiled is %s', (kept) => {
    const scratch = ['-C', join(user, `said ${kept}`)];
    const { NODE_COMPILE_CACHE: _, ...rest } = process.env;
    const settled = kept === 'kept' ? {} : { NODE_DISABLE_COMPILE_CACHE: '1' };
    const env = { ...rest, ...settled, XDG_CACHE_HOME: join(user, `cache ${kept}`) };
    const said = (input: string, ...args: readonly string[]) => {
      const bin = join(installed, manifest.bin['ledger'] ?? '');
      const options = { encoding: 'utf8', cwd: user, env, input } as const;
      const { status, stderr } = spawnSync(process.execPath, [bin, ...scratch, ...args], options);
      return [status, stderr];
    };
    said('', 'init', '--origin', 'example.com/a');
    // Each of them first compiles what it runs, and then takes what was kept.
    for (let time = 0; time < 2; time++) {
      const appended = said('{"event_type":"a.b","payload":1}\n', 'append', '-', '--json');
      expect(appended).toEqual([0, '1 appended, 0 already recorded, 0 not taken\n']);
      expect(said('', 'doctor')).toEqual([0, '']);
    }
    expect(existsSync(join(user, `cache ${kept}`))).toBe(kept === 'kept');
  });

  it('is put together: the rest is loaded when needed, and SQLite alone is a package', () => {
    const bin = join(installed, manifest.bin['ledger'] ?? '');
    const atOnce = [...readFileSync(bin, 'utf8').matchAll(/^(?:const|let) .*require\("(.+)"\)/gm)];
    const others = atOnce.map(([, name = '']) => name).filter((name) => !name.startsWith('node:'));
    expect(others.map((name) => name.replace(/-.{8}\.cjs$/, ''))).toEqual(['./rolldown-runtime']);
    const names = readdirSync(join(installed, command)).filter((name) => name.endsWith('.cjs'));
    for (const name of names)
      expect(readFileSync(join(installed, command, name), 'utf8')).not.toMatch(
        /^const .* = require\("\.\/(?!rolldown-runtime-)/m,
      );
    const packagesBy = (means: RegExp) => {
      const required = names.flatMap((name) => requiredBy(join(installed, command, name), means));
      return new Set(required.filter((name) => !name.startsWith('.') && !isBuiltin(name)));
    };
    expect(packagesBy(/^let \w+ = require\("([^"]+)"\)/gm)).toEqual(new Set(['better-sqlite3']));
    // The lines of a stream are made by a package, and in a clone alone scripts are put together.
    const later = new Set(['better-sqlite3', 'ndjson', 'rolldown']);
    expect(packagesBy(/\brequire\("([^"]+)"\)/g)).toEqual(later);
    const licenses = readFileSync(join(installed, command, 'LICENSES.txt'), 'utf8');
    for (const name of ['yargs', 'cliui', 'fp-ts', 'yaml', 're2js', '@marcbachmann/cel-js'])
      expect(licenses).toMatch(new RegExp(`^${name} \\d.*\\n\\n[^]*?Permission`, 'm'));
  });
});

describe('the published package', () => {
  it('is imported by the paths that it exports, with types beside them', () => {
    const text = `
      import { native } from 'sealed-ledger/ledger/crypto/native.js';
      import { open } from 'sealed-ledger/ledger/event/open.js';
      const { findings } = open(native, new TextEncoder().encode('{}\\n'));
      console.log(findings.map(({ code }) => code).join());
    `;
    writeFileSync(join(user, 'try.mjs'), text);
    const { stdout, stderr } = node('try.mjs');
    expect(stderr).toBe('');
    expect(stdout).toBe('member_missing,member_missing\n');
    expect(readFileSync(join(installed, 'dist/ledger/event/open.d.ts'), 'utf8')).toContain('open');
  });

  it('runs the example of the README: a whole journal passes, a shortened one does not', () => {
    writeFileSync(join(user, 'verify.mts'), README.get('ts verify.mts') ?? '');
    const lines = linesOf(readVector('chain.json'));
    const note = readVector('checkpoints.json').items().at(-1)?.get('note').text() ?? '';
    writeFileSync(join(user, 'held.note'), note);
    for (const [length, exit] of [
      [lines.length, 0],
      [lines.length - 1, 1],
    ] as const) {
      writeFileSync(join(user, 'journal.jsonl'), lines.slice(0, length).join(''));
      const { status, stdout } = node('verify.mts', 'journal.jsonl', 'held.note');
      expect(stdout).toContain(`${length} lines`);
      expect(status).toBe(exit);
    }
  });

  it('runs the example of the README: a checkpoint that is not UTF-8 is refused', () => {
    const lines = linesOf(readVector('chain.json'));
    writeFileSync(join(user, 'journal.jsonl'), lines.join(''));
    const note = readVector('checkpoints.json').items().at(-1)?.get('note').text() ?? '';
    const witness = Buffer.from('\u2014 witness\u00ff AAAAAAA=\n', 'utf8');
    const odd = Buffer.from('\u2014 witness', 'utf8');
    for (const [line, exit] of [
      [witness, 0],
      [Buffer.concat([odd, Buffer.of(0xff), Buffer.from(' AAAAAAA=\n')]), 1],
    ] as const) {
      writeFileSync(join(user, 'held.note'), Buffer.concat([Buffer.from(note), line]));
      const { status, stdout, stderr } = node('verify.mts', 'journal.jsonl', 'held.note');
      expect([status, exit === 0 ? stderr : stdout]).toEqual([exit, '']);
    }
  });

  it('runs the example of the README: a ledger is written, followed, proved and audited', () => {
    const { stdout: made } = ledger('init', '--origin', 'example.com/acme', '--as', 'me', '--json');
    const { log_vkey: vkey } = JSON.parse(made) as { readonly log_vkey: string };
    writeFileSync(join(user, 'ledger.mts'), README.get('ts ledger.mts') ?? '');
    const expected = README.get('text ledger.mts') ?? '';
    const first = node('ledger.mts');
    expect([first.stderr, first.stdout]).toEqual(['', expected]);
    const proved = ledger('check-proof', 'i-2.tlog-proof', '--vkey', vkey);
    expect(proved.stdout).toContain('id: i-2\n');
    expect(ledger('prove', '--consistent-with', 'held.note').status).toBe(0);
    // Made anew of the journal, everything is as it was, and nothing is recorded twice.
    rmSync(join(user, '.ledger', 'mirror.db'));
    const again = node('ledger.mts');
    expect([again.stderr, again.stdout]).toEqual([
      '',
      expected.replaceAll('appended', 'already_recorded'),
    ]);
    // Whoever does not know the projection finds nothing wrong with a ledger that has it.
    expect(ledger('verify').status).toBe(0);
  });

  it('runs the script of the guide to policies, whose types are right', () => {
    writeFiles(user);
    expect(node('try.mts').stdout).toBe(block('text try.mts'));
    const options = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2024'];
    const tsc = join(ROOT, 'node_modules', '.bin', 'tsc');
    const scripts = ['try.mts', 'verify.mts', 'ledger.mts'];
    const checked = spawnSync(tsc, [...options, '--types', 'node', ...scripts], {
      encoding: 'utf8',
      cwd: user,
    });
    expect(checked.stdout).toBe('');
  });

  it('has the schemas that the guide tells editors of, and those of what commands print', () => {
    for (const name of ['billing.yaml', 'billing.test.yaml']) {
      const [, path = ''] = /\$schema=(\S+)$/m.exec(block(`yaml ${name}`)) ?? [];
      expect(readFileSync(join(user, path), 'utf8')).toContain('2020-12');
    }
    writeFileSync(
      join(user, 'schema.mjs'),
      `import schema from 'sealed-ledger/policies/document/policy-document.schema.json'
         with { type: 'json' };
       import receipt from 'sealed-ledger/schema/receipt.schema.json' with { type: 'json' };
       console.log(schema.title, receipt.title);`,
    );
    expect(node('schema.mjs').stdout).toBe(
      'A policy document of a ledger What became of a draft\n',
    );
  });

  it('runs the command line of the README that checks the proof in FORMAT.md', () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const command = /^````sh\n([^]*?)\n````$/m.exec(readme)?.[1] ?? '';
    const { status, stdout } = spawnSync('sh', ['-c', command], { encoding: 'utf8', cwd: ROOT });
    expect(status).toBe(0);
    expect(readme).toContain(stdout);
  });

  it('hides what it does not export', () => {
    writeFileSync(join(user, 'peek.mjs'), "import 'sealed-ledger/src/bin.js';");
    expect(node('peek.mjs').stderr).toContain('ERR_PACKAGE_PATH_NOT_EXPORTED');
  });

  it('packs no tests, and not how it is built', () => {
    const rooms = readdirSync(join(installed, 'dist')).toSorted();
    expect(rooms).toEqual(['command', 'ledger', 'policies', 'src']);
    expect(readdirSync(installed)).not.toContain('test');
    expect(readdirSync(join(installed, 'dist/src'))).not.toContain('rolldown.config.js');
  });
});
