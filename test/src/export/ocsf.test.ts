/**
 * Events as OCSF, held against the published schema: every class that the default map can choose,
 * with payloads as they come and with none.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Time } from '../../../ledger/name.ts';
import { check, share } from '../../../properties/check.ts';
import { defaultMap } from '../../../src/export/ocsf/map.ts';
import { NAMES, PAYLOADS, TYPES, events, isPublished, one, told } from './drawn.ts';

const LATER = '2026-02-03T04:05:06.007Z' as Time;

/** One of each type. */
const oneOfEach = (): readonly JsonObject[] => {
  const payload = Object.assign({}, ...PAYLOADS) as JsonObject;
  return TYPES.map((type) => told(one(type, payload)));
};

/** With each member taken away, of another kind, or one more, at any depth of it. */
const altered = (value: JsonObject): readonly (readonly [path: string, JsonObject])[] =>
  Object.entries(value).flatMap(([name, member]) => {
    const { [name]: _gone, ...rest } = value;
    const inner =
      typeof member === 'object' && member !== null && !Array.isArray(member) && name !== 'unmapped'
        ? altered(member as JsonObject).map(
            ([path, each]) => [`${name}.${path}`, { ...value, [name]: each }] as const,
          )
        : [];
    return [
      [`without ${name}`, rest] as const,
      [`other ${name}`, { ...value, [name]: [member] }] as const,
      [`more beside ${name}`, { ...value, [`${name}_x`]: member }] as const,
      ...inner,
    ];
  });

/** What the schema asks of every event, and of objects in it. */
const REQUIRED = [
  'class_uid',
  'activity_id',
  'category_uid',
  'type_uid',
  'severity_id',
  'time',
  'metadata',
  'metadata.without version',
  'metadata.without product',
  'metadata.product.without name',
].map((path) => (path.includes(' ') ? path : `without ${path}`));

describe('an event as OCSF', () => {
  it('is one of the published schema, whatever its type and payload', () => {
    const seen = new Set<unknown>();
    check(
      fc.property(events, (event) => {
        const value = told(event);
        seen.add(value['class_uid']);
        return isPublished(value) && isPublished(told(event, []));
      }),
      { runs: share(1, 20_000) },
    );
    const classes = defaultMap().map(([, { class_uid }]) => String(class_uid));
    expect([...new Set(classes)].toSorted()).toEqual(Object.keys(NAMES).toSorted());
    expect([...seen].map(String).toSorted()).toEqual(Object.keys(NAMES).toSorted());
  });

  it('is none of it with a required member less, any member of another kind, or one more', () => {
    for (const value of oneOfEach()) {
      expect([value['activity_name'], isPublished(value)]).toEqual([value['activity_name'], true]);
      const twins = altered(value);
      expect(twins.map(([path]) => path)).toEqual(
        expect.arrayContaining(REQUIRED.filter((path) => !path.includes('product.'))),
      );
      // A product is named by its name or its number: the schema's package tells that as anyOf.
      for (const [path, twin] of twins)
        if (!/without/.test(path) || REQUIRED.includes(path))
          expect([path, isPublished(twin)]).toEqual([path, false]);
      for (const [name, other] of [
        ['class_uid', 4001],
        ['category_uid', 4],
        ['activity_id', 55],
        ['type_uid', Number(value['type_uid']) + 50],
        ['severity_id', 7],
        ['time', '2026-11-21'],
      ] as const)
        expect([name, isPublished({ ...value, [name]: other })]).toEqual([name, false]);
    }
  });

  it('says in its numbers what the map says', () => {
    for (const value of oneOfEach()) {
      const [uid, activity] = [Number(value['class_uid']), Number(value['activity_id'])];
      expect(value['type_uid']).toBe(uid * 100 + activity);
      expect(value['category_uid']).toBe(Math.floor(uid / 1000));
    }
    const [revoked] = oneOfEach().filter(
      ({ severity_id: severity, activity_id: activity }) => severity === 4 && activity === 9,
    );
    const { header } = one('invoice.paid', {});
    const moments = { observed_at: '2026-01-02T03:04:05.006Z' as Time, recorded_at: LATER };
    const event = { ...one('invoice.paid', {}), header: { ...header, ...moments } };
    expect(told(event)['time']).toBe(Date.parse(moments.observed_at));
    expect(revoked).toMatchObject({
      type_uid: 300_409,
      comment: 'lost',
      entity: { type: 'Key', uid: 'bot+1f3a9c2e' },
    });
  });
});
