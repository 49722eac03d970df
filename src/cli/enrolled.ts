/**
 * The keys that a ledger knows, as its keyring has them.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { KeyId } from '../../ledger/name.ts';
import type { Row } from '../projection/projection.ts';
import type { ReadError, Reader } from '../usecase/reader.ts';
import type { CliError } from './error.ts';

export interface Enrolled {
  readonly key_id: KeyId;
  readonly vkey: string;
  readonly tier: string;
  readonly purpose: string;
  readonly state: 'active' | 'retired' | 'revoked';
  /** Where it came to be what it is. */
  readonly since_seq: number;
}

const stateOf = (row: Row): Pick<Enrolled, 'state' | 'since_seq'> => {
  const { revoked_at: revoked, retired_at: retired, enrolled_at: enrolled } = row;
  if (revoked !== null) return { state: 'revoked', since_seq: Number(revoked) };
  return retired === null
    ? { state: 'active', since_seq: Number(enrolled) }
    : { state: 'retired', since_seq: Number(retired) };
};

const enrolledOf = (row: Row): Enrolled => ({
  key_id: String(row['key_id']) as KeyId,
  vkey: String(row['vkey']),
  tier: String(row['tier']),
  purpose: String(row['purpose']),
  ...stateOf(row),
});

/** enrolledKeys lists them, whatever became of them. */
export const enrolledKeys = (reader: Reader): E.Either<ReadError, readonly Enrolled[]> =>
  E.map((rows: readonly Row[]) => rows.map(enrolledOf))(reader.rows('keyring', 'key', {}));

/** matching lists the ids that a person may mean. */
export const matching = (ids: readonly KeyId[], text: string): readonly KeyId[] =>
  ids.filter((id) => id === text || id.startsWith(`${text}+`));

/** enrolledId gives the id of the one that a person means. */
export const enrolledId = (reader: Reader, text: string): E.Either<CliError, KeyId> => {
  const keys = enrolledKeys(reader);
  if (E.isLeft(keys)) return keys;
  const ids = keys.right.map(({ key_id: id }) => id);
  const [id, ...others] = matching(ids, text);
  if (id === undefined) return E.left({ _tag: 'NotFound', kind: 'key', name: text });
  return others.length === 0
    ? E.right(id)
    : E.left({ _tag: 'KeyAmbiguous', name: text, keyIds: [id, ...others] });
};
