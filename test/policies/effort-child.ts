/**
 * Reads hostile documents, one after the other, and tells what each took: the time of the
 * processor, and the memory that it left behind or ever held. It is a process of its own, so that
 * nothing else counts; the baseline is what the YAML library alone takes for a harmless document as
 * large as one may be.
 */
import { parseDocument } from 'yaml';
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { readDocument } from '../../policies/document/read.ts';
import { MAX_DOCUMENT } from '../../policies/document/text.ts';
import { readTable } from '../../policies/explain/table.ts';
import { loadSet, readSet } from '../../policies/set/load.ts';

export interface Effort {
  readonly name: string;
  readonly isTaken: boolean;
  readonly cpuMs: number;
  /** What is held right after, before anything is collected. */
  readonly heldBytes: number;
  /** By how much the largest size of the process grew. */
  readonly grownBytes: number;
}

const heldNow = (): number => {
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
};
const peakNow = (): number => process.resourceUsage().maxRSS * 1024;

const measured = (name: string, run: () => { readonly _tag: 'Left' | 'Right' }): void => {
  globalThis.gc?.();
  const [held, peak, begun] = [heldNow(), peakNow(), process.cpuUsage()];
  const { _tag } = run();
  const { user, system } = process.cpuUsage(begun);
  const effort: Effort = {
    name,
    isTaken: _tag === 'Right',
    cpuMs: (user + system) / 1000,
    heldBytes: heldNow() - held,
    grownBytes: peakNow() - peak,
  };
  console.log(JSON.stringify(effort));
};

/** A text of the largest size: a beginning, and a part again and again. */
const full = (begin: string, part: string): Buffer =>
  Buffer.from(
    begin + part.repeat(Math.floor((MAX_DOCUMENT - begin.length) / Buffer.byteLength(part))),
  );

const KEYS = Array.from({ length: 14_000 }, (_, i) => `k${i}: 1\n`).join('');
const harmless = Buffer.from(KEYS);
const large = Buffer.from('[]'.repeat(5_000_000));
const text = 'x'.repeat(10_000_000);

// What is compiled on the way is no business of the one that comes first.
for (let i = 0; i < 2; i++) readDocument('a', harmless);
readSet(native, [{ file: 'a', bytes: Buffer.from('version: 1') }]);
loadSet(native, { a: { version: 1, name: 7 } });

measured('10 MB: a document', () => readDocument('a', large));
measured('10 MB: a set', () => readSet(native, [{ file: 'a', bytes: large }]));
measured('10 MB: a table', () => readTable('a', large));
measured('10 MB of text: a set as adopted', () =>
  loadSet(native, { a: { version: 1, name: text } }),
);

for (let i = 0; i < 3; i++)
  measured('baseline', () => {
    const { errors } = parseDocument(KEYS, { uniqueKeys: false });
    return { _tag: errors.length === 0 ? 'Right' : 'Left' };
  });
for (let i = 0; i < 3; i++) measured('harmless', () => readDocument('a', harmless));

const PARTS: readonly (readonly [string, string])[] = [
  ['', '['],
  ['', '{a: '],
  ['', '- ? '],
  ['', '[]'],
  ['[', '[],'],
  ['[', '-,'],
  ['', '"\n'],
  ['', '# c\n'],
  ['', 'a: 1\r\n'],
  ['', '[a]: 1\n'],
  ['"', '\\u0041'],
  ['"', '\\q'],
  ["'", "''"],
  ['a: |\n', ' x\n'],
  ['', '- *a\n'],
  ['', '!a '],
  ['', '&a '],
  ['', '%TAG ! a\n'],
  ['', '---\n'],
  ['', '\u0000'],
  ['', 'k: v\n'],
  ['', '<<: a\n'],
  ['', '__proto__: a\n'],
];
for (const [begin, part] of PARTS)
  measured(`${JSON.stringify(part)} without end`, () => readDocument('a', full(begin, part)));

const rule = (when: string, i = 0): JsonObject => ({
  id: `r${i}`,
  match: [`t${i}.*`],
  outcome: 'warn',
  reason: 'x',
  when,
});
const times = <A>(count: number, of: (i: number) => A): readonly A[] =>
  Array.from({ length: count }, (_, i) => of(i));
const EXPLODING = times(60, (i) => `${String.fromCharCode(65 + (i % 26))}{999}`).join('|');
const pattern = (source: string): JsonObject => ({
  secrets: { find: true, patterns: times(32, (i) => ({ name: `p${i}`, pattern: source })) },
});
const nested = (depth: number): JsonObject => (depth === 0 ? {} : { not: nested(depth - 1) });

const DOCUMENTS: readonly (readonly [string, JsonObject])[] = [
  ['an expression that nests', { rules: times(100, (i) => rule('('.repeat(900) + '1', i)) }],
  ['expressions of many terms', { rules: times(100, (i) => rule(`${'a+'.repeat(900)}1`, i)) }],
  ['a loop in a loop', { rules: times(100, (i) => rule('[1].all(a, [a].all(b, b == a))', i)) }],
  ['patterns that nest', pattern('(((a{0,99}){0,99}){0,99})')],
  ['patterns that explode', pattern(EXPLODING.slice(0, 990))],
  ['a schema that refers to itself', { schemas: { a: { $ref: '#' } } }],
  ['a schema that nests', { schemas: { a: nested(60) } }],
  ['unknown members', Object.fromEntries(times(20_000, (i) => [`m${i}`, i]))],
  ['wrong types', { types: times(20_000, (i) => i) }],
];
for (const [name, document] of DOCUMENTS)
  measured(name, () => loadSet(native, { a: { version: 1, ...document } }));
