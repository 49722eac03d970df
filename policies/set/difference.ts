/**
 * What adopting one set in place of another changes, in words, section by section:
 *
 *     types invoice.*: tier: verified → operator
 *     schema invoice: /properties/total/maximum: 1000 → 2000
 *     rule large-invoices-take-an-operator: when: payload.total > 1000.0 → payload.total > 2000.0
 *     secrets: find: true → false
 *
 * A value that changed is told by the part in which it did: no change looks like none.
 */
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { within } from '../document/place.ts';
import { words } from '../rule/rule.ts';
import type { Compare } from './compared.ts';
import { compare } from './compared.ts';

/** Members of a section by what people would call them: what stands in lists, by its own name. */
type Facts = ReadonlyMap<string, Json>;

const itemsOf = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];

const documentsOf = (documents: JsonObject): readonly JsonObject[] =>
  Object.keys(documents)
    .toSorted()
    .map((name) => documents[name] ?? null)
    .filter(isObject);

/**
 * Entries for one pattern add up in whatever order, so each is told by its own members, numbered
 * where the pattern repeats, in the order of what they ask.
 */
const typeFacts = (documents: readonly JsonObject[]): Facts => {
  const facts = new Map<string, Json>();
  const seen = new Map<string, number>();
  const entries = documents
    .flatMap((each) => itemsOf(each['types']))
    .toSorted((a, b) => (write(a) < write(b) ? -1 : 1));
  for (const { match, ...asked } of entries) {
    const pattern = words(match);
    const number = (seen.get(pattern) ?? 0) + 1;
    seen.set(pattern, number);
    const title = number === 1 ? `types ${pattern}` : `types ${pattern} (${number})`;
    for (const [member, value] of Object.entries(asked)) facts.set(`${title}: ${member}`, value);
    if (Object.keys(asked).length === 0) facts.set(title, 'nothing');
  }
  return facts;
};

const ruleFacts = (documents: readonly JsonObject[]): Facts =>
  new Map(
    documents
      .flatMap((each) => itemsOf(each['rules']))
      .map((rule) => [`rule ${words(rule['id'])}`, rule]),
  );

const NAMED = new Set(['$schema', 'types', 'rules', 'schemas', 'version', 'name']);

const schemaFacts = (documents: readonly JsonObject[]): Facts =>
  new Map(
    documents.flatMap((each) =>
      isObject(each['schemas'])
        ? Object.entries(each['schemas']).map(
            ([name, schema]) => [`schema ${name}`, schema] as const,
          )
        : [],
    ),
  );

const sectionFacts = (documents: readonly JsonObject[]): Facts =>
  new Map(
    documents.flatMap((each) =>
      Object.entries(each)
        .filter(([section]) => !NAMED.has(section))
        .flatMap(([section, value]): readonly (readonly [string, Json])[] =>
          isObject(value)
            ? Object.entries(value).map(
                ([member, inner]) => [`${section}: ${member}`, inner] as const,
              )
            : [[section, value] as const],
        ),
    ),
  );

const membersOf = (value: Json | undefined): ReadonlyMap<string, Json> | undefined => {
  if (Array.isArray(value))
    return new Map((value as readonly Json[]).map((item, i) => [String(i), item]));
  return value !== undefined && isObject(value)
    ? new Map(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
    : undefined;
};

/** What stands in both, member by member and item by item, each by its pointer. */
const compareInside = (
  fact: string,
  was: Json | undefined,
  is: Json | undefined,
  pointer = '',
): readonly string[] => {
  const [old, now] = [membersOf(was), membersOf(is)];
  if (old === undefined || now === undefined || Array.isArray(was) !== Array.isArray(is))
    return compare(pointer === '' ? fact : `${fact}: ${pointer}`, was, is);
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((key) =>
    compareInside(fact, old.get(key), now.get(key), within(pointer, key)),
  );
};

const saying = ({ id: _id, when, outcome, overridable, match, reason }: JsonObject): string =>
  `${words(outcome)} where ${words(when)} for ${words(match)}` +
  `${overridable === false ? ', never overridden' : ''}, saying: ${words(reason)}`;

/** A rule that comes or goes is told as a sentence, one that stays by the members that differ. */
const compareRules: Compare = (fact, was, is) => {
  if (!isRule(was) || !isRule(is))
    return compare(fact, isRule(was) ? saying(was) : was, isRule(is) ? saying(is) : is);
  // Left out it means that, and so is no change.
  const [old, now]: readonly [JsonObject, JsonObject] = [
    { overridable: true, ...was },
    { overridable: true, ...is },
  ];
  return Object.keys({ ...old, ...now })
    .toSorted()
    .flatMap((member) => compare(`${fact}: ${member}`, old[member], now[member]));
};

const isRule = (value: Json | undefined): value is JsonObject =>
  value !== undefined && isObject(value);

const differences = (before: Facts, after: Facts, tell: Compare): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])]
    .toSorted()
    .flatMap((fact) => tell(fact, before.get(fact), after.get(fact)));

const SECTIONS: readonly (readonly [(documents: readonly JsonObject[]) => Facts, Compare])[] = [
  [typeFacts, compare],
  [schemaFacts, compareInside],
  [ruleFacts, compareRules],
  [sectionFacts, compare],
];

const nameIn = (document: Json | undefined): Json | undefined =>
  document !== undefined && isObject(document) ? document['name'] : undefined;

/** What the documents are called, by their files: it asks for nothing, and makes another set. */
const renamed = (before: JsonObject, after: JsonObject): readonly string[] => {
  const [old, now] = [before, after].map((each) => Object.keys(each).toSorted());
  return [
    ...compare('documents', old, now),
    ...Object.keys(after)
      .filter((file) => Object.hasOwn(before, file))
      .toSorted()
      .flatMap((file) =>
        compare(`document ${file}: name`, nameIn(before[file]), nameIn(after[file])),
      ),
  ];
};

/**
 * differenceOf tells line by line what changes; no line where nothing does. The order in which a
 * document has its members means nothing.
 */
export const differenceOf = (before: JsonObject, after: JsonObject): readonly string[] => {
  const [old, now] = [documentsOf(before), documentsOf(after)];
  return [
    ...SECTIONS.flatMap(([factsIn, tell]) => differences(factsIn(old), factsIn(now), tell)),
    ...renamed(before, after),
  ];
};
