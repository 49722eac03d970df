/**
 * The effort of a whole set: what its patterns take to compile, however many documents, schemas,
 * rules and secrets they stand in, and what all of it may take at one event.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { EventType } from '../../ledger/name.ts';
import { MAX_DOCUMENT } from '../../policies/document/text.ts';
import { compilePattern, MAX_EFFORT, newPurse } from '../../policies/pattern/pattern.ts';
import { adoptionOf } from '../../policies/set/adoption.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { Loaded } from '../../policies/set/load.ts';
import { loadSet, readSet } from '../../policies/set/load.ts';
import { sound } from '../../properties/arbitrary/key.ts';
import { ALICE, Gatehouse, setOf, told } from '../../properties/model/gatehouse.ts';

const range = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);
const named = (count: number, of: (i: number) => Json, name = 's'): JsonObject =>
  Object.fromEntries(range(count).map((i) => [`${name}${i}`, of(i)]));

const first = (loaded: Loaded): string => {
  if (E.isRight(loaded)) return 'taken';
  const [{ file, pointer, expected } = { file: '', pointer: '' }] = loaded.left;
  return `${file} ${pointer}: ${expected}`;
};

/** A thousand instructions, and no two alike. */
const large = (i: number): string => `.{${900 + (i % 99)}}${i}`;
const ALTERNATIVES = range(60).map((i) => `${String.fromCharCode(65 + (i % 26))}{999}`);
const EXPLODING = ALTERNATIVES.join('|');

const LIMIT = 5000;
const TOO_MUCH = `at most ${MAX_EFFORT} instructions to compile all`;

const rule = (i: number, when: string): JsonObject => ({
  id: `r${i}`,
  match: [`t${i}.*`],
  outcome: 'warn',
  reason: 'x',
  when,
});

const bytesOf = (value: Json): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const documentOf = (length: number): JsonObject => {
  const document = { schemas: { a: { $comment: '' } }, version: 1 };
  const rest = length - JSON.stringify(document).length;
  return { ...document, schemas: { a: { $comment: 'x'.repeat(rest) } } };
};

/** Some 200,000 steps, whatever the payload. */
const heavy = (comment: string): JsonObject => ({
  $comment: comment,
  $defs: named(
    16,
    (i) =>
      i === 0
        ? { type: 'object' }
        : { allOf: [{ $ref: `#/$defs/d${i - 1}` }, { $ref: `#/$defs/d${i - 1}` }] },
    'd',
  ),
  $ref: '#/$defs/d15',
});

const entries = (schema: (i: number) => string): Json =>
  range(200).map((i) => ({ match: '*', schema: schema(i) }));

const heavies = (count: number): Gatehouse =>
  new Gatehouse(
    setOf({
      types: entries((i) => `s${i % count}`),
      schemas: named(count, (i) => heavy(String(i))),
    }),
  );

const rated = (count: number, match: (i: number) => string): Loaded =>
  loadSet(native, {
    a: {
      version: 1,
      types: range(count).map((i) => ({
        match: match(i),
        rate: { events: 1, window: 10 + i },
      })),
    },
  });

