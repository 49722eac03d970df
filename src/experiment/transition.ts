/**
 * Letting something happen to an experiment: it is decided by what is read, and recorded only if
 * that still stands when it comes in. Whoever was overtaken decides anew.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Row } from '../projection/projection.ts';
import { standingIn } from '../projection/experiment.ts';
import type { Read, ReadError, Reader } from '../usecase/reader.ts';
import type { Receipt } from '../usecase/receipt.ts';
import { isOvertaken } from '../usecase/receipt.ts';
import type { Seen } from '../usecase/seen.ts';
import type { At, Command, ExperimentRefused, Standing } from './decider.ts';
import { decide } from './decider.ts';
import { experimentOf, statedOf } from './event.ts';

/** Each time somebody else got ahead; so many of them are not to be met. */
const MOST_ATTEMPTS = 1000;

/** Hands an event in, under the condition that these rows stand. */
export type HandIn<X> = (
  stated: JsonObject,
  expectRows: readonly Seen[],
) => Promise<E.Either<X, Receipt | undefined>>;

/** It stands there already, where it says so. */
export interface Told {
  readonly status: 'told';
  readonly at: At | undefined;
}

/** A ledger in which nobody has appended since it knows experiments has none. */
const rowsOf = (reader: Reader, table: string, equal: Row): Read<Seen> => {
  const read = reader.rows('experiment', table, equal);
  if (E.isLeft(read) && read.left._tag !== 'ProjectionMissing') return read;
  const rows = E.isLeft(read) ? [] : read.right;
  return E.right({ projection: 'experiment', table, equal, rows });
};

interface Look {
  readonly standing: Standing;
  readonly seen: readonly Seen[];
}

/** look reads how an experiment stands, and the tag of a session in it. */
export const look = (reader: Reader, id: string, session?: string): Read<Look> => {
  const experiment = rowsOf(reader, 'experiment', { id });
  if (E.isLeft(experiment)) return experiment;
  const tag =
    session === undefined ? undefined : rowsOf(reader, 'tag', { experiment: id, session });
  if (tag?._tag === 'Left') return tag;
  const seen = tag === undefined ? [experiment.right] : [experiment.right, tag.right];
  const [of, its] = seen.map(({ rows }) => rows[0]);
  return E.map((standing: Standing) => ({ standing, seen }))(
    reader.look(() => standingIn(of, its)),
  );
};

/** transition lets it happen, or says why it does not. */
export const transition = async <X>(
  crypto: Crypto,
  reader: Reader,
  command: Command,
  handIn: HandIn<X>,
): Promise<E.Either<X | ReadError | ExperimentRefused, Receipt | Told | undefined>> => {
  const session = 'session' in command ? command.session : undefined;
  for (let attempt = 1; ; attempt++) {
    const looked = look(reader, experimentOf(command), session);
    if (E.isLeft(looked)) return looked;
    const { standing, seen } = looked.right;
    const decided = decide(crypto, standing, command);
    if (E.isLeft(decided)) return decided;
    const [happens] = decided.right;
    if (happens === undefined) return E.right({ status: 'told', at: standing.tag?.at });
    const entered = await handIn(statedOf(happens), seen);
    const isMoot = E.isRight(entered) && isOvertaken(entered.right);
    if (!isMoot || attempt === MOST_ATTEMPTS) return entered;
  }
};
