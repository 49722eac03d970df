/**
 * A map of one's own for OCSF: what it says counts, it is read with its places, and what is wrong
 * with it is told there.
 */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as E from 'fp-ts/lib/Either.js';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { DEFAULT_MAP } from '../../../src/export/ocsf/default-map.ts';
import { mapShape, readOcsfMap } from '../../../src/export/ocsf/map.ts';
import { right } from '../../build/ledger.ts';
import { mutationsOf } from '../../policies/guide/mutation.ts';
import { withLedger } from '../cli/shell.ts';
import { isPublished, one, told } from './drawn.ts';

const MAP = `types:
  invoice.*:
    class_uid: 201001
    activity_id: 1
    severity_id: 2
    attributes:
      message: { pointer: /payload/total }
      count: { pointer: /payload/n, as: integer, value: 1 }
      start_time: { pointer: /header/recorded_at, as: time }
      end_time: { pointer: /payload/total, as: time }
      entity.data: { pointer: /payload, as: json }
  invoice.paid: { class_uid: 0, activity_id: 0 }
`;

const problemsOf = (text: string): readonly string[] => {
  const read = readOcsfMap('map.yaml', Buffer.from(text));
  return E.isRight(read)
    ? []
    : read.left.map(({ line, pointer, reason }) => `${line} ${pointer} ${reason}`);
};

const isRead = (value: Json): boolean => E.isRight(mapShape(value, ''));

