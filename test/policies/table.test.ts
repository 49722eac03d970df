/**
 * Tables of cases: what passes, what fails and why, and which rules no case has tried.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Report } from '../../policies/explain/table.ts';
import { readTable, runTable } from '../../policies/explain/table.ts';
import { sound } from '../../properties/arbitrary/key.ts';
import { setOf } from '../../properties/model/gatehouse.ts';

const SET = setOf({
  types: [
    { match: 'deploy.*', tier: 'verified' },
    { match: 'fixed.*', four_eyes: 'operator' },
  ],
  references: { causes_exist: true },
  rules: [
    {
      id: 'large-invoices-take-an-operator',
      match: ['invoice.*'],
      when: 'payload.total > 1000.0 && key.tier != "operator"',
      outcome: 'reject',
      reason: 'it is large',
    },
    {
      id: 'orders-wait',
      match: ['order.*'],
      when: 'true',
      outcome: 'quarantine',
      reason: 'it waits',
    },
  ],
});

const KEYS = 'version: 1\nkeys: { alice: operator, bob: operator, till: observed }\n';
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const run = (cases: string): Report =>
  runTable(native, sound(readTable('t.yaml', bytes(`${KEYS}cases:\n${cases}`))), SET);

/** The one result of a table of one case. */
const tried = (members: string) => run(`  - { name: it, ${members} }`).results[0];

const LARGE = 'event: { type: invoice.paid, payload: { total: 5000 }, by: till }';

describe('a case', () => {
  it.each([
    [`${LARGE}, expect: reject`],
    [`${LARGE}, expect: reject, rules: [large-invoices-take-an-operator]`],
    ['event: { type: invoice.paid, payload: { total: 5000 }, by: alice }, expect: allow'],
    ['event: { type: invoice.paid, payload: { total: 1000 } }, expect: allow'],
    ['event: { type: invoice.paid, payload: { total: 1000 } }, expect: allow, rules: []'],
    ['event: { type: order.made }, expect: quarantine, rules: [orders-wait]'],
    ['event: { type: key.enrolled }, surface: append, expect: reject'],
    ['event: { type: a.b, members: { causation_id: event-0 } }, expect: allow'],
    ['event: { type: a.b, members: { causation_id: event-3 } }, expect: reject'],
  ])('passes where it says %s', (members) => {
    expect(tried(members)).toMatchObject({ name: 'it', isPassed: true });
  });

  it.each([
    [`${LARGE}, expect: allow`, 'allow', 'reject by large-invoices-take-an-operator'],
    [`${LARGE}, expect: quarantine`, 'quarantine', 'reject by large-invoices-take-an-operator'],
    [
      `${LARGE}, expect: reject, rules: [the-tier-is-enough]`,
      'reject by the-tier-is-enough',
      'reject by large-invoices-take-an-operator',
    ],
    [
      `${LARGE}, expect: reject, rules: [large-invoices-take-an-operator, the-tier-is-enough]`,
      'reject by large-invoices-take-an-operator, the-tier-is-enough',
      'reject by large-invoices-take-an-operator',
    ],
    [
      'event: { type: deploy.it, by: till, members: { causation_id: no } }, expect: reject, ' +
        'rules: [the-tier-is-enough]',
      'reject by the-tier-is-enough',
      'reject by the-cause-exists, the-tier-is-enough',
    ],
    ['event: { type: a.b }, expect: reject', 'reject', 'allow'],
    [
      'event: { type: a.b, by: carol }, expect: allow',
      'allow',
      'no case: no key carol in the table',
    ],
    [
      'event: { type: a.b, members: { colour: red } }, expect: allow',
      'allow',
      'no case: colour: unknown_member',
    ],
    [
      'event: { type: a.b, members: { supersedes: "7" } }, expect: allow',
      'allow',
      'no case: supersedes: looks_like_seq',
    ],
    [
      'event: { type: a.b }, given: [{ type: a.b, by: carol }], expect: allow',
      'allow',
      'no case: given: no key carol in the table',
    ],
    [
      'event: { type: a.b }, given: [{ type: deploy.it, by: till }], expect: allow',
      'allow',
      'no case: given: deploy.it does not enter: reject by the-tier-is-enough',
    ],
    [
      'event: { type: a.b }, given: [{ type: order.made }], expect: allow',
      'allow',
      'no case: given: order.made does not enter: quarantine by orders-wait',
    ],
  ])('fails where it says %s', (members, expected, actual) => {
    expect(tried(members)).toEqual({ name: 'it', isPassed: false, expected, actual });
  });

  it('looks at events that were recorded before, and at those of no other case', () => {
    const after = `given: [{ type: a.b, members: { id: cause } }],`;
    const event = 'event: { type: a.c, members: { causation_id: cause } }';
    const { results } = run(
      `  - { name: after it, ${after} ${event}, expect: allow }\n` +
        `  - { name: without it, ${event}, expect: reject }`,
    );
    expect(results.map(({ name, isPassed }) => [name, isPassed])).toEqual([
      ['after it', true],
      ['without it', true],
    ]);
  });

  it('tries exceptions and approvals with the keys of the table', () => {
    const scope =
      'expires_at: "2026-01-02T00:00:00.000Z", reason: x, reason_code: incident_response, ' +
      'rules: [the-tier-is-enough], types: [deploy.*], uses: 1';
    const authorized = `{ type: break_glass.authorized, by: alice, payload: { ${scope} } }`;
    const forced = '{ type: deploy.forced, by: till, members: { authorization: event-3 } }';
    const review = '{ type: review.approved, by: bob, meaning: approved, payload: { subject: x } }';
    const corrected = '{ type: fixed.it, by: alice, members: { supersedes: x } }';
    const made = '{ type: a.b, members: { id: x } }';
    const { results } = run(
      `  - { name: one, given: [${authorized}], event: ${forced}, expect: break_glass }\n` +
        `  - { name: two, event: ${forced}, expect: reject }\n` +
        `  - { name: three, given: [${made}, ${review}], event: ${corrected}, expect: allow }\n` +
        `  - { name: four, given: [${made}], event: ${corrected}, expect: reject }`,
    );
    expect(results.filter(({ isPassed }) => !isPassed)).toEqual([]);
  });

  it('takes no exception that a key may not give, and counts the uses that were before', () => {
    const scope =
      'expires_at: "2026-01-02T00:00:00.000Z", reason: x, reason_code: incident_response, ' +
      'rules: [the-tier-is-enough], types: [deploy.*], uses: 1';
    const given = (by: string) =>
      `{ type: break_glass.authorized, by: ${by}, payload: { ${scope} } }`;
    const forced = '{ type: deploy.forced, by: till, members: { authorization: event-3 } }';
    const { results } = run(
      `  - { name: one, given: [${given('till')}], event: ${forced}, expect: break_glass }\n` +
        `  - { name: two, given: [${given('alice')}, ${forced}], ` +
        `event: ${forced}, expect: reject }`,
    );
    expect(results.map(({ actual }) => actual)).toEqual([
      'no case: given: break_glass.authorized does not enter: reject by the-authority-suffices',
      'reject by the-authorization-permits-it, the-tier-is-enough',
    ]);
  });

  it('is judged at the time of the table', () => {
    const set = setOf({ clocks: { ahead: '1h' } });
    const at = (now: string) => {
      const text =
        `version: 1\nnow: '${now}'\ncases:\n  - { name: it, expect: allow, ` +
        "event: { type: a.b, members: { observed_at: '2030-01-01T00:00:00.000Z' } } }";
      return runTable(native, sound(readTable('t', bytes(text))), set).results[0]?.isPassed;
    };
    expect([at('2029-12-31T23:00:00.000Z'), at('2029-12-31T22:59:59.999Z')]).toEqual([true, false]);
  });

  it('has an operator where the table names none, and it is no key of the table', () => {
    const text =
      'version: 1\nkeys: { nobody: observed }\ncases:\n' +
      '  - { name: it, event: { type: deploy.it, by: nobody }, expect: reject }';
    const { results } = runTable(native, sound(readTable('t', bytes(text))), SET);
    expect(results[0]?.isPassed).toBe(true);
  });
});

