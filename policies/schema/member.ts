/**
 * Keywords for objects. Members are looked at in the order of their names, however they stand in
 * memory, so that one value has one answer.
 */
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Pattern } from '../pattern/pattern.ts';
import type { Check, Run } from './run.ts';
import { below, fail, spend, spendOn } from './run.ts';
import type { Family, Site } from './site.ts';
import { countAt, membersAt, namesIn } from './site.ts';

const ofObject =
  (check: (object: JsonObject, run: Run) => boolean): Check =>
  (value, run) =>
    !isObject(value) || check(value, run);

const namesOf = (object: JsonObject): readonly string[] => {
  const names = Object.keys(object);
  for (let i = 1; i < names.length; i++)
    if (!((names[i - 1] ?? '') < (names[i] ?? ''))) return names.toSorted();
  return names;
};

/** Checks every member by a function of its name; the run pays for each. */
const everyMember =
  (check: (name: string, member: Json, run: Run) => boolean): Check =>
  (value, run) => {
    if (!isObject(value)) return true;
    const names = namesOf(value);
    let isValid = spend(run, names.length);
    for (const name of names) {
      if (!isValid && run.quiet > 0) break;
      const member = value[name];
      if (member !== undefined && !check(name, member, run)) isValid = false;
    }
    return isValid;
  };

interface Named {
  readonly pattern: Pattern;
  readonly check: Check;
}

const compileProperties = (site: Site): readonly Check[] => {
  const known = new Map(
    membersAt(site, 'properties').map(([name]) => [name, site.part('properties', name)]),
  );
  const alike = membersAt(site, 'patternProperties').flatMap(([source]): readonly Named[] => {
    const pattern = site.pattern(source, 'patternProperties', source);
    const check = site.part('patternProperties', source);
    return pattern === undefined ? [] : [{ pattern, check }];
  });
  const other =
    site.schema['additionalProperties'] === undefined
      ? undefined
      : site.part('additionalProperties');

  return [
    everyMember((name, member, run) => {
      const check = known.get(name);
      let isKnown = check !== undefined;
      let isValid = check === undefined || below(check, member, name, run);
      for (const each of alike) {
        if (!spendOn(run, 1 + each.pattern.size * name.length)) return false;
        if (!each.pattern.isIn(name)) continue;
        isKnown = true;
        if (!below(each.check, member, name, run)) isValid = false;
      }
      if (isKnown || other === undefined) return isValid;
      return below(other, member, name, run);
    }),
  ];
};

const compilePropertyNames = (site: Site): readonly Check[] => {
  const check = site.part('propertyNames');
  return [everyMember((name, _, run) => below(check, name, name, run))];
};

/** Says of each name that is missing that it is. */
const present = (
  site: Site,
  keyword: string,
  found: Json,
  ...steps: readonly string[]
): ((object: JsonObject, run: Run) => boolean) => {
  const wanted = namesIn(site, found, keyword, ...steps).map((name) => ({
    name,
    fault: site.fault(keyword, name),
  }));
  return (object, run) => {
    let isValid = spend(run, wanted.length);
    for (const { name, fault } of wanted) {
      if (!isValid && run.quiet > 0) break;
      if (!Object.hasOwn(object, name)) isValid = fail(run, fault);
    }
    return isValid;
  };
};

const compileRequired = (site: Site): readonly Check[] => [
  ofObject(present(site, 'required', site.schema['required'] ?? null)),
];

const compileDependentRequired = (site: Site): readonly Check[] =>
  membersAt(site, 'dependentRequired').map(([name, found]) => {
    const arePresent = present(site, 'dependentRequired', found, name);
    return ofObject((object, run) => !Object.hasOwn(object, name) || arePresent(object, run));
  });

const compileDependentSchemas = (site: Site): readonly Check[] =>
  membersAt(site, 'dependentSchemas').map(([name]) => {
    const check = site.same('dependentSchemas', name);
    return ofObject((object, run) => !Object.hasOwn(object, name) || check(object, run));
  });

const compileMinProperties = (site: Site): readonly Check[] => {
  const least = countAt(site, 'minProperties');
  if (least === undefined) return [];
  const fault = site.fault('minProperties', least);
  return [ofObject((object, run) => Object.keys(object).length >= least || fail(run, fault))];
};

const compileMaxProperties = (site: Site): readonly Check[] => {
  const most = countAt(site, 'maxProperties');
  if (most === undefined) return [];
  const fault = site.fault('maxProperties', most);
  return [ofObject((object, run) => Object.keys(object).length <= most || fail(run, fault))];
};

export const MEMBER: readonly Family[] = [
  { keywords: ['minProperties'], compile: compileMinProperties },
  { keywords: ['maxProperties'], compile: compileMaxProperties },
  { keywords: ['required'], compile: compileRequired },
  { keywords: ['dependentRequired'], compile: compileDependentRequired },
  { keywords: ['dependentSchemas'], compile: compileDependentSchemas },
  { keywords: ['propertyNames'], compile: compilePropertyNames },
  {
    keywords: ['properties', 'patternProperties', 'additionalProperties'],
    compile: compileProperties,
  },
];