describe('a map of one’s own', () => {
  it('says by the narrowest pattern what a type becomes, and takes what is of its kind', () => {
    const map = right(readOcsfMap('map.yaml', Buffer.from(MAP)));
    const stated = (type: string, payload: JsonObject): JsonObject => told(one(type, payload), map);
    const sent = stated('invoice.sent', { total: '12.50', n: 3 });
    expect(sent).toMatchObject({
      class_uid: 201_001,
      category_uid: 1,
      type_uid: 20_100_101,
      severity_id: 2,
      message: '12.50',
      count: 3,
      start_time: Date.parse(one('a.b', {}).header.recorded_at),
      entity: { data: { total: '12.50', n: 3 } },
    });
    expect(sent['end_time']).toBeUndefined();
    expect(stated('invoice.sent', { total: { a: 1 }, n: 'x' })).toMatchObject({
      message: '{"a":1}',
      count: 1,
    });
    expect(stated('invoice.paid', {})).toMatchObject({ type_uid: 0, activity_id: 0 });
    expect(stated('note.taken', {})).toMatchObject({ type_uid: 99, activity_name: 'note.taken' });
  });

  it('takes a time that says its zone, and none that would be another one elsewhere', () => {
    const map = right(readOcsfMap('map.yaml', Buffer.from(MAP)));
    const { TZ } = process.env;
    const ended = (zone: string, total: string) => {
      process.env['TZ'] = zone;
      return told(one('invoice.sent', { total }), map)['end_time'];
    };
    try {
      for (const zone of ['UTC', 'America/New_York']) {
        expect(ended(zone, '2026-01-02')).toBe(Date.UTC(2026, 0, 2));
        expect(ended(zone, '2026-01-02T03:04:05.006+01:00')).toBe(Date.UTC(2026, 0, 2, 2, 4, 5, 6));
        for (const bare of ['2026-01-02T03:04:05', '2026-01-02 03:04', 'January 2, 2026', '2026'])
          expect([zone, bare, ended(zone, bare)]).toEqual([zone, bare, undefined]);
      }
    } finally {
      process.env['TZ'] = TZ ?? '';
    }
  });

  it.each([
    ['class_uid: 201001', 'class_uid: x', '3 /types/invoice.*/class_uid wrong_type'],
    ['    activity_id: 1\n', '', '3 /types/invoice.*/activity_id missing'],
    ['activity_id: 1', 'activity_id: 100', '4 /types/invoice.*/activity_id out_of_range'],
    ['invoice.paid:', 'Invoice:', '12 /types/Invoice bad_form'],
    ['message:', 'metadata.uid:', '7 /types/invoice.*/attributes/metadata.uid no_effect'],
    ['message:', 'Message:', '7 /types/invoice.*/attributes/Message bad_form'],
    ['message:', 'entity:', '7 /types/invoice.*/attributes/entity stated_twice'],
    ['/payload/total }', 'payload }', '7 /types/invoice.*/attributes/message/pointer bad_form'],
    ['/payload/total }', '/body/total }', '7 /types/invoice.*/attributes/message/pointer bad_form'],
    ['{ pointer: /payload/total }', '{}', '7 /types/invoice.*/attributes/message missing'],
    [
      '{ pointer: /payload/total }',
      '{ value: 1, as: text }',
      '7 /types/invoice.*/attributes/message/as no_effect',
    ],
    ['as: json', 'as: yaml', '11 /types/invoice.*/attributes/entity.data/as unknown_value'],
    ['types:', 'type:', '1 /type unknown_member'],
  ])('is refused with %j as %j', (from, to, problem) => {
    expect(problemsOf(MAP)).toEqual([]);
    expect(problemsOf(MAP.replace(from, to))).toContain(problem);
  });

  it('has a schema by which editors complete it, which takes what is read', async () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'What events become as OCSF',
      ...mapShape.schema,
    };
    const path = '../../../src/export/ocsf/ocsf-map.schema.json';
    const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 100 });
    await expect(text).toMatchFileSnapshot(fileURLToPath(new URL(path, import.meta.url)));
    const isMap = new Ajv2020({ strict: false }).compile(schema);
    const { types } = DEFAULT_MAP;
    const few = { types: { 'key.*': types['key.revoked'], '*': types['*'] } };
    for (const value of [DEFAULT_MAP, few, { ...few, $schema: 'x.json' }])
      expect([isRead(value), isMap(value)]).toEqual([true, true]);
    const twins = mutationsOf(few);
    expect(twins.filter((value) => isRead(value) && !isMap(value))).toEqual([]);
    const refused = twins.filter((value) => !isRead(value));
    expect(refused.filter((value) => isMap(value)).length).toBeLessThan(refused.length / 20);
    expect(refused.length).toBeGreaterThan(50);
  });

  it('is printed by help, changed and handed in, and refused where it is wrong', async () => {
    const shell = withLedger();
    await shell.told('append --type invoice.paid --sign alice');
    const exported = async (...more: readonly string[]): Promise<string> => {
      const to = shell.path('out.json');
      const line = ['export', '--format', 'ocsf', '--to', to, '--at', '1', ...more];
      await shell.told(line);
      return readFileSync(to, 'utf8');
    };
    const plain = await exported();
    for (const line of plain.trimEnd().split('\n'))
      expect(isPublished(JSON.parse(line) as JsonObject)).toBe(true);
    const { stdout } = await shell.inside('help ocsf-map');
    shell.write('map.yaml', stdout);
    expect(await exported('--ocsf-map', 'map.yaml')).toBe(plain);
    shell.write('map.yaml', stdout.replace('activity_id: 6', 'activity_id: 7'));
    expect(await exported('--ocsf-map', 'map.yaml')).toBe(
      plain.replace('"activity_id":6', '"activity_id":7').replace('100806', '100807'),
    );
    shell.write('bad.yaml', 'types:\n  invoice.paid: { class_uid: 0 }\n');
    const line = ['export', '--format', 'ocsf', '--to', '-', '--ocsf-map', 'bad.yaml'];
    const { status, stderr } = await shell.inside(line);
    expect([status, stderr.split('\n')]).toEqual([
      2,
      [
        'bad.yaml:2:17: /types/invoice.paid/activity_id: missing;' +
          ' expected the member activity_id',
        'Mend what stands there; ledger help ocsf-map prints one that holds.',
        '',
      ],
    ]);
    expect(
      await shell.refusals([
        ['export', '--format', 'csv', '--to', 'x.csv', '--ocsf-map', 'map.yaml'],
        ['export', '--format', 'ocsf', '--to', 'x.json', '--ocsf-map', 'none.json'],
      ]),
    ).toEqual(['2 usage', '3 file_unreadable']);
  });
});
