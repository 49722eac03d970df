/**
 * The full sweep, which takes about an hour: `node test/crash/run.ts [FIRST [LAST]]`, with the
 * numbers of scenarios. In each of them the process is killed at every call that it makes of the
 * ledger's files, and every such call is failed in every way; in the first it is killed at every
 * system call at all from the moment at which it turns to the ledger.
 */
import { SCENARIOS } from './scenario.ts';
import { requireStrace } from './strace.ts';
import type { Fault } from './strace.ts';
import type { Point } from './sweep.ts';
import { Sweep, fates, faultsOf, kills } from './sweep.ts';

/** How far the count of calls of a runtime may differ from one run to the next. */
const SLACK = 10;

let broken = 0;
let swept = 0;

const judge = (what: string, points: readonly Point[], mayEnd: (status: unknown) => boolean) => {
  const bad = points.filter(
    ({ violation, ended }) => violation !== undefined || !mayEnd(ended.status),
  );
  for (const { fault, ended, violation } of bad)
    console.log(JSON.stringify({ fault, violation, ended }));
  console.log(`  ${what}: ${points.length} points, ${bad.length} broken promises`);
  swept += points.length;
  broken += bad.length;
};

/** Calls of the runtime differ from run to run: a few beyond the last are tried too. */
const everyKill = ({ all, start }: Sweep): readonly Fault[] => {
  const before = kills(all.slice(0, start)).length;
  const faults = kills(all).slice(before);
  const last = new Map(faults.map((fault) => [fault.calls, fault]));
  const beyond = [...last.values()].flatMap((fault) =>
    Array.from({ length: SLACK }, (_, i) => ({ ...fault, when: fault.when + 1 + i })),
  );
  return [...faults, ...beyond];
};

requireStrace();
const [first = 0, last = SCENARIOS.length - 1] = process.argv.slice(2).map(Number);
for (const [index, scenario] of SCENARIOS.entries()) {
  if (index < first || index > last) continue;
  console.log(`${index} ${scenario.name}`);
  const sweep = await Sweep.begin(scenario);
  try {
    const killed = await sweep.each(kills(sweep.calls));
    judge('killed at a call of its files', killed, (status) => status === 'SIGKILL');
    const failed = await sweep.each(fates(sweep.calls, faultsOf));
    judge('a call of its files fails', failed, (status) => status === 0);
    if (index === 0)
      judge('killed at any call', await sweep.each(everyKill(sweep), true), () => true);
  } finally {
    sweep.end();
  }
}
console.log(`${swept} points swept, ${broken} broken promises`);
process.exitCode = broken === 0 && swept > 0 ? 0 : 1;
