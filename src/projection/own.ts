/**
 * Projections of a user's own, as they are let at a ledger: one whose tables cannot be made is
 * refused before anything is, and whatever else it does stops itself alone. It is given a copy of
 * each event, its state for as long as that event lasts, and no error of it is taken for one of the
 * mirror's.
 */
import type { Recorded } from '../../policies/state/past.ts';
import { isSqliteError } from '../storage/attempt.ts';
import type { Projection, State, Table } from './projection.ts';

const NAME = /^[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/;
const COLUMN = /^[A-Za-z][A-Za-z0-9_]*$/;
const MOST_LETTERS = 32;
const TYPES: readonly unknown[] = ['text', 'integer', 'real'];

/** SQLite lets nobody make what is named like its own. */
const RESERVED = /^sqlite(?:_|$)/;

/** Whether names are such that tables can be made of them. */
const isNamed = (name: string): boolean => NAME.test(name) && name.length <= MOST_LETTERS;

/** Names that every object answers to would be read where a row has no such column. */
const isColumn = (name: string): boolean => COLUMN.test(name) && !(name in {});

/** SQLite does not tell `a` from `A`. */
const areDistinct = (names: readonly string[]): boolean =>
  new Set(names.map((name) => name.toLowerCase())).size === names.length;

const isTable = ({ columns, key, indexes = [] }: Table): boolean => {
  const names = Object.keys(columns);
  const isList = (list: readonly string[]): boolean =>
    list.length > 0 && areDistinct(list) && list.every((name) => names.includes(name));
  return (
    names.every(isColumn) &&
    areDistinct(names) &&
    Object.values(columns).every((type) => TYPES.includes(type)) &&
    [key, ...indexes].every(isList)
  );
};

/** Throws where a projection is none: that is a mistake in the program, whatever the ledger. */
const check = ({ name, version, schema }: Projection): void => {
  if (RESERVED.test(name) || ![name, ...Object.keys(schema)].every(isNamed))
    throw new Error(`a projection or a table of it cannot have its name: ${name}`);
  if (!Number.isSafeInteger(version))
    throw new Error(`the version of the projection ${name} is no integer`);
  const wrong = Object.entries(schema).find(([, table]) => !isTable(table));
  if (wrong !== undefined)
    throw new Error(`no such table can be made: ${wrong[0]} of the projection ${name}`);
};

/** What was thrown, as text, whatever it is. */
const messageOf = (thrown: unknown): string => {
  try {
    return String(thrown instanceof Error ? thrown.message : thrown);
  } catch {
    return 'what was thrown has no text';
  }
};

const isPromise = (value: unknown): value is PromiseLike<unknown> =>
  typeof value === 'object' && value !== null && 'then' in value;

/** The state for as long as one event lasts, and the error of the mirror that it met. */
const lease = (state: State) => {
  let isOver = false;
  let failed: Error | undefined;
  const during = <T>(run: () => T): T => {
    if (isOver) throw new Error('the event is over');
    try {
      return run();
    } catch (thrown) {
      if (isSqliteError(thrown)) failed = thrown;
      throw thrown;
    }
  };
  const leased: State = {
    get: (table, ...key) =>
      during(() => {
        const row = state.get(table, ...key);
        return row === undefined ? undefined : { ...row };
      }),
    put: (table, row) => during(() => state.put(table, row)),
    remove: (table, ...key) => during(() => state.remove(table, ...key)),
    rows: (table, equal) => during(() => state.rows(table, equal)),
  };
  const end = (): void => {
    isOver = true;
    if (failed !== undefined) throw failed;
  };
  return { leased, end };
};

const kept = (projection: Projection): Projection => ({
  ...projection,
  evolve: (state, { event_hash, header, payload }: Recorded) => {
    const { leased, end } = lease(state);
    let answered: unknown;
    try {
      answered = projection.evolve(leased, structuredClone({ event_hash, header, payload }));
    } catch (thrown) {
      end();
      throw new Error(messageOf(thrown), { cause: thrown });
    }
    end();
    if (!isPromise(answered)) return;
    // It was not waited for, and what becomes of it is nobody's.
    void Promise.resolve(answered).catch(() => undefined);
    throw new Error('evolve answers with a promise, and nothing waits for it');
  },
});

/** own makes projections such that a ledger can be trusted to them, beside those that it has. */
export const own = (
  projections: readonly Projection[],
  builtIn: readonly Projection[],
): readonly Projection[] => {
  projections.forEach(check);
  const names = [...builtIn, ...projections].map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`there are two projections of the name ${twice}`);
  return projections.map(kept);
};
