/**
 * Profiles in bundles: they say of the events that are there which requirements these have to do
 * with, the check makes them again, and what is wrong with one of a user's is told where it stands.
 */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Ajv2020 } from 'ajv/dist/2020.js';
import * as E from 'fp-ts/lib/Either.js';
import { format } from 'prettier';
import { describe, expect, it } from 'vitest';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import type { Files } from '../../../src/bundle/file.ts';
import { FILE } from '../../../src/bundle/layout.ts';
import { PARTS, profileShape } from '../../../src/bundle/profile/profile.ts';
import { PROFILES, readProfile, readyProfile } from '../../../src/bundle/profile/read.ts';
import { mutationsOf } from '../../policies/guide/mutation.ts';
import { withLedger } from '../cli/shell.ts';
import type { Told } from './made.ts';
import {
  bundled,
  checked,
  codesOf,
  filesOf,
  having,
  lacking,
  refitted,
  textIn,
  told,
} from './made.ts';

const OWN = `name: house
title: The rules of <b>this</b> house
sources: [{ name: The rules, url: "https://example.com/rules" }]
requirements:
  - id: "3.1"
    title: Whoever pays signs
    reach: supports
    evidence:
      - { part: authors, says: payments are signed, events: [invoice.paid, none.such] }
    beyond: who holds the keys
  - { id: "3.2", title: Be kind, reach: silent, beyond: all of it }
`;

interface Given {
  readonly by: Told;
  readonly soc2: Files;
  readonly part11: Files;
  readonly own: Files;
  readonly part: Files;
  /** Made once more, with what both checks print of it. */
  readonly again: Files;
  readonly printed: readonly string[];
}

const asking = (profile: string): readonly string[] => ['--profile', profile];

/** Once made they are in memory; the folders go with the first test. */
const prepare = async (): Promise<Given> => {
  const by = await told();
  const { shell } = by;
  shell.write('own.yaml', OWN);
  const whole = ['--withhold', 'secret.noted', '--at', '14'];
  const made = async (name: string, profile: string): Promise<Files> =>
    filesOf(await bundled(by, name, ...whole, ...asking(profile)));
  const [soc2, part11] = [await made('a', 'soc2'), await made('b', 'part11')];
  const own = await made('c', 'own.yaml');
  const range = ['--after', '3', '--at', '9', ...asking('soc2')];
  const part = filesOf(await bundled(by, 'part', ...range));
  await shell.told('append --type note.taken --sign alice');
  const again = await bundled(by, 'again', ...whole, ...asking('soc2'));
  const { stdout } = await shell.inside(['check-bundle', again]);
  const alone = spawnSync(process.execPath, [join(again, FILE.check)], { encoding: 'utf8' });
  const printed = [stdout, alone.stdout];
  return { by, soc2, part11, own, part, again: filesOf(again), printed };
};

let once: Promise<Given> | undefined;
const prepared = (): Promise<Given> => (once ??= prepare());

/** Requirements by how they are cited, ranges and lists spelled out. */
const citedIn = (name: string): readonly string[] =>
  (readyProfile(name)?.requirements ?? []).flatMap(({ id }) => {
    const [, stem = '', from = '', to = ''] = /^([A-Z]+\d\.)(\d) to [A-Z]+\d\.(\d)$/.exec(id) ?? [];
    return stem === ''
      ? id.split(', ')
      : Array.from({ length: Number(to) - Number(from) + 1 }, (_, i) => stem + (Number(from) + i));
  });

/** Paragraphs of Part 11 between § 11.10 and § 11.300. */
const ONCE = '30, 50(a), 50(b), 70, 100(a), 100(b), (c), 200(a), 200(b)'
  .split(', ')
  .map((each) => (each === '(c)' ? each : `§ 11.${each}`));

const numbered = (series: string, count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `${series}.${i + 1}`);

