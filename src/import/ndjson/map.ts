/**
 * How lines of anybody's JSON become events: a document that says for each member of an event where
 * it stands in a row, or what it is made of.
 *
 *     type: { cel: '"order." + row.status' }
 *     id: { pointer: /number }
 *     time: { pointer: /at }
 *     source: { text: shop }
 *     session: { pointer: /cart }
 *     tags: { pointer: /labels }
 *     payload: { pointer: /order }
 *
 * Only the type must be told. Without an id one follows from the row, without a time it is that of
 * the import, and without a payload the whole row is it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { within as pointerTo } from '../../../policies/document/place.ts';
import { text } from '../../../policies/document/form.ts';
import type { DocumentProblem } from '../../../policies/document/problem.ts';
import { readDocument } from '../../../policies/document/read.ts';
import type { Shaped } from '../../../policies/document/shape.ts';
import { described, judge, object, shape, wrong } from '../../../policies/document/shape.ts';
import type { Expression } from '../../../policies/expression/expression.ts';
import type { Value } from '../../../policies/expression/value.ts';
import { Moment, isList, isMapping } from '../../../policies/expression/value.ts';
import { compileExpression } from '../../../policies/expression/expression.ts';
import { format } from '../../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';

/** Where a member comes from: undefined where a row has none. */
export type Taken = (row: JsonObject) => E.Either<string, Json | undefined>;

const pointerText = text('a JSON pointer such as /at', 512, /^(?:\/(?:[^~/]|~[01])*)+$/);
const members = object(
  {},
  {
    pointer: described('where it stands in a row', pointerText),
    cel: described('an expression over `row`', text('an expression', 4096)),
    text: described('what it always is', text('some text', 256)),
  },
);

const INDEX = /^(?:0|[1-9]\d{0,8})$/;

const at = (row: Json, pointer: string): Json | undefined => {
  let value: Json | undefined = row;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    if (Array.isArray(value))
      value = INDEX.test(key) ? (value as readonly Json[])[Number(key)] : undefined;
    else value = isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  }
  return value;
};

const isSafe = (value: bigint): boolean => Number.isSafeInteger(Number(value));

const momentText = ({ ns }: Moment): string | undefined => {
  const date = new Date(Number(ns / 1_000_000n));
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
};

/** What an expression gave, as JSON; undefined where JSON has no such value. */
const plain = (value: Value): Json | undefined => {
  if (typeof value === 'bigint') return isSafe(value) ? Number(value) : undefined;
  if (typeof value === 'number' && !Number.isFinite(value)) return undefined;
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Moment) return momentText(value);
  if (isList(value)) {
    const items = value.map(plain);
    return items.includes(undefined) ? undefined : (items as Json[]);
  }
  if (!isMapping(value)) return undefined;
  const pairs = Object.entries(value).map(([key, each]) => [key, plain(each)] as const);
  return pairs.every(([, each]) => each !== undefined)
    ? (Object.fromEntries(pairs) as JsonObject)
    : undefined;
};

const evaluated =
  (expression: Expression): Taken =>
  (row) => {
    const value = expression.evaluate({ row });
    if (E.isLeft(value)) return E.left(value.left.message);
    const made = plain(value.right);
    if (made === undefined) return E.left('it gives what JSON does not have');
    // What a ledger refuses, such as -0, is told with the plan, and not when rows are recorded.
    const written = format(made);
    return E.isLeft(written)
      ? E.left(`it gives what no event can hold: ${written.left.reason}`)
      : E.right(made);
  };

/** taken reads where a member comes from. */
const taken = shape<Taken>(members.schema, (value, pointer) => {
  const read = members(value, pointer);
  if (E.isLeft(read)) return read;
  const { pointer: to, cel, text: always } = read.right;
  const given = [to, cel, always].filter((each) => each !== undefined);
  if (given.length !== 1)
    return wrong({ pointer, reason: 'bad_form', expected: 'one of pointer, cel, text' });
  if (to !== undefined) return E.right((row: JsonObject) => E.right(at(row, to)));
  if (always !== undefined) return E.right(() => E.right(always));
  const made = compileExpression(cel ?? '', { row: 'dyn' });
  return E.isRight(made)
    ? E.right(evaluated(made.right))
    : wrong({
        pointer: pointerTo(pointer, 'cel'),
        reason: 'expression',
        expected: made.left.message,
      });
});

const whole = object(
  { type: described('its event type', taken) },
  {
    id: described('its id, by which it is recorded once', taken),
    time: described('when it happened: RFC 3339, or milliseconds since 1970', taken),
    source: described('who it comes from', taken),
    session: described('the session it belongs to', taken),
    tags: described('a tag, or a list of tags', taken),
    payload: described('what is recorded of the row', taken),
  },
);

export type Mapping = Shaped<typeof whole>;

/** readMap reads the bytes of a mapping. */
export const readMap = (
  file: string,
  bytes: Uint8Array,
): E.Either<readonly DocumentProblem[], Mapping> => {
  const document = readDocument(file, bytes);
  return E.isLeft(document) ? document : judge(document.right, whole);
};
