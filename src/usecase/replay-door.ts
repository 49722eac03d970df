/**
 * The door through which a replay goes in and out of a ledger that is open.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { DraftRefused } from '../../ledger/event/draft.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Surface } from '../../policies/surface.ts';
import type { Keeper } from '../storage/keeper.ts';
import type { Appender } from './append.ts';
import type { Submission } from './batch.ts';
import type { Reader } from './reader.ts';
import type { Door } from './replay.ts';
import type { Sign } from './sign.ts';

type Submit = (
  draft: JsonObject,
  options: { readonly surface: Surface; readonly sign?: Sign | undefined },
) => E.Either<DraftRefused, Submission>;

/** doorOf makes it of what a ledger has open. */
export const doorOf = (
  appender: Appender,
  keeper: Keeper,
  reader: Reader,
  submission: Submit,
): Door => ({
  exclusively: (run) =>
    appender.exclusively((hold) => {
      // Nothing of ours may have open what is replaced.
      keeper.drop();
      reader.release();
      return run(hold);
    }),
  checkpoint: (logKey) => appender.checkpoint(logKey),
  record: async (drafts, key) => {
    const sign = key === undefined ? undefined : { key };
    const submissions: Submission[] = [];
    for (const [draft, surface] of drafts) {
      const submitted = submission(draft, { surface, sign });
      if (E.isLeft(submitted)) throw new Error(`a draft of ours: ${submitted.left._tag}`);
      submissions.push(submitted.right);
    }
    const appended = await appender.append({ submissions, stopAtFirst: true });
    return E.isLeft(appended) ? E.left(appended.left.cause) : appended;
  },
});
