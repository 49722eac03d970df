/**
 * Benchmarks: `npm run bench -- NAME… [--json FILE] [--large]`. Without a name, all of them; large
 * with a million events where there are some. Prints a table; a target that is missed is marked and
 * fails nothing, since a shared machine decides no verdict.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { experiments } from './experiments.ts';
import { exports } from './export.ts';
import { imports } from './import.ts';
import { kernel } from './kernel.ts';
import type { Row } from './measure.ts';
import { table } from './measure.ts';
import { outbox } from './outbox.ts';
import { policies } from './policies.ts';
import { start } from './start.ts';
import { store } from './store.ts';
import { verify } from './verify.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'string' }, large: { type: 'boolean', default: false } },
});

const BENCHES = new Map<string, () => readonly Row[] | Promise<readonly Row[]>>([
  ['export', () => exports(values.large)],
  ['import', () => imports(values.large)],
  ['kernel', kernel],
  ['policies', policies],
  ['start', start],
  ['outbox', () => outbox(values.large)],
  ['store', () => store(values.large)],
  ['verify', () => verify(values.large)],
  ['experiments', experiments],
]);

const names = positionals.length === 0 ? [...BENCHES.keys()] : positionals;
const unknown = names.filter((name) => !BENCHES.has(name));
if (unknown.length > 0) {
  console.error(
    `no such benchmark: ${unknown.join(', ')}; there is ${[...BENCHES.keys()].join(', ')}`,
  );
  process.exitCode = 2;
} else {
  const results: { readonly name: string; readonly rows: readonly Row[] }[] = [];
  for (const name of names) {
    const rows = (await BENCHES.get(name)?.()) ?? [];
    results.push({ name, rows });
    console.log(`${name}, node ${process.version}\n${table(rows)}`);
  }
  if (values.json !== undefined)
    writeFileSync(values.json, `${JSON.stringify({ node: process.version, results }, null, 1)}\n`);
}
