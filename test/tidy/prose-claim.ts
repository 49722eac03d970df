/**
 * What is claimed of the words: purposes, decisions, links, commands, and nothing left for later.
 */
import type { Claim, Sample } from './claim.ts';
import { decisionsAreSound } from './decision.ts';
import {
  commandsExist,
  linksHold,
  noMachinePath,
  nothingForLater,
  statedPurpose,
} from './prose.ts';
import { survivorsStand } from './survivor.ts';

const home = ['', 'home', 'ada', 'ledger'].join('/');
const manifest = '{"scripts":{"test":"vitest run","check:all":"tsc"}}';

const decision = (changes: Readonly<Record<string, string>> = {}): string =>
  Object.entries({
    Status: 'Accepted.',
    Context: 'A reader must know why. '.repeat(12),
    Decision: 'We write it down, shortly. '.repeat(12),
    Consequences: 'There is a file more.',
    Confirmation: '`test/tidy.test.ts` reads every record.',
    ...changes,
  })
    .filter(([, text]) => text !== '')
    .map(([name, text]) => `## ${name}\n\n${text}\n`)
    .join('\n');

const survivor = (where: string, mutant: string): Sample => ({
  'ledger/a/b.ts': 'const of = (n: number) =>\n  n < MOST || isOdd(n) ? one : two;',
  'test/deep/survivors.md': `| where | mutant |\n| --- | --- |\n| ${where} | ${mutant} |`,
});

const withTest = (records: Sample): Sample => ({ 'test/tidy.test.ts': '', ...records });

export const proseClaims: readonly Claim[] = [
  {
    claim: 'every script opens with its purpose',
    rule: statedPurpose,
    offending: [
      { 'src/a.ts': 'const a = 1;' },
      { 'src/a.mjs': '/** @file Short. */' },
      { 'src/a.mts': '/* Not the comment that tools show. */' },
      { 'src/a.ts': 'const a = 1;\n/** What comes too late to be a purpose. */' },
    ],
    clean: {
      'src/a.ts': '/**\n * Says what this file is for.\n */\n',
      'src/bin.ts': '#!/usr/bin/env node\n/** Where the command line begins. */\n',
    },
  },
  {
    claim: 'nothing is left for later',
    rule: nothingForLater,
    offending: [
      { 'src/a.ts': '// TODO: more' },
      { 'README.md': 'FIXME' },
      { 'test/a.ts': '/* XXX */' },
    ],
    clean: { 'src/a.ts': "const a = 'TODO';", 'README.md': 'A todo list, for XXXL.' },
  },
  {
    claim: 'decisions are short, complete, numbered and confirmed by a test',
    rule: decisionsAreSound,
    offending: [
      ...['Status', 'Context', 'Decision', 'Consequences', 'Confirmation'].map((section) =>
        withTest({ 'ADR/0001-a.md': decision({ [section]: '' }) }),
      ),
      { 'ADR/0001-a.md': decision() },
      withTest({ 'ADR/0001-a.md': decision({ Confirmation: 'By reading.' }) }),
      withTest({ 'ADR/0001-a.md': decision({ Context: 'None.', Decision: 'None.' }) }),
      withTest({ 'ADR/0001-a.md': decision({ Context: 'word '.repeat(500) }) }),
      withTest({ 'ADR/0002-a.md': decision() }),
      withTest({ 'ADR/0001-a.md': decision(), 'ADR/0003-b.md': decision() }),
      withTest({ 'ADR/0001-a.md': decision(), 'ADR/0001-b.md': decision() }),
    ],
    clean: withTest({
      'ADR/0001-a.md': decision(),
      'ADR/0002-b.md': decision({ Confirmation: '' }).concat(
        '\n*Confirmation:* every record is read\nby `test/tidy.test.ts`.\n',
      ),
    }),
  },
  {
    claim: 'every npm script that the documents mention exists',
    rule: commandsExist,
    offending: [
      { 'package.json': manifest, 'README.md': 'Run `npm run build`.' },
      { 'package.json': '{}', 'CONTRIBUTING.md': 'Run `npm test`.' },
      { 'package.json': manifest, 'ADR/0001-a.md': '    npm run -s check\n' },
    ],
    clean: { 'package.json': manifest, 'README.md': '`npm ci`, npm run check:all, `npm test`.' },
  },
  {
    claim: 'relative links hold',
    rule: linksHold,
    offending: [
      { 'README.md': '[a](ADR/0001-a.md)' },
      { 'ADR/0001-a.md': '[b]: ../ledger/FORMAT.md#names' },
      { 'ledger/FORMAT.md': '![c](c.png "C")' },
    ],
    clean: {
      'README.md': '[a](ledger/FORMAT.md#x) [b](#b) [c](https://x.org) [d](./ledger/) `[e](e)`',
      'ledger/FORMAT.md': '[up](../README.md "Up")\n\n```\n[f](f)\n```\n\n[g]: ../README.md\n',
    },
  },
  {
    claim: 'no text knows the machine it was written on',
    rule: noMachinePath,
    offending: [
      { 'README.md': `See ${home}.` },
      { 'src/a.ts': `const a = '${home}';` },
      { 'test/a.ts': `// >${home.replace('home', 'tmp')}` },
    ],
    clean: {
      'README.md': 'See ./home/a, ~/tmp/b, https://example.org/home/c and /var/lib/d.',
      'test/a.ts': 'const a = join(tmpdir(), `${b}/tmp/c`);',
    },
  },
  {
    claim: 'every mutant that is known to survive alters code that is there',
    rule: survivorsStand,
    offending: [
      survivor('`a/c.ts`', 'all of it'),
      survivor('`a/b.ts`', '`n > MOST` → `false`'),
      survivor('`a/b.ts`', '`n < MOST` → `false`, `isEven(n)` → `true`'),
      survivor('`a/b.ts`', '`n < MOST` → `<=` or `>`, `isEven(n)` → `true`'),
      survivor('`a/b.ts`', 'the body of `isEven` left out'),
      survivor('`a/b.ts`', '`n < MOST … three` → `false`'),
      survivor('`a/b.ts`, `a/c.ts`', '`n < MOST` → `false`'),
    ],
    clean: survivor(
      '`a/b.ts`',
      '`n < MOST \\|\\|` → `false`, `true` or `isEven(n)`, `n <` → `n <=`; `MOST … one` left out',
    ),
  },
];
