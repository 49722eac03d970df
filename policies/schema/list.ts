/**
 * Keywords for lists. What one of them asks of all items at once, such as that no two are equal, is
 * answered in one walk over them.
 */
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Check } from './run.ts';
import { below, fail, holds, weigh } from './run.ts';
import type { Family, Site } from './site.ts';
import { countAt, listAt } from './site.ts';

/** Only a list is asked; `Array.isArray` alone would forget what its items are. */
const ofList =
  (check: (items: readonly Json[], run: Parameters<Check>[1]) => boolean): Check =>
  (value, run) =>
    !Array.isArray(value) || check(value as readonly Json[], run);

const compileItems = (site: Site): readonly Check[] => {
  const first = listAt(site, 'prefixItems').map((_, i) => site.part('prefixItems', i));
  const rest = site.schema['items'] === undefined ? undefined : site.part('items');
  return [
    ofList((items, run) => {
      let isValid = true;
      let i = 0;
      for (const item of items) {
        const check = i < first.length ? first[i] : rest;
        if (check === undefined || (!isValid && run.quiet > 0)) break;
        if (!below(check, item, i, run)) isValid = false;
        i += 1;
      }
      return isValid;
    }),
  ];
};

const compileContains = (site: Site): readonly Check[] => {
  const least = countAt(site, 'minContains');
  const most = countAt(site, 'maxContains') ?? Infinity;
  if (site.schema['contains'] === undefined) return [];
  const check = site.part('contains');
  const tooFew = least === undefined ? site.fault('contains') : site.fault('minContains', least);
  const tooMany = site.fault('maxContains', most);
  return [
    ofList((items, run) => {
      let count = 0;
      for (const item of items) {
        if (count > most || (count >= (least ?? 1) && most === Infinity)) break;
        if (holds(check, item, run)) count += 1;
      }
      if (count > most) return fail(run, tooMany);
      return count >= (least ?? 1) || fail(run, tooFew);
    }),
  ];
};

const compileMinItems = (site: Site): readonly Check[] => {
  const least = countAt(site, 'minItems');
  if (least === undefined) return [];
  const fault = site.fault('minItems', least);
  return [ofList((items, run) => items.length >= least || fail(run, fault))];
};

const compileMaxItems = (site: Site): readonly Check[] => {
  const most = countAt(site, 'maxItems');
  if (most === undefined) return [];
  const fault = site.fault('maxItems', most);
  return [ofList((items, run) => items.length <= most || fail(run, fault))];
};

const compileUnique = (site: Site): readonly Check[] => {
  const found = site.schema['uniqueItems'];
  if (typeof found !== 'boolean') site.refuse('wrong_type', 'true or false', 'uniqueItems');
  if (found !== true) return [];
  const fault = site.fault('uniqueItems', true);
  return [
    ofList((items, run) => {
      if (items.length < 2) return true;
      if (!weigh(items, run)) return false;
      const texts = new Set<string>();
      for (const item of items) {
        const text = write(item);
        if (texts.has(text)) return fail(run, fault);
        texts.add(text);
      }
      return true;
    }),
  ];
};

export const LIST: readonly Family[] = [
  { keywords: ['minItems'], compile: compileMinItems },
  { keywords: ['maxItems'], compile: compileMaxItems },
  { keywords: ['uniqueItems'], compile: compileUnique },
  { keywords: ['contains', 'minContains', 'maxContains'], compile: compileContains },
  { keywords: ['prefixItems', 'items'], compile: compileItems },
];
