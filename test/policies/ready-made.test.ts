/**
 * The ready-made sets: what the guide says that each asks for is all that it asks for.
 */
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { words } from '../../policies/rule/rule.ts';
import { READY_MADE } from '../../policies/set/ready-made.ts';
import { GUIDE, tableUnder } from './guide/page.ts';

/** What the guide says of a member of a document, by what the member states. */
const SAID: Readonly<Record<string, string>> = {
  'types *: attested: true': 'everything is signed',
  'types *: tier: observed': 'by a key of tier `observed` or higher',
  'types key.*: four_eyes: operator': 'four eyes on corrections and keys',
  'corrections: four_eyes: verified': 'four eyes on corrections and keys',
  'references: corrections_exist: true': 'what is corrected',
  'references: causes_exist: true': 'or named as a cause',
  'clocks: ahead: 1d': 'clocks are at most a day ahead',
  'clocks: ahead: 5m': 'clocks are at most 5 minutes ahead',
  'clocks: behind: 3650d': 'and 10 years behind',
  'secrets: find: true': 'secrets are held back',
  'exceptions: separate: true': 'broken glass takes three keys',
  'exceptions: review_within: 3d': 'and is reviewed in 3 days',
  'quarantine: release_tier: verified': 'until a key of tier `verified` releases them',
  'refusals: record: all': 'all refusals are recorded',
  'operators: 2': 'takes two operators',
};

/** What bounds the record of refusals, and what asks nothing. */
const UNSAID = new Set(['version', 'name', 'refusals: per_source', 'refusals: window']);

const membersOf = (value: Json, path: string): readonly string[] => {
  if (UNSAID.has(path)) return [];
  const inside = path === '' ? '' : `${path}: `;
  if (Array.isArray(value))
    return (value as readonly Json[])
      .filter(isObject)
      .flatMap(({ match, ...asked }) => membersOf(asked, `${path} ${words(match)}`));
  return isObject(value)
    ? Object.entries(value).flatMap(([member, inner]) => membersOf(inner, inside + member))
    : [inside + words(value)];
};

describe('the guide', () => {
  const sets = GUIDE.slice(GUIDE.indexOf('Ready-made sets'));
  const rows = new Map(
    tableUnder(`# sets\n${sets}`, 'sets').map(([name = '', asks = '']) => [
      name.replaceAll('`', ''),
      asks,
    ]),
  );

  it.each(Object.entries<JsonObject>(READY_MADE))('says all that %s asks for', (name, document) => {
    const members = membersOf(document, '');
    const row = rows.get(name) ?? '';
    expect(members.filter((member) => SAID[member] === undefined)).toEqual([]);
    for (const [member, phrase] of Object.entries(SAID)) {
      const isAsked = members.some((each) => SAID[each] === phrase);
      expect([member, row.includes(phrase)]).toEqual([member, isAsked]);
    }
  });
});
