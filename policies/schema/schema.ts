/**
 * JSON Schemas that a payload must match: the validation keywords of draft 2020-12, compiled once,
 * within bounds that neither a schema nor a value can stretch.
 *
 *     {"type":"object","required":["amount"],"additionalProperties":false,
 *      "properties":{"amount":{"type":"number","minimum":0,"multipleOf":0.01}}}
 *
 * A keyword that is not known, or that would have no effect, is refused and never passed over: who
 * wrote it believes that it protects something.
 */
import * as E from 'fp-ts/lib/Either.js';
import { format } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import { PAYLOAD_DEPTH } from '../../ledger/json/value.ts';
import type { Purse } from '../pattern/pattern.ts';
import { newPurse } from '../pattern/pattern.ts';
import { connect, newBook, refuse } from './book.ts';
import { compileNode } from './node.ts';
import type { Checked, Meter } from './run.ts';
import { judge, newMeter } from './run.ts';
import type { SchemaProblem } from './site.ts';

export interface Schema {
  /**
   * Judges a value. Equal values are judged alike, whatever the order of their members. Schemas
   * that are given one meter share its steps.
   */
  readonly check: (value: Json, meter?: Meter) => Checked;
}

const DATA = `JSON data that a payload could be, at most ${PAYLOAD_DEPTH} containers deep`;

/**
 * What was read, in its order, and nothing that could be read otherwise later; undefined where it
 * is another already.
 */
const asRead = (schema: Json, text: string): Json | undefined => {
  try {
    const own = JSON.parse(JSON.stringify(schema)) as Json;
    const again = format(own);
    return E.isRight(again) && again.right === text ? own : undefined;
  } catch {
    return undefined; // a getter or a proxy threw, or gave what is no data
  }
};

/** compileSchema reads a schema, or tells all that is wrong with it, up to a hundred problems. */
export const compileSchema = (
  schema: Json,
  purse: Purse = newPurse(),
): E.Either<readonly SchemaProblem[], Schema> => {
  const book = newBook(purse);
  const text = format(schema);
  if (E.isLeft(text)) {
    const refused = text.left;
    const isSize = refused.reason === 'too_deep' || refused.reason === 'too_large';
    refuse(book, refused.path, isSize ? refused.reason : 'not_json', DATA, refused.reason);
    return E.left(book.problems);
  }
  const own = asRead(schema, text.right);
  if (own === undefined) {
    refuse(book, '', 'not_json', DATA, 'not_json_data');
    return E.left(book.problems);
  }
  const check = compileNode(book, own, '', 'false');
  connect(book);
  if (book.problems.length > 0) return E.left(book.problems);
  return E.right({ check: (value, meter = newMeter()) => judge(check, value, meter) });
};
