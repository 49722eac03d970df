/**
 * Bundles as folders and archives: the same evidence, the same bytes every time, and nothing read
 * that lies elsewhere. `check.mjs` says what `ledger check-bundle` says.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { BLOCK, paddingOf, tarHeader } from '../../../src/bundle/tar.ts';
import type { Shell } from '../cli/shell.ts';
import { bundled, told } from './made.ts';

/** What a stranger runs who has the bundle, and nothing else but Node. */
const checkMjs = (script: string, ...args: readonly string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
    cwd: '/',
    encoding: 'utf8',
    env: {},
  });
  return { status, stdout, stderr };
};

const verdictOf = async (shell: Shell, path: string): Promise<string> => {
  const { status, stdout } = await shell.inside(['check-bundle', path, '--json']);
  const { verdict, findings } = JSON.parse(stdout) as {
    readonly verdict: string;
    readonly findings: readonly { readonly code: string }[];
  };
  const codes = [...new Set(findings.map(({ code }) => code))].join(' ');
  return `${status} ${verdict} ${codes}`.trim();
};

/** In the first header of an archive, and how far before its end. */
const HEADERS = [8, 10, 20, 26, 100, 124, 136, 148, 156, 257, 345];
const ENDS = [1, 4, 8, 12, 22, 60, 600];

