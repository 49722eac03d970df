/**
 * What counts as an answer of a rule: evidence is JSON that a ledger could hold, however that is
 * told.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { format } from '../../ledger/json/format.ts';
import { verdictOf } from '../../policies/gate/contribution.ts';

const isTaken = (evidence: unknown): boolean =>
  verdictOf({ outcome: 'allow', reason: 'holds', overridable: true, evidence }) !== undefined;

class Known {
  readonly a = 1;
}

const defined = (attributes: PropertyDescriptor): object =>
  Object.defineProperty({ a: 1 }, 'b', attributes);

const listed = (...also: readonly (readonly [PropertyKey, PropertyDescriptor])[]): object => {
  const list = ['x', 1, true];
  for (const [key, attributes] of also) Object.defineProperty(list, key, attributes);
  return { a: list };
};

describe('evidence', () => {
  it.each<readonly [string, unknown, boolean]>([
    ['of nothing', {}, true],
    ['of leaves', { a: 'x', b: 1, c: true, d: 1.5, e: null }, true],
    ['of lists and objects', { a: ['x'], b: { c: 1 } }, true],
    ['of very many members', Object.fromEntries(Array.from('abcdefghijkl', (k) => [k, 1])), true],
    ['of a long text', { a: 'x'.repeat(100_000) }, true],
    ['without a prototype', Object.assign(Object.create(null) as object, { a: 1 }), true],
    ['of half a character', { a: '\ud800' }, false],
    ['under half a character', { '\ud800': 1 }, false],
    ['of no number', { a: Number.NaN }, false],
    ['of minus zero', { a: -0 }, false],
    ['of a number that a double does not keep', { a: 2 ** 53 }, false],
    ['of nothing known', { a: undefined }, false],
    ['of a function', { a: () => 1 }, false],
    ['of a big integer', { a: 1n }, false],
    ['under __proto__', JSON.parse('{"__proto__":1}'), false],
    ['under a symbol', { [Symbol('a')]: 1 }, false],
    ['that hides a member', defined({ value: 1, enumerable: false }), false],
    ['of a class', new Known(), false],
    ['that throws', defined({ get: (): unknown => JSON.parse('{'), enumerable: true }), false],
    ['of a list', [], false],
    ['of a list of leaves', listed(), true],
    ['of an empty list', { a: [] }, true],
    ['of a list of lists', { a: [['x'], []] }, true],
    ['of a long list', { a: Array.from('abcdefghijkl') }, true],
    ['of a list of no number', { a: ['x', Number.NaN] }, false],
    ['of a list of half a character', { a: ['x', '\ud800'] }, false],
    ['of a list with a hole', { a: Object.assign(['x'], { length: 2 }) }, false],
    ['of a list with a hole and a member', { a: Object.assign([], { length: 1, x: 1 }) }, false],
    ['of a list with a member', listed(['x', { value: 1, enumerable: true }]), false],
    ['of a list with a hidden member', listed(['x', { value: 1 }]), false],
    ['of a list with a member under a symbol', listed([Symbol('x'), { value: 1 }]), false],
    ['of a list with an item that is hidden', listed([0, { enumerable: false }]), false],
    ['too long for a line', { a: 'x'.repeat(2_000_000) }, false],
  ])('%s', (_, evidence, isGood) => {
    expect([isTaken(evidence), E.isRight(format(evidence)) && !Array.isArray(evidence)]).toEqual([
      isGood,
      isGood,
    ]);
  });
});
