/**
 * The rules of a set, compiled, and how many rules and rates may be about one event.
 */
import * as E from 'fp-ts/lib/Either.js';
import { MAX_SET } from '../../ledger/event/header.ts';
import type { Purse } from '../pattern/pattern.ts';
import { documentRule } from '../rule/document-rule.ts';
import { RULE_NAMES } from '../rule/name.ts';
import type { TypePattern } from '../type-pattern.ts';
import { coverings } from '../type-pattern.ts';
import type { Part, Problems } from './part.ts';
import type { Ruled } from './requirement.ts';

/** rulesOf compiles the rules of all documents. */
export const rulesOf = (
  parts: readonly Part[],
  problems: Problems,
  purse: Purse,
): readonly Ruled[] => {
  const ids = new Set<string>();
  const rules: Ruled[] = [];
  for (const { document, read } of parts)
    for (const [i, stated] of (read.rules ?? []).entries()) {
      if (problems.isFull) return rules;
      const pointer = `/rules/${i}`;
      if (ids.has(stated.id))
        problems.add(document, {
          pointer: `${pointer}/id`,
          reason: 'repeated',
          expected: 'a rule id that no other rule has',
          found: stated.id,
        });
      ids.add(stated.id);
      const made = documentRule(stated, purse);
      if (E.isRight(made))
        rules.push({ patterns: stated.match as readonly TypePattern[], rule: made.right });
      else
        for (const { member, before, ...rest } of made.left)
          problems.add(document, { pointer: `${pointer}/${member}`, ...rest }, before);
    }
  return rules;
};

/** How many rules of documents may speak about one type: a header names at most 32 rules. */
export const MAX_RULES_PER_TYPE = MAX_SET - RULE_NAMES.length;

/** How many rates may be asked of one type: each of them is counted at every event. */
export const MAX_RATES_PER_TYPE = 8;

/** What is about the types of some patterns. */
interface About {
  readonly patterns: readonly TypePattern[];
  readonly what: unknown;
}

/** refuseCrowds finds types that too many rules or rates would be about. */
export const refuseCrowds = (
  name: 'rules' | 'rates',
  all: readonly About[],
  parts: readonly Part[],
  problems: Problems,
): void => {
  const [first] = parts;
  const most = name === 'rules' ? MAX_RULES_PER_TYPE : MAX_RATES_PER_TYPE;
  const byPattern = new Map<TypePattern, Set<unknown>>();
  for (const { patterns, what } of all)
    for (const pattern of patterns)
      byPattern.set(pattern, (byPattern.get(pattern) ?? new Set()).add(what));
  for (const probe of byPattern.keys()) {
    if (problems.isFull) return;
    const count = new Set(coverings(probe).flatMap((each) => [...(byPattern.get(each) ?? [])]))
      .size;
    if (count > most && first !== undefined)
      problems.add(first.document, {
        pointer: name === 'rules' ? '/rules' : '/types',
        reason: 'too_many',
        expected: `at most ${most} ${name} for one type`,
        found: `${count} for ${probe}`,
      });
  }
};
