/**
 * What an event of a line bears and keeps: where the line was taken from, every line that another
 * one would hide, and every digit of its numbers.
 */
import fc from 'fast-check';
import { cpSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { refuseNumber } from '../../ledger/json/value.ts';
import { check, share } from '../../properties/check.ts';
import { openLedger } from '../../src/front-door.ts';
import { readMap } from '../../src/import/ndjson/map.ts';
import { mapRow } from '../../src/import/ndjson/row.ts';
import { surveyNdjson } from '../../src/import/ndjson/survey.ts';
import type { Plan } from '../../src/import/plan.ts';
import type { Imported, ImportError } from '../../src/usecase/import.ts';
import { Importing } from '../../src/usecase/import.ts';
import { right } from '../build/ledger.ts';
import type { Shell } from '../src/cli/shell.ts';
import { withLedger } from '../src/cli/shell.ts';
import { WORLD, putFile } from './fixture.ts';

const LEAST = 'type: { text: order.seen }\n';
const MAPPED = `${LEAST}id: { pointer: /id }\nsource: { text: shop }\npayload: { pointer: /a }\n`;

const planOf = (path: string, map = LEAST): Plan =>
  right(surveyNdjson(WORLD, path, right(readMap('map.yaml', encodeUtf8(map)))));

const planOfLines = (lines: readonly string[], map = LEAST): Plan =>
  planOf(putFile('rows.ndjson', lines.map((line) => `${line}\n`).join('')), map);

const hash = (text: string): string => native.digest(encodeUtf8(text));

interface Event {
  readonly header: { readonly event_type: string; readonly source: { readonly instance?: string } };
  readonly payload: JsonObject;
}

const take = async (
  folder: string,
  plan: Plan,
  more: { batch?: number; accepted?: readonly string[]; onEvents?: () => void } = {},
): Promise<Imported | ImportError> => {
  const ledger = right(openLedger(folder));
  const { accepted = [], ...rest } = more;
  const options = { batch: 2, ...rest, accepted: new Set(accepted) };
  try {
    const done = await new Importing(ledger, plan, options, native.digest).run();
    return done._tag === 'Right' ? done.right : done.left;
  } finally {
    await ledger.close();
  }
};

const eventsOf = (shell: Shell, type: string): readonly Event[] =>
  shell
    .journal()
    .map((line) => JSON.parse(line) as Event)
    .filter(({ header }) => header.event_type.startsWith(type));

const rows = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, no) => `{"id":"o-${no}","a":{"n":${no}},"b":${no}}`);

describe('an event of a line', () => {
  it('bears the tool, the file, its place and its digest, whatever source is named', async () => {
    const shell = withLedger();
    const lines = ['{"id":"o-1","a":1}', '{"id":"o-2","a":2}', 'no row'];
    const text = lines.map((line) => `${line}\n`).join('');
    const expected = (name: string) =>
      lines.map((line, at) => {
        const instance = `ndjson rows.ndjson sha256:${hash(text)} line ${at + 1} row:${hash(line)}`;
        return { kind: 'external', name: at === 2 ? 'ndjson' : name, instance };
      });
    for (const [map, name] of [
      [LEAST, 'ndjson'],
      [MAPPED, 'shop'],
    ] as const) {
      const plan = planOfLines(lines, map);
      expect([...plan.drafts()].map(({ draft }) => draft['source'])).toEqual(expected(name));
    }
    await take(shell.path('.ledger'), planOfLines(lines, MAPPED), { accepted: ['row_unmapped'] });
    const taken = [...eventsOf(shell, 'order.'), ...eventsOf(shell, 'ndjson.')];
    expect(taken.map(({ header }) => header.source)).toEqual(expected('shop'));
  });

  it('bears them of a file with any name', async () => {
    const shell = withLedger();
    for (const name of [
      `${'é'.repeat(120)}.ndjson`,
      'a\u001b[2J\u2028\n.ndjson',
      '😀'.repeat(60),
    ]) {
      const line = `{"of":${JSON.stringify(name)}}`;
      const plan = planOf(putFile(name, `${line}\n`));
      expect(await take(shell.path('.ledger'), plan)).toMatchObject({ appended: 1 });
      const instance = eventsOf(shell, 'order.').at(-1)?.header.source.instance;
      expect(instance).toContain(` sha256:${hash(`${line}\n`)} line 1 row:${hash(line)}`);
    }
  });

  it('is recognised in a file that has grown, and is another one where its line is', async () => {
    for (const map of [LEAST, MAPPED]) {
      const shell = withLedger();
      const folder = shell.path('.ledger');
      const lines = rows(5);
      expect(await take(folder, planOfLines(lines, map))).toMatchObject({ appended: 5 });
      const again = { appended: 0, alreadyRecorded: 5, isNew: false };
      expect(await take(folder, planOfLines(lines, map))).toMatchObject(again);
      const grown = planOfLines(rows(7), map);
      expect(await take(folder, grown)).toMatchObject({ appended: 2, alreadyRecorded: 5 });
      const moved = planOfLines(rows(7).toReversed(), map);
      expect(await take(folder, moved)).toMatchObject({ appended: 0, alreadyRecorded: 7 });
      const other = lines.with(2, (lines[2] ?? '').replace('"b":2', '"b":3'));
      const told = await take(folder, planOfLines(other, map));
      // The mapping takes nothing of what is another in it, and its id is taken.
      if (map === MAPPED) expect(told).toMatchObject({ _tag: 'RowsRefused', count: 1 });
      else expect(told).toMatchObject({ appended: 1, alreadyRecorded: 4 });
    }
  });

  it('is there once after a stop behind any batch, also where the file has grown', async () => {
    for (const map of [LEAST, MAPPED]) {
      const shell = withLedger();
      for (let stop = 1; stop <= 4; stop++) {
        const folder = shell.path(`at-${stop}`);
        cpSync(shell.path('.ledger'), folder, { recursive: true });
        let left = stop;
        const onEvents = (): void => {
          if (--left === 0) throw new Error('killed');
        };
        const lines = rows(7);
        const stopped = take(folder, planOfLines(lines, map), { onEvents });
        await expect(stopped).rejects.toThrow('killed');
        const there = Math.min(7, stop * 2);
        expect(await take(folder, planOfLines([...lines, '{"id":"z","a":{}}'], map))).toMatchObject(
          { appended: 8 - there, alreadyRecorded: there },
        );
      }
    }
  });
});

