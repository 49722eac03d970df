/**
 * What whoever imports the package by its name is given: a ledger that is open, the keys kept with
 * it, and the names of what goes in and comes out.
 */
import * as E from 'fp-ts/lib/Either.js';
import { resolve } from 'node:path';
import type { Signer } from '../ledger/key/key.ts';
import type { KeyError } from './cli/key-choice.ts';
import { chooseKey } from './cli/key-choice.ts';
import type { FlushOptions, Flushed } from './delivery/flush.ts';
import type { RecordError } from './delivery/record.ts';
import type { Options } from './ledger.ts';
import { Ledger } from './ledger.ts';
import { layoutOf } from './storage/layout.ts';
import type { OpenError } from './storage/settings-file.ts';
import { readSettings } from './storage/settings-file.ts';
import type { ReadError } from './usecase/reader.ts';
import { realPorts } from './wiring.ts';

/** openLedger opens the ledger in a folder; nothing is written before something is asked of it. */
export const openLedger = (folder: string, options: Options = {}): E.Either<OpenError, Ledger> => {
  // Whatever folder the program goes on in, the ledger is this one.
  const layout = layoutOf(resolve(folder));
  return E.map((settings: Ledger['settings']) => new Ledger(realPorts, layout, settings, options))(
    readSettings(realPorts, layout),
  );
};

/**
 * readKey reads a key: one that is kept with the ledger in a folder, by its key_id or the name in
 * it, else a file, or a variable of the environment as `env:NAME`.
 */
export const readKey = (folder: string, name: string): E.Either<KeyError, Signer> =>
  chooseKey(layoutOf(folder), name);

/**
 * flushOutbox delivers once what waits, to every destination or to those that are named; secrets
 * come from the environment and from files, as the destinations name them.
 */
export const flushOutbox = async (
  ledger: Ledger,
  options: FlushOptions = {},
): Promise<E.Either<ReadError | RecordError, readonly Flushed[]>> => {
  // Whoever delivers nothing does not load what takes HTTP.
  const { realWorld } = await import('./delivery/deliver.ts');
  const { flush } = await import('./delivery/flush.ts');
  const world = realWorld(ledger);
  try {
    return await flush(world, options);
  } finally {
    world.close();
  }
};

export type { AppendOptions, VerifyOptions } from './ledger.ts';
export type { Cell, Projection, Row, State, Table } from './projection/projection.ts';
export type { Withheld } from './usecase/erase.ts';
export type { Following } from './usecase/follow.ts';
export type { Proof, ProvingError } from './usecase/prover.ts';
export type { Found, Query } from './usecase/query.ts';
export type { Read } from './usecase/reader.ts';
export type { Receipt } from './usecase/receipt.ts';
export type { ReplayError, ReplayOptions, Replayed } from './usecase/replay-request.ts';
export type { AppendError, AppendFailed } from './usecase/request.ts';
export type { Report } from './verify/verify.ts';
export type { FlushOptions, Flushed, KeyError, Ledger, OpenError, Options, ReadError, Signer };