const cases = (text: string) => `version: 1\ncases:\n  - ${text}`;

describe('a malformed table', () => {
  it.each([
    ['version: 1', '1:1 /cases missing'],
    ['cases: []', '1:1 /version missing'],
    ['version: 2\ncases: []', '1:10 /version out_of_range'],
    [cases('{}'), '3:5 /cases/0/name missing'],
    [
      cases('{ name: a, event: { type: a.b }, expect: maybe }'),
      '3:46 /cases/0/expect unknown_value',
    ],
    [cases('{ name: a, event: { type: ab }, expect: warn }'), '3:31 /cases/0/event/type bad_form'],
    [cases('{ name: a, event: {}, expect: warn }'), '3:23 /cases/0/event/type missing'],
    [cases('{ name: "", event: { type: a.b }, expect: warn }'), '3:13 /cases/0/name bad_form'],
    [
      cases('{ name: a, event: { type: a.b }, expect: warn, surface: door }'),
      '3:61 /cases/0/surface unknown_value',
    ],
    [
      cases('{ name: a, event: { type: a.b }, expect: warn, rules: [R] }'),
      '3:60 /cases/0/rules/0 bad_form',
    ],
    ['version: 1\nkeys: { a: admin }\ncases: []', '2:12 /keys/a unknown_value'],
    ['version: 1\nkeys: { a b: operator }\ncases: []', '2:9 /keys/a b bad_form'],
    ['version: 1\nnow: today\ncases: []', '2:6 /now bad_form'],
    [
      cases('{ name: a, event: { type: a.b, meaning: Bad Word }, expect: warn }'),
      '3:45 /cases/0/event/meaning bad_form',
    ],
    [
      cases('{ name: a, event: { type: a.b, members: [] }, expect: warn }'),
      '3:45 /cases/0/event/members wrong_type',
    ],
    ['version: 1\ncases: [', '2:9 '],
  ])('%j is refused: %s', (text, problem) => {
    const read = readTable('t.yaml', bytes(text));
    const [first] = E.isLeft(read) ? read.left : [];
    expect(first?.file).toBe('t.yaml');
    expect(`${first?.line}:${first?.column} ${first?.pointer} ${first?.reason}`).toContain(problem);
  });

  it('is not one of no cases', () => {
    expect(
      runTable(native, sound(readTable('t', bytes('version: 1\ncases: []'))), SET).results,
    ).toEqual([]);
  });
});
