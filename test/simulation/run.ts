/**
 * Runs stories: `node test/simulation/run.ts [FIRST [LAST]]`. Exit 1 at the first promise that was
 * broken, with the command that has it again.
 */
import { runStory } from './story.ts';

const [first = 1, last = first] = process.argv.slice(2).map(Number);
const started = performance.now();
let seed = first;
try {
  for (; seed <= last; seed++) await runStory(seed);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${last - first + 1} passed, 0 failed in ${seconds} s`);
} catch (thrown) {
  console.error(thrown);
  console.log(`seed ${seed} failed; again: node test/simulation/run.ts ${seed}`);
  process.exitCode = 1;
}
