/**
 * The rules of a set, compiled, and how many of them may speak about one event.
 */
import * as E from 'fp-ts/lib/Either.js';
import { MAX_SET } from '../../ledger/event/header.ts';
import { documentRule } from '../rule/document-rule.ts';
import { RULE_NAMES } from '../rule/name.ts';
import type { TypePattern } from '../type-pattern.ts';
import { coverings } from '../type-pattern.ts';
import type { Part, Problems } from './part.ts';
import type { Ruled } from './requirement.ts';

/** rulesOf compiles the rules of all documents. */
export const rulesOf = (parts: readonly Part[], problems: Problems): readonly Ruled[] => {
  const ids = new Set<string>();
  const rules: Ruled[] = [];
  for (const { document, read } of parts)
    (read.rules ?? []).forEach((stated, i) => {
      const pointer = `/rules/${i}`;
      if (ids.has(stated.id))
        problems.add(document, {
          pointer: `${pointer}/id`,
          reason: 'repeated',
          expected: 'a rule id that no other rule has',
          found: stated.id,
        });
      ids.add(stated.id);
      const made = documentRule(stated);
      if (E.isRight(made))
        rules.push({ patterns: stated.match as readonly TypePattern[], rule: made.right });
      else
        for (const { member, ...rest } of made.left)
          problems.add(document, { pointer: `${pointer}/${member}`, ...rest });
    });
  return rules;
};

/** How many rules of documents may speak about one type: a header names at most 32 rules. */
export const MAX_RULES_PER_TYPE = MAX_SET - RULE_NAMES.length;

/** refuseCrowds finds types about which too many would speak. */
export const refuseCrowds = (
  rules: readonly Ruled[],
  parts: readonly Part[],
  problems: Problems,
): void => {
  const [first] = parts;
  const byPattern = new Map<TypePattern, Set<Ruled>>();
  for (const rule of rules)
    for (const pattern of rule.patterns)
      byPattern.set(pattern, (byPattern.get(pattern) ?? new Set()).add(rule));
  for (const probe of byPattern.keys()) {
    if (problems.isFull) return;
    const count = new Set(coverings(probe).flatMap((each) => [...(byPattern.get(each) ?? [])]))
      .size;
    if (count > MAX_RULES_PER_TYPE && first !== undefined)
      problems.add(first.document, {
        pointer: '/rules',
        reason: 'too_many',
        expected: `at most ${MAX_RULES_PER_TYPE} rules for one type`,
        found: `${count} for ${probe}`,
      });
  }
};
