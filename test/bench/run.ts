/**
 * Benchmarks: `npm run bench -- NAME… [--json FILE]`. Without a name, all of them. Prints a table;
 * a target that is missed is marked and fails nothing, since a shared machine decides no verdict.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { kernel } from './kernel.ts';
import type { Row } from './measure.ts';
import { table } from './measure.ts';
import { policies } from './policies.ts';

const BENCHES: ReadonlyMap<string, () => readonly Row[]> = new Map([
  ['kernel', kernel],
  ['policies', policies],
]);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' } },
});
const names = positionals.length === 0 ? [...BENCHES.keys()] : positionals;
const unknown = names.filter((name) => !BENCHES.has(name));
if (unknown.length > 0) {
  console.error(
    `no such benchmark: ${unknown.join(', ')}; there is ${[...BENCHES.keys()].join(', ')}`,
  );
  process.exitCode = 2;
} else {
  const results = names.map((name) => ({ name, rows: BENCHES.get(name)?.() ?? [] }));
  for (const { name, rows } of results)
    console.log(`${name}, node ${process.version}\n${table(rows)}`);
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ node: process.version, results }, null, 1)}\n`);
}
