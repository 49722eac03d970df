/**
 * A document of a set: what is wrong in each section, at its place, and what a good one means.
 */
import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { policySetDigest } from '../../ledger/chain/governance.ts';
import { native } from '../../ledger/crypto/native.ts';
import { SOURCE_KINDS } from '../../ledger/event/header.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { EventType } from '../../ledger/name.ts';
import { loadSet, readSet } from '../../policies/set/load.ts';
import { READY_MADE, readyMade } from '../../policies/set/ready-made.ts';
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

const told = (text: string): readonly string[] =>
  problemsOf(read(['a.yaml', `version: 1\n${text}`]));

const asked = (set: PolicySet, type = 'a.b') => set.requirementsOf(type as EventType);

const rule = (over: string): string =>
  `rules:\n  - { id: r, match: [a.*], outcome: warn, reason: x, when: 'true', ${over} }`;

describe('a bad value is told with its place', () => {
  it.each([
    ['types: {}', '2:8 /types wrong_type'],
    ['types: [1]', '2:9 /types/0 wrong_type'],
    ['types: [{}]', '2:9 /types/0/match missing'],
    ['types:\n  - match: "**"', '3:12 /types/0/match bad_form'],
    ['types:\n  - match: a.*\n    attested: yes', '4:15 /types/0/attested wrong_type'],
    ['types:\n  - match: a.*\n    attested: []', '4:15 /types/0/attested empty'],
    [
      'types:\n  - match: a.*\n    attested: [agent, robot]',
      '4:23 /types/0/attested/1 unknown_value',
    ],
    ['types:\n  - match: a.*\n    tier: admin', '4:11 /types/0/tier unknown_value'],
    ['types:\n  - match: a.*\n    four_eyes: true', '4:16 /types/0/four_eyes wrong_type'],
    ['types:\n  - match: a.*\n    max_bytes: 0', '4:16 /types/0/max_bytes out_of_range'],
    ['types:\n  - match: a.*\n    max_bytes: 1048577', '4:16 /types/0/max_bytes out_of_range'],
    ['types:\n  - match: a.*\n    max_depth: 65', '4:16 /types/0/max_depth out_of_range'],
    ['types:\n  - match: a.*\n    max_depth: 1.5', '4:16 /types/0/max_depth bad_form'],
    ['types:\n  - match: a.*\n    rate: { events: 1 }', '4:11 /types/0/rate/window missing'],
    [
      'types:\n  - match: a.*\n    rate: { events: 0, window: 1 }',
      '4:21 /types/0/rate/events out_of_range',
    ],
    ['types:\n  - match: a.*\n    sources: [robot]', '4:15 /types/0/sources/0 unknown_value'],
    ['types:\n  - match: a.*\n    schema: Invoice', '4:13 /types/0/schema bad_form'],
    ['types:\n  - match: a.*\n    schema: constructor', '4:13 /types/0/schema unknown_name'],
    ['types:\n  - match: a.*\n    colour: red', '4:5 /types/0/colour unknown_member'],
    ['clocks: { ahead: 1 }', '2:18 /clocks/ahead wrong_type'],
    ['clocks: { ahead: 1w }', '2:18 /clocks/ahead bad_form'],
    ['clocks: { behind: 0s }', '2:19 /clocks/behind out_of_range'],
    ['clocks: { behind: 3651d }', '2:19 /clocks/behind out_of_range'],
    ['clocks: { sideways: 1s }', '2:11 /clocks/sideways unknown_member'],
    ['corrections: {}', '2:14 /corrections/four_eyes missing'],
    ['exceptions: { separate: 1 }', '2:25 /exceptions/separate wrong_type'],
    ['exceptions: { review_within: soon }', '2:30 /exceptions/review_within bad_form'],
    ['operators: 0', '2:12 /operators out_of_range'],
    ['operators: 101', '2:12 /operators out_of_range'],
    ['quarantine: { release_tier: nobody }', '2:29 /quarantine/release_tier unknown_value'],
    ['references: { causes_exist: 1 }', '2:29 /references/causes_exist wrong_type'],
    ['refusals: { per_source: 1 }', '2:11 /refusals/record missing'],
    ['refusals: { record: some }', '2:21 /refusals/record unknown_value'],
    ['refusals: { record: all, per_source: 10001 }', '2:38 /refusals/per_source out_of_range'],
    ['secrets: {}', '2:10 /secrets/find missing'],
    ['secrets: { find: true, patterns: [a] }', '2:35 /secrets/patterns/0 wrong_type'],
    [
      'secrets:\n  find: true\n  patterns:\n    - name: a\n      pattern: (a',
      '6:16 /secrets/patterns/0/pattern pattern',
    ],
    [
      'secrets:\n  find: true\n  patterns:\n    - name: a\n      pattern: (?=a)',
      '6:16 /secrets/patterns/0/pattern pattern',
    ],
    ['schemas: { Invoice: true }', '2:12 /schemas/Invoice bad_form'],
    ['schemas: { a: 1 }', '2:15 /schemas/a wrong_type'],
    [
      'schemas:\n  a:\n    properties:\n      b/c: { minimum: x }',
      '5:23 /schemas/a/properties/b~1c/minimum schema',
    ],
    ['schemas: { a: { pattern: "(" } }', '2:26 /schemas/a/pattern schema'],
    ['schemas: { a: { $ref: "#/b" } }', '2:23 /schemas/a/$ref schema'],
    ['names: x', '2:1 /names unknown_member'],
    ['name: 7', '2:7 /name wrong_type'],
    ['constructor: {}', '2:1 /constructor unknown_member'],
    ['__proto__: {}', '2:1 /__proto__ forbidden_key'],
  ])('in %j it is %s', (text, problem) => {
    expect(told(text)).toEqual([`a.yaml:${problem}`]);
  });

  it.each([
    ['overridable: 1', '3:81 /rules/0/overridable wrong_type'],
    ['unless: x', '3:68 /rules/0/unless unknown_member'],
  ])('in a rule, too: %s', (over, problem) => {
    expect(told(rule(over))).toEqual([`a.yaml:${problem}`]);
  });

  it.each<readonly [string, string, string]>([
    ['id', 'R', '/rules/0/id bad_form'],
    ['id', 'the-set-is-sound', '/rules/0/id repeated'],
    ['match', '[]', '/rules/0/match empty'],
    ['match', '[b]', '/rules/0/match/0 bad_form'],
    ['match', 'a.*', '/rules/0/match wrong_type'],
    ['outcome', 'allow', '/rules/0/outcome unknown_value'],
    ['outcome', 'break_glass', '/rules/0/outcome unknown_value'],
    ['reason', 'x'.repeat(201), '/rules/0/reason too_long'],
    ['reason', "'{payload'", '/rules/0/reason template'],
    ['reason', "'{nobody}'", '/rules/0/reason template'],
    ['when', "'payload.'", '/rules/0/when expression'],
    ['when', "'1 + 1'", '/rules/0/when expression'],
    ['when', "'nobody.knows'", '/rules/0/when expression'],
    ['when', `'payload.a.matches("(")'`, '/rules/0/when expression'],
    ['when', `'${'!'.repeat(1999)}'`, '/rules/0/when expression'],
    ['when', `'${'x'.repeat(2001)}'`, '/rules/0/when too_long'],
  ])('in a rule whose %s is %s', (member, value, problem) => {
    const members = { id: 'r', match: '[a.*]', outcome: 'warn', reason: 'x', when: "'true'" };
    const lines = Object.entries({ ...members, [member]: value }).map(
      ([key, each], i) => `${i === 0 ? '  - ' : '    '}${key}: ${each}`,
    );
    const line = 3 + Object.keys(members).indexOf(member);
    const found = told(`rules:\n${lines.join('\n')}`);
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(new RegExp(`^a\\.yaml:${line}:\\d+ `));
    expect(found[0]?.slice(found[0].indexOf(' ') + 1)).toBe(problem);
  });

  it.each<readonly [string, string, string, string]>([
    ['plain', 'payload.a >> 3', '3:71', 'a value, not >'],
    ['in double quotes', '"payload.a == \\"é\\" >> 3"', '3:81', 'a value, not >'],
    ['in double quotes with other escapes', '"payload.a == \\x31 >> 3"', '3:60', 'a value, not >'],
    ['in single quotes', "'payload.a == ''é'' >> 3'", '3:81', 'a value, not >'],
    ['over lines in quotes', '"payload.a\n\n      == 1 &&\n      payload.b >> 3"', '6:18', ''],
    ['over plain lines', 'payload.a\n      == 1 &&\n      payload.b >> 3', '5:18', ''],
    ['folded', '>-\n      payload.a\n      == 1 &&\n\n      payload.b >> 3', '7:18', ''],
    ['folded, its comment aside', '> # why\n      1 == 1\n      && (2', '5:12', '), not the end'],
    ['as it stands', '|\n      payload.a ==\n        1 &&\n      nobody', '6:7', ''],
    ['at its end', 'payload.a ==', '3:72', 'a value, not the end'],
    ['in quotes at its end', '"payload.a =="', '3:73', 'a value, not the end'],
  ])('the place within an expression is told: %s', (_, when, place, expected) => {
    const text = `version: 1\nrules:\n  - { id: r, match: [a.*], outcome: warn, reason: x }`;
    const block = text.replace('{ ', '').replace(' }', '').replaceAll(', ', '\n    ');
    const isFlow = place.startsWith('3:');
    const whole = isFlow ? text.replace(' }', `, when: ${when} }`) : `${block}\n    when: ${when}`;
    const at = isFlow ? place : `${Number(place.split(':')[0]) + 4}:${place.split(':')[1]}`;
    const loaded = read(['a', whole]);
    expect(problemsOf(loaded)).toEqual([`a:${at} /rules/0/when expression`]);
    expect(E.isLeft(loaded) && loaded.left[0]?.expected).toContain(expected);
  });

  it('the rest of an expression is told as what was found', () => {
    const loaded = read([
      'a',
      `version: 1\n${rule('overridable: true').replace('true', '1 >> 2')}`,
    ]);
    expect(E.isLeft(loaded) && loaded.left[0]).toMatchObject({ found: '> 2' });
    const reason = read([
      'a',
      `version: 1\n${rule('overridable: true').replace('x', "'ab {a} c'")}`,
    ]);
    expect(E.isLeft(reason) && reason.left[0]).toMatchObject({ found: 'a} c', column: 56 });
  });

  it.each([
    ['types:\n  - match: a.*\n    sources: []', '4:14 /types/0/sources empty'],
    [
      'types:\n  - match: a.*\n    rate: { events: 11, window: 10 }',
      '4:21 /types/0/rate/events no_effect',
    ],
    ['refusals: { record: all, per_source: 2, window: 1 }', '2:38 /refusals/per_source no_effect'],
    ['refusals: { record: all, window: 99 }', '2:11 /refusals/per_source no_effect'],
    [
      'secrets: { find: false, patterns: [{ name: a, pattern: x }] }',
      '2:35 /secrets/patterns no_effect',
    ],
  ])('what would have no effect is told: %j', (text, problem) => {
    expect(told(text)).toEqual([`a.yaml:${problem}`]);
  });

  it.each([
    'types:\n  - match: a.*\n    rate: { events: 10, window: 10 }',
    'refusals: { record: all, per_source: 1, window: 1 }',
    'secrets: { find: false, patterns: [] }',
    '$schema: ./policy-document.schema.json',
  ])('what has some, or none on purpose, is not: %j', (text) => {
    expect(told(text)).toEqual([]);
  });

  it('all of them are told at once, of shape first and then of sense', () => {
    expect(told('operators: 0\nclocks: { ahead: x }')).toHaveLength(2);
    const text =
      'types: [{ match: a.*, schema: b }]\nschemas: { a: { typ: 1 } }\nsecrets: { find: true }';
    expect(told(text)).toHaveLength(2);
  });
});

