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
  const moved = E.isRight(found)
    ? [found.right.hashes.buffer, found.right.ids.buffer, found.right.seen.buffer]
    : [];
  parentPort?.postMessage(found, moved);
});
