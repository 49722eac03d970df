/**
 * A preview: the batches that would be sent next, as they would leave; nothing is sent or recorded.
 */
import * as E from 'fp-ts/lib/Either.js';
import { decodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Destination } from '../outbox/destination.ts';
import type { ReadError } from '../usecase/reader.ts';
import { failingOf } from './held.ts';
import { Left } from './left.ts';
import { prepare } from './prepare.ts';
import type { Unmakeable } from './remake.ts';
import { remakeAll } from './remake.ts';
import type { Unsendable } from './render.ts';
import { rendererOf } from './render.ts';
import type { SecretMissing } from './secret.ts';
import type { Standing } from './standing.ts';
import type { World } from './world.ts';

export interface Previewed {
  readonly destination: string;
  readonly batches: readonly {
    readonly key: string;
    readonly items: readonly number[];
    readonly bytes: number;
    readonly body: string;
  }[];
  /** Items that would be parked. */
  readonly unfit: readonly {
    readonly reason: Unsendable | Unmakeable;
    readonly items: readonly number[];
  }[];
}

/** preview makes the next batches of a destination, and keeps them here. */
export const preview = (
  { ports, ledger, secrets }: World,
  now: Standing,
): E.Either<ReadError | SecretMissing, Previewed> => {
  const { reader, origin } = ledger;
  const by = (destination: Destination) => rendererOf(ports.crypto, origin, destination, secrets);
  const renderer = by(now.destination);
  if (E.isLeft(renderer)) return renderer;
  const open = remakeAll(reader, now, by);
  if (E.isLeft(open)) return open;
  const underWay = open.right.batches.map(({ loaded }) => loaded);
  const failing = failingOf(reader, now);
  if (E.isLeft(failing)) return failing;
  const left = new Left();
  left.begin(failing.right.held, now.destination.order !== 'none');
  const prepared = prepare(reader, now, renderer.right, left.owners);
  if (E.isLeft(prepared)) return prepared;
  const unfit = new Map<Unsendable | Unmakeable, readonly number[]>(prepared.right.unfit);
  for (const { why, items } of open.right.others)
    unfit.set(why, [...(unfit.get(why) ?? []), ...items]);
  return E.right({
    destination: now.destination.name,
    // What is under way goes first.
    batches: [...underWay, ...prepared.right.lanes.flat()].map(({ made }) => ({
      key: made.key,
      items: made.items,
      bytes: made.bytes.length,
      body: decodeUtf8(made.bytes),
    })),
    unfit: [...unfit].map(([reason, items]) => ({ reason, items })),
  });
};
