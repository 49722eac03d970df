/**
 * One verification, or one floor, in a process of its own, so that what it takes is its own:
 *
 *     node test/bench/verify-once.ts verify|floor|signatures JOURNAL WORKERS
 *     node test/bench/verify-once.ts since JOURNAL MARK
 */
import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { native } from '../../ledger/crypto/native.ts';
import type { Origin } from '../../ledger/name.ts';
import { LIMITS, layoutOf } from '../../src/storage/layout.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { threads } from '../../src/verify/threads.ts';
import { TABLE_BYTES } from '../../src/verify/id-hash.ts';
import { verifyJournal } from '../../src/verify/journal.ts';
import { audit } from '../../src/verify/verify.ts';
import { realPorts } from '../../src/wiring.ts';
import { right } from '../build/ledger.ts';
import type { Took } from './floor.ts';
import { floorOf, stopwatch } from './floor.ts';
import { ORIGIN } from './make.ts';
import { peakMegabytes } from './peak.ts';

const verifyOnce = async (journal: string, workers: number): Promise<Took> => {
  const took = stopwatch();
  const { findings } = right(
    await verifyJournal({
      disk: nodeDisk,
      crypto: native,
      journal,
      key: randomBytes(TABLE_BYTES),
      hire: threads(nodeDisk, native, workers),
    }),
  );
  if (findings.length > 0) throw new Error('the journal of the benchmark is not sound');
  return took();
};

/** Goes on from a mark, as an audit of the journal alone does. */
const verifySince = async (journal: string, path: string): Promise<Took> => {
  const took = stopwatch();
  const layout = { ...layoutOf(dirname(journal)), journal };
  const settings = { origin: ORIGIN as Origin, limits: LIMITS };
  const report = await audit(
    { ports: realPorts, layout, settings, projections: [] },
    { since: readFileSync(path, 'utf8'), journalOnly: true },
  );
  if (right(report).mark === undefined)
    throw new Error('the journal of the benchmark is not sound');
  return took();
};

const [what, journal = '', more = '1'] = process.argv.slice(2);
const RUNS: Readonly<Record<string, () => Promise<Took>>> = {
  verify: () => verifyOnce(journal, Number(more)),
  since: () => verifySince(journal, more),
  floor: () => floorOf(journal, Number(more), false),
  signatures: () => floorOf(journal, Number(more), true),
};
const took = await RUNS[what ?? '']?.();
console.log(JSON.stringify({ ...took, rss: peakMegabytes() }));
