/**
 * The keywords there are, in the order in which a value is held against them: what it is by itself
 * first, then its parts, then combinations. Annotations are read, so that a slip in one is found,
 * and have no effect.
 */
import { COMBINE } from './combine.ts';
import { LIST } from './list.ts';
import { MEMBER } from './member.ts';
import { PLAIN } from './plain.ts';
import type { Family, Site } from './site.ts';
import { textAt } from './site.ts';
import { TEXT } from './text.ts';

const DIALECT = 'https://json-schema.org/draft/2020-12/schema';

const annotation = (keyword: string, read: (site: Site) => unknown): Family => ({
  keywords: [keyword],
  compile: (site) => {
    read(site);
    return [];
  },
});

const text = (keyword: string): Family => annotation(keyword, (site) => textAt(site, keyword));

const flag = (keyword: string): Family =>
  annotation(keyword, (site) => {
    if (typeof site.schema[keyword] !== 'boolean')
      site.refuse('wrong_type', 'true or false', keyword);
  });

const ANNOTATIONS: readonly Family[] = [
  annotation('$schema', (site) => {
    if (site.schema['$schema'] !== DIALECT) site.refuse('unknown_value', DIALECT, '$schema');
  }),
  text('$id'),
  text('$comment'),
  text('title'),
  text('description'),
  annotation('default', () => undefined),
  annotation('examples', (site) => {
    if (!Array.isArray(site.schema['examples'])) site.refuse('wrong_type', 'a list', 'examples');
  }),
  flag('deprecated'),
  flag('readOnly'),
  flag('writeOnly'),
];

export const FAMILIES = [...PLAIN, ...TEXT, ...LIST, ...MEMBER, ...COMBINE, ...ANNOTATIONS];

export const KEYWORDS: ReadonlySet<string> = new Set(FAMILIES.flatMap(({ keywords }) => keywords));

/** Keywords that say something of the whole document; below its root they would say another. */
export const ROOT_ONLY: ReadonlySet<string> = new Set(['$schema', '$id']);

/** Keywords that mean nothing unless one of these stands beside them. */
export const BESIDE: ReadonlyMap<string, readonly string[]> = new Map([
  ['if', ['then', 'else']],
  ['then', ['if']],
  ['else', ['if']],
  ['minContains', ['contains']],
  ['maxContains', ['contains']],
]);

/** What to write instead of a keyword of other dialects, or of one that is not supported. */
export const INSTEAD: ReadonlyMap<string, string> = new Map([
  ['definitions', '$defs'],
  ['id', '$id, at the root'],
  ['$anchor', '$ref with a JSON pointer, such as #/$defs/name'],
  ['$dynamicRef', '$ref with a JSON pointer, such as #/$defs/name'],
  ['dependencies', 'dependentRequired or dependentSchemas'],
  ['additionalItems', 'items beside prefixItems'],
  ['unevaluatedProperties', 'additionalProperties beside all the properties'],
  ['unevaluatedItems', 'items beside prefixItems'],
  ['nullable', 'a type that lists null'],
]);
