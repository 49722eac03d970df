/**
 * Keywords that combine schemas over one value. What fails inside `anyOf`, `oneOf`, `not` and `if`
 * is not told, since none of it need be mended: only that the combination fails.
 */
import type { Check } from './run.ts';
import { fail, holds } from './run.ts';
import type { Family, Site } from './site.ts';
import { membersAt, schemasAt, textAt } from './site.ts';

const compileReference = (site: Site): readonly Check[] => {
  const target = textAt(site, '$ref');
  return target === undefined ? [] : [site.reference(target)];
};

/** Compiled although nothing is checked here: what is defined can be wrong, and referred to. */
const compileDefinitions = (site: Site): readonly Check[] => {
  for (const [name] of membersAt(site, '$defs')) site.part('$defs', name);
  return [];
};

const compileAnyOf = (site: Site): readonly Check[] => {
  const checks = schemasAt(site, 'anyOf');
  const fault = site.fault('anyOf');
  return [(value, run) => checks.some((check) => holds(check, value, run)) || fail(run, fault)];
};

const compileOneOf = (site: Site): readonly Check[] => {
  const checks = schemasAt(site, 'oneOf');
  const fault = site.fault('oneOf');
  return [
    (value, run) => {
      let count = 0;
      for (const check of checks) {
        if (holds(check, value, run)) count += 1;
        if (count > 1) break;
      }
      return count === 1 || fail(run, fault);
    },
  ];
};

const compileNot = (site: Site): readonly Check[] => {
  const check = site.same('not');
  const fault = site.fault('not');
  return [(value, run) => !holds(check, value, run) || fail(run, fault)];
};

const compileIf = (site: Site): readonly Check[] => {
  const [condition, then, otherwise] = ['if', 'then', 'else'].map((keyword) =>
    site.schema[keyword] === undefined ? undefined : site.same(keyword),
  );
  if (condition === undefined) return [];
  return [
    (value, run) => {
      const branch = holds(condition, value, run) ? then : otherwise;
      return branch === undefined || branch(value, run);
    },
  ];
};

export const COMBINE: readonly Family[] = [
  { keywords: ['$defs'], compile: compileDefinitions },
  { keywords: ['$ref'], compile: compileReference },
  { keywords: ['allOf'], compile: (site) => schemasAt(site, 'allOf') },
  { keywords: ['anyOf'], compile: compileAnyOf },
  { keywords: ['oneOf'], compile: compileOneOf },
  { keywords: ['not'], compile: compileNot },
  { keywords: ['if', 'then', 'else'], compile: compileIf },
];
