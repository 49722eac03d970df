/**
 * The policy sets that a ledger adopted, one after the other; the last is in force.
 */
import * as E from 'fp-ts/lib/Either.js';
import { policySetDigest } from '../../ledger/chain/governance.ts';
import { parseString } from '../../ledger/json/parse.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Row } from '../projection/projection.ts';
import type { ReadError, Reader } from '../usecase/reader.ts';
import { realPorts } from '../wiring.ts';
import { beginning } from './policy-set.ts';

export interface Adopted {
  /** Where; null for the set that every ledger begins with. */
  readonly seq: number | null;
  readonly recorded_at: string | null;
  readonly adopted_by: string | null;
  readonly policy_set: string;
  readonly in_force: boolean;
  readonly documents: JsonObject;
}

const textOf = (value: unknown): string | null => (typeof value === 'string' ? value : null);

const adoptedOf = (row: Row): Omit<Adopted, 'in_force'> => {
  const read = parseString(textOf(row['documents']) ?? '');
  const documents = E.isRight(read) && isObject(read.right) ? read.right : {};
  return {
    seq: Number(row['seq']),
    recorded_at: textOf(row['recorded_at']),
    adopted_by: textOf(row['adopted_by']),
    policy_set: policySetDigest(realPorts.crypto, documents),
    documents,
  };
};

/** adoptedSets lists them, and first the one that a ledger begins with. */
export const adoptedSets = (reader: Reader): E.Either<ReadError, readonly Adopted[]> =>
  E.map((rows: readonly Row[]) => {
    const { digest, documents } = beginning();
    const first = { seq: null, recorded_at: null, adopted_by: null };
    const sets = [{ ...first, policy_set: digest as string, documents }, ...rows.map(adoptedOf)];
    return sets.map((each, at) => ({ ...each, in_force: at === sets.length - 1 }));
  })(reader.rows('policies', 'adopted', {}));
