/**
 * Reading a policy document: YAML 1.2 or JSON in, a JSON value with the place of everything in it
 * out, or every problem with its file, line and column.
 *
 *     1 | tiers:             {"tiers":{"invoice.*":"verified"}}, where
 *     2 |   invoice.*: verified        /tiers/invoice.* stands at 2:14, its key at 2:3
 *
 * JSON is read as the YAML that it is. What the two would read differently is refused, not decided.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Json } from '../../ledger/json/value.ts';
import type { Place } from './place.ts';
import { behind, follow, placeIn } from './place.ts';
import type { DocumentProblem, Trouble } from './problem.ts';
import { MAX_PROBLEMS } from './problem.ts';
import { readText } from './text.ts';
import { parseTree } from './tree.ts';
import { readValue } from './value.ts';

export interface Document {
  readonly file: string;
  readonly value: Json;
  /**
   * The place of a value; of what is around it where the pointer leads to nothing. Of a text it may
   * be that of what stands behind a beginning.
   */
  readonly placeOf: (pointer: string, before?: string) => Place;
  /** The place of the key that a value stands under; of the value where it has none. */
  readonly keyPlaceOf: (pointer: string) => Place;
}

const refuse = (file: string, text: string, troubles: readonly Trouble[]) => {
  const told = new Set<string>();
  const problems = troubles
    .toSorted((a, b) => a.offset - b.offset)
    .filter(({ offset, reason }) => {
      const isTold = told.has(`${offset} ${reason}`);
      told.add(`${offset} ${reason}`);
      return !isTold;
    })
    .slice(0, MAX_PROBLEMS)
    .map(({ offset, ...rest }): DocumentProblem => ({ file, ...placeIn(text, offset), ...rest }));
  return E.left(problems);
};

/** readDocument reads the bytes of a document; `file` is the name that its problems bear. */
export const readDocument = (
  file: string,
  bytes: Uint8Array,
): E.Either<readonly DocumentProblem[], Document> => {
  const { text, troubles } = readText(bytes);
  if (troubles.length > 0) return refuse(file, text, troubles);
  const tree = parseTree(text);
  if (tree.root === undefined) return refuse(file, text, tree.troubles);
  const { value, spot, troubles: inside } = readValue(tree.root);
  const all = [...tree.troubles, ...inside];
  if (all.length > 0) return refuse(file, text, all);
  return E.right({
    file,
    value,
    placeOf: (pointer, before = '') => {
      const { offset, end } = follow(spot, pointer);
      const inner = before === '' ? 0 : behind(text.slice(offset, end), before);
      return placeIn(text, offset + inner);
    },
    keyPlaceOf: (pointer) => placeIn(text, follow(spot, pointer).keyOffset),
  });
};
