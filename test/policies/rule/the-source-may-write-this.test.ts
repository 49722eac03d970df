/**
 * The source may write this: only the kinds of source that documents name for the type.
 */
import { describe, expect, it } from 'vitest';
import { SOURCE_KINDS } from '../../../ledger/event/header.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { Gatehouse, setOf } from '../../../properties/model/gatehouse.ts';
import { WARNS, ask, outcomeOf } from './asked.ts';

const RULE = 'the-source-may-write-this';
const MAY = ['user', 'agent'] as const;
const house = (...types: JsonObject[]): Gatehouse => new Gatehouse(setOf({ types }));
const from = (kind: string, type = 'a.b') => ({ type, author: { source: { kind, name: 'x' } } });

describe(RULE, () => {
  it.each([...SOURCE_KINDS])('given that users and agents may, a source of kind %s', (kind) => {
    const at = house({ match: 'a.*', sources: MAY });
    const may = MAY.some((each) => each === kind);
    expect(ask(RULE, at, from(kind))).toMatchObject({
      outcome: may ? 'allow' : 'reject',
      evidence: { kind, may: MAY },
    });
    expect(outcomeOf(RULE, at, from(kind, 'b.a'))).toBe('allow');
  });

  it('says who may, and that an exception could be made', () => {
    expect(ask(RULE, house({ match: 'a.*', sources: MAY }), from('tool'))).toMatchObject({
      reason: 'sources of this kind do not write events of this type',
      overridable: true,
      change: 'let a source of another kind write it: user, agent',
    });
  });

  it('takes what every entry takes, which may be nobody', () => {
    const both = house({ match: 'a.*', sources: MAY }, { match: '*', sources: ['agent', 'tool'] });
    expect(['user', 'agent', 'tool'].map((kind) => outcomeOf(RULE, both, from(kind)))).toEqual([
      'reject',
      'allow',
      'reject',
    ]);
    const none = house({ match: 'a.*', sources: MAY }, { match: '*', sources: ['tool'] });
    for (const kind of SOURCE_KINDS) expect(outcomeOf(RULE, none, from(kind))).toBe('reject');
  });

  it('only warns where the tool writes', () => {
    const at = house({ match: '*', sources: ['user'] });
    const asked = ask(RULE, at, from('tool', 'ledger.verified'));
    expect([asked.outcome, asked.reason.endsWith(WARNS)]).toEqual(['warn', true]);
  });
});
