/**
 * Lists, as the members of objects are described: each wrong item is named by its place.
 */
import { expect, it } from 'vitest';
import { listOf, object, oneOf } from '../../ledger/event/shape.ts';
import type { Json } from '../../ledger/json/value.ts';

const said = (value: Json, most = 3, least?: number): readonly string[] =>
  listOf(
    object({ a: oneOf(1) }, {}),
    most,
    least,
  )(value, 'x').map(({ path, reason }) => `${path} ${reason}`);

it.each<[string, Json, readonly string[]]>([
  ['one item', [{ a: 1 }], []],
  ['as many as may be, repeated', [{ a: 1 }, { a: 1 }, { a: 1 }], []],
  ['one more', [{ a: 1 }, { a: 1 }, { a: 1 }, { a: 1 }], ['x too_many']],
  ['nothing', [], ['x empty_list']],
  ['what is no list', { 0: { a: 1 } }, ['x not_list']],
  ['wrong items', [{ a: 2 }, { a: 1 }, 7], ['x[0].a unknown_value', 'x[2] not_object']],
])('a list of %s is judged item by item', (_, value, problems) => {
  expect(said(value)).toEqual(problems);
});

it('a list may be empty where that is said, and no shorter than what is said', () => {
  expect([said([], 3, 0), said([{ a: 1 }], 3, 2)]).toEqual([[], ['x empty_list']]);
});