describe('the patterns of a set', () => {
  it('are paid out of one purse, whatever they stand in', { timeout: LIMIT }, () => {
    const schemas = named(16, (d) => ({
      version: 1,
      schemas: named(100, (i) => ({ pattern: large(100 * d + i) }), `s${d}-`),
    }));
    expect(first(loadSet(native, schemas))).toMatch(
      new RegExp(`^s1 /schemas/s1-\\d+/pattern: .*${TOO_MUCH}$`),
    );
    const rules = range(100).map((i) =>
      rule(i, `payload.a.matches("${large(i)}") || payload.b.matches("${large(i)}")`),
    );
    expect(first(loadSet(native, { a: { version: 1, rules } }))).toMatch(
      new RegExp(`^a /rules/\\d+/when: .*${TOO_MUCH}: more$`),
    );
    const patterns = range(32).map((i) => ({ name: `p${i}`, pattern: large(i) }));
    const half = {
      a: { version: 1, rules: rules.slice(0, 20) },
      b: { version: 1, schemas: named(40, (i) => ({ pattern: large(i) })) },
    };
    expect(first(loadSet(native, half))).toBe('taken');
    const whole = { ...half, c: { version: 1, secrets: { find: true, patterns } } };
    expect(first(loadSet(native, whole))).toMatch(
      new RegExp(`^c /secrets/patterns/\\d+/pattern: ${TOO_MUCH}$`),
    );
    const reasons = range(100).map((i) => ({
      ...rule(i, 'true'),
      reason: `{payload.a.matches('${'\\\\pL'.repeat(35)}')}`,
    }));
    expect(first(loadSet(native, { a: { version: 1, rules: reasons } }))).toMatch(
      new RegExp(`^a /rules/\\d+/reason: .*${TOO_MUCH}: more$`),
    );
  });

  it('are refused for their size without a look at their program', { timeout: LIMIT }, () => {
    const schemas = named(55, () => ({ allOf: range(10).map(() => ({ pattern: EXPLODING })) }));
    const document = { version: 1, schemas };
    const refused = loadSet(native, { a: document });
    expect(first(refused)).toMatch(
      /^a \/schemas\/s0\/allOf\/0\/pattern: a pattern of at most 2000 instructions$/,
    );
    expect(E.isLeft(refused) && refused.left.length).toBe(100);
    const exploding = `payload.a.matches("${EXPLODING}") || payload.b.matches("${EXPLODING}")`;
    const rules = range(100).map((i) => rule(i, exploding));
    expect(first(loadSet(native, { a: { version: 1, rules } }))).toMatch(/^a \/rules\/0\/when: /);
    const purse = newPurse();
    expect(compilePattern(EXPLODING, purse)._tag).toBe('Left');
    expect(purse.left).toBe(MAX_EFFORT);
  });

  it('cost what their classes cost, whose programs are small', { timeout: LIMIT }, () => {
    const costs = ['(?i)[!-\uffff]', '(?i)[\\x{21}-\\x{ffff}]', '\\pL'.repeat(10)].map((source) => {
      const purse = newPurse();
      expect(compilePattern(source, purse)._tag).toBe('Right');
      return MAX_EFFORT - purse.left;
    });
    for (const cost of costs) expect(cost).toBeGreaterThan(1900);
    const purse = newPurse();
    expect(compilePattern(`(?i)[${'!-\uffff'.repeat(300)}]`, purse)._tag).toBe('Left');
    expect(compilePattern('(?i)^[a-zà-ü ]+$', newPurse())._tag).toBe('Right');
  });

  it('of schemas that are equal are compiled once', () => {
    const documents = named(16, (d) => ({
      version: 1,
      schemas: named(100, () => ({ pattern: large(7) }), `s${d}-`),
    }));
    expect(loadSet(native, documents)._tag).toBe('Right');
  });

  it('that are wrong are told by the first hundred of them', () => {
    const bad = named(100, () => ({ pattern: '(' }), 'a');
    const refused = loadSet(native, {
      a: { version: 1, schemas: bad, rules: [rule(0, '(')] },
      b: { version: 1, schemas: bad, rules: [rule(0, '(')] },
    });
    expect(E.isLeft(refused) && refused.left.map(({ file }) => file)).toEqual(Array(100).fill('a'));
  });
});

