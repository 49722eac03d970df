/**
 * What is told of destinations: as data, as rows on a terminal, and as the way a command exits.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { FlushError, Flushed } from '../../delivery/flush.ts';
import type { RecordError } from '../../delivery/record.ts';
import type { ReadError } from '../../usecase/reader.ts';
import { timeOf } from '../../usecase/fill.ts';
import type { CliError } from '../error.ts';
import { failureOf } from '../receipt.ts';

const momentOf = (at: number | undefined): string | undefined =>
  at === undefined ? undefined : timeOf(at);

/** reasonText tells a reason, and the answer that it is where it does not name that. */
export const reasonText = (reason: string, status: number | undefined): string =>
  status === undefined || reason.endsWith(`_${status}`) ? reason : `${reason} ${status}`;

/** flushedData is what scripts are told of a destination. */
export const flushedData = (flushed: Flushed): object => {
  const { destination, state, delivered, parked, waiting, batches, retryAt, reason } = flushed;
  const { status } = flushed;
  const retry_at = waiting > 0 ? momentOf(retryAt) : undefined;
  return { destination, state, delivered, parked, waiting, batches, retry_at, reason, status };
};

/** flushedRow is what people are told. */
export const flushedRow = (flushed: Flushed): readonly string[] => {
  const { destination, state, delivered, parked, waiting, retryAt, reason, status } = flushed;
  return [
    destination,
    state,
    `delivered ${delivered}`,
    `parked ${parked}`,
    `waiting ${waiting}`,
    ...(reason === undefined ? [] : [reasonText(reason, status)]),
    ...(retryAt === undefined || waiting === 0 ? [] : [`again at ${timeOf(retryAt)}`]),
  ];
};

/** asError tells of a command what kept delivery from going on. */
export const asError = (
  destination: string,
  error: FlushError | ReadError | RecordError,
): CliError => {
  if (error._tag === 'SecretMissing') return { ...error, destination };
  if (error._tag === 'DraftRefused') return { _tag: 'LineRefused', cause: error };
  if (error._tag !== 'NotRecorded') return error;
  return failureOf(error.receipt) ?? { _tag: 'LeaseLost', destination };
};

/** Why a destination is not delivered to now, as far as that is known. */
const whyOf = ({ error, reason, status }: Flushed): string | undefined => {
  if (error?._tag !== 'Locked') return reason && reasonText(reason, status);
  const { holder } = error;
  return `${holder === undefined ? 'another process' : `process ${holder.pid}`} delivers to it`;
};

/** flushError tells how a flush exits: with the worst that happened to a destination. */
export const flushError = (flushed: readonly Flushed[]): E.Either<CliError, void> => {
  for (const { error, destination } of flushed)
    if (error !== undefined && error._tag !== 'SecretMissing' && error._tag !== 'Locked')
      return E.left(asError(destination, error));
  const stopped = flushed.find(({ state }) => state === 'stopped');
  if (stopped !== undefined) {
    const { destination, error, reason = '', status } = stopped;
    if (error?._tag === 'SecretMissing') return E.left(asError(destination, error));
    const told = reasonText(reason, status);
    return E.left({ _tag: 'DestinationStopped', destination, reason: told });
  }
  const late = flushed.filter(({ state, waiting }) => state === 'active' && waiting > 0);
  const [first, ...others] = late.map((each) => ({
    destination: each.destination,
    reason: whyOf(each),
    isAsked: each.isAsked,
  }));
  if (first === undefined) return E.right(undefined);
  const waiting = late.reduce((sum, each) => sum + each.waiting, 0);
  return E.left({ _tag: 'Undelivered', late: [first, ...others], waiting });
};