describe('a profile that is there', () => {
  it('cites every requirement of its text once, and says of each what is not shown', () => {
    const common = [5, 3, 4, 2, 3, 8, 5, 1, 2].flatMap((count, i) => numbered(`CC${i + 1}`, count));
    const more = [...numbered('A1', 3), ...numbered('PI1', 5), ...numbered('C1', 2), 'P1 to P8'];
    expect(citedIn('soc2').toSorted()).toEqual([...common, ...more].toSorted());
    expect(citedIn('part11')).toEqual([
      ...Array.from('abcdefghijk', (letter) => `§ 11.10(${letter})`),
      ...ONCE,
      ...Array.from('abcde', (letter) => `§ 11.300(${letter})`),
    ]);
    for (const name of Object.keys(PROFILES)) {
      const { sources = [], requirements = [] } = readyProfile(name) ?? {};
      expect(sources.every(({ url }) => url?.startsWith('https://'))).toBe(true);
      expect(new Set(requirements.map(({ reach }) => reach)).has('silent')).toBe(true);
      expect(requirements.filter(({ beyond }) => beyond.length < 5)).toEqual([]);
    }
  });

  it('is told in the bundle, of its own events, and proves nothing beyond them', async () => {
    const { by, soc2, part11, own } = await prepared();
    for (const [name, files] of [
      ['soc2', soc2],
      ['part11', part11],
      ['house', own],
    ] as const) {
      const report = checked(files, by.vkey);
      expect([name, ...codesOf(report)]).toEqual([name, 'verified']);
      expect(report.proved.join()).toContain(`the profile ${name} says what the events say`);
      expect(report.notProved.join()).toContain(`the profile ${name} certifies nothing`);
      expect(textIn(files, FILE.profileText)).toContain('**This certifies nothing.**');
      for (const file of [FILE.profile, FILE.profileText]) {
        expect(textIn(files, FILE.manifest)).toContain(`  ${file}\n`);
        expect(
          Buffer.from(textIn(files, FILE.statement).split('"')[3] ?? '', 'base64').toString(),
        ).toContain(`"name":"${file}"`);
      }
    }
    const text = textIn(own, FILE.profileText);
    expect(text).toContain('# The rules of \\<b\\>this\\</b\\> house\n');
    expect(text).toContain(
      'In this bundle: 4 × `invoice.paid`, 4 of them signed; 0 × `none.such`.',
    );
    // However long, all of it is told.
    expect(textIn(soc2, FILE.profileText)).toContain('the text itself is what counts.\n');
    expect(text).toContain('- **silent** (the evidence says nothing to it): 3.2\n');
    const keys = textIn(soc2, FILE.events).match(/"event_type":"key\.enrolled"/g)?.length;
    expect(textIn(soc2, FILE.profileText)).toContain(`${keys} × \`key.enrolled\``);
    const held = textIn(soc2, FILE.events) + textIn(soc2, FILE.governing);
    const lines = held.trimEnd().split('\n');
    const signed = lines.filter((line) => line.includes('"attestation":{')).length;
    expect(signed).toBeLessThan(lines.length);
    expect(textIn(soc2, FILE.profileText)).toContain(
      `The bundle holds ${lines.length} events, ${signed} of them signed: `,
    );
    for (const { id } of readyProfile('soc2')?.requirements ?? [])
      expect(textIn(soc2, FILE.profileText)).toContain(`### ${id}: `);
  });

  it('counts in a part of a ledger the events on which it rests, wherever they stand', async () => {
    const { by, part } = await prepared();
    expect(codesOf(checked(part, by.vkey))).toEqual(['verified']);
    const outside = textIn(part, FILE.governing).match(/"event_type":"key\./g)?.length ?? 0;
    expect(outside).toBeGreaterThan(0);
    expect(textIn(part, FILE.profileText)).toContain(`${outside} × \`key.*\``);
  });

  it('is the same to the byte each time, and for a stranger with check.mjs', async () => {
    const { soc2, again, printed } = await prepared();
    for (const file of [FILE.profile, FILE.profileText])
      expect(textIn(again, file)).toBe(textIn(soc2, file));
    const [here, alone] = printed;
    expect(alone).toBe(here);
    expect(alone).toContain('proved: the text of the profile soc2 says what the events say');
  });
});

describe('a profile that was altered', () => {
  it('is found out, whoever signs it anew', async () => {
    const { by, soc2, part11 } = await prepared();
    const resigned = (files: Files): readonly string[] =>
      codesOf(checked(refitted(files, by.signer), by.vkey));
    const edited = (file: string, from: string, to: string): Files => {
      expect(textIn(soc2, file)).toContain(from);
      return having(soc2, file, textIn(soc2, file).replace(from, to));
    };
    const { profile, profileText } = FILE;
    for (const [altered, code] of [
      [edited(profile, '"supports"', '"shows"'), 'table_differs'],
      [edited(profile, 'CC6.1', 'CC6.9'), 'table_differs'],
      [edited(profile, '{', '{ '), 'profile_refused'],
      [edited(profile, '"name":"soc2"', '"name":"SOC2"'), 'profile_refused'],
      [edited(profileText, '**supports**', '**shows**'), 'table_differs'],
      [edited(profileText, 'certifies nothing', 'certifies all'), 'table_differs'],
      [edited(profileText, ' × ', ' x '), 'table_differs'],
      [lacking(soc2, profile), 'profile_refused'],
      [lacking(soc2, profileText), 'profile_refused'],
      [having(soc2, profileText, textIn(part11, profileText)), 'table_differs'],
      [having(soc2, profile, textIn(part11, profile)), 'table_differs'],
    ] as const) {
      expect(resigned(altered)).toEqual(['tampered', code]);
      expect(codesOf(checked(altered))[0]).toBe('tampered');
    }
    const without = lacking(lacking(soc2, profile), profileText);
    expect(codesOf(checked(without))).toContain('statement_differs');
    // Whoever vouches for a bundle may vouch for one that has none.
    expect(resigned(without)).toEqual(['verified']);
  });
});

const problemsOf = (text: string): readonly string[] => {
  const read = readProfile('own.yaml', Buffer.from(text));
  return E.isRight(read)
    ? []
    : read.left.map(({ line, pointer, reason }) => `${line} ${pointer} ${reason}`);
};

const isRead = (value: Json): boolean => E.isRight(profileShape(value, ''));

describe('a profile of one’s own', () => {
  it.each([
    ['name: house', 'name: House', '1 /name bad_form'],
    ['reach: supports', 'reach: proves', '7 /requirements/0/reach unknown_value'],
    ['reach: supports', 'reach: silent', '9 /requirements/0/evidence no_effect'],
    ['reach: silent', 'reach: shows', '11 /requirements/1/evidence missing'],
    ['part: authors', 'part: people', '9 /requirements/0/evidence/0/part unknown_value'],
    ['Be kind', '"Be\\u202ekind"', '11 /requirements/1/title bad_form'],
    ['none.such', 'None', '9 /requirements/0/evidence/0/events/1 bad_form'],
    ['    beyond: who holds the keys\n', '', '5 /requirements/0/beyond missing'],
    ['https://', 'javascript:', '3 /sources/0/url bad_form'],
    ['https://', 'https://e.com/><img/src=x>', '3 /sources/0/url bad_form'],
    ['title: The', 'titel: The', '2 /titel unknown_member'],
  ])('is refused with %j as %j', (from, to, problem) => {
    expect(problemsOf(OWN)).toEqual([]);
    expect(problemsOf(OWN.replace(from, to))).toContain(problem);
  });

  it('is asked for by its file, and refused where it is wrong or has no place', async () => {
    const shell = withLedger();
    shell.write('bad.yaml', OWN.replace('reach: supports', 'reach: proves'));
    const line = ['export', '--format', 'bundle', '--to', 'x', '--sign', 'alice', '--profile'];
    const { status, stderr } = await shell.inside([...line, 'bad.yaml']);
    expect([status, stderr]).toEqual([
      2,
      'bad.yaml:7:12: /requirements/0/reach: not one of the values; ' +
        'expected one of shows, supports, silent; found proves\n' +
        'Mend what stands there; ledger help soc2 prints one that holds.\n',
    ]);
    expect(
      await shell.refusals([
        [...line, 'none.yaml'],
        ['export', '--format', 'csv', '--to', '-', '--profile', 'soc2'],
      ]),
    ).toEqual(['3 file_unreadable', '2 usage']);
    for (const name of Object.keys(PROFILES)) {
      const { stdout } = await shell.inside(['help', name]);
      const read = readProfile(name, Buffer.from(stdout));
      expect(read).toEqual(E.right(readyProfile(name)));
    }
  });

  it('has a schema by which editors complete it, which takes what is read', async () => {
    const schema = {
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      title: 'What evidence has to do with the requirements of a regime',
      ...profileShape.schema,
    };
    const path = '../../../src/bundle/profile/profile.schema.json';
    const text = await format(JSON.stringify(schema), { parser: 'json', printWidth: 100 });
    await expect(text).toMatchFileSnapshot(fileURLToPath(new URL(path, import.meta.url)));
    const isProfile = new Ajv2020({ strict: false }).compile(schema);
    const own = readProfile('own.yaml', Buffer.from(OWN));
    const values = [...Object.values(PROFILES), E.isRight(own) ? own.right : {}] as JsonObject[];
    for (const value of values) expect([isRead(value), isProfile(value)]).toEqual([true, true]);
    const twins = mutationsOf(values.at(-1) ?? {});
    expect(twins.filter((value) => isRead(value) && !isProfile(value))).toEqual([]);
    const refused = twins.filter((value) => !isRead(value));
    expect(refused.filter((value) => isProfile(value)).length).toBeLessThan(refused.length / 10);
    expect(refused.length).toBeGreaterThan(100);
    expect(Object.values(PARTS).flatMap(({ files }) => [...files])).not.toContain(FILE.profile);
  });
});
