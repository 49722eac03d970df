/**
 * Keywords for text: `minLength` and `maxLength` in code points, `pattern` in the syntax of RE2,
 * and `format`, which is asserted here and not only told.
 */
import { FORMATS } from './format.ts';
import type { Check } from './run.ts';
import { fail, spendOn } from './run.ts';
import type { Family, Site } from './site.ts';
import { countAt, textAt } from './site.ts';

/** Characters are counted only where their number in UTF-16 leaves the answer open. */
const codePoints = (text: string): number => {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const isPair =
      (text.charCodeAt(i - 1) & 0xfc00) === 0xd800 && (text.charCodeAt(i) & 0xfc00) === 0xdc00;
    if (isPair) count -= 1;
  }
  return count;
};

const compileMinLength = (site: Site): readonly Check[] => {
  const least = countAt(site, 'minLength');
  if (least === undefined) return [];
  const fault = site.fault('minLength', least);
  return [
    (value, run) => {
      if (typeof value !== 'string' || value.length >= 2 * least) return true;
      if (!spendOn(run, value.length)) return false;
      return (value.length >= least && codePoints(value) >= least) || fail(run, fault);
    },
  ];
};

const compileMaxLength = (site: Site): readonly Check[] => {
  const most = countAt(site, 'maxLength');
  if (most === undefined) return [];
  const fault = site.fault('maxLength', most);
  return [
    (value, run) => {
      if (typeof value !== 'string' || value.length <= most) return true;
      if (!spendOn(run, value.length)) return false;
      return (value.length <= 2 * most && codePoints(value) <= most) || fail(run, fault);
    },
  ];
};

const compilePatternKeyword = (site: Site): readonly Check[] => {
  const source = textAt(site, 'pattern');
  const pattern = source === undefined ? undefined : site.pattern(source, 'pattern');
  if (pattern === undefined) return [];
  const fault = site.fault('pattern', pattern.source);
  return [
    (value, run) => {
      if (typeof value !== 'string') return true;
      if (!spendOn(run, pattern.size * value.length)) return false;
      return pattern.isIn(value) || fail(run, fault);
    },
  ];
};

const compileFormat = (site: Site): readonly Check[] => {
  const name = textAt(site, 'format');
  if (name === undefined) return [];
  const isOf = FORMATS.get(name);
  if (isOf === undefined) {
    site.refuse('unknown_value', `one of ${[...FORMATS.keys()].join(', ')}`, 'format');
    return [];
  }
  const fault = site.fault('format', name);
  return [
    (value, run) => {
      if (typeof value !== 'string') return true;
      return spendOn(run, value.length) && (isOf(value) || fail(run, fault));
    },
  ];
};

export const TEXT: readonly Family[] = [
  { keywords: ['minLength'], compile: compileMinLength },
  { keywords: ['maxLength'], compile: compileMaxLength },
  { keywords: ['pattern'], compile: compilePatternKeyword },
  { keywords: ['format'], compile: compileFormat },
];