describe('a set that loads', () => {
  it.each(Object.entries(READY_MADE))('as %s does has the digest that is adopted', (name, each) => {
    const set = readyMade(native, name as keyof typeof READY_MADE);
    expect(set.digest).toBe(policySetDigest(native, { [name]: each }));
    expect(set.documents).toEqual({ [name]: each });
    const read1 = sound(read([name, JSON.stringify(each)]));
    expect(read1.digest).toBe(set.digest);
    expect(sound(read([`${name}.yaml`, JSON.stringify(each)])).digest).not.toBe(set.digest);
  });

  it('has what its documents say, and what they leave out', () => {
    const open = readyMade(native, 'open');
    expect(open).toMatchObject({
      clocks: { aheadMs: undefined, behindMs: undefined },
      mustExist: { corrections: false, causes: false },
      releaseTier: 'operator',
      refusals: { record: 'none', perSource: 100, window: 10_000 },
      operators: 1,
      rules: [],
    });
    expect([open.secrets, open.correctionsTake]).toEqual([undefined, undefined]);
    const regulated = readyMade(native, 'regulated');
    expect(regulated).toMatchObject({
      clocks: { aheadMs: 300_000, behindMs: 315_360_000_000 },
      mustExist: { corrections: true, causes: true },
      correctionsTake: 'verified',
      secrets: [],
      exceptions: { separate: true, reviewWithinMs: 259_200_000 },
      releaseTier: 'verified',
      refusals: { record: 'all' },
      operators: 2,
    });
    expect(asked(regulated)).toMatchObject({ attested: SOURCE_KINDS, tier: 'observed' });
    expect(asked(regulated, 'key.retired').fourEyes).toBe('operator');
  });

  it('asks the same of a type however many others were asked about', () => {
    const set = sound(read(['a', 'version: 1\ntypes: [{ match: a.*, attested: true }]']));
    for (let i = 0; i < 2500; i++) expect(asked(set, `b.t${i}`).attested).toEqual([]);
    expect(asked(set).attested).toEqual(SOURCE_KINDS);
  });
});

const document = (value: unknown): JsonObject => ({ a: value as JsonObject });

describe('what is no document', () => {
  it.each([null, 1, 'version: 1', true, [], [{ version: 1 }]])('such as %j is refused', (value) => {
    expect(loadSet(native, document(value))).toMatchObject({
      left: [{ file: 'a', line: 1, column: 1, pointer: '', reason: 'wrong_type' }],
    });
  });
});

describe('the example that the form of documents opens with', () => {
  it('is a document, whole', () => {
    const source = readFileSync(new URL('../../policies/set/document.ts', import.meta.url), 'utf8');
    const lines = Array.from(source.matchAll(/^ \* {5}(.*)$/gm), ([, line = '']) => line);
    const set = sound(read(['a.yaml', lines.join('\n')]));
    expect(asked(set, 'invoice.paid')).toMatchObject({
      attested: ['agent', 'tool'],
      tier: 'verified',
      schemas: [{ name: 'invoice' }],
      rules: [{ id: 'large-invoices-take-an-operator' }],
    });
  });
});
