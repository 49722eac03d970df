/**
 * Building a set of documents that have the right shape: names are resolved, what is stated once
 * for the whole set is stated once, and entries for one type add up. An entry can only ask for
 * more.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Digest } from '../../ledger/name.ts';
import type { DocumentProblem } from '../document/problem.ts';
import { within } from '../document/place.ts';
import type { Pattern } from '../pattern/pattern.ts';
import { compilePattern } from '../pattern/pattern.ts';
import type { Schema } from '../schema/schema.ts';
import { compileSchema } from '../schema/schema.ts';
import type { TypePattern } from '../type-pattern.ts';
import type { Part } from './part.ts';
import { Problems, once } from './part.ts';
import type { Entry } from './requirement.ts';
import { requirementsBy } from './requirement.ts';
import { refuseCrowds, rulesOf } from './ruled.ts';
import type { PolicySet } from './set.ts';

const schemasOf = (parts: readonly Part[], problems: Problems): ReadonlyMap<string, Schema> => {
  const schemas = new Map<string, Schema>();
  for (const { document, read } of parts)
    for (const [name, value] of read.schemas ?? []) {
      const pointer = within('/schemas', name);
      const compiled = compileSchema(value);
      if (schemas.has(name))
        problems.add(document, { pointer, reason: 'stated_twice', expected: 'a name of its own' });
      if (E.isRight(compiled)) schemas.set(name, compiled.right);
      else
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

const ownPatterns = (parts: readonly Part[], problems: Problems) => {
  const stated = once(parts, 'secrets', problems);
  const document = parts.find(({ read }) => read.secrets !== undefined)?.document;
  if (stated === undefined || document === undefined) return undefined;
  const patterns = (stated.patterns ?? []).flatMap(({ name, pattern: source }, i) => {
    const compiled = compilePattern(source);
    if (E.isRight(compiled)) return [{ name, pattern: compiled.right }];
    problems.add(document, {
      pointer: `/secrets/patterns/${i}/pattern`,
      reason: 'pattern',
      expected: compiled.left.message,
    });
    return [];
  });
  return stated.find
    ? (patterns satisfies readonly { name: string; pattern: Pattern }[])
    : undefined;
};

const entriesOf = (
  parts: readonly Part[],
  schemas: ReadonlyMap<string, Schema>,
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
      return {
        match: stated.match as TypePattern,
        attested: stated.attested ?? false,
        tier: stated.tier,
        sources: stated.sources,
        schemas: schema === undefined ? [] : [{ name: stated.schema ?? '', schema }],
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
  const entries = entriesOf(parts, schemasOf(parts, problems), problems);
  const rules = rulesOf(parts, problems);
  refuseCrowds(rules, parts, problems);
  const secrets = ownPatterns(parts, problems);
  const clocks = once(parts, 'clocks', problems);
  const exceptions = once(parts, 'exceptions', problems);
  const references = once(parts, 'references', problems);
  const refusals = once(parts, 'refusals', problems);
  const corrections = once(parts, 'corrections', problems);
  const quarantine = once(parts, 'quarantine', problems);
  const operators = once(parts, 'operators', problems);
  if (problems.found.length > 0) return E.left(problems.found);
  return E.right({
    digest,
    documents,
    rules: rules.map(({ rule }) => rule.id),
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
    refusals: {
      record: refusals?.record ?? 'none',
      perSource: refusals?.per_source ?? 100,
      window: refusals?.window ?? 10_000,
    },
    operators: operators ?? 1,
  });
};
