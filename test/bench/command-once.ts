/**
 * One command in a process of its own, so that what it takes is its own:
 *
 *     node test/bench/command-once.ts export --format csv --to events.csv
 */
import { Writable } from 'node:stream';
import { run } from '../../src/cli/run.ts';
import { peakMegabytes } from './peak.ts';

const nowhere = (): Writable => new Writable({ write: (_chunk, _encoding, done) => done() });

const begun = performance.now();
const status = await run(process.argv.slice(2), nowhere(), nowhere());
const ms = performance.now() - begun;
console.log(JSON.stringify({ ms, rss: peakMegabytes() }));
process.exitCode = status;
