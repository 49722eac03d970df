/**
 * A simulated ledger with one process at it, for tests of what is answered to whom.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { AppendOptions, Ledger } from '../../src/ledger.ts';
import { readNote } from '../../src/storage/checkpoint-file.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import type { Receipt } from '../../src/usecase/receipt.ts';
import type { SimulatedDisk } from '../simulation/disk.ts';
import type { Actor } from '../simulation/world.ts';
import { LAYOUT, World } from '../simulation/world.ts';
import { ALICE, right } from './ledger.ts';

export interface House extends Actor {
  readonly world: World;
  readonly repairs: readonly Repair[];
}

export const house = async (options: Parameters<World['begin']>[0] = {}): Promise<House> => {
  const repairs: Repair[] = [];
  const world = new World((repair) => void repairs.push(repair));
  await world.found(ALICE);
  return { world, repairs, ...world.begin(options) };
};

export const take = async (
  ledger: Ledger,
  drafts: readonly JsonObject[],
  options?: AppendOptions,
): Promise<readonly Receipt[]> => right(await ledger.append(drafts, options));

export const one = async (
  ledger: Ledger,
  draft: JsonObject,
  options?: AppendOptions,
): Promise<Receipt> => {
  const [receipt] = await take(ledger, [draft], options);
  if (receipt === undefined) throw new Error('no receipt');
  return receipt;
};

export const statuses = (receipts: readonly Receipt[]): readonly string[] =>
  receipts.map(({ status }) => status);

export const causeOf = async (ledger: Ledger, draft: JsonObject): Promise<string> => {
  const appended = await ledger.append([draft]);
  if (E.isRight(appended)) return 'none';
  return appended.left._tag === 'AppendFailed' ? appended.left.cause._tag : appended.left._tag;
};

export const thing = (payload: JsonObject, more: JsonObject = {}): JsonObject => ({
  event_type: 'thing.happened',
  payload,
  source: { kind: 'tool', name: 'test' },
  ...more,
});

/** The checkpoint that lies beside the journal. */
export const noteIn = (disk: SimulatedDisk): string =>
  right(readNote(disk, LAYOUT.checkpoint)) ?? '';
