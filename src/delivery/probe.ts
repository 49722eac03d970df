/**
 * A probe: a body without items, sent once under a key of its own, and nothing recorded.
 */
import * as E from 'fp-ts/lib/Either.js';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import type { Destination } from '../outbox/destination.ts';
import { EVENTS } from '../outbox/item.ts';
import { rendererOf } from './render.ts';
import type { SecretMissing } from './secret.ts';
import type { Sent } from './send.ts';
import { Sender } from './send.ts';
import type { World } from './world.ts';

const KEY_BYTES = 32;

/** probe asks a destination for an answer. */
export const probe = async (
  world: World,
  destination: Destination,
  random: (bytes: number) => Uint8Array,
): Promise<E.Either<SecretMissing, Sent>> => {
  const { ports, ledger, secrets } = world;
  const renderer = rendererOf(ports.crypto, ledger.origin, destination, secrets);
  if (E.isLeft(renderer)) return renderer;
  const { preset, frame } = renderer.right;
  const { before, after } = frame(EVENTS);
  const text = preset.isSingle
    ? JSON.stringify({ type: 'ledger.probe', data: null })
    : before + after;
  const bytes = encodeUtf8(text);
  // No batch has it: it is made by chance.
  const key = formatHex(random(KEY_BYTES));
  const made = { key, body: ports.crypto.digest(bytes), bytes, kind: EVENTS, items: [] };
  return new Sender(world, destination, renderer.right, made).send();
};
