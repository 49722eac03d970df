/**
 * A preview: the batches that would be sent next, as they would leave; nothing is sent or recorded.
 */
import * as E from 'fp-ts/lib/Either.js';
import { decodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { ReadError } from '../usecase/reader.ts';
import { prepare } from './prepare.ts';
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
  readonly unfit: readonly { readonly reason: Unsendable; readonly items: readonly number[] }[];
}

/** preview makes the next batches of a destination, and keeps them here. */
export const preview = (
  { ports, ledger, secrets }: World,
  now: Standing,
): E.Either<ReadError | SecretMissing, Previewed> => {
  const renderer = rendererOf(ports.crypto, ledger.origin, now.destination, secrets);
  if (E.isLeft(renderer)) return renderer;
  const prepared = prepare(ledger.reader, now, renderer.right);
  if (E.isLeft(prepared)) return prepared;
  return E.right({
    destination: now.destination.name,
    batches: prepared.right.lanes.flat().map(({ made }) => ({
      key: made.key,
      items: made.items,
      bytes: made.bytes.length,
      body: decodeUtf8(made.bytes),
    })),
    unfit: [...prepared.right.unfit].map(([reason, items]) => ({ reason, items })),
  });
};