describe('a document', () => {
  it('is as long as it may be whether it is read or adopted', () => {
    for (const [length, isTaken] of [
      [MAX_DOCUMENT, true],
      [MAX_DOCUMENT + 1, false],
    ] as const) {
      const document = documentOf(length);
      const read = readSet(native, [{ file: 'a', bytes: bytesOf(document) }]);
      const open = readyMade(native, 'open');
      const documents = { documents: { a: document } };
      const payload = E.isRight(read) ? adoptionOf(open, read.right) : documents;
      const adopted = new Gatehouse().judge({ type: 'policy.adopted', payload, by: ALICE });
      expect([E.isRight(read), told(adopted) === 'allow']).toEqual([isTaken, isTaken]);
      const loaded = loadSet(native, { a: document });
      const expected = isTaken ? 'taken' : `a : at most ${MAX_DOCUMENT} bytes as JSON`;
      expect(first(loaded)).toBe(expected);
    }
  });

  it('may not be longer as JSON either, or it could be read and not adopted', () => {
    const text = `version: 1\nschemas: { a: { $comment: "${'\\0'.repeat(60_000)}" } }`;
    const read = readSet(native, [{ file: 'a', bytes: new TextEncoder().encode(text) }]);
    expect(text.length).toBeLessThan(MAX_DOCUMENT);
    expect(first(read)).toBe(`a : at most ${MAX_DOCUMENT} bytes as JSON`);
  });
});

describe('at one event', () => {
  it('a schema that many entries name is asked once', { timeout: LIMIT }, () => {
    const documents = named(
      16,
      (d) => ({
        version: 1,
        types: entries(() => 'heavy'),
        ...(d === 0 ? { schemas: { heavy: heavy('') } } : {}),
      }),
      'd',
    );
    const set = sound(loadSet(native, documents));
    expect(set.requirementsOf('a.b' as EventType).schemas).toHaveLength(1);
    expect(told(new Gatehouse(set).judge({ type: 'a.b' }))).toBe('allow');
  });

  it('all schemas share their steps, and none of them those of another event', () => {
    const [few, many] = [heavies(2), heavies(20)];
    for (let i = 0; i < 3; i++) expect(told(few.judge({ type: 'a.b' }))).toBe('allow');
    const decision = many.judge({ type: 'a.b' });
    expect(told(decision)).toBe('reject: the-payload-matches-its-schema');
    expect(decision.contributing[0]?.reason).toContain('more steps than are allowed');
    expect(told(many.judge({ type: 'policy.refused', payload: { author: 'unsigned' } }))).toBe(
      'warn: the-payload-matches-its-schema',
    );
  });

  it('all rules have equal shares of their steps', () => {
    const LIST = range(60_000);
    const of = (count: number, over: JsonObject = {}): Gatehouse =>
      new Gatehouse(
        setOf({
          rules: range(count).map((i) => ({
            ...rule(i, 'payload.exists(x, x < 0.0)'),
            match: ['*'],
            ...over,
          })),
        }),
      );
    expect(told(of(1).judge({ type: 'a.b', payload: LIST }))).toBe('allow');
    const crowd = of(13).judge({ type: 'a.b', payload: LIST });
    expect(crowd.outcome).toBe('reject');
    expect(crowd.contributing).toHaveLength(13);
    expect(crowd.contributing[0]?.reason).toContain('budget_exceeded');
    const reasoned = { when: 'true', reason: 'as {payload.filter(x, x < 0.0)}' };
    const [alone] = of(1, reasoned).judge({
      type: 'a.b',
      payload: LIST.slice(0, 10_000),
    }).contributing;
    expect(alone?.evidence).toEqual({ reason: 'as list' });
    const [crowded] = of(13, reasoned).judge({
      type: 'a.b',
      payload: LIST.slice(0, 10_000),
    }).contributing;
    expect(crowded?.evidence).toEqual({ reason: 'as ?' });
  });

  it('so many rates are counted for a type and no more', () => {
    expect(first(rated(8, () => 'a.b'))).toBe('taken');
    expect(first(rated(9, () => 'a.b'))).toBe('a /types: at most 8 rates for one type');
    expect(first(rated(9, (i) => (i === 0 ? '*' : 'a.*')))).toBe(
      'a /types: at most 8 rates for one type',
    );
    expect(first(rated(9, (i) => `a.b${i}`))).toBe('taken');
  });

  it('rates over one window are one rate, the strictest of them', () => {
    const types = [5, 3, 4].map((events) => ({ match: 'a.*', rate: { events, window: 10 } }));
    const set = setOf({ types });
    expect(set.requirementsOf('a.b' as EventType).rates).toEqual([{ events: 3, window: 10 }]);
  });
});
