/**
 * The conformance run, as people run it: it passes on the known answers carried here, and it fails
 * on whatever is not one: an altered digit in any of them, a folder that is not there, an unknown
 * file.
 */
import { spawnSync } from 'node:child_process';
import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { native } from '../ledger/crypto/native.ts';
import { linesOf } from './conformance/chain.ts';
import { fold, offences } from './conformance/fold.ts';
import { Vector } from './conformance/report.ts';
import { runFolders } from './conformance/run.ts';

const VECTORS = fileURLToPath(new URL('vectors', import.meta.url));
const RUN = fileURLToPath(new URL('conformance/run.ts', import.meta.url));
const FILES = readdirSync(VECTORS);

const folders: string[] = [];
const folder = (): string => {
  const made = mkdtempSync(join(tmpdir(), 'vectors-'));
  folders.push(made);
  return made;
};
afterAll(() => folders.forEach((each) => rmSync(each, { recursive: true })));

const run = (...args: readonly string[]) => {
  const { status, stdout } = spawnSync(process.execPath, [RUN, ...args], { encoding: 'utf8' });
  return { status, last: stdout.trimEnd().split('\n').at(-1) ?? '', stdout };
};

const textOf = (name: string): string => readFileSync(join(VECTORS, name), 'utf8');

const read = (name: string): Vector => new Vector(JSON.parse(textOf(name)) as unknown, '');

describe('npm run vectors', () => {
  it('passes the answers carried here, and counts them last', () => {
    const { status, last } = run();
    expect(last).toMatch(/^[1-9][0-9]{3} passed, 0 failed$/);
    expect(status).toBe(0);
  });

  it('carries all ten kinds of answers', () => {
    expect(FILES.toSorted()).toEqual([
      'canonical.json',
      'chain.json',
      'checkpoints.json',
      'ed25519.json',
      'journals.json',
      'merkle.json',
      'notes.json',
      'proof-files.json',
      'proofs.json',
      'refused-lines.json',
    ]);
  });

  it.each(FILES)('passes a folder that holds %s alone', (name) => {
    const alone = folder();
    copyFileSync(join(VECTORS, name), join(alone, name));
    expect(runFolders([alone]).failures).toEqual([]);
  });

  it('fails a folder that is not there, one without files, and one with an unknown file', () => {
    const empty = folder();
    const odd = folder();
    writeFileSync(join(odd, 'surprise.json'), '[]');
    for (const args of [['/nowhere'], [empty], [odd]]) {
      const { status, last } = run(...args);
      expect(last).toBe('0 passed, 1 failed');
      expect(status).toBe(1);
    }
    expect(run(odd).stdout).toContain('surprise.json');
  });

  it('fails a file that is no JSON, of another shape, or without a case', () => {
    const broken: readonly (readonly [string, string])[] = [
      ['notes.json', '{'],
      ['proofs.json', '[]'],
      ['merkle.json', '{"leaf_data":"leaf I"}'],
      ['ed25519.json', '[]'],
      ['journals.json', '{"origin":"a","journals":[]}'],
      ['canonical.json', '{"accept":[{}],"refuse":[]}'],
    ];
    for (const [name, text] of broken) {
      const made = folder();
      writeFileSync(join(made, name), text);
      const { passed, failures } = runFolders([made]);
      expect([name, passed, failures.length > 0]).toEqual([name, 0, true]);
    }
  });

  it('takes several folders, and finds in one what another leans on', () => {
    const [chain, rest] = [folder(), folder()];
    writeFileSync(join(chain, 'chain.json'), textOf('chain.json'));
    writeFileSync(join(rest, 'refused-lines.json'), textOf('refused-lines.json'));
    expect(runFolders([rest, chain]).failures).toEqual([]);
    writeFileSync(
      join(rest, 'refused-lines.json'),
      textOf('refused-lines.json').replace(
        /"origin": "[^"]*"/,
        '"origin": "example.org/elsewhere"',
      ),
    );
    expect(runFolders([rest]).passed).toBe(0);
  });
});

/** Paths to every text or number of a vector file that states an answer, not a label. */
const answers = (
  value: unknown,
  path: readonly (string | number)[] = [],
): readonly (readonly (string | number)[])[] => {
  if (typeof value === 'object' && value !== null)
    return Object.entries(value).flatMap(([key, inner]) =>
      ['why', 'shows', 'note_', 'leaf_data'].includes(key) ? [] : answers(inner, [...path, key]),
    );
  return /[0-9]/.test(String(value)) ? [path] : [];
};

const alter = (value: unknown, path: readonly (string | number)[]): void => {
  const parent = path
    .slice(0, -1)
    .reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], value) as Record<
    string,
    unknown
  >;
  const key = String(path.at(-1));
  const old = String(parent[key]);
  const next = old.replace(/[0-9](?!.*[0-9])/s, (digit) => String((Number(digit) + 1) % 10));
  parent[key] = typeof parent[key] === 'number' ? Number(next) : next;
};

