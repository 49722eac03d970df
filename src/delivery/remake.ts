/**
 * Making a batch again as it was planned: by the configuration of then, of the items that it names.
 * What keeps it from that is that other bytes come of it, since a payload or a secret is another
 * one by now: they never have its key; or that the destination takes another format by now.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Destination } from '../outbox/destination.ts';
import { halves } from '../outbox/plan.ts';
import type { ReadError, Reader } from '../usecase/reader.ts';
import { itemsAt } from './queue.ts';
import type { Loaded, Renderer } from './render.ts';
import type { SecretMissing } from './secret.ts';
import type { Open, Standing } from './standing.ts';
import { configAt, openBatches } from './standing.ts';

export interface Remade {
  readonly renderer: Renderer;
  readonly loaded: Loaded;
}

/** Why a batch is not made again. */
export type Unmakeable = 'body_differs' | 'format_differs';

export interface Other extends Open {
  readonly why: Unmakeable;
}

type RendererOf = (destination: Destination) => E.Either<SecretMissing, Renderer>;

/** remake makes a batch again. */
export const remake = (
  reader: Reader,
  { key, body, items: seqs, config: at }: Open,
  current: Destination,
  rendererOf: RendererOf,
): E.Either<ReadError | SecretMissing, Remade | Unmakeable> => {
  const config = configAt(reader, at);
  if (E.isLeft(config)) return config;
  const by = config.right ?? current;
  // Where it goes, and what goes with it, is as the destination is now.
  if (by.format !== current.format) return E.right('format_differs');
  const items = itemsAt(reader, seqs);
  if (E.isLeft(items)) return items;
  const renderer = rendererOf(by);
  if (E.isLeft(renderer)) return renderer;
  const written = items.right.flatMap((item) => {
    const each = renderer.right.write(item);
    return E.isLeft(each) ? [] : [each.right];
  });
  const loaded = renderer.right.load(written, at);
  const { made } = loaded;
  if (made.key !== key || made.body !== body) return E.right('body_differs');
  return E.right({ renderer: renderer.right, loaded });
};

/** halve makes two of one, in order. */
export const halve = ({ renderer, loaded }: Remade): readonly Remade[] =>
  halves(renderer.unload(loaded)).map((part) => ({
    renderer,
    loaded: renderer.load(part, loaded.config),
  }));

/** remakeAll makes those again that are under way and meant; others are those that it cannot. */
export const remakeAll = (
  reader: Reader,
  { destination }: Standing,
  rendererOf: RendererOf,
  isMeant: (key: string) => boolean = () => true,
): E.Either<
  ReadError | SecretMissing,
  { readonly batches: readonly Remade[]; readonly others: readonly Other[] }
> => {
  const open = openBatches(reader, destination.name);
  if (E.isLeft(open)) return open;
  const [batches, others]: [Remade[], Other[]] = [[], []];
  for (const each of open.right) {
    if (!isMeant(each.key)) continue;
    const again = remake(reader, each, destination, rendererOf);
    if (E.isLeft(again)) return again;
    if (typeof again.right === 'string') others.push({ ...each, why: again.right });
    else batches.push(again.right);
  }
  return E.right({ batches, others });
};
