/**
 * Canonical JSON the plain way, as an oracle: what the platform writes, its members put in the
 * order of their UTF-16 code units one unit at a time.
 */
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';

/** byUnits orders text by its UTF-16 code units. */
export const byUnits = (a: string, b: string): number => {
  for (let i = 0; i < Math.min(a.length, b.length); i++) {
    const difference = a.charCodeAt(i) - b.charCodeAt(i);
    if (difference !== 0) return difference;
  }
  return a.length - b.length;
};

/** plainText writes a value; two values are the same JSON exactly where their texts are. */
export const plainText = (value: Json): string => {
  if (Array.isArray(value)) return `[${(value as readonly Json[]).map(plainText).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value)
    .toSorted(([a], [b]) => byUnits(a, b))
    .map(([key, member]) => `${JSON.stringify(key)}:${plainText(member)}`);
  return `{${members.join(',')}}`;
};

/** platformValue is what `JSON.parse` makes of text, undefined where it refuses. */
export const platformValue = (text: string): Json | undefined => {
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
};
