/**
 * The user's guide, policies/README.md, run as it stands: its files are read, its table is tried,
 * its script prints what the page says, and each of its tables is that of the code.
 */
import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { SOURCE_KINDS } from '../../ledger/event/header.ts';
import type { Json } from '../../ledger/json/value.ts';
import { MAX_DOCUMENT } from '../../policies/document/text.ts';
import { NOON, tableShape } from '../../policies/explain/table-shape.ts';
import { readTable, runTable } from '../../policies/explain/table.ts';
import { BUDGET } from '../../policies/expression/expression.ts';
import { FUNCTIONS, METHODS } from '../../policies/expression/function.ts';
import { MACROS } from '../../policies/expression/loop.ts';
import { MAX_DEPTH, MAX_NODES, MAX_TEXT } from '../../policies/expression/parse.ts';
import { OUTCOMES } from '../../policies/outcome.ts';
import { MAX_EFFORT, MAX_PATTERN, MAX_PROGRAM } from '../../policies/pattern/pattern.ts';
import { documentRule, VARIABLES } from '../../policies/rule/document-rule.ts';
import { caseOf } from '../../policies/gate/gate.ts';
import { STANDARD } from '../../policies/rule/standard.ts';
import { MAX_SUBSCHEMAS } from '../../policies/schema/book.ts';
import { FORMATS } from '../../policies/schema/format.ts';
import { KEYWORDS } from '../../policies/schema/keyword.ts';
import { MAX_STEPS } from '../../policies/schema/run.ts';
import { MAX_DOCUMENTS, documentShape } from '../../policies/set/document.ts';
import { loadSet, readSet } from '../../policies/set/load.ts';
import { MAX_STEPS as MAX_SECRET_STEPS } from '../../policies/secret/find.ts';
import { READY_MADE } from '../../policies/set/ready-made.ts';
import { MAX_RATES_PER_TYPE, MAX_RULES_PER_TYPE } from '../../policies/set/ruled.ts';
import { MAX_OPEN_HOLDS } from '../../policies/state/standing.ts';
import { REASON_CODES, parseScope } from '../../policies/state/authorization.ts';
import type { Surface } from '../../policies/surface.ts';
import { SURFACES, entersBy, surfaceOf } from '../../policies/surface.ts';
import type { EventType } from '../../ledger/name.ts';
import { sound } from '../../properties/arbitrary/key.ts';
import { CAROL, Gatehouse } from '../../properties/model/gatehouse.ts';
import { membersOf } from './guide/member.ts';
import { GUIDE, block, blocksOf, tableUnder } from './guide/page.ts';
import { runScript } from './guide/run.ts';

const bytesOf = (name: string): Uint8Array => Buffer.from(block(`yaml ${name}`));
const billing = sound(readSet(native, [{ file: 'billing.yaml', bytes: bytesOf('billing.yaml') }]));

