/**
 * A crew of threads. Signatures go before ranges: then what was read never lies far ahead of what
 * was checked.
 */
import { availableParallelism } from 'node:os';
import { extname } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Disk } from '../storage/disk.ts';
import type { Crew, Hire, Job, Told } from './crew.ts';
import { alone } from './crew.ts';
import type { Checked } from './signature.ts';
import type { Found } from './stretch.ts';
import type { Order } from './worker.ts';

const MOST = 4;
/** MOST_WORKERS are hired, however many are asked for. */
export const MOST_WORKERS = 64;
/** So many orders lie with a thread at a time: the next one is there when one is done. */
const IN_HAND = 2;

/** A compiled copy runs a compiled worker. */
const ENTRY = new URL(`./worker${extname(import.meta.filename)}`, import.meta.url);

interface Waiting {
  readonly order: Order;
  readonly resolve: (told: unknown) => void;
  readonly reject: (thrown: unknown) => void;
}

const threadsOf = (count: number, job: Job): Crew => {
  const queues: Record<'first' | 'next', Waiting[]> = { first: [], next: [] };
  const hands: { readonly worker: Worker; readonly held: Waiting[] }[] = [];
  const give = (): void => {
    for (;;) {
      const free = hands.reduce((a, b) => (b.held.length < a.held.length ? b : a));
      if (free.held.length === IN_HAND) return;
      const next = queues.first.shift() ?? queues.next.shift();
      if (next === undefined) return;
      free.held.push(next);
      free.worker.postMessage(next.order, []);
    }
  };
  const fail = (thrown: unknown): void => {
    for (const { held } of hands) for (const each of held.splice(0)) each.reject(thrown);
    for (const queue of [queues.first, queues.next])
      for (const each of queue.splice(0)) each.reject(thrown);
  };
  for (let i = 0; i < count; i++) {
    const worker = new Worker(ENTRY, { workerData: job });
    const held: Waiting[] = [];
    worker.on('message', (told: unknown) => {
      held.shift()?.resolve(told);
      give();
    });
    worker.on('error', fail);
    hands.push({ worker, held });
  }
  const ask = (queue: Waiting[], order: Order): Promise<unknown> =>
    new Promise((resolve, reject) => {
      queue.push({ order, resolve, reject });
      give();
    });
  return {
    ahead: count * (IN_HAND + 1),
    read: (range) => ask(queues.next, { range }) as Promise<Told<Found>>,
    check: (signed) => ask(queues.first, { signed }) as Promise<Told<Checked>>,
    leave: async () => {
      await Promise.all(hands.map(({ worker }) => worker.terminate()));
    },
  };
};

/** What is less is read by the time that a thread has started. */
const WORTH_BYTES = 8 << 20;

/**
 * threads hires so many threads on this machine's disk, or works alone where one is enough; by
 * default as many as there are cores and no more than four, where there is enough to do.
 */
export const threads =
  (disk: Disk, crypto: Crypto, count?: number): Hire =>
  (job) => {
    const fit = job.bytes < WORTH_BYTES ? 1 : Math.min(availableParallelism(), MOST);
    const hired = Math.min(count ?? fit, MOST_WORKERS);
    return hired > 1 ? threadsOf(hired, job) : alone(disk, crypto)(job);
  };
