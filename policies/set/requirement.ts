/**
 * What is asked of events of a type: everything that any entry for it asks. So an entry can only
 * ask for more, and the order of entries means nothing.
 */
import type { SourceKind } from '../../ledger/event/header.ts';
import type { EventType } from '../../ledger/name.ts';
import type { DocumentRule } from '../rule/rule.ts';
import { higher } from '../rule/rule.ts';
import type { TypePattern } from '../type-pattern.ts';
import { isOfType } from '../type-pattern.ts';
import type { Rate, Requirements } from './set.ts';

type Asked = Omit<Requirements, 'rules'>;

export interface Entry extends Asked {
  readonly match: TypePattern;
}

export interface Ruled {
  readonly patterns: readonly TypePattern[];
  readonly rule: DocumentRule;
}

const smaller = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined || b === undefined ? (a ?? b) : Math.min(a, b);

const common = (
  a: readonly SourceKind[] | undefined,
  b: readonly SourceKind[] | undefined,
): readonly SourceKind[] | undefined =>
  a === undefined || b === undefined ? (a ?? b) : a.filter((kind) => b.includes(kind));

const either = (a: readonly SourceKind[], b: readonly SourceKind[]): readonly SourceKind[] => [
  ...new Set([...a, ...b]),
];

const NOTHING: Asked = {
  attested: [],
  tier: undefined,
  sources: undefined,
  schemas: [],
  maxBytes: undefined,
  maxDepth: undefined,
  fourEyes: undefined,
  rates: [],
};

/** The least number of events within each window. */
const leastOf = (rates: readonly Rate[]): readonly Rate[] => {
  const least = new Map<number, Rate>();
  for (const rate of rates)
    if (rate.events < (least.get(rate.window)?.events ?? Infinity)) least.set(rate.window, rate);
  return [...least.values()];
};

/** What both ask for, but for lists, which would grow by one copy at each turn. */
const add = (a: Asked, b: Asked): Asked => ({
  attested: either(a.attested, b.attested),
  tier: higher(a.tier, b.tier),
  sources: common(a.sources, b.sources),
  maxBytes: smaller(a.maxBytes, b.maxBytes),
  maxDepth: smaller(a.maxDepth, b.maxDepth),
  fourEyes: higher(a.fourEyes, b.fourEyes),
  schemas: [],
  rates: [],
});

const sumOf = (entries: readonly Entry[]): Asked => ({
  ...entries.reduce<Asked>(add, NOTHING),
  schemas: [...new Set(entries.flatMap(({ schemas }) => schemas))],
  rates: leastOf(entries.flatMap(({ rates }) => rates)),
});

/** So many types are remembered; there are rarely more, and names cost an attacker nothing. */
const MAX_REMEMBERED = 1000;

/** requirementsBy gives what is asked of a type; it remembers what it gave. */
export const requirementsBy = (
  entries: readonly Entry[],
  rules: readonly Ruled[],
): ((type: EventType) => Requirements) => {
  const remembered = new Map<EventType, Requirements>();
  return (type) => {
    const before = remembered.get(type);
    if (before !== undefined) return before;
    const asked = sumOf(entries.filter(({ match }) => isOfType(match, type)));
    const speaking = rules.filter(({ patterns }) => patterns.some((each) => isOfType(each, type)));
    const found = { ...asked, rules: speaking.map(({ rule }) => rule) };
    if (remembered.size >= MAX_REMEMBERED) remembered.clear();
    remembered.set(type, found);
    return found;
  };
};
