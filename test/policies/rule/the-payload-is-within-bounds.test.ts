/**
 * The payload is within bounds: as many bytes in UTF-8 and as many containers as its type takes.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { all, law } from '../../../properties/check.ts';
import { Gatehouse, setOf } from '../../../properties/model/gatehouse.ts';
import { WARNS, ask, outcomeOf } from './asked.ts';

const RULE = 'the-payload-is-within-bounds';
const house = (...types: JsonObject[]): Gatehouse => new Gatehouse(setOf({ types }));
const bytes = (text: string): number => new TextEncoder().encode(JSON.stringify(text)).length;
const bring = (payload: Json, type = 'a.b') => ({ type, payload });

/** Containers inside one another, an object and a list by turns. */
const nested = (depth: number): Json => {
  let value: Json = 1;
  for (let i = 0; i < depth; i++) value = i % 2 === 0 ? { a: value, b: 1 } : [1, value];
  return value;
};

const entry = (max_bytes: number) => house({ match: 'a.*', max_bytes });

describe(RULE, () => {
  it.each([
    '',
    'plain',
    'é\u007f\u0080',
    '\u07ff\u0800',
    '€\ud7ff\ue000\uffff',
    '😀𝄞',
    'a"\\\n\u2028',
  ])('counts the bytes of %j as UTF-8 has them, and takes exactly the bound', (text) => {
    const size = bytes(text);
    expect(outcomeOf(RULE, entry(size), bring(text))).toBe('allow');
    expect(ask(RULE, entry(size - 1), bring(text))).toMatchObject({
      outcome: 'reject',
      reason: 'the payload is too large',
      overridable: true,
      evidence: { bytes: size, most: size - 1 },
      change: `keep large data elsewhere and record its digest: at most ${size - 1} bytes`,
    });
  });

  const at = house({ match: '*', max_bytes: 1 });
  law(
    'counts as many bytes as an encoder gives, whatever the text',
    () =>
      fc.property(fc.string({ unit: 'binary', minLength: 1 }), (text) => {
        const { evidence } = ask(RULE, at, bring(text));
        return evidence['bytes'] === bytes(text);
      }),
    { runs: all },
  );

  it.each([0, 1, 2, 17, 63])(
    'given a bound of %d containers, takes so many and no more',
    (most) => {
      const bounded = house({ match: 'a.*', max_depth: most });
      expect(outcomeOf(RULE, bounded, bring(nested(most)))).toBe('allow');
      expect(ask(RULE, bounded, bring(nested(most + 1)))).toMatchObject({
        outcome: 'reject',
        reason: 'the payload nests too deep',
        overridable: true,
        evidence: { depth: most + 1, most },
        change: `nest at most ${most} containers`,
      });
      expect(outcomeOf(RULE, bounded, bring(nested(most + 1), 'b.a'))).toBe('allow');
    },
  );

  it('counts empty containers, and the deepest of several branches', () => {
    const bounded = house({ match: 'a.*', max_depth: 1 });
    expect(outcomeOf(RULE, bounded, bring({}))).toBe('allow');
    expect(outcomeOf(RULE, bounded, bring([[]]))).toBe('reject');
    expect(outcomeOf(RULE, bounded, bring({ a: 1, b: {}, c: 2 }))).toBe('reject');
  });

  it('takes the smallest of several bounds, in whatever order', () => {
    const types = [
      { match: '*', max_bytes: 9, max_depth: 2 },
      { match: 'a.*', max_bytes: 5, max_depth: 1 },
    ];
    for (const each of [types, types.toReversed()]) {
      const bounded = house(...each);
      expect(outcomeOf(RULE, bounded, bring('123'))).toBe('allow');
      expect(outcomeOf(RULE, bounded, bring('1234'))).toBe('reject');
      expect(outcomeOf(RULE, bounded, bring('1234', 'b.a'))).toBe('allow');
      expect(outcomeOf(RULE, bounded, bring([[]]))).toBe('reject');
      expect(outcomeOf(RULE, bounded, bring([[]], 'b.a'))).toBe('allow');
    }
  });

  it('only warns where the tool writes and where keys change', () => {
    for (const type of ['ledger.verified', 'key.retired']) {
      const asked = ask(RULE, at, bring({ more: 'than one' }, type));
      expect([asked.outcome, asked.reason.endsWith(WARNS)]).toEqual(['warn', true]);
    }
  });
});
