/**
 * Building a set of documents that have the right shape: names are resolved, what is stated once
 * for the whole set is stated once, and entries for one type add up. An entry can only ask for
 * more.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { SourceKind } from '../../ledger/event/header.ts';
import { SOURCE_KINDS } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Digest } from '../../ledger/name.ts';
import type { DocumentProblem } from '../document/problem.ts';
import { within } from '../document/place.ts';
import { shown } from '../document/shown.ts';
import type { Pattern, Purse } from '../pattern/pattern.ts';
import { compilePattern, newPurse } from '../pattern/pattern.ts';
import { compileSchema } from '../schema/schema.ts';
import type { TypePattern } from '../type-pattern.ts';
import type { Part, Problem } from './part.ts';
import { Problems, once } from './part.ts';
import type { Entry } from './requirement.ts';
import { requirementsBy } from './requirement.ts';
import { refuseCrowds, rulesOf } from './ruled.ts';
import type { NamedSchema, PolicySet, Refusals } from './set.ts';

const schemasOf = (
  parts: readonly Part[],
  problems: Problems,
  purse: Purse,
): ReadonlyMap<string, NamedSchema> => {
  const schemas = new Map<string, NamedSchema>();
  const byText = new Map<string, NamedSchema>();
  for (const { document, read } of parts)
    for (const [name, value] of read.schemas ?? []) {
      if (problems.isFull) return schemas;
      const pointer = within('/schemas', name);
      const text = write(value);
      const known = byText.get(text);
      const compiled = known === undefined ? compileSchema(value, purse) : E.right(known.schema);
      if (schemas.has(name))
        problems.add(document, { pointer, reason: 'stated_twice', expected: 'a name of its own' });
      if (E.isRight(compiled)) {
        const schema = known ?? { name, schema: compiled.right };
        schemas.set(name, schema);
        byText.set(text, schema);
      } else
        for (const { pointer: inner, reason, expected, found } of compiled.left)
          problems.add(document, {
            pointer: pointer + inner,
            reason: 'schema',
            expected: expected ?? reason,
            ...(found === undefined ? {} : { found }),
          });
    }
  return schemas;
};

const ownPatterns = (parts: readonly Part[], problems: Problems, purse: Purse) => {
  const stated = once(parts, 'secrets', problems);
  const document = parts.find(({ read }) => read.secrets !== undefined)?.document;
  if (stated === undefined || document === undefined) return undefined;
  if (!stated.find && (stated.patterns ?? []).length > 0)
    problems.add(document, {
      pointer: '/secrets/patterns',
      reason: 'no_effect',
      expected: 'find: true beside them',
    });
  const patterns = (stated.patterns ?? []).flatMap(({ name, pattern: source }, i) => {
    const compiled = compilePattern(source, purse);
    if (E.isRight(compiled)) return [{ name, pattern: compiled.right }];
    problems.add(document, {
      pointer: `/secrets/patterns/${i}/pattern`,
      reason: 'pattern',
      expected: compiled.left.expected,
      found: shown(`${source}: ${compiled.left.found}`),
    });
    return [];
  });
  return stated.find
    ? (patterns satisfies readonly { name: string; pattern: Pattern }[])
    : undefined;
};

/** A limit that so few events cannot reach. */
const tooRare = (section: string, member: string, span: number): Problem => ({
  pointer: `${section}/${member}`,
  reason: 'no_effect',
  expected: `at most ${span}, as many as the window has`,
});

const refusalsOf = (parts: readonly Part[], problems: Problems): Refusals => {
  const stated = once(parts, 'refusals', problems);
  const [perSource, span] = [stated?.per_source ?? 100, stated?.window ?? 10_000];
  const part = parts.find(({ read }) => read.refusals !== undefined);
  if (part !== undefined && perSource > span)
    problems.add(part.document, tooRare('/refusals', 'per_source', span));
  return { record: stated?.record ?? 'none', perSource, window: span };
};

const kindsOf = (attested: boolean | readonly SourceKind[]): readonly SourceKind[] => {
  if (typeof attested !== 'boolean') return attested;
  return attested ? SOURCE_KINDS : [];
};

const entriesOf = (
  parts: readonly Part[],
  schemas: ReadonlyMap<string, NamedSchema>,
  problems: Problems,
): readonly Entry[] =>
  parts.flatMap(({ document, read }) =>
    (read.types ?? []).map((stated, i): Entry => {
      const schema = stated.schema === undefined ? undefined : schemas.get(stated.schema);
      const isDefined = parts.some((part) => part.read.schemas?.has(stated.schema ?? '') === true);
      if (stated.schema !== undefined && !isDefined)
        problems.add(document, {
          pointer: `/types/${i}/schema`,
          reason: 'unknown_name',
          expected: 'the name of one of the schemas',
          found: stated.schema,
        });
      if (stated.rate !== undefined && stated.rate.events > stated.rate.window)
        problems.add(document, tooRare(`/types/${i}/rate`, 'events', stated.rate.window));
      return {
        match: stated.match as TypePattern,
        attested: kindsOf(stated.attested ?? false),
        tier: stated.tier,
        sources: stated.sources,
        schemas: schema === undefined ? [] : [schema],
        maxBytes: stated.max_bytes,
        maxDepth: stated.max_depth,
        fourEyes: stated.four_eyes,
        rates: stated.rate === undefined ? [] : [stated.rate],
      };
    }),
  );

/** buildSet makes a set of the parts, or tells all that is wrong with them. */
export const buildSet = (
  parts: readonly Part[],
  documents: JsonObject,
  digest: Digest,
): E.Either<readonly DocumentProblem[], PolicySet> => {
  const problems = new Problems();
  const purse = newPurse();
  const entries = entriesOf(parts, schemasOf(parts, problems, purse), problems);
  const rules = rulesOf(parts, problems, purse);
  const speaking = rules.map(({ patterns, rule }) => ({ patterns, what: rule }));
  refuseCrowds('rules', speaking, parts, problems);
  const rated = entries.flatMap(({ match, rates }) =>
    rates.map(({ window: what }) => ({ patterns: [match], what })),
  );
  refuseCrowds('rates', rated, parts, problems);
  const secrets = ownPatterns(parts, problems, purse);
  const clocks = once(parts, 'clocks', problems);
  const exceptions = once(parts, 'exceptions', problems);
  const references = once(parts, 'references', problems);
  const refusals = refusalsOf(parts, problems);
  const corrections = once(parts, 'corrections', problems);
  const quarantine = once(parts, 'quarantine', problems);
  const exported = once(parts, 'exports', problems);
  const operators = once(parts, 'operators', problems);
  if (problems.found.length > 0) return E.left(problems.found);
  return E.right({
    digest,
    documents,
    isReadable: true,
    rules: rules.map(({ rule }) => rule),
    requirementsOf: requirementsBy(entries, rules),
    clocks: { aheadMs: clocks?.ahead, behindMs: clocks?.behind },
    mustExist: {
      corrections: references?.corrections_exist ?? false,
      causes: references?.causes_exist ?? false,
    },
    correctionsTake: corrections?.four_eyes,
    secrets,
    exceptions: {
      separate: exceptions?.separate ?? false,
      reviewWithinMs: exceptions?.review_within,
    },
    releaseTier: quarantine?.release_tier ?? 'operator',
    refusals,
    recordsExports: exported?.record ?? true,
    operators: operators ?? 1,
  });
};
