/**
 * Several documents are one set: what they share, what one of them states for all, and how many
 * rules may speak.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { EventType } from '../../ledger/name.ts';
import { GATE_NAMES, RULE_NAMES } from '../../policies/rule/name.ts';
import { loadSet, readSet } from '../../policies/set/load.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import { sound } from '../../properties/arbitrary/key.ts';

const read = (...texts: readonly (readonly [string, string])[]) =>
  readSet(
    native,
    texts.map(([file, text]) => ({ file, bytes: new TextEncoder().encode(text) })),
  );

/** Each problem on a line: file:line:column pointer reason. */
const problemsOf = (loaded: ReturnType<typeof readSet>): readonly string[] =>
  E.isRight(loaded)
    ? []
    : loaded.left.map(
        ({ file, line, column, pointer, reason }) =>
          `${file}:${line}:${column} ${pointer} ${reason}`,
      );

const asked = (set: PolicySet, type = 'a.b') => set.requirementsOf(type as EventType);

const rule = (id: string) =>
  `version: 1\nrules: [{ id: ${id}, match: [a.b], outcome: warn, reason: x, when: 'true' }]`;

const many = (n: number) =>
  Object.fromEntries(Array.from({ length: n }, (_, i) => [`d${i}`, { version: 1 }]));
const file = (i: number) => [`d${i}`, 'version: 1'] as const;

const rules = (matches: readonly (readonly string[])[]) =>
  loadSet(native, {
    a: {
      version: 1,
      rules: matches.map((match, i) => ({
        id: `r${i}`,
        match,
        outcome: 'warn',
        reason: 'x',
        when: 'true',
      })),
    },
  });
const times = (n: number, ...match: string[]) => Array.from({ length: n }, () => match);

const files = (n: number) => read(...Array.from({ length: n }, (_, i) => file(i)));

describe('several documents', () => {
  it('are taken in the order of their names, whatever the order in which they are given', () => {
    const [one, two] = [
      ['b', 'version: 1\noperators: 2'],
      ['a', 'version: 1\noperators: 3'],
    ] as const;
    for (const loaded of [read(one, two), read(two, one)])
      expect(loaded).toMatchObject({
        left: [{ file: 'b', line: 2, column: 12, reason: 'stated_twice', found: 'also in a' }],
      });
  });

  it('of a payload are in the same order, whatever the order of its members', () => {
    const [a, b] = [
      { version: 1, operators: 2 },
      { version: 1, operators: 3 },
    ];
    for (const documents of [
      { a, b },
      { b, a },
    ])
      expect(problemsOf(loadSet(native, documents))).toEqual(['b:1:1 /operators stated_twice']);
  });

  it.each([
    ['clocks', '{ ahead: 1h }'],
    ['corrections', '{ four_eyes: operator }'],
    ['exceptions', '{ separate: true }'],
    ['operators', '1'],
    ['quarantine', '{ release_tier: operator }'],
    ['references', '{ causes_exist: true }'],
    ['refusals', '{ record: all }'],
    ['secrets', '{ find: true }'],
  ])('state %s once', (section, value) => {
    const text = `version: 1\n${section}: ${value}`;
    expect(problemsOf(read(['a', text], ['b', text], ['c', 'version: 1']))).toEqual([
      `b:2:${section.length + 3} /${section} stated_twice`,
    ]);
    expect(problemsOf(read(['a', text], ['b', 'version: 1']))).toEqual([]);
  });

  it('share schemas, which have names of their own', () => {
    const types = 'version: 1\ntypes: [{ match: a.*, schema: number }]';
    const schemas = 'version: 1\nschemas: { number: { type: number } }';
    const [{ schema } = {}] = asked(sound(read(['a', types], ['b', schemas]))).schemas;
    expect([schema?.check(1), schema?.check('1')]).toMatchObject([[], [{ keyword: 'type' }]]);
    expect(problemsOf(read(['a', schemas], ['b', schemas]))).toEqual([
      'b:2:20 /schemas/number stated_twice',
    ]);
  });

  it('have rules of ids that no other has, in no other document and in the gate', () => {
    expect(problemsOf(read(['a', rule('r')], ['b', rule('r')]))).toEqual([
      'b:2:15 /rules/0/id repeated',
    ]);
    expect(problemsOf(read(['a', rule('r')], ['b', rule('constructor')]))).toEqual([]);
    for (const name of [...RULE_NAMES, ...GATE_NAMES])
      expect(problemsOf(read(['a', rule(name)]))).toEqual(['a:2:15 /rules/0/id repeated']);
  });

  it('are one at least, and sixteen at most', () => {
    for (const load of [(n: number) => loadSet(native, many(n)), files]) {
      expect(load(0)).toMatchObject({ left: [{ reason: 'empty', found: '0' }] });
      expect(load(1)._tag).toBe('Right');
      expect(load(16)._tag).toBe('Right');
      expect(load(17)).toMatchObject({ left: [{ reason: 'too_many', found: '17' }] });
    }
  });

  it('have names of their own, which a payload can bear', () => {
    const text = 'version: 1';
    expect(problemsOf(read(['a', text], ['b', text], ['a', text]))).toEqual([
      'a:1:1  stated_twice',
    ]);
    expect(problemsOf(read(['__proto__', text]))).toEqual(['__proto__:1:1  bad_form']);
    expect(problemsOf(read(['\ud800', text]))).toEqual(['\ud800:1:1  bad_form']);
    const set = sound(read(['constructor', text], ['toString', text]));
    expect(Object.keys(set.documents)).toEqual(['constructor', 'toString']);
  });
});

describe('at most thirteen rules of documents speak about one type', () => {
  it.each<readonly [string, readonly (readonly string[])[], string | undefined]>([
    ['thirteen', times(13, 'a.b'), undefined],
    ['fourteen', times(14, 'a.b'), '14 for a.b'],
    ['twelve and one for all', [...times(12, 'a.b'), ['*']], undefined],
    ['thirteen and one for all', [...times(13, 'a.b'), ['*']], '14 for a.b'],
    ['thirteen and one for more', [...times(13, 'a.b.c'), ['a.*']], '14 for a.b.c'],
    ['thirteen and one for others', [...times(13, 'a.b'), ['b.*']], undefined],
    ['thirteen and one for what is longer', [...times(13, 'a.b'), ['a.b.*']], undefined],
    ['thirteen, each named twice', times(13, 'a.b', 'a.*'), undefined],
    ['thirteen here and there', [...times(13, 'a.b'), ...times(13, 'a.c')], undefined],
  ])('%s', (_, matches, found) => {
    const loaded = rules(matches);
    if (found === undefined) expect(asked(sound(loaded)).rules.length).toBeLessThanOrEqual(13);
    else expect(loaded).toMatchObject({ left: [{ pointer: '/rules', reason: 'too_many', found }] });
  });
});
