/**
 * The set is sound: what is to be adopted can be read, and there are operators enough for it.
 */
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';
import { READY_MADE } from '../../../policies/set/ready-made.ts';
import type { Brought } from '../../../properties/model/gatehouse.ts';
import {
  ALICE,
  BOB,
  CAROL,
  EVE,
  Gatehouse,
  enrolment,
} from '../../../properties/model/gatehouse.ts';
import { ask, outcomeOf } from './asked.ts';

const RULE = 'the-set-is-sound';
const adopting = (documents: Json): Brought =>
  isObject(documents)
    ? new Gatehouse().adopting(documents)
    : { type: 'policy.adopted', payload: { documents }, by: ALICE };
const rule = { id: 'r', match: ['*'], outcome: 'warn', reason: 'x', when: 'true' } as const;

const BAD: readonly (readonly [string, JsonObject, JsonObject])[] = [
  ['no version', {}, { pointer: '/version', reason: 'missing' }],
  ['a later version', { version: 2 }, { pointer: '/version', reason: 'out_of_range' }],
  ['an unknown section', { version: 1, tier: 'x' }, { reason: 'unknown_member' }],
  [
    'an unknown tier',
    { version: 1, types: [{ match: '*', tier: 'admin' }] },
    { pointer: '/types/0/tier', reason: 'unknown_value' },
  ],
  [
    'an expression that cannot be read',
    { version: 1, rules: [{ ...rule, when: 'payload.' }] },
    { pointer: '/rules/0/when', reason: 'expression' },
  ],
  [
    'a pattern that cannot be read',
    { version: 1, secrets: { find: true, patterns: [{ name: 'a', pattern: '(' }] } },
    { pointer: '/secrets/patterns/0/pattern', reason: 'pattern' },
  ],
  [
    'a schema that cannot be read',
    { version: 1, schemas: { a: { typ: 'object' } } },
    { pointer: '/schemas/a/typ', reason: 'schema' },
  ],
  [
    'a schema that is not there',
    { version: 1, types: [{ match: '*', schema: 'a' }] },
    { pointer: '/types/0/schema', reason: 'unknown_name' },
  ],
  [
    'the name of a standard rule',
    { version: 1, rules: [{ ...rule, id: RULE }] },
    { pointer: '/rules/0/id', reason: 'repeated' },
  ],
];

describe(RULE, () => {
  it.each(BAD)('forbids a document with %s, and tells where', (_, document, problem) => {
    const asked = ask(RULE, new Gatehouse(), adopting({ billing: document }));
    expect(asked).toMatchObject({
      outcome: 'reject',
      reason: 'its documents cannot be read',
      overridable: false,
      evidence: { count: 1, problems: [{ file: 'billing', ...problem }] },
      change: 'mend the documents: ledger policy test says where',
    });
  });

  it('shows ten problems at most, and counts them all', () => {
    const types = Array.from({ length: 30 }, () => ({ match: '**' }));
    const { evidence } = ask(RULE, new Gatehouse(), adopting({ a: { version: 1, types } }));
    expect([(evidence['problems'] as readonly Json[]).length, evidence['count']]).toEqual([10, 30]);
  });

  it.each<readonly [string, Json]>([
    ['null', null],
    ['text', 'version: 1'],
    ['a list', [READY_MADE.open]],
    ['no document', {}],
    ['a document of text', { open: 'version: 1' }],
    ['a document of nothing', { open: null }],
  ])('forbids %s in place of documents', (_, documents) => {
    const asked = ask(RULE, new Gatehouse(), adopting(documents));
    expect([asked.outcome, asked.overridable]).toEqual(['reject', false]);
  });

  it('forbids a payload without documents', () => {
    for (const payload of [{}, null, [], 'documents'])
      expect(
        ask(RULE, new Gatehouse(), { type: 'policy.adopted', payload, by: ALICE }),
      ).toMatchObject({
        outcome: 'reject',
        reason: 'it bears no documents',
        overridable: false,
      });
  });

  it('holds for each ready-made set where there are operators enough', () => {
    for (const [name, document] of Object.entries(READY_MADE))
      expect(ask(RULE, new Gatehouse(), adopting({ [name]: document }))).toMatchObject({
        outcome: 'allow',
        evidence: { operators: 2, needs: name === 'regulated' ? 2 : 1 },
      });
  });

  it('counts operators that are active, and no key of another purpose', () => {
    const at = new Gatehouse();
    const three = adopting({ a: { version: 1, operators: 3 } });
    const recovery = enrolment(EVE, 'operator', 'recovery');
    at.enter({ type: 'key.enrolled', payload: recovery, by: ALICE });
    expect(ask(RULE, at, three)).toMatchObject({
      outcome: 'reject',
      reason: 'there are too few operators for it',
      overridable: false,
      evidence: { operators: 2, needs: 3 },
      change: 'enrol operators until 3 are active',
    });
    const two = adopting({ a: { version: 1, operators: 2 } });
    expect(outcomeOf(RULE, at, two)).toBe('allow');
    at.enter({ type: 'key.revoked', payload: { key_id: BOB.keyId, reason: 'x' }, by: ALICE });
    expect(ask(RULE, at, two).evidence).toEqual({ operators: 1, needs: 2 });
  });

  it('reads nothing that is brought by somebody who may not adopt it', () => {
    const documents = { a: { version: 2 } };
    for (const by of [undefined, CAROL, EVE])
      expect(ask(RULE, new Gatehouse(), { ...adopting(documents), by })).toMatchObject({
        outcome: 'reject',
        reason: 'it was not read, since whoever brings it may not adopt it',
        overridable: false,
        change: 'have an operator sign it',
      });
    expect(ask(RULE, new Gatehouse(), adopting(documents)).reason).toContain('cannot be read');
  });

  it('says nothing of other events', () => {
    expect(outcomeOf(RULE, new Gatehouse(), { ...adopting({}), type: 'a.b' })).toBe('allow');
    expect(outcomeOf(RULE, new Gatehouse(), { ...adopting({}), type: 'policy.held' })).toBe(
      'allow',
    );
  });
});