describe('one altered digit in an answer fails the run', () => {
  it.each(['chain.json', 'checkpoints.json', 'merkle.json'])(
    '%s, every text and number of it',
    (name) => {
      const text = textOf(name);
      const paths = answers(JSON.parse(text));
      const step = Math.max(1, Math.floor(paths.length / 60));
      for (let i = 0; i < paths.length; i += step) {
        const file: unknown = JSON.parse(text);
        alter(file, paths[i] ?? []);
        const made = folder();
        writeFileSync(join(made, name), JSON.stringify(file));
        expect([paths[i], runFolders([made]).failures.length > 0]).toEqual([paths[i], true]);
      }
    },
  );

  it.each(['ed25519.json', 'proofs.json', 'proof-files.json', 'journals.json'])(
    '%s: an answer turned round fails',
    (name) => {
      const text = textOf(name);
      const turned = text.replace(/"(valid|sound|good)": true/, '"$1": false');
      expect(turned).not.toBe(text);
      const made = folder();
      mkdirSync(made, { recursive: true });
      writeFileSync(join(made, name), turned);
      expect(runFolders([made]).failures.length).toBeGreaterThan(0);
    },
  );
});

describe('refused lines', () => {
  const good = linesOf(read('chain.json'));
  const origin = read('chain.json').get('origin').text();
  const refused = read('refused-lines.json').get('lines').items();
  it.each(refused.map((each) => [each.get('why').text(), each.get('line').text()]))(
    'the line with the fault "%s" is refused at every position',
    (_, line) => {
      for (let at = 0; at < good.length; at++) {
        const lines = good.map((other, i) => (i === at ? line : other));
        expect(offences(fold(native, origin, lines)).length).toBeGreaterThan(0);
      }
    },
  );
});

const failuresOf = (text: string): number => {
  const made = folder();
  writeFileSync(join(made, 'notes.json'), text);
  return runFolders([made]).failures.length;
};

describe('an altered digit in the notes', () => {
  const text = textOf('notes.json');
  const names = read('notes.json')
    .get('vkeys')
    .items()
    .map((vkey) => vkey.text().split('+')[0] ?? '');
  const lines = read('notes.json')
    .get('accept')
    .items()
    .flatMap((each) => each.get('note').text().split('\n'))
    .filter((line) => /^\u2014 \S+ \S*[0-9]\S*$/.test(line));
  const isKnown = (line: string): boolean => names.some((name) => line.startsWith(`— ${name} `));
  const altered = (line: string): string => {
    const next = line.replace(/[0-9](?=[^0-9]*$)/, (digit) => String((Number(digit) + 1) % 10));
    return text.replaceAll(JSON.stringify(line).slice(1, -1), JSON.stringify(next).slice(1, -1));
  };

  it('fails in the line of a known signer, and not in the line of a stranger', () => {
    const [known = '', stranger = ''] = [lines.find(isKnown), lines.find((line) => !isKnown(line))];
    for (const line of [known, stranger]) expect(altered(line)).not.toBe(text);
    expect(failuresOf(text)).toBe(0);
    expect(failuresOf(altered(known))).toBeGreaterThan(0);
    expect(failuresOf(altered(stranger))).toBe(0);
  });
});

describe('an altered digit in a good proof', () => {
  interface Case {
    readonly valid: boolean;
    readonly [member: string]: unknown;
  }
  const kinds = JSON.parse(textOf('proofs.json')) as Readonly<Record<string, readonly Case[]>>;
  const good = Object.entries(kinds).flatMap(([kind, cases]) =>
    cases.filter(({ valid }) => valid).map((each) => ({ kind, each })),
  );
  const passes = (kind: string, each: Case): boolean => {
    const made = folder();
    const file = { inclusion: [], consistency: [], [kind]: [each] };
    writeFileSync(join(made, 'proofs.json'), JSON.stringify(file));
    return runFolders([made]).failures.length === 0;
  };

  it('fails in every text but the size', () => {
    expect(good.length).toBeGreaterThan(20);
    for (const { kind, each } of good) {
      expect(passes(kind, each)).toBe(true);
      for (const path of answers(each).filter(([key]) => key !== 'size')) {
        const other = structuredClone(each);
        alter(other, path);
        expect([each, path, passes(kind, other)]).toEqual([each, path, false]);
      }
    }
  });

  it.each([
    ['2', false],
    ['3', true],
    ['4', true],
    ['5', false],
  ])('may pass in the size, which the steps need not tell: %s for 3', (size, isGood) => {
    const found = good.find(({ each }) => each['old'] === '2' && each['size'] === '3');
    expect(passes('consistency', { ...found?.each, valid: true, size })).toBe(isGood);
  });
});
