/**
 * One verification, or one floor, in a process of its own, so that what it takes is its own:
 *
 *     node test/bench/verify-once.ts verify|floor|signatures JOURNAL WORKERS
 */
import { randomBytes } from 'node:crypto';
import { native } from '../../ledger/crypto/native.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { threads } from '../../src/verify/threads.ts';
import { verifyJournal } from '../../src/verify/journal.ts';
import { right } from '../build/ledger.ts';
import type { Took } from './floor.ts';
import { floorOf, stopwatch } from './floor.ts';

const verifyOnce = async (journal: string, workers: number): Promise<Took> => {
  const took = stopwatch();
  const { findings } = right(
    await verifyJournal({
      disk: nodeDisk,
      crypto: native,
      journal,
      key: randomBytes(32),
      hire: threads(nodeDisk, native, workers),
    }),
  );
  if (findings.length > 0) throw new Error('the journal of the benchmark is not sound');
  return took();
};

const [what, journal = '', workers = '1'] = process.argv.slice(2);
const took =
  what === 'verify'
    ? await verifyOnce(journal, Number(workers))
    : await floorOf(journal, Number(workers), what === 'signatures');
console.log(JSON.stringify({ ...took, rss: process.resourceUsage().maxRSS / 1024 }));
