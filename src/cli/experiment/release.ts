/**
 * What a policy held of an experiment, and whether it still can happen: the experiment went on
 * meanwhile, and an event that could not be decided any more would change nothing.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { decide } from '../../experiment/decider.ts';
import { experimentOf, happenedIn, isNote } from '../../experiment/event.ts';
import { look } from '../../experiment/transition.ts';
import type { Reader } from '../../usecase/reader.ts';
import type { Seen } from '../../usecase/seen.ts';
import { realPorts } from '../../wiring.ts';
import type { CliError } from '../error.ts';

/** happensStill asks what a command would ask now; undefined where it is of no experiment. */
export const happensStill = (
  reader: Reader,
  { event_type: type, payload }: JsonObject,
): E.Either<CliError, readonly Seen[]> | undefined => {
  const happened = typeof type === 'string' ? happenedIn(type, payload) : undefined;
  if (happened === undefined || isNote(happened)) return undefined;
  const session = 'session' in happened ? happened.session : undefined;
  const looked = look(reader, experimentOf(happened), session);
  if (E.isLeft(looked)) return looked;
  const { standing, seen } = looked.right;
  return E.map(() => seen)(decide(realPorts.crypto, standing, happened));
};
