/**
 * What nobody could read back is not recorded: an event of the outbox that is of another form would
 * be passed over by all who read it, though it was told as done.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Draft, DraftRefused } from '../../ledger/event/draft.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Surface } from '../../policies/surface.ts';
import { entersBy } from '../../policies/surface.ts';
import { isOutboxType, problemsIn } from './event.ts';

interface Entering {
  readonly draft: Draft;
  readonly surface: Surface;
}

const within = (path: string): string => (path === '' ? 'payload' : `payload.${path}`);

/** legible refuses what would enter as one of the outbox's, and is none that it can read. */
export const legible = <T extends Entering>(entering: T): E.Either<DraftRefused, T> => {
  const { claim, payload } = entering.draft;
  const { event_type: type } = claim;
  // What does not enter this way is refused for that.
  if (!isOutboxType(type) || !entersBy(entering.surface, type)) return E.right(entering);
  const found = problemsIn(type, JSON.parse(payload) as Json);
  const problems = found.map(({ path, reason }) => ({ path: within(path), reason }));
  return problems.length === 0 ? E.right(entering) : E.left({ _tag: 'DraftRefused', problems });
};
