/**
 * Edits ledgers at random: `node test/fuzz/run.ts [FIRST [LAST]]`, a ledger for each seed. Exit 1
 * where a promise was broken, with the command that has it again; --show tells of every course.
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { runCase } from './case.ts';
import { build } from './ground.ts';

/** So many at a time: what is judged only once nothing moves is mostly waited for. */
const WORKERS = 24;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { show: { type: 'boolean', default: false } },
});
const [first = 1, last = first] = positionals.map(Number);
const started = performance.now();
const ground = await build();
const verdicts = new Map<string, number>();
let failed = 0;
let next = first;

const work = async (): Promise<void> => {
  while (next <= last) {
    const seed = next++;
    try {
      const course = await runCase(ground, seed);
      verdicts.set(course.verdict, (verdicts.get(course.verdict) ?? 0) + 1);
      if (values.show) console.log(JSON.stringify(course));
    } catch (thrown) {
      failed++;
      console.log(positionals.length === 1 ? thrown : String(thrown));
      console.log(`seed ${seed} failed; again: node test/fuzz/run.ts ${seed}`);
    }
  }
};

try {
  await Promise.all(Array.from({ length: WORKERS }, work));
} finally {
  rmSync(ground.home, { recursive: true, force: true });
}
const seconds = ((performance.now() - started) / 1000).toFixed(1);
const told = [...verdicts].map(([verdict, count]) => `${count} ${verdict}`).join(', ');
console.log(`${last - first + 1 - failed} passed, ${failed} failed in ${seconds} s: ${told}`);
process.exitCode = failed === 0 ? 0 : 1;
