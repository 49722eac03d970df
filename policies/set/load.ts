/**
 * From documents to a policy set: every document is judged by its shape, every schema, pattern and
 * expression in it is compiled, and every problem of all of them is told with its place.
 */
import * as E from 'fp-ts/lib/Either.js';
import { policySetDigest } from '../../ledger/chain/governance.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { format } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { Document } from '../document/read.ts';
import { readDocument } from '../document/read.ts';
import type { DocumentProblem } from '../document/problem.ts';
import { MAX_PROBLEMS } from '../document/problem.ts';
import { judge } from '../document/shape.ts';
import { shown } from '../document/shown.ts';
import { MAX_DOCUMENT } from '../document/text.ts';
import { buildSet } from './build.ts';
import { MAX_DOCUMENTS, documentShape } from './document.ts';
import type { Part } from './part.ts';
import { Problems } from './part.ts';
import type { PolicySet } from './set.ts';
import { refuseVain } from './vain.ts';

export type Loaded = E.Either<readonly DocumentProblem[], PolicySet>;

const START = { line: 1, column: 1 };

/** What is adopted stands in a payload and has no lines; a problem is found by its pointer. */
const sealedDocument = (file: string, value: Json): Document => ({
  file,
  value,
  placeOf: () => START,
  keyPlaceOf: () => START,
});

const tooMany = (count: number): Loaded =>
  E.left([
    {
      file: '',
      ...START,
      pointer: '',
      reason: count === 0 ? 'empty' : 'too_many',
      expected: `1 to ${MAX_DOCUMENTS} documents`,
      found: String(count),
    },
  ]);

/** As JSON, too, a document has its bound: what can be read can be adopted, and nothing else. */
const refuseLarge = ({ file, value }: Document): readonly DocumentProblem[] => {
  const text = format(value);
  const bytes = E.isLeft(text) ? Infinity : encodeUtf8(text.right).length;
  if (bytes <= MAX_DOCUMENT) return [];
  const expected = `at most ${MAX_DOCUMENT} bytes as JSON`;
  const found = E.isLeft(text) ? text.left.reason : `${bytes} bytes`;
  return [{ file, ...START, pointer: '', reason: 'too_large', expected, found }];
};

const load = (
  crypto: Crypto,
  documents: readonly Document[],
  look: (parts: readonly Part[], problems: Problems) => void = () => undefined,
): Loaded => {
  if (documents.length === 0 || documents.length > MAX_DOCUMENTS) return tooMany(documents.length);
  const large = documents.flatMap(refuseLarge);
  if (large.length > 0) return E.left(large);
  const judged = documents.map((document) => ({ document, read: judge(document, documentShape) }));
  const problems = judged.flatMap(({ read }) => (E.isLeft(read) ? read.left : []));
  if (problems.length > 0) return E.left(problems);
  const parts = judged.flatMap(({ document, read }): readonly Part[] =>
    E.isRight(read) ? [{ document, read: read.right }] : [],
  );
  const values = Object.fromEntries(documents.map(({ file, value }) => [file, value]));
  const built = buildSet(parts, values, policySetDigest(crypto, values));
  const further = new Problems();
  look(parts, further);
  if (further.found.length === 0) return built;
  return E.left([...(E.isLeft(built) ? built.left : []), ...further.found].slice(0, MAX_PROBLEMS));
};

const byName = (a: { readonly file: string }, b: { readonly file: string }): number => {
  if (a.file === b.file) return 0;
  return a.file < b.file ? -1 : 1;
};

/** loadSet reads a set as `policy.adopted` bears it: documents by name. */
export const loadSet = (crypto: Crypto, documents: JsonObject): Loaded =>
  load(
    crypto,
    Object.entries(documents)
      .map(([file, value]) => sealedDocument(file, value))
      .toSorted(byName),
  );

export interface File {
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Documents are members of a payload: each has a name of its own, such as a member can have. */
const refuseNames = (names: readonly string[]): readonly DocumentProblem[] =>
  names.flatMap((file, i): readonly DocumentProblem[] => {
    const problem = { file, ...START, pointer: '', found: shown(file) };
    if (names[i - 1] === file)
      return [{ ...problem, reason: 'stated_twice', expected: 'one document of this name' }];
    return E.isRight(format({ [file]: null }))
      ? []
      : [{ ...problem, reason: 'bad_form', expected: 'a name that JSON can have as a key' }];
  });

/** readSet reads a set as people write it: files of YAML or JSON. */
export const readSet = (crypto: Crypto, given: readonly File[]): Loaded => {
  if (given.length > MAX_DOCUMENTS) return tooMany(given.length);
  const files = given.toSorted(byName);
  const misnamed = refuseNames(files.map(({ file }) => file));
  if (misnamed.length > 0) return E.left(misnamed);
  const read = files.map(({ file, bytes }) => readDocument(file, bytes));
  const problems = read.flatMap((each) => (E.isLeft(each) ? each.left : []));
  if (problems.length > 0) return E.left(problems);
  return load(
    crypto,
    read.flatMap((each) => (E.isRight(each) ? [each.right] : [])),
    refuseVain,
  );
};
