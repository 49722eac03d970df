/**
 * What an entry asks of types that govern, or that the tool writes about itself: refused with its
 * place where no event would ever be asked for it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { EventType } from '../../ledger/name.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { isOfType, parseTypePattern } from '../../policies/type-pattern.ts';
import { SURFACES, entersBy, powerOf } from '../../policies/surface.ts';
import type { Surface } from '../../policies/surface.ts';
import { loadSet, readSet } from '../../policies/set/load.ts';

const ASKED = {
  attested: true,
  tier: 'operator',
  four_eyes: 'operator',
  rate: { events: 1, window: 2 },
  schema: 'one',
  sources: ['user'],
  max_bytes: 10,
  max_depth: 1,
} as const;

/** The members that are refused, each as without effect. */
const refused = (match: string, asked: JsonObject = ASKED): readonly string[] => {
  const document = { version: 1, types: [{ match, ...asked }], schemas: { one: true } };
  const loaded = readSet(native, [{ file: 'a', bytes: encodeUtf8(JSON.stringify(document)) }]);
  return E.isRight(loaded)
    ? []
    : loaded.left.map(({ pointer, reason }) => `${pointer.replace('/types/0/', '')} ${reason}`);
};

const [WHO, EYES, RATE] = [['attested', 'tier'], ['four_eyes'], ['rate']] as const;

describe('what an entry asks in vain', () => {
  it('is so for whoever writes a set, and not for one that was adopted', () => {
    const document = { version: 1, types: [{ match: 'policy.*', attested: true }] };
    expect(refused('policy.*', { attested: true })).toEqual(['attested no_effect']);
    expect(E.isRight(loadSet(native, { a: document }))).toBe(true);
  });

  it.each<readonly [string, readonly string[]]>([
    ['*', []],
    ['invoice.*', []],
    ['keys.lost', []],
    ['key.*', WHO],
    ['key.enrolled', WHO],
    ['policy.*', [...WHO, ...EYES]],
    ['policy.adopted', [...WHO, ...EYES]],
    ['policy.released', [...WHO, ...EYES]],
    ['policy.refused', [...WHO, ...EYES, ...RATE]],
    ['break_glass.*', [...WHO, ...EYES]],
    ['ledger.*', []],
    ['ledger.exported', []],
    ['ledger.payload_erased', [...WHO, ...EYES]],
    ['ledger.created', [...WHO, ...EYES, ...RATE]],
    ['outbox.*', []],
    ['outbox.destination_added', []],
    ['outbox.delivered', [...WHO, ...EYES, ...RATE]],
    ['experiment.*', []],
    ['experiment.looked', [...WHO, ...EYES, ...RATE]],
    ['schema_migration.*', [...WHO, ...EYES, ...RATE]],
  ])('of %s is %j, and all of it is told', (match, members) => {
    expect(refused(match)).toEqual(members.map((member) => `${member} no_effect`));
  });

  it('is refused at its place, with what it is about', () => {
    const text = 'version: 1\ntypes:\n  - { match: a.*, tier: operator }\n  - match: key.*\n';
    const bytes = new TextEncoder().encode(`${text}    tier: operator\n`);
    const read = readSet(native, [{ file: 'a.yaml', bytes }]);
    expect(E.isLeft(read) && read.left).toMatchObject([
      { file: 'a.yaml', line: 5, column: 11, pointer: '/types/1/tier', found: 'key.*' },
    ]);
  });

  it('is nothing where nothing is asked', () => {
    expect(refused('key.*', {})).toEqual([]);
    expect(refused('key.*', { attested: false })).toEqual([]);
    expect(refused('key.*', { attested: ['agent'] })).toEqual(['attested no_effect']);
  });

  const FAMILIES = 'ledger key policy break_glass outbox experiment schema_migration'.split(' ');
  const LAST =
    'created enrolled adopted released refused authorized exported payload_erased recovered x' +
    ' enqueued destination_x delivered amended looked';

  it.each(FAMILIES)('of %s.* is what is in vain of every type of it', (family) => {
    const types = LAST.split(' ').map((last) => `${family}.${last}`);
    const pattern = parseTypePattern(`${family}.*`);
    expect(pattern !== undefined && isOfType(pattern, 'key.x' as EventType)).toBe(family === 'key');
    const each = types.map((type) => refused(type));
    const common = (each[0] ?? []).filter((member) => each.every((some) => some.includes(member)));
    expect(refused(`${family}.*`)).toEqual(common);
  });

  it.each(FAMILIES)('of types of %s says who may write them', (family) => {
    for (const last of LAST.split(' ')) {
      const type = `${family}.${last}`;
      const isOrdinary = (Object.keys(SURFACES) as readonly Surface[]).some(
        (surface) => powerOf(surface) === 'ordinary' && entersBy(surface, type as EventType),
      );
      expect(refused(type).length === 0).toBe(isOrdinary);
    }
  });
});
