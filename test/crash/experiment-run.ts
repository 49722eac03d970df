/**
 * Every command about an experiment, killed at every system call that it makes of its ledger; some
 * twenty minutes: `node test/crash/experiment-run.ts [DEED…]`.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commandIn } from '../command.ts';
import { DEEDS, Killing } from './experiment.ts';
import { requireStrace } from './strace.ts';

requireStrace();
const asked = process.argv.slice(2);
const root = mkdtempSync(join(tmpdir(), 'ledger-deeds-'));
let [swept, broken] = [0, 0];
try {
  const script = await commandIn(root);
  for (const [name, deed] of Object.entries(DEEDS)) {
    if (asked.length > 0 && !asked.includes(name)) continue;
    const folder = join(root, name);
    mkdirSync(folder);
    const points = await (await Killing.begin(folder, script, deed)).each();
    const bad = points.filter(
      ({ violation, status }) => violation !== undefined || status !== 'SIGKILL',
    );
    for (const point of bad) console.log(JSON.stringify(point));
    console.log(`${name}: killed at ${points.length} calls, ${bad.length} broken promises`);
    swept += points.length;
    broken += bad.length;
  }
} finally {
  rmSync(root, { recursive: true });
}
console.log(`${swept} points swept, ${broken} broken promises`);
process.exitCode = broken === 0 && swept > 0 ? 0 : 1;