describe('a bundle on disk', () => {
  it('is the same as a folder and as an archive, and the same every time', async () => {
    const by = await told();
    const { shell, vkeyText } = by;
    const at = ['--at', '10', '--withhold', 'payloads'];
    const folder = await bundled(by, 'folder', ...at);
    const zip = await bundled(by, 'one.zip', ...at);
    const tar = await bundled(by, 'one.tar', ...at);
    await shell.told('replay');
    const { TZ } = process.env;
    process.env['TZ'] = 'Pacific/Chatham';
    const again = await bundled(by, 'again', ...at);
    process.env['TZ'] = TZ ?? '';
    expect(bundledNames(folder)).toEqual(bundledNames(again));
    for (const path of [folder, zip, tar]) {
      expect(await verdictOf(shell, path)).toBe('0 verified');
      const args = [path, '--vkey', vkeyText];
      const { stdout } = await shell.inside(['check-bundle', ...args]);
      const alone = checkMjs(join(folder, 'check.mjs'), ...args);
      expect([alone.status, alone.stdout, alone.stderr]).toEqual([0, stdout, '']);
      expect(alone.stdout).toContain(`the key that was given signed that log: ${vkeyText}`);
      expect(alone.stdout).toContain('withheld: ');
    }
    // Whatever the ledger did since, what was exported at one event is the same.
    for (const name of bundledNames(folder).filter((each) => each !== 'data'))
      expect([name, readFileSync(join(again, name))]).toEqual([
        name,
        readFileSync(join(folder, name)),
      ]);
    expect(readFileSync(await bundled(by, 'two.zip', ...at))).toEqual(readFileSync(zip));
    expect(readFileSync(await bundled(by, 'two.tar', ...at))).toEqual(readFileSync(tar));
    const paged = async (name: string): Promise<Buffer> => {
      const to = shell.path(name);
      await shell.told(['export', '--format', 'html', '--to', to, '--sign', 'alice', ...at]);
      return readFileSync(to);
    };
    const page = await paged('one.html');
    expect(await paged('two.html')).toEqual(page);
    // A later checkpoint is one that the log can be proved to grow into, and all else stays.
    await shell.told('checkpoint');
    expect(await paged('three.html')).toEqual(page);
    const later = await bundled(by, 'later', ...at);
    const isOther = (name: string): boolean => {
      const before = join(folder, name);
      return !existsSync(before) || !readFileSync(join(later, name)).equals(readFileSync(before));
    };
    const differing = bundledNames(later).filter((name) => name !== 'data' && isOther(name));
    expect(differing).toEqual([
      'bag-info.txt',
      'data/consistency.json',
      'manifest-sha256.txt',
      'statement.dsse.json',
      'tagmanifest-sha256.txt',
    ]);
    const salts = shell.journal().map((line) => line.slice(-34, -2));
    const out = readFileSync(zip, 'utf8');
    expect(salts.filter((salt) => out.includes(salt)).length).toBeLessThan(salts.length);
    expect(out).not.toContain('hunter-');
    expect(checkMjs(join(folder, 'check.mjs'), '--json').status).toBe(0);
    const help = checkMjs(join(folder, 'check.mjs'), '--help');
    expect([help.status, help.stdout]).toEqual([0, expect.stringContaining('Exits 0')]);
    expect(checkMjs(join(folder, 'check.mjs'), '--nothing').status).toBe(2);
    expect(checkMjs(join(folder, 'check.mjs'), '--vkey', 'x').status).toBe(2);
    expect(checkMjs(join(folder, 'check.mjs'), '/none').status).toBe(3);
  });

  it('reads nothing that lies elsewhere, and takes nothing that is not known', async () => {
    const by = await told(3);
    const { shell } = by;
    const folder = await bundled(by, 'good');
    const altered = (change: (copy: string) => void): Promise<string> => {
      const copy = shell.path('copy');
      rmSync(copy, { recursive: true, force: true });
      cpSync(folder, copy, { recursive: true });
      change(copy);
      return verdictOf(shell, copy);
    };
    expect(
      await altered((copy) => {
        renameSync(join(copy, 'README.txt'), shell.path('elsewhere'));
        symlinkSync(shell.path('elsewhere'), join(copy, 'README.txt'));
      }),
    ).toBe('20 tampered not_a_file file_missing manifest_changed statement_differs');
    expect(await altered((copy) => writeFileSync(join(copy, 'data', ' x'), ''))).toContain(
      '20 tampered name_unsafe',
    );
    expect(
      await altered((copy) => writeFileSync(Buffer.from(`${copy}/\xff`, 'latin1'), '')),
    ).toContain('20 tampered name_unsafe');
    expect(
      await altered((copy) => {
        for (let i = 0; i < 200; i++) writeFileSync(join(copy, `x${i}`), '');
      }),
    ).toContain('20 tampered');
    expect(
      await altered((copy) =>
        writeFileSync(
          join(copy, 'manifest-sha256.txt'),
          readFileSync(join(copy, 'manifest-sha256.txt'), 'utf8').replace('data/', '../../'),
        ),
      ),
    ).toContain('20 tampered');
  });

  it('is refused as an archive with any byte changed, cut off or added', async () => {
    const by = await told(3);
    const { shell } = by;
    for (const kind of ['zip', 'tar']) {
      const good = readFileSync(await bundled(by, `good.${kind}`));
      const verdict = async (bytes: Uint8Array): Promise<string> => {
        writeFileSync(shell.path(`bad.${kind}`), bytes);
        return (await verdictOf(shell, shell.path(`bad.${kind}`))).slice(0, 11);
      };
      const step = Math.floor(good.length / 40);
      const places = [
        ...Array.from({ length: 40 }, (_, i) => i * step),
        ...HEADERS,
        ...ENDS.map((back) => good.length - back),
      ];
      for (const place of places) {
        const bad = Buffer.from(good);
        bad[place] = (bad[place] ?? 0) ^ 0x11;
        expect([kind, place, await verdict(bad)]).toEqual([kind, place, '20 tampered']);
      }
      for (const bad of [
        good.subarray(0, -1),
        good.subarray(0, good.length / 2),
        good.subarray(0, 0),
        good.subarray(1),
        Buffer.concat([good, Buffer.from([0])]),
        Buffer.concat([good, good]),
        Buffer.from(
          good.toString('latin1').replaceAll('bundle/data/proofs', '../../data/proofs'),
          'latin1',
        ),
        Buffer.from(
          good.toString('latin1').replaceAll('bundle/README.txt', 'bundle/check.mjs '),
          'latin1',
        ),
      ])
        expect([kind, await verdict(bad)]).toEqual([kind, '20 tampered']);
    }
  });

  it('is refused with a byte, a name or an order that is not as it was written', async () => {
    const by = await told(3);
    const { shell } = by;
    const good = readFileSync(await bundled(by, 'good.tar'));
    const verdict = (bytes: Uint8Array): Promise<string> => {
      writeFileSync(shell.path('bad.tar'), bytes);
      return verdictOf(shell, shell.path('bad.tar'));
    };
    expect(await verdict(good)).toBe('0 verified');
    const size = Number.parseInt(good.toString('latin1', 124, 135), 8);
    expect(paddingOf(size)).toBeGreaterThan(0);
    const padded = Buffer.from(good);
    padded[BLOCK + size] = 1;
    expect(await verdict(padded)).toContain('20 tampered archive_altered');
    const name = 'bundle/README.txt';
    const before = Buffer.alloc(2 * BLOCK);
    before.set(tarHeader(name, 7));
    before.write('Trust me', BLOCK, 7);
    expect(await verdict(Buffer.concat([before, good]))).toBe('20 tampered archive_altered');
    const [first, end] = [BLOCK + size + paddingOf(size), good.length - 2 * BLOCK];
    const moved = [good.subarray(first, end), good.subarray(0, first), good.subarray(end)];
    expect(await verdict(Buffer.concat(moved))).toBe('20 tampered archive_altered');
    const back = tarHeader(name, -(8 ** 9));
    expect(await verdict(Buffer.concat([back, good]))).toContain('20 tampered archive_altered');
  });

  it('writes over nothing, and says what it lacks', async () => {
    const by = await told(3);
    const { shell } = by;
    const to = await bundled(by, 'there');
    const line = ['export', '--format', 'bundle', '--to'];
    const answers = await shell.refusals([
      [...line, to, '--sign', 'alice'],
      [...line, shell.path('b')],
      [...line, '-', '--sign', 'alice'],
      ...['b.tgz', 'b.ZIP', 'b.html'].map((name) => [...line, shell.path(name), '--sign', 'alice']),
      [...line, shell.path('b'), '--sign', 'alice', '--until', '2020-01-01'],
      [...line, shell.path('b'), '--sign', 'nobody'],
      ['check-bundle', shell.path('none')],
      ['check-bundle', to, '--vkey', 'x'],
    ]);
    // A pipe that nobody writes into would be waited for, deaf to any signal.
    const pipe = shell.path('pipe');
    spawnSync('mkfifo', [pipe]);
    const piped = spawnSync(process.execPath, [join(to, 'check.mjs'), pipe], {
      timeout: 20_000,
      killSignal: 'SIGKILL',
    });
    expect(piped.status).toBe(3);
    expect(await shell.refusals([['check-bundle', pipe]])).toEqual(['3 file_unreadable']);
    expect(answers).toEqual([
      '25 stands',
      ...Array.from({ length: 6 }, () => '2 usage'),
      '12 missing',
      '3 file_unreadable',
      '2 bad_form',
    ]);
    expect(readdirSync(shell.folder).filter((name) => name.endsWith('.part'))).toEqual([]);
    // What lies beside the place is somebody else's, whatever its name, and stays.
    cpSync(to, shell.path('b.part'), { recursive: true });
    mkdirSync(shell.path('c.part'));
    writeFileSync(shell.path('c.part', 'mine'), 'x');
    writeFileSync(shell.path('d.zip.packed'), 'mine');
    for (const name of ['b', 'c', 'd.zip']) await bundled(by, name);
    expect(await verdictOf(shell, shell.path('b.part'))).toBe('0 verified');
    expect(readdirSync(shell.path('c.part'))).toEqual(['mine']);
    expect(readFileSync(shell.path('d.zip.packed'), 'utf8')).toBe('mine');
    expect(readdirSync(shell.folder).filter((name) => name.endsWith('.part'))).toEqual([
      'b.part',
      'c.part',
    ]);
  });

  it('is told and recorded by the digest of what was handed out', async () => {
    const { shell } = await told(3);
    const sha256 = (...path: readonly string[]): string =>
      createHash('sha256')
        .update(readFileSync(shell.path(...path)))
        .digest('hex');
    for (const [format, name, ...inside] of [
      ['bundle', 'one.zip'],
      ['bundle', 'one.tar'],
      ['html', 'one.html'],
      ['bundle', 'folder', 'tagmanifest-sha256.txt'],
      ['bundle', 'as-a-folder/', 'tagmanifest-sha256.txt'],
    ] as const) {
      const line = ['export', '--format', format, '--to', shell.path(name), '--sign', 'alice'];
      const { stdout } = await shell.inside(line);
      const digest = sha256(name, ...inside);
      const what = inside.map((file) => ` of ${file}`).join('');
      expect(stdout).toContain(`SHA-256${what} ${digest}\n`);
      const [last = ''] = shell.journal().slice(-1);
      const { payload } = JSON.parse(last) as { readonly payload: object };
      const files = inside.length === 0 ? [name] : bundledNames(shell.path(name));
      const sizes = files.map((file) => {
        const stat = statSync(shell.path(...(inside.length === 0 ? [] : [name]), file));
        return stat.isDirectory() ? 0 : stat.size;
      });
      const bytes = sizes.reduce((sum, size) => sum + size, 0);
      const [digest_of] = inside;
      expect(payload).toMatchObject({ sha256: digest, bytes, ...(digest_of && { digest_of }) });
    }
  });
});

const bundledNames = (folder: string): readonly string[] =>
  (readdirSync(folder, { recursive: true }) as readonly string[]).toSorted();