/** The words in backticks. */
const wordsIn = (text = ''): readonly string[] =>
  Array.from(text.matchAll(/`([^`]+)`/g), ([, word = '']) => word);

const rowsUnder = (heading: string) => tableUnder(GUIDE, heading);
const firstWords = (heading: string): readonly string[] =>
  rowsUnder(heading).flatMap(([first]) => wordsIn(first));

/** Whether an authorization may override a rule, told from the answers in its file. */
const overriddenOf = (name: string): string => {
  const file = new URL(`../../policies/rule/${name}.ts`, import.meta.url);
  const text = readFileSync(file, 'utf8').replaceAll(/^import [^;]*;/gm, '');
  const isFirm = /\bforbids\(/.test(text);
  const isSoft = /\brejects\(|'quarantine'/.test(text);
  if (isFirm) return isSoft ? 'in part' : 'no';
  return isSoft ? 'yes' : 'only warns';
};

describe('the worked set of the guide', () => {
  const table = sound(readTable('billing.test.yaml', bytesOf('billing.test.yaml')));

  it('decides every case of its table as the table says', () => {
    const { results } = runTable(native, table, billing);
    expect(results.filter(({ isPassed }) => !isPassed)).toEqual([]);
    expect(results.length).toBeGreaterThan(7);
  });

  it('has a table that notices when a rule of it is gone', () => {
    const { rules, ...rest } = sound(
      E.fromNullable('no document')(billing.documents['billing.yaml']),
    ) as Record<string, Json>;
    expect(rules).toHaveLength(2);
    const without = sound(loadSet(native, { billing: rest }));
    const failed = runTable(native, table, without).results.filter((each) => !each.isPassed);
    expect(failed.map(({ actual }) => actual)).toEqual(['allow', 'allow']);
  });

  it('objects at least once with each rule that it sets up', () => {
    const { coverage } = runTable(native, table, billing);
    const objecting = coverage.filter(({ spoke }) => spoke > 0).map(({ rule }) => rule);
    for (const { id } of billing.requirementsOf('invoice.issued' as EventType).rules)
      expect(objecting).toContain(id);
  });

  it.each(['billing.yaml', 'billing.test.yaml'])('%s names the schema that editors use', (name) => {
    const [, path = ''] =
      /^# yaml-language-server: \$schema=\.\/node_modules\/sealed-ledger\/(\S+)$/m.exec(
        block(`yaml ${name}`),
      ) ?? [];
    const file = new URL(`../../${path}`, import.meta.url);
    const schema = name.includes('test') ? tableShape.schema : documentShape.schema;
    expect(JSON.parse(readFileSync(file, 'utf8'))).toMatchObject(schema);
  });
});

describe('the script of the guide', () => {
  it('prints what the guide says', () => {
    expect(runScript()).toBe(block('text try.mts'));
  });
});

describe('the tables of the guide', () => {
  it('list the members of a document', () => {
    expect(rowsUnder('Members of a document')).toEqual(membersOf(documentShape.schema));
  });

  it('list the members of a test table', () => {
    const members = membersOf(tableShape.schema);
    const of = (path: string) =>
      members
        .filter(([member = '']) => member.startsWith(`\`${path}.`))
        .map(([member = '', ...rest]) => [member.replace(path, ''), ...rest]);
    expect(of('cases[].given[]')).toEqual(of('cases[].event'));
    expect(rowsUnder('Members of a test table')).toEqual(
      members.filter(([member = '']) => !member.includes('given[]')),
    );
  });

  it('state as left out what a set without the member comes to', () => {
    const stated = {
      version: 1,
      exceptions: { separate: false },
      operators: 1,
      references: { causes_exist: false, corrections_exist: false },
      refusals: { record: 'none', per_source: 100, window: 10_000 },
      types: [{ match: '*', attested: false }],
      rules: [],
    };
    const short = { version: 1, refusals: { record: 'none' } };
    const [a, b] = [stated, short].map((each) => sound(loadSet(native, { each })));
    const plain = (set: typeof a) => JSON.stringify({ ...set, digest: '', documents: {} });
    expect(plain(a)).toBe(plain(b));
    const told = rowsUnder('Members of a document').flatMap(([member, , left = '']) =>
      wordsIn(left).map((word) => `${member ?? ''} ${word}`),
    );
    expect(told).toEqual([
      '`exceptions.separate` false',
      '`operators` 1',
      '`references.causes_exist` false',
      '`references.corrections_exist` false',
      '`refusals.per_source` 100',
      '`refusals.window` 10000',
      '`rules[].overridable` true',
      '`types[].attested` false',
    ]);
    expect(NOON).toBe(wordsIn(rowsUnder('Members of a test table').at(-1)?.[2])[0]);
  });

  it('list the ready-made sets', () => {
    const sets = GUIDE.slice(GUIDE.indexOf('Ready-made sets'));
    expect(tableUnder(`# sets\n${sets}`, 'sets').flatMap(([name]) => wordsIn(name))).toEqual(
      Object.keys(READY_MADE),
    );
  });

  it('list the outcomes from weak to strong', () => {
    expect(firstWords('What becomes of an event')).toEqual(OUTCOMES);
  });

  it('list the ways into a ledger, what they are and types that come by them', () => {
    const rows = rowsUnder('Ways into a ledger');
    expect(rows.map(([way, power]) => [wordsIn(way)[0], power])).toEqual(
      Object.entries(SURFACES).map(([way, { power }]) => [way, power]),
    );
    for (const [way, , types] of rows)
      for (const type of wordsIn(types)) {
        const surface = wordsIn(way)[0] as Surface;
        expect(entersBy(surface, type as EventType), type).toBe(true);
        const alike = ['append_signed', 'import'].includes(surface) ? 'append' : surface;
        if (surface !== 'export') expect(surfaceOf(type as EventType)).toBe(alike);
      }
  });

  it('list the standard rules, where they may hold back and whether that can be overridden', () => {
    const where = { integrity: 'everywhere', 'built-in': 'governing too', documents: 'ordinary' };
    expect(rowsUnder('Standard rules')).toEqual(
      STANDARD.map(({ name, claim, reach }) => [
        `\`${name}\``,
        claim,
        where[reach],
        overriddenOf(name),
      ]),
    );
  });

  it('list what an expression may speak of', () => {
    const rows = rowsUnder('Expressions');
    expect(rows.flatMap(([name]) => wordsIn(name))).toEqual(Object.keys(VARIABLES));
    const house = new Gatehouse();
    const author = {
      authorization: 'e-1',
      causation_id: 'e-1',
      domain_tags: ['a'],
      seen: { seq: 0, event_hash: house.recorded[0]?.event_hash ?? '' },
      session_id: 'morning',
      supersedes: 'e-1',
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
    };
    const proposal = house.propose({ type: 'invoice.paid', by: CAROL, author });
    const given = caseOf(proposal, house.view, house.ground.set);
    const isTrue = (when: string): boolean => {
      const rule = documentRule({ id: 'a', when, outcome: 'warn', reason: 'so' });
      return sound(rule).judge(given).reason === 'so';
    };
    const members = (variable: string): readonly string[] =>
      wordsIn(rows.find(([name]) => wordsIn(name)[0] === variable)?.[1]).filter(
        (word) => word !== 'none',
      );
    for (const variable of ['event', 'key', 'state']) {
      for (const member of members(variable))
        expect(isTrue(`has(${variable}.${member})`), `${variable}.${member}`).toBe(true);
      expect(isTrue(`size(${variable}) == ${members(variable).length}`), variable).toBe(true);
    }
  });

  it('list the functions, methods and macros of expressions', () => {
    expect(rowsUnder('Functions').map(([, names]) => wordsIn(names))).toEqual([
      ['has', ...Object.keys(FUNCTIONS)],
      ['matches', ...Object.keys(METHODS)],
      Object.keys(MACROS),
    ]);
  });

  it('list the keywords and formats of schemas', () => {
    const lists = rowsUnder('Keywords').map(([, names]) => wordsIn(names));
    expect(lists.slice(0, -1).flat()).toEqual([...KEYWORDS]);
    expect(lists.at(-1)).toEqual([...FORMATS.keys()]);
  });

  it('state the bounds', () => {
    const stated = rowsUnder('Bounds').flatMap(([, most = '']) =>
      Array.from(most.matchAll(/\d[\d,]*/g), ([number]) => Number(number.replaceAll(',', ''))),
    );
    const documents = [MAX_DOCUMENT, MAX_DOCUMENTS, MAX_RULES_PER_TYPE, MAX_RATES_PER_TYPE];
    const expressions = [MAX_TEXT, MAX_NODES, MAX_DEPTH, BUDGET];
    const patterns = [MAX_PATTERN, MAX_PROGRAM, MAX_EFFORT];
    const schemas = [MAX_SUBSCHEMAS, MAX_STEPS];
    const events = [MAX_SECRET_STEPS, MAX_OPEN_HOLDS];
    expect(stated).toEqual([...documents, ...expressions, ...patterns, ...schemas, ...events]);
  });
});

