/**
 * What adopting one set in place of another changes, in words, section by section:
 *
 *     types invoice.*: tier verified → operator
 *     rule large-invoices-take-an-operator: new: rejects where payload.total > 1000.0
 *     secrets: no longer looked for
 */
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { words } from '../rule/rule.ts';

/** Members of a section by what people would call them: what stands in lists, by its own name. */
type Facts = ReadonlyMap<string, Json>;

const itemsOf = (value: Json | undefined): readonly JsonObject[] =>
  Array.isArray(value) ? (value as readonly Json[]).filter(isObject) : [];

const documentsOf = (documents: JsonObject): readonly JsonObject[] =>
  Object.keys(documents)
    .toSorted()
    .flatMap((name) => {
      const document = documents[name];
      return isObject(document) ? [document] : [];
    });

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
      .map(({ id, when, outcome, overridable, match, reason }) => [
        `rule ${words(id)}`,
        `${words(outcome)} where ${words(when)} for ${words(match)}` +
          `${overridable === false ? ', never overridden' : ''}, saying: ${words(reason)}`,
      ]),
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

const MAX_SHOWN = 200;

const shown = (value: Json): string => {
  const text = words(value);
  return text.length > MAX_SHOWN ? `${text.slice(0, MAX_SHOWN)}…` : text;
};

const differences = (before: Facts, after: Facts): readonly string[] =>
  [...new Set([...before.keys(), ...after.keys()])].toSorted().flatMap((fact) => {
    const [was, is] = [before.get(fact), after.get(fact)];
    if (was === undefined) return is === undefined ? [] : [`${fact}: new: ${shown(is)}`];
    if (is === undefined) return [`${fact}: gone, was: ${shown(was)}`];
    if (write(was) === write(is)) return [];
    return [`${fact}: ${shown(was)} → ${shown(is)}`];
  });

/**
 * differenceOf tells line by line what changes; no line where nothing does. The order in which a
 * document has its members means nothing.
 */
export const differenceOf = (before: JsonObject, after: JsonObject): readonly string[] => {
  const [old, now] = [documentsOf(before), documentsOf(after)];
  return [typeFacts, schemaFacts, ruleFacts, sectionFacts].flatMap((facts) =>
    differences(facts(old), facts(now)),
  );
};
