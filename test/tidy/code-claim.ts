/**
 * What is claimed of the code: which parts of the language it leaves alone, and what a test is.
 */
import type { Claim } from './claim.ts';
import {
  noAny,
  noBarrel,
  noContainer,
  noDefaultExport,
  noMutableExport,
  noSilencedCheck,
} from './language.ts';
import { everyTestTests, titlesAreSentences } from './title.ts';

export const codeClaims: readonly Claim[] = [
  {
    claim: 'nothing has the type any',
    rule: noAny,
    offending: [
      { 'src/a.ts': 'const a: any = 1;' },
      { 'src/a.ts': 'const a = b as any;' },
      { 'src/a.ts': 'const a = new Set<any>();' },
      { 'src/a.ts': 'const a: Record<string, any> = {};' },
      { 'src/a.ts': 'type A = any[];' },
      { 'src/a.ts': 'type A = any;' },
      { 'src/a.ts': 'type A<T = any> = T;' },
      { 'src/a.ts': 'type A = [any, string];' },
      { 'src/a.ts': 'type A = keyof any;' },
      { 'src/a.ts': 'type A<T> = T extends any ? T : never;' },
      { 'src/a.ts': 'type A<T> = T extends 1 ? any : never;' },
      { 'src/a.ts': 'type A = (any)[];' },
      { 'src/a.ts': 'type A = [...any[]];' },
      { 'src/a.ts': 'const a = b satisfies any;' },
      { 'src/a.ts': 'const a = <any>b;' },
      { 'src/a.ts': 'const f = (x: unknown): x is any => true;' },
    ],
    clean: {
      'src/a.ts':
        "// as any\nconst many = E.any(': any') ?? E?.any; const a: Many = { anyOf: any$ };",
    },
  },
  {
    claim: 'no check is silenced',
    rule: noSilencedCheck,
    offending: [
      ...['ignore', 'expect-error', 'nocheck'].map((name) => ({ 'src/a.ts': `// @ts-${name}` })),
      ...['eslint', 'oxlint'].map((name) => ({ 'src/a.ts': `/* ${name}-disable no-var */` })),
      ...['biome', 'prettier'].map((name) => ({ 'src/a.ts': `a; // ${name}-ignore` })),
    ],
    clean: { 'src/a.ts': "// We ignore what eslint would say.\nconst a = '// @ts-ignore';" },
  },
  {
    claim: 'exports have names',
    rule: noDefaultExport,
    offending: [{ 'src/a.ts': 'export default 1;' }, { 'src/a.ts': 'export { a as default };' }],
    clean: {
      'src/a.ts': "import a from 'a';\nexport const b = a; // export default",
      'test/vitest.config.ts': 'export default {};',
    },
  },
  {
    claim: 'there are unions and modules, not enums and namespaces',
    rule: noContainer,
    offending: [
      { 'src/a.ts': 'a;\nexport const enum A { B }' },
      { 'src/a.ts': 'enum A { B }' },
      { 'src/a.ts': 'export namespace A { }' },
    ],
    clean: { 'src/a.ts': "const namespace = 'enum A';\nconst a = { enum: 1 }; // enum A" },
  },
  {
    claim: 'what is exported does not change',
    rule: noMutableExport,
    offending: [
      { 'src/a.ts': 'export let a = 1;' },
      { 'src/a.ts': 'export var a = 1;' },
      { 'src/a.ts': 'let a = 1;\nexport { b, a as c };' },
    ],
    clean: { 'src/a.ts': "export const a = 1;\nlet b = 2;\nexport { b } from './b.ts';" },
  },
  {
    claim: 'no file only passes on what others export',
    rule: noBarrel,
    offending: [
      { 'src/a.ts': "/** All. */\nexport { b } from './b.ts';\nexport type { C } from './c.ts';" },
      { 'src/a.ts': "import { b } from './b.ts';\nexport { b };" },
      { 'src/a.ts': "export * from './b.ts';\nexport const a = 1;" },
      { 'src/a.ts': "export * as b from './b.ts';\nexport const a = 1;" },
    ],
    clean: {
      'src/a.ts': "export { b } from './b.ts';\nexport const a = 1;",
      'src/bin.ts': "import './start.ts';",
    },
  },
  {
    claim: 'every test tests',
    rule: everyTestTests,
    offending: [
      "it.skip('is not run at all', f);",
      "it.todo('is written one day');",
      "describe.only('a', f);",
      "test.fails('is known to fail', f);",
      "xit('is not run at all', f);",
      "it('is not run at all', { skip: true }, f);",
      "it('is not run at all', (context) => context.skip());",
      "it('holds for ever', () => { expect(true).toBe(true); });",
      "it('is still empty', () => { /* later */ });",
    ].map((text) => ({ 'test/a.test.ts': text })),
    clean: {
      'test/a.test.ts':
        "// it.skip(\nit('refuses it.only( in a text', () => { expect(a).toBe(1); });",
      'src/a.ts': 'const rest = reader.skip(1); exit(2);',
    },
  },
  {
    claim: 'titles of tests are sentences',
    rule: titlesAreSentences,
    offending: [
      "it('works', f);",
      "test(\n  'two words',\n  f,\n);",
      "it.each([f(1), ')'])('case %s', f);",
      'properties.map((p) => it(`holds`, p));',
    ].map((text) => ({ 'properties/a.test.ts': text })),
    clean: {
      'test/a.test.ts': [
        "it('finds a truncation', f);",
        'it(`${law}`, f);',
        'it(title, f);',
        "it.each([f(1)])('finds %s in it', f);",
        "it.each(rows)('%s', f);",
        "if (/x/.test('y')) exit('now');",
      ].join('\n'),
      'test/a.ts': "const test = (text: string) => text === 'a';\ntest('a');",
    },
  },
];
