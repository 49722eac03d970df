/**
 * What a document may hold, member by member, as the guide's tables show it: told from the JSON
 * Schema of a shape.
 */
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';

/** What stands under a keyword that is known to be text or a number. */
const say = (value: Json | undefined): string =>
  typeof value === 'string' ? value : JSON.stringify(value ?? '');

const code = (value: Json): string =>
  `\`${typeof value === 'string' ? value : JSON.stringify(value)}\``;

const objectAt = (schema: JsonObject, keyword: string): JsonObject | undefined => {
  const value = schema[keyword];
  return isObject(value) ? value : undefined;
};

const takes = (schema: JsonObject): string => {
  const { title, type, minimum, maximum, maxItems, maxProperties } = schema;
  const words = schema['enum'];
  if (Array.isArray(words))
    return words.length > 6 ? `one of ${words.length} words` : words.map(code).join(', ');
  if (typeof title === 'string') return title;
  if (type === 'boolean') return '`true`, `false`';
  if (type === 'integer')
    return minimum === maximum ? code(minimum ?? null) : `${say(minimum)} to ${say(maximum)}`;
  const items = objectAt(schema, 'items');
  if (items !== undefined) {
    const what = items['properties'] === undefined ? takes(items) : 'members';
    return `at most ${say(maxItems)}: ${what}`;
  }
  const named = objectAt(schema, 'additionalProperties');
  if (named !== undefined) return `at most ${say(maxProperties)} by name: ${takes(named)}`;
  return type === 'object' ? 'members' : 'anything';
};

/** membersOf lists member, what it takes, what counts where it is left out, and its meaning. */
export const membersOf = (schema: JsonObject, path = ''): readonly (readonly string[])[] => {
  const required = schema['required'] ?? [];
  return Object.entries(objectAt(schema, 'properties') ?? {}).flatMap(([name, member]) => {
    if (!isObject(member)) return [];
    const { description, default: fallback } = member;
    const at = path === '' ? name : `${path}.${name}`;
    const isRequired = Array.isArray(required) && required.includes(name);
    const otherwise = fallback === undefined ? '' : code(fallback);
    const row = [code(at), takes(member), isRequired ? 'required' : otherwise, say(description)];
    const items = objectAt(member, 'items');
    return [row, ...(items === undefined ? membersOf(member, at) : membersOf(items, `${at}[]`))];
  });
};
