/**
 * Making a batch again as it was planned: by the configuration of then, of the items that it names.
 * Undefined where other bytes come of it, since a payload or a secret is another one by now; they
 * never have its key.
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

type RendererOf = (destination: Destination) => E.Either<SecretMissing, Renderer>;

/** remake makes a batch again. */
export const remake = (
  reader: Reader,
  { key, body, items: seqs, config: at }: Open,
  current: Destination,
  rendererOf: RendererOf,
): E.Either<ReadError | SecretMissing, Remade | undefined> => {
  const config = configAt(reader, at);
  if (E.isLeft(config)) return config;
  const items = itemsAt(reader, seqs);
  if (E.isLeft(items)) return items;
  const renderer = rendererOf(config.right ?? current);
  if (E.isLeft(renderer)) return renderer;
  const written = items.right.flatMap((item) => {
    const each = renderer.right.write(item);
    return E.isLeft(each) ? [] : [each.right];
  });
  const loaded = renderer.right.load(written, at);
  const { made } = loaded;
  if (made.key !== key || made.body !== body) return E.right(undefined);
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
  { readonly batches: readonly Remade[]; readonly others: readonly Open[] }
> => {
  const open = openBatches(reader, destination.name);
  if (E.isLeft(open)) return open;
  const [batches, others]: [Remade[], Open[]] = [[], []];
  for (const each of open.right) {
    if (!isMeant(each.key)) continue;
    const again = remake(reader, each, destination, rendererOf);
    if (E.isLeft(again)) return again;
    if (again.right === undefined) others.push(each);
    else batches.push(again.right);
  }
  return E.right({ batches, others });
};
