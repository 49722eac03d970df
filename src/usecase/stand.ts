/**
 * Where a ledger stands, for those who only look: what a gate would judge by if something came in
 * now, and the events that made it so.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Time } from '../../ledger/name.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import { viewOf } from '../../policies/state/ground.ts';
import type { Ground } from '../../policies/state/ground.ts';
import type { Recorded } from '../../policies/state/past.ts';
import type { View } from '../../policies/view.ts';
import { MirrorDamaged } from '../storage/attempt.ts';
import { standAt } from '../storage/ground.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import { timeOf } from './fill.ts';
import type { Ports } from './ports.ts';
import type { Query } from './query.ts';
import type { Read, ReadError, Reader } from './reader.ts';

export interface Stand {
  readonly ground: Ground;
  /** What a gate would see; its moment is the `recorded_at` that would be sealed now. */
  readonly view: View;
}

/** stand runs what asks where the ledger stands; the past is read from the mirror meanwhile. */
export const stand = <T>(
  ports: Pick<Ports, 'crypto' | 'now'>,
  reader: Reader,
  builtIn: PolicySet,
  run: (stand: Stand) => T,
): Read<T> =>
  reader.look((mirror) => {
    const ended = mirror.ended();
    if (ended === undefined) throw new MirrorDamaged('the mirror does not say where it ends');
    const { ground } = standAt(ports.crypto, mirror, builtIn, ended);
    const now = timeOf(ports.now());
    const { recordedAt = now } = ended;
    const moment: Time = recordedAt > now ? recordedAt : now;
    return run({ ground, view: viewOf(ports.crypto, ground, ended.origin, moment) });
  });

/** Events of a query; what kept them from being read is told at the end. */
export class Events implements Iterable<Recorded> {
  private readonly reader: Reader;
  private readonly query: Query;
  error: ReadError | undefined;

  constructor(reader: Reader, query: Query = {}) {
    this.reader = reader;
    this.query = query;
  }

  *[Symbol.iterator](): Iterator<Recorded> {
    for (const found of this.reader.read(this.query)) {
      if (E.isLeft(found)) {
        this.error = found.left;
        return;
      }
      yield recordedOf(found.right.line);
    }
  }
}
