/**
 * Laws of the reader of policy documents: JSON means there what it means to the kernel, YAML says
 * what was written, and whatever is handed in has its answer, with places that exist.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { stringify } from 'yaml';
import { write, writeText } from '../../ledger/json/format.ts';
import { parseString } from '../../ledger/json/parse.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Document, readDocument } from '../../policies/document/read.ts';
import { MAX_DEPTH } from '../../policies/document/tree.ts';
import { anyDocument } from '../arbitrary/document.ts';
import { json, shallow } from '../arbitrary/json.ts';
import { choices, nearlyJson, styledText } from '../arbitrary/json-text.ts';

type Read = typeof readDocument;

const reasonsOf = (read: ReturnType<Read>): readonly string[] =>
  E.isLeft(read) ? read.left.map(({ reason }) => reason) : [];

/** What a document may not hold raw; escapes say it. JSON is laxer, and the kernel with it. */
const UNSEEN = /[\u007f-\u009f\ufeff]|\r(?!\n)/;

/** What the kernel takes as JSON is the same value here, or too deep, or holds the unseen raw. */
export const readsJsonAsTheKernel = (read: Read) =>
  fc.property(
    fc.oneof(
      fc.tuple(json, choices).map(([value, ways]) => styledText([value], ways)),
      nearlyJson.map((written) => `[${written}]`),
    ),
    (written) => {
      const kernel = parseString(written);
      if (E.isLeft(kernel)) return true;
      const document = read('a.json', Buffer.from(written));
      if (UNSEEN.test(written)) return reasonsOf(document).includes('bad_text');
      if (E.isLeft(parseString(written, MAX_DEPTH)))
        return reasonsOf(document).includes('too_deep');
      return E.isRight(document) && write(document.right.value) === write(kernel.right);
    },
  );

/** A value written as YAML by somebody else's code reads as it was. */
export const readsWhatYamlSays = (read: Read) =>
  fc.property(shallow, fc.boolean(), (value, isWindows) => {
    const written = stringify(value, { aliasDuplicateObjects: false });
    const document = read(
      'a.yaml',
      Buffer.from(isWindows ? written.replaceAll('\n', '\r\n') : written),
    );
    if (UNSEEN.test(written)) return reasonsOf(document).includes('bad_text');
    if (written.includes('<<')) return true; // it may be a key that is refused
    return E.isRight(document) && write(document.right.value) === write(value);
  });

const linesOf = (text: string): readonly string[] => text.split('\n');

const restAt = (
  lines: readonly string[],
  { line, column }: { readonly line: number; readonly column: number },
): string =>
  Array.from(lines[line - 1] ?? '')
    .slice(column - 1)
    .join('');

const step = (key: string): string => key.replaceAll('~', '~0').replaceAll('/', '~1');

const isPlaced = (document: Document, lines: readonly string[], value: Json, at = ''): boolean => {
  const rest = restAt(lines, document.placeOf(at));
  if (typeof value !== 'object' || value === null) return rest.startsWith(write(value));
  const isOpened = rest.startsWith(isObject(value) ? '{' : '[');
  return (
    isOpened &&
    Object.entries(value).every(([key, inner]: [string, Json]) => {
      const pointer = `${at}/${step(key)}`;
      const before = restAt(lines, document.keyPlaceOf(pointer));
      const isKeyPlaced = !isObject(value) || before.startsWith(writeText(key));
      return isKeyPlaced && isPlaced(document, lines, inner, pointer);
    })
  );
};

/** Where a value is said to stand it stands, and so does its key. */
export const knowsThePlaces = (read: Read) =>
  fc.property(shallow, (value) => {
    const written = JSON.stringify(value, undefined, 1);
    if (UNSEEN.test(written)) return true;
    const document = read('a.json', Buffer.from(written));
    return E.isRight(document) && isPlaced(document.right, linesOf(written), value);
  });

/** Any bytes are read or have problems, each with a place in the text and what was expected. */
export const answersToAnyBytes = (read: Read) =>
  fc.property(anyDocument, (bytes) => {
    const document = read('a.yaml', bytes);
    if (E.isRight(document)) return true;
    // A byte that is no UTF-8 is a character to the decoder, and the last that has a place.
    const lines = linesOf(Buffer.from(bytes).toString().replaceAll('\r\n', '\n'));
    return (
      document.left.length > 0 &&
      document.left.every(({ file, line, column, expected, found = '' }) => {
        const width = Array.from(lines[line - 1] ?? '').length;
        const isInside = line >= 1 && line <= lines.length && column >= 1 && column <= width + 1;
        return file === 'a.yaml' && isInside && expected !== undefined && found.length <= 40;
      })
    );
  });