describe('the authorization of the guide', () => {
  const scope = JSON.parse(block('json authorization.json')) as Record<string, Json>;

  it('is one, and holds every member that there is', () => {
    expect(E.isRight(parseScope(scope))).toBe(true);
    expect(E.isLeft(parseScope({ ...scope, reason_code: 'convenience' }))).toBe(true);
    expect(E.isLeft(parseScope({ ...scope, more: 1 }))).toBe(true);
  });

  it('names every code of a reason', () => {
    const [, codes] = /`reason_code` is one of ([^]*?)\.\n/.exec(GUIDE) ?? [];
    expect(wordsIn(codes)).toEqual(REASON_CODES);
  });
});

describe('the set in the README of the project', () => {
  it('is one, and its rule speaks about what it names', () => {
    const readme = readFileSync(new URL('../../README.md', import.meta.url), 'utf8');
    const text = /^```yaml\n([^]*?)^```$/m.exec(readme)?.[1] ?? '';
    const set = sound(readSet(native, [{ file: 'readme.yaml', bytes: Buffer.from(text) }]));
    expect(set.requirementsOf('invoice.paid' as EventType)).toMatchObject({
      attested: [...SOURCE_KINDS],
      rules: [{ id: 'large-invoices-take-an-operator' }],
    });
  });
});

describe('the page itself', () => {
  it('has no block that nothing checks', () => {
    expect([...blocksOf(GUIDE).keys()]).toEqual([
      'yaml billing.yaml',
      'yaml billing.test.yaml',
      'ts try.mts',
      'text try.mts',
      'json authorization.json',
    ]);
    expect(GUIDE.match(/^```\w*$/gm)?.filter((fence) => fence !== '```')).toEqual([]);
  });
});
