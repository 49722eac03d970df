/**
 * An attestation is there: somebody answers for what the type asks it for, and for what governs.
 */
import { describe, expect, it } from 'vitest';
import { SOURCE_KINDS } from '../../../ledger/event/header.ts';
import type { Json } from '../../../ledger/json/value.ts';
import { SURFACES, powerOf } from '../../../policies/surface.ts';
import type { Surface } from '../../../policies/surface.ts';
import type { Brought } from '../../../properties/model/gatehouse.ts';
import { DAVE, Gatehouse, setOf } from '../../../properties/model/gatehouse.ts';
import { ask, outcomeOf } from './asked.ts';

const RULE = 'an-attestation-is-there';
const house = (match = 'a.*'): Gatehouse =>
  new Gatehouse(setOf({ types: [{ match, attested: true }] }));

const asking = (...types: readonly Json[]) => new Gatehouse(setOf({ types: [...types] }));
const of = (kind: string, type = 'a.b'): Brought => ({
  type,
  author: { source: { kind, name: 'x' } },
});

const kindsAsked = (at: Gatehouse, type?: string): readonly string[] =>
  SOURCE_KINDS.filter((kind) => outcomeOf(RULE, at, of(kind, type)) === 'reject');

const ENTRY = { match: 'a.*', attested: ['agent', 'tool'] };

describe(RULE, () => {
  it('rejects what nobody signed where the type asks, and holds for what somebody did', () => {
    expect(ask(RULE, house(), { type: 'a.b' })).toMatchObject({
      outcome: 'reject',
      reason: 'it takes an attestation and has none',
      overridable: true,
      evidence: { type: 'a.b', source: 'tool', attested: false, governed: true },
      change: 'sign the event: --sign KEY',
    });
    expect(ask(RULE, house(), { type: 'a.b', by: DAVE })).toMatchObject({
      outcome: 'allow',
      evidence: { type: 'a.b', attested: true },
    });
    expect(outcomeOf(RULE, house(), { type: 'b.a' })).toBe('allow');
  });

  it('asks where one of several entries asks, whatever the others say', () => {
    const types = [
      { match: '*', attested: true },
      { match: 'a.*', attested: false },
    ];
    for (const each of [types, types.toReversed()])
      expect(outcomeOf(RULE, new Gatehouse(setOf({ types: each })), { type: 'a.b' })).toBe(
        'reject',
      );
  });

  describe('given that a type asks it of some kinds of source', () => {
    it('asks those and no others', () => {
      expect(kindsAsked(asking(ENTRY))).toEqual(['agent', 'tool']);
      expect(kindsAsked(asking(ENTRY), 'b.a')).toEqual([]);
      expect(outcomeOf(RULE, asking(ENTRY), { ...of('agent'), by: DAVE })).toBe('allow');
    });

    it('asks whomever any of several entries asks', () => {
      const more = { match: '*', attested: ['user'] };
      expect(kindsAsked(asking(more, ENTRY))).toEqual(['user', 'agent', 'tool']);
      expect(kindsAsked(asking(more, ENTRY), 'b.a')).toEqual(['user']);
      for (const types of [
        [ENTRY, { match: '*', attested: true }],
        [{ match: 'a.b', attested: true }, { match: 'a.*', attested: false }, ENTRY],
      ])
        expect(kindsAsked(asking(...types))).toEqual([...SOURCE_KINDS]);
      expect(kindsAsked(asking({ match: 'a.*', attested: false }, ENTRY))).toEqual([
        'agent',
        'tool',
      ]);
    });

    it('asks all of them on what governs, and none of the tool itself', () => {
      const at = asking({ match: '*', attested: ['agent'] });
      expect(kindsAsked(at, 'policy.released')).toEqual([...SOURCE_KINDS]);
      expect(kindsAsked(at, 'ledger.verified')).toEqual([]);
    });
  });

  it.each(Object.keys(SURFACES) as readonly Surface[])(
    'on the surface %s, asks as those who write there need',
    (surface) => {
      const power = powerOf(surface);
      const brought = { type: 'a.b', surface };
      expect(outcomeOf(RULE, new Gatehouse(), brought)).toBe(
        power === 'governing' ? 'reject' : 'allow',
      );
      expect(outcomeOf(RULE, house('*'), brought)).toBe(power === 'own' ? 'allow' : 'reject');
      expect(outcomeOf(RULE, house('*'), { ...brought, by: DAVE })).toBe('allow');
    },
  );
});