describe('lines with one id', () => {
  const [first, same] = ['{"id":"x","a":{"n":1},"b":1}', '{"id":"x","a":{"n":1},"b":1}'];
  const others = ['{"id":"x","a":{"n":1},"b":2}', '{"a":{"n":1},"id":"x","b":1}', `${first} `];

  it('are one event where they are the same, and told wherever they differ', () => {
    const plan = planOfLines([first, '', same, ...others, same], MAPPED);
    expect(plan.defects.told.map(({ name, line, reason }) => [name, line, reason])).toEqual(
      [4, 5, 6].map((line) => [
        'row_unmapped',
        line,
        'id: an earlier row, line 1, has it with other content',
      ]),
    );
    expect(plan.report).toMatchObject({ rows: 6, repeated: 2 });
    expect([plan.total, [...plan.drafts()].length]).toEqual([4, 4]);
    expect(planOfLines([first], MAPPED).report).not.toHaveProperty('repeated');
  });

  it('are kept with all that they hold where that is accepted', async () => {
    const shell = withLedger();
    const plan = planOfLines([first, same, ...others, others[0] ?? ''], MAPPED);
    const folder = shell.path('.ledger');
    expect(await take(folder, plan)).toMatchObject({ _tag: 'SourceRefused' });
    const accepted = ['row_unmapped'];
    expect(await take(folder, plan, { accepted })).toMatchObject({ appended: 5 });
    expect(eventsOf(shell, 'ndjson.unread').map(({ payload }) => payload['text'])).toEqual([
      ...others,
      others[0],
    ]);
    expect(await take(folder, plan, { accepted })).toMatchObject({ appended: 0, isNew: false });
  });
});

describe('a time of a line', () => {
  it('is on a day that its month has', () => {
    const lines = ['28', '29', '31'].map((day) => `{"at":"2026-02-${day}T09:00:00Z"}`);
    const { told } = planOfLines(lines, `${LEAST}time: { pointer: /at }\n`).defects;
    expect(told.map(({ line }) => line)).toEqual([2, 3]);
  });
});

const LOST = [
  '0.1000000000000000055511151231257827',
  '1e400',
  '-1e-400',
  '12345678901234567890',
  '-0.0',
  '1e+21',
  '18446744073709551615',
  '4.9e-324',
];
const HELD = ['1.50', '1e2', '100000000000000000000e-20', '0.1', '-7', '0e9', '5e-324', '1E-7'];

const digits = (most: number) =>
  fc.array(fc.constantFrom('0', '0', '1', '2', '5', '7', '8', '9', '9'), { maxLength: most });
const token = fc.oneof(
  fc.constantFrom(...LOST, ...HELD),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc
    .tuple(
      fc.constantFrom('', '-'),
      fc.constantFrom('0', '1', '9007199254740992', '9007199254740993', '120000000000000000'),
      digits(25).map((each) => (each.length === 0 ? '' : `.${each.join('')}`)),
      fc.constantFrom('', 'e0', 'E-3', 'e+17', 'e-300', 'e300', 'e-17'),
    )
    .map((parts) => parts.join('')),
);

