/**
 * Documents with one thing altered: a member gone, misspelt, of another type or beyond a bound.
 */
import type { Json } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';

/** One of each type, and what is a little off for some members. */
const OTHERS: readonly Json[] = [null, true, 0, 1.5, -1, 1e7, '', 'x', 'a.b', '*', [], {}];

const spoilt = (value: Json): readonly Json[] => {
  if (typeof value === 'number') return [value + 1, value - 1, value + 0.5, value * 1e6];
  if (typeof value === 'string')
    return [`${value} `, ` ${value}`, value.toUpperCase(), `${value}\n`, value.repeat(2001)];
  if (!Array.isArray(value)) return [];
  const items = value as readonly Json[];
  return [[...items, null], Array.from({ length: 1001 }, () => items[0] ?? 'x')];
};

/** Of a long list only the first items are altered: the others are like them. */
const MOST = 10;

/** mutationsOf gives every value that differs in one place. */
export const mutationsOf = (value: Json): readonly Json[] => {
  const here = [...OTHERS, ...spoilt(value)];
  if (Array.isArray(value)) {
    const items = value as readonly Json[];
    return [
      ...here,
      ...items
        .slice(0, MOST)
        .flatMap((item, i) => mutationsOf(item).map((each) => items.with(i, each))),
    ];
  }
  if (!isObject(value)) return here;
  return [
    ...here,
    { ...value, unheard_of: 1 },
    ...Object.entries(value).flatMap(([key, member]) => {
      const { [key]: _gone, ...rest } = value;
      return [
        rest,
        { ...rest, [`${key}s`]: member },
        { ...rest, [key.toUpperCase()]: member },
        ...mutationsOf(member).map((each) => ({ ...value, [key]: each })),
      ];
    }),
  ];
};
