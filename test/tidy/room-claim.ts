/**
 * What is claimed of the rooms: who imports whom, what is pure, how long and how named files are.
 */
import { arrows, oneWiring } from './arrow.ts';
import type { Claim } from './claim.ts';
import { fewAtTheTop, kebabCase, knownScript, tellingName } from './naming.ts';
import { oneExit, purity } from './purity.ts';
import { fileLength, lineLength } from './size.ts';

export const roomClaims: readonly Claim[] = [
  {
    claim: 'imports follow the arrows between the rooms',
    rule: arrows,
    offending: [
      { 'ledger/a.ts': "import { b } from '../policies/b.ts';" },
      { 'ledger/a.ts': "import fs from 'node:fs';" },
      { 'ledger/a.ts': "import 'vitest';" },
      { 'ledger/a.ts': "import { hash } from 'node:crypto';" },
      { 'ledger/tree/a.ts': "import { sha256 } from '@noble/hashes/sha2.js';" },
      { 'ledger/a.ts': "import * as E from 'fp-ts/Either';" },
      { 'src/a.ts': "import { either } from 'fp-ts';" },
      { 'policies/a.ts': "export type { B } from '../src/b.ts';" },
      { 'policies/a.ts': "import * as ed from '@noble/ed25519';" },
      { 'policies/rule/a.ts': "import { RE2JS } from 're2js';" },
      { 'ledger/a.ts': "import { parse } from 'yaml';" },
      { 'src/a.ts': "import type {\n  B,\n} from '../test/b.ts';" },
      { 'src/a.ts': "import { 'a;b' as b } from '../test/b.ts';" },
      { 'src/a.ts': "import c, { type \"a'=b\" as b } from '../test/b.ts';" },
      { 'src/a.ts': "export { c as 'a(b' } from '../test/b.ts';" },
      { 'src/a.ts': "export * as 'a;b' from '../test/b.ts';" },
      { 'src/a.ts': "import '../test/b.ts'\nimport { c } from './c.ts'" },
      { 'src/a.ts': "const b = await import('../properties/b.ts');" },
      { 'src/a.ts': "type B = import('../test/b.ts').B;" },
      { 'src/a.ts': 'const b = await import(name);' },
      { 'src/a.ts': 'const b = require("../test/b.ts");' },
      { 'src/a.ts': "export * from '../test/b.ts';" },
      { 'properties/a.ts': "import '../test/b.ts';" },
      { 'test/a.ts': "import { b } from '../ledger/b.js';" },
      { 'test/a.ts': "import { b } from '../../elsewhere/b.ts';" },
    ],
    clean: {
      'ledger/a.ts': "import * as E from 'fp-ts/lib/Either.js';\nimport { b } from './key/b.ts';",
      'ledger/b.ts': "// import fs from 'node:fs';\nconst text = \"import fs from 'node:fs'\";",
      'ledger/c.ts': "import { '../policies/b.ts' as b } from './key/b.ts';",
      'ledger/crypto/native.ts': "import crypto from 'node:crypto';",
      'ledger/crypto/noble.ts': "import * as ed25519 from '@noble/ed25519';",
      'policies/a.ts': "export { b } from '../ledger/b.ts';",
      'policies/document/a.ts': "import { parseDocument } from 'yaml';",
      'src/a.ts': "import fs from 'node:fs';\nconst b = await import('../policies/b.ts');",
      'properties/a.ts': "import fc from 'fast-check';\nimport { b } from '../src/b.ts';",
      'test/a.ts': "import { b } from '../properties/b.ts';\nawait import(name);",
    },
  },
  {
    claim: 'SQLite and the file system meet in one file',
    rule: oneWiring,
    offending: [
      {
        'src/a.ts': "import fs from 'node:fs/promises';\nimport D from 'better-sqlite3';",
        'src/b.ts': "import { DatabaseSync } from 'node:sqlite';\nimport fs from 'node:fs';",
      },
    ],
    clean: {
      'src/wiring.ts': "import fs from 'node:fs';\nimport Database from 'better-sqlite3';",
      'src/mirror.ts': "import Database from 'better-sqlite3';",
      'test/a.ts': "import fs from 'node:fs';\nimport Database from 'better-sqlite3';",
    },
  },
  {
    claim: 'the kernel and the policies are pure',
    rule: purity,
    offending: [
      { 'ledger/a.ts': 'const now = Date.now();' },
      { 'ledger/a.ts': 'const now = D\\u0061te.now();' },
      { 'ledger/a.ts': "const now = (() => {}).constructor('return 1')();" },
      { 'ledger/a.ts': 'const clock = Date;' },
      { 'ledger/a.ts': 'const { random } = Math;' },
      { 'ledger/a.ts': 'const chance = Math.random();' },
      { 'ledger/a.ts': 'const text = new Intl.DateTimeFormat().format();' },
      { 'ledger/a.ts': "eval('1');" },
      { 'policies/a.ts': 'const now = new Date(0);' },
      { 'ledger/a.ts': 'const text = `at ${`${Math.random()}`} o’clock`;' },
      { 'ledger/a.ts': "if (process.env['X']) stop();" },
      { 'ledger/a.ts': 'const half = a / 2; console.log(half / 2);' },
      { 'ledger/a.ts': 'performance.now();' },
      { 'ledger/a.ts': 'setTimeout(stop, 1);' },
      { 'ledger/a.ts': 'setInterval(stop, 1);' },
      { 'policies/a.ts': 'await fetch(url);' },
      { 'ledger/a.ts': 'const all = globalThis;' },
      { 'ledger/crypto/noble.ts': 'const bytes: Buffer = made();' },
      { 'ledger/a.ts': 'const quote = /[\'"`]/; const now = Date.now();' },
      { 'ledger/a.ts': 'const held = process;' },
      { 'ledger/a.ts': 'const { log } = console;' },
      { 'ledger/a.ts': 'use(process);' },
      { 'ledger/a.ts': 'const all = [...process.argv];' },
      { 'ledger/a.ts': 'const all = { process };' },
      { 'ledger/a.ts': 'const one = a ? process : b;' },
      { 'ledger/a.ts': "const clock = self['Date'];" },
      { 'ledger/a.ts': 'const all = window;' },
      { 'ledger/a.ts': 'const { now } = performance;' },
      { 'ledger/a.ts': 'const later = setTimeout;' },
      { 'policies/a.ts': 'const now = Temporal.Now.instant();' },
      { 'policies/a.ts': 'const here = import.meta.dirname;' },
      ...[
        'crypto.generateKeyPairSync(kind)',
        'crypto.generateKey(kind)',
        'crypto.subtle.generateKey(kind)',
        'crypto.webcrypto',
        'crypto.randomBytes(3)',
        "crypto['random' + kind](3)",
        'crypto.createECDH(kind)',
      ].flatMap((code) => [
        { 'ledger/a.ts': `const a = ${code};` },
        { 'ledger/crypto/native.ts': `import crypto from 'node:crypto';\nconst a = ${code};` },
      ]),
      ...[
        "import crypto from 'node:crypto';\nconst a = crypto.encapsulate(key);",
        "import crypto from 'node:crypto';\nconst { hash } = crypto;",
        "import { hash } from 'node:crypto';",
        "import * as chance from 'node:crypto';",
        "import crypto, { hash } from 'node:crypto';",
      ].map((text) => ({ 'ledger/crypto/native.ts': text })),
    ],
    clean: {
      'ledger/a.ts': '/** Not Date.now(). */\nconst text = "Date.now()"; // nor console.log\n',
      'ledger/b.ts':
        'const pattern = /new Date(x)|`/g;\nconst text = `fetch() ${a / b} process.env`;',
      'ledger/c.ts': 'const ArrayBufferLike = 1; const held = input.process.name; prefetch(held);',
      'ledger/d.ts': 'const a = { process: 1, self: b.window };',
      'ledger/f.ts': 'interface A {\n  readonly console: 1;\n  fetch?: 2;\n}',
      'ledger/e.ts': 'const f = (crypto: Crypto) => crypto.verify(key, text, processed);',
      'ledger/crypto/native.ts':
        "import crypto from 'node:crypto';\nconst a = Buffer.from(crypto.hash(b));",
      'src/a.ts': 'const now = Date.now();',
    },
  },
  {
    claim: 'only src/bin.ts decides how the process exits',
    rule: oneExit,
    offending: [
      { 'src/cli/run.ts': 'process.exitCode = 1;' },
      { 'src/bin-two.ts': 'process.exit(1);' },
      { 'src/a.ts': 'const { exit } = process;' },
    ],
    clean: {
      'src/bin.ts': 'process.exitCode = 1;',
      'src/a.ts': '// process.exit(1)\nconst code = result.exitCode;',
      'test/conformance/run.ts': 'process.exit(1);',
    },
  },
  {
    claim: 'files are short',
    rule: fileLength,
    offending: [
      { 'ledger/a.ts': 'a;\n'.repeat(201) },
      { 'policies/a.ts': 'a;\n'.repeat(201) },
      { 'src/a.ts': 'a;\n'.repeat(301) },
      { 'test/a.test.ts': 'a;\n'.repeat(301) },
    ],
    clean: {
      'ledger/a.ts': 'a;\n'.repeat(200),
      'src/a.ts': 'a;\n'.repeat(300),
      'README.md': 'a\n'.repeat(400),
    },
  },
  {
    claim: 'lines are short',
    rule: lineLength,
    offending: [{ 'test/a.ts': `a;\n// ${'x'.repeat(98)}` }],
    clean: { 'src/a.ts': `// ${'é'.repeat(97)}`, 'README.md': 'x'.repeat(200) },
  },
  {
    claim: 'a name says what is inside',
    rule: tellingName,
    offending: ['src/utils.ts', 'src/util/a.ts', 'test/helpers/a.ts', 'src/common.test.ts']
      .concat('src/misc/a.ts', 'src/index.ts', 'src/string-utils.ts', 'src/utils-of-text.ts')
      .concat('test/key-helper.test.ts', 'src/json-util/a.ts', 'test/test_helpers.py')
      .concat('test/common.words.json')
      .map((path) => ({ [path]: '' })),
    clean: {
      'src/commonplace.ts': '',
      'src/index-of.ts': '',
      'src/miscount.ts': '',
      'test/futility.py': '',
      '.gitignore': '',
    },
  },
  {
    claim: 'every script has an ending that the rules read',
    rule: knownScript,
    offending: ['js', 'cjs', 'cts', 'jsx', 'tsx', 'JS'].map((ending) => ({
      [`ledger/a.${ending}`]: '',
    })),
    clean: { 'ledger/a.ts': '', 'test/a.mts': '', 'test/a.mjs': '', 'test/a.json': '' },
  },
  {
    claim: 'names are in kebab-case',
    rule: kebabCase,
    offending: ['src/keyRing.ts', 'src/Key.ts', 'src/key_ring.ts', 'src/key.spec.ts']
      .concat('src/keyRing/a.ts', 'ADR/1-why.md', 'ADR/0001-Why.md', 'ADR/README.md')
      .concat('test/Vectors.json', 'test/make-vectors.py', 'ledger/Format.md')
      .map((path) => ({ [path]: '' })),
    clean: Object.fromEntries(
      ['src/key-ring.ts', 'test/key-ring.test.ts', 'test/vitest.config.ts', 'ADR/0001-why.md']
        .concat('README.md', 'LICENSE', '.gitignore', 'ledger/FORMAT.md', 'test/make_vectors.py')
        .concat('test/transcripts/verify.torn.txt', '.github/workflows/check.yml')
        .map((path) => [path, '']),
    ),
  },
  {
    claim: 'few things lie at the top',
    rule: fewAtTheTop,
    offending: [{ 'notes.md': '' }, { 'lib/a.ts': '' }, { 'tsconfig.build.json': '' }],
    clean: { 'README.md': '', 'src/a.ts': '', '.github/b.yml': '', 'ADR/0001-why.md': '' },
  },
];