/** The number as a whole one, so many powers of ten larger. */
const scaled = (number: string): bigint => {
  const [mantissa = '', exponent = '0'] = number.split(/e/i);
  const [whole = '', fraction = ''] = mantissa.split('.');
  return BigInt(whole + fraction) * 10n ** BigInt(700 + Number(exponent) - fraction.length);
};

const isHeld = (number: string): boolean =>
  refuseNumber(Number(number)) === undefined && scaled(String(Number(number))) === scaled(number);

describe('a number that no double holds', () => {
  it('keeps its row as the text that it was, and is counted', async () => {
    const shell = withLedger();
    const lines = LOST.map((number) => `{"a":{"n":[1, ${number}]},"s":"${number}"}`);
    const plan = planOfLines(lines);
    expect([plan.defects.total, plan.report['kept_as_text']]).toEqual([0, LOST.length]);
    expect(await take(shell.path('.ledger'), plan)).toMatchObject({ appended: LOST.length });
    const payloads = eventsOf(shell, 'order.').map(({ payload }) => payload);
    expect(payloads).toEqual(lines.map((line) => ({ row_text: line })));
    const again = await take(shell.path('.ledger'), planOfLines(lines));
    expect(again).toMatchObject({ appended: 0, isNew: false });
  });

  it('is none of those that are written in another way, or stand in a text', () => {
    const lines = HELD.map((number) => `{"n":${number},"\\"1e400":"1e400 \\\\\\" 1e400"}`);
    const plan = planOfLines(lines);
    expect(plan.report).not.toHaveProperty('kept_as_text');
    const [{ draft } = { draft: {} }] = [...plan.drafts()];
    expect((draft as JsonObject)['payload']).toEqual({ n: 1.5, '"1e400': '1e400 \\" 1e400' });
  });

  it('is told from the others by its value, however it is written', () => {
    const mapping = right(readMap('map.yaml', encodeUtf8(LEAST)));
    check(
      fc.property(fc.array(token, { minLength: 1, maxLength: 4 }), fc.string(), (tokens, text) => {
        const line = `{ "n" : [${tokens.join(' ,')}],${JSON.stringify(`-${text}`)}:1 }`;
        const { draft, isText } = right(mapRow(mapping, encodeUtf8(line)));
        const isLost = !tokens.every(isHeld);
        expect(isText).toBe(isLost);
        const data = { n: tokens.map(Number), [`-${text}`]: 1 };
        expect(draft['payload']).toEqual(isLost ? { row_text: line } : data);
      }),
      { runs: share(1, 2000) },
    );
  });

  it('leaves a payload alone that is not made of it, and comes to a mapping as a text', () => {
    const line = '{"id":12345678901234567890,"a":{"n":1},"b":-0}';
    const payloadOf = (map: string) => [...planOfLines([line], map).drafts()][0]?.draft;
    const mapped = MAPPED.replace('{ pointer: /id }', `{ cel: '"o-" + row.id' }`);
    expect(payloadOf(mapped)).toMatchObject({ id: 'o-12345678901234567890', payload: { n: 1 } });
    const made = `${LEAST}payload: { cel: '{"id": row.id}' }`;
    expect(payloadOf(made)).toMatchObject({ payload: { row_text: line } });
    const sum = planOfLines([line], `${LEAST}payload: { cel: 'row.b + 1.0' }`);
    expect(sum.defects.told.map(({ name }) => name)).toEqual(['row_unmapped']);
  });

  it('does not hide what else is wrong with a line, nor where', () => {
    const lines = ['{"n":1e400,"b":tru}', '{"n":1e400,"n":1}', '{"n":01e400}', '[1e400]', '1e400'];
    const { told } = planOfLines(lines).defects;
    expect(told.map(({ reason }) => reason)).toEqual([
      'syntax at column 16',
      'repeated_key at column 12',
      'syntax at column 6',
      'it is no JSON object',
      'it is no JSON object',
    ]);
  });

  it('is found in time that grows with its line', () => {
    const long = 300_000;
    const lines = [
      `{"n":${'0'.repeat(long)}1}`,
      `{"n":0.${'0'.repeat(long)}1}`,
      `{"n":1${'0'.repeat(long)}}`,
      `{"n":1.${'0'.repeat(long)}}`,
      `{"n":[${'-0,'.repeat(long / 4)}1]}`,
      `{"n":"${'\\"'.repeat(long / 2)}"}`,
      `{"n":"${'\\"'.repeat(long / 2)}`,
    ];
    const { report, defects } = planOfLines(lines);
    expect(report).toMatchObject({ rows: 7 });
    expect(defects.counts.get('row_unmapped')).toBeGreaterThan(1);
  });
});
