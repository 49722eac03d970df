/**
 * What a thread of a verification runs: it does what it is told on this machine's disk, one thing
 * after the other, and posts what comes of it.
 */
import { parentPort, workerData } from 'node:worker_threads';
import * as E from 'fp-ts/lib/Either.js';
import { native } from '../../ledger/crypto/native.ts';
import { nodeDisk } from '../storage/node-disk.ts';
import type { Job } from './crew.ts';
import { handsOf } from './crew.ts';
import type { Signed } from './signature.ts';
import type { Range } from './stretch.ts';

export type Order =
  | { readonly range: Range; readonly signed?: undefined }
  | { readonly signed: Signed; readonly range?: undefined };

const hands = handsOf(nodeDisk, native, workerData as Job);

parentPort?.on('message', (order: Order) => {
  if (order.range === undefined) {
    parentPort?.postMessage(hands.check(order.signed), []);
    return;
  }
  const found = hands.read(order.range);
  if (E.isLeft(found)) {
    parentPort?.postMessage(found, []);
    return;
  }
  // Copies that change hands: the reader needs its own for the next range.
  const [hashes, seen] = [found.right.hashes.slice(), found.right.seen.slice()];
  const ids = found.right.ids.slice();
  const told = E.right({ ...found.right, hashes, ids, seen });
  parentPort?.postMessage(told, [hashes.buffer, ids.buffer, seen.buffer]);
});
