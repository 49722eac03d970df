/**
 * What of a line is told: rows that are recorded otherwise, ids that two lines come to, a dry run
 * in which a mapping can be seen, and what is no row.
 */
import { mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { openLedger } from '../../src/front-door.ts';
import { readMap } from '../../src/import/ndjson/map.ts';
import { lineDigest } from '../../src/import/ndjson/row.ts';
import { surveyNdjson } from '../../src/import/ndjson/survey.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { right } from '../build/ledger.ts';
import type { Shell } from '../src/cli/shell.ts';
import { withLedger } from '../src/cli/shell.ts';
import { putFile } from './fixture.ts';

const LEAST = 'type: { text: o.x }\n';
const MAP = `${LEAST}id: { pointer: /id }\n`;

const line = (shell: Shell, text: string, map: string): readonly string[] => {
  mkdirSync(shell.path('in'), { recursive: true });
  shell.write('in/rows.ndjson', text);
  shell.write('map.yaml', map);
  return ['import', 'ndjson', shell.path('in/rows.ndjson'), '--map', shell.path('map.yaml')];
};

const append = async (shell: Shell, draft: JsonObject): Promise<void> => {
  const ledger = right(openLedger(shell.path('.ledger')));
  try {
    expect(right(await ledger.append([draft]))).toMatchObject([{ status: 'appended' }]);
  } finally {
    await ledger.close();
  }
};

const told = (text: string, map: string): readonly (readonly [number | undefined, string])[] => {
  const path = putFile('rows.ndjson', text);
  const plan = right(surveyNdjson({ disk: nodeDisk }, path, right(readMap('m', encodeUtf8(map)))));
  return plan.defects.told.map(({ line: at, reason }) => [at, reason]);
};

describe('a row under whose id something else is recorded', () => {
  it.each([
    ['origin', { id: 'o1', origin: 'Rome' }, { id: 'o1', origin: 'Paris' }],
    ['signature', { id: 'o1', row: { signature: 1 } }, { id: 'o1', row: {} }],
    ['origin of cortex', { id: 'o1', origin: { tool: 'cortex' } }, { id: 'o1' }],
  ])('is a conflict though it is another in its %s alone', async (_, there, row) => {
    for (const name of ['ndjson', 'cortex']) {
      const shell = withLedger();
      const source = { kind: 'external', name };
      await append(shell, { event_type: 'o.x', id: 'o1', payload: there, source });
      const map = `${MAP}source: { text: ${name} }\n`;
      const words = line(shell, `${JSON.stringify(row)}\n`, map);
      expect(
        await shell.refusals([
          [...words, '--archive'],
          [...words, '--dry-run'],
        ]),
      ).toEqual(['25 rows_refused', '25 rows_refused']);
      expect(readdirSync(shell.path('in'))).toEqual(['rows.ndjson']);
      const same = line(shell, `${JSON.stringify(there)}\n`, map);
      expect(await shell.told(same)).toMatchObject([{ appended: 0, already_recorded: 1 }]);
    }
  });

  it('is none where it is the row itself, of a file that grew', async () => {
    const shell = withLedger();
    await shell.told(line(shell, '{"id":"o1"}\n', MAP));
    const grown = line(shell, '{"id":"o1"}\n{"id":"o2"}\n', MAP);
    expect(await shell.told([...grown, '--dry-run'])).toMatchObject([
      { status: 'planned' },
      { status: 'sample' },
      { status: 'sample' },
    ]);
    expect(await shell.told(grown)).toMatchObject([{ appended: 1, already_recorded: 1 }]);
  });

  it.each([
    ['corrects another event', { supersedes: 'o0' }],
    ['follows from another event', { causation_id: 'o0' }],
    ['is of a trace', { trace_id: '4bf92f3577b34da6a3ce929d0e0e4736' }],
  ])('is a conflict where what is recorded %s', async (_, more) => {
    const shell = withLedger();
    const source = { kind: 'external', name: 'ndjson' };
    await append(shell, { event_type: 'o.x', id: 'o0', payload: {}, source });
    await append(shell, { event_type: 'o.x', id: 'o1', payload: { id: 'o1' }, source, ...more });
    const words = line(shell, '{"id":"o1"}\n', MAP);
    expect(
      await shell.refusals([
        [...words, '--archive'],
        [...words, '--dry-run'],
      ]),
    ).toEqual(['25 rows_refused', '25 rows_refused']);
  });

  it.each([
    ['source', 'source: { text: shop }\n', 'source: { text: other }\n'],
    ['source', '', 'source: { text: other }\n'],
    ['source and time', 'source: { text: shop }\ntime: { pointer: /at }\n', ''],
    ['tags', 'tags: { text: a }\n', 'tags: { text: b }\n'],
    ['session', 'session: { text: a }\n', 'session: { text: b }\n'],
  ])('is a conflict where a mapping has another %s for it', async (_, before, after) => {
    const shell = withLedger();
    const row = '{"id":"c","at":"2026-11-20T10:00:00Z"}\n';
    await shell.told(line(shell, row, MAP + before));
    expect(await shell.told(line(shell, row, MAP + before))).toMatchObject([{ appended: 0 }]);
    expect(await shell.refusals([line(shell, row, MAP + after)])).toEqual(['25 rows_refused']);
  });
});

it('a row that has the id of another line is told with the plan, whichever is first', async () => {
  const bare = '{"no":1}';
  const taking = JSON.stringify({ id: `ndjson:${lineDigest(encodeUtf8(bare)).slice(0, 40)}:1` });
  for (const rows of [
    [bare, taking],
    [taking, bare],
  ]) {
    const text = `${rows.join('\n')}\n`;
    expect(told(text, MAP)).toEqual([[2, expect.stringContaining('an earlier row, line 1')]]);
    const shell = withLedger();
    const words = line(shell, `${text}no row\n`, MAP);
    expect(await shell.refusals([words])).toEqual(['2 source_refused']);
    const accepted = [...words, '--accept', 'row_unmapped'];
    expect(await shell.told(accepted)).toMatchObject([{ appended: 3 }]);
    expect(await shell.told(accepted)).toMatchObject([{ appended: 0, already_recorded: 3 }]);
  }
  // What is no row has an id of its own, too.
  const other = JSON.stringify({ id: `ndjson:${lineDigest(encodeUtf8('[]')).slice(0, 40)}:1` });
  const shell = withLedger();
  const words = [...line(shell, `${other}\n[]\n`, MAP), '--accept', 'row_unmapped'];
  expect(await shell.told(words)).toMatchObject([{ appended: 2 }]);
});

const long = (no: number): string =>
  `{"t":"a","id":"r-${no}","long":"${'x'.repeat(400)}","cart":"c-${no}","l":["eu","b2c"]}\n`;

describe('a dry run', () => {
  it('shows ten events, and what is decided of them before what they hold', async () => {
    const shell = withLedger();
    const wrong = '{"no":1}\n'.repeat(10);
    const rows = Array.from({ length: 12 }, (_, no) => long(no)).join('');
    const map = `type: { cel: '"o." + row.t' }
id: { pointer: /id }
session: { pointer: /cart }
source: { text: shop }
tags: { pointer: /l }
`;
    const { stdout } = await shell.inside([...line(shell, wrong + rows, map), '--dry-run']);
    const shown = stdout
      .split('\n')
      .filter((each) => /^rows\.ndjson line \d+: event_type/.test(each));
    expect(shown.map((each) => each.slice(0, 180).replace(/, payload.*/, ''))).toEqual(
      Array.from(
        { length: 10 },
        (_, no) =>
          `rows.ndjson line ${no + 11}: event_type "o.a", id "r-${no}", session_id "c-${no}", ` +
          'domain_tags ["b2c","eu"], source "shop"',
      ),
    );
    expect(shown[0]).toContain(', payload {"cart":"c-0"');
    expect(stdout.match(/row_unmapped/g)?.length).toBeGreaterThanOrEqual(10);
  });
});

describe('a mapping', () => {
  it('takes an empty text for what it is, which is no member of an event', () => {
    for (const member of ['id', 'time', 'source', 'session', 'tags'])
      expect([member, told('{"a":""}\n', `${LEAST}${member}: { pointer: /a }\n`)]).toEqual([
        member,
        [[1, `${member}: it is of no form that an event may have`]],
      ]);
  });

  it('is told what to do of ids that would be taken for something else', () => {
    const map = `${LEAST}id: { pointer: /a }\n`;
    const word = 'have the mapping put a word before it';
    for (const [id, why] of [
      ['7', `it has digits only and could be taken for a position; ${word}`],
      ['"0012"', `it has digits only and could be taken for a position; ${word}`],
      [`"${'0a'.repeat(32)}"`, `it could be taken for a hash; ${word}`],
      ['"a b"', 'it is of no form that an event may have'],
      ['true', 'it is of no form that an event may have'],
    ] as const)
      expect(told(`{"a":${id}}\n`, map)).toEqual([[1, `id: ${why}`]]);
  });

  it('finds a member by the name that a pointer spells', () => {
    const row = '{"~1":"o.tilde","/":"o.slash","~0":"o.zero"}\n';
    for (const [pointer, type] of [
      ['/~01', 'o.tilde'],
      ['/~1', 'o.slash'],
      ['/~00', 'o.zero'],
    ] as const) {
      const map = right(readMap('m', encodeUtf8(`type: { pointer: ${pointer} }\n`)));
      const plan = right(surveyNdjson({ disk: nodeDisk }, putFile('rows.ndjson', row), map));
      expect([...plan.drafts()].map(({ draft }) => draft['event_type'])).toEqual([type]);
    }
  });

  it('finds in a list what a pointer counts, and nothing else', () => {
    const row = '{"a":["o.a","o.b"]}\n';
    expect(told(row, 'type: { pointer: /a/1 }\n')).toEqual([]);
    for (const step of ['01', '-0', '1.0', '1e0', '+1', '0x1', ' 1', 'length', '2'])
      expect([step, told(row, `type: { pointer: "/a/${step}" }\n`)]).toEqual([
        step,
        [[1, 'type: the row has none']],
      ]);
  });
});

describe('a file of lines', () => {
  it('that became shorter while it was read is not taken for what is left of it', () => {
    const path = putFile('rows.ndjson', '{"a":1}\n');
    const disk: typeof nodeDisk = {
      ...nodeDisk,
      stat: (at) => {
        const stat = nodeDisk.stat(at);
        if (stat._tag === 'Left' || stat.right === undefined) return stat;
        return { ...stat, right: { ...stat.right, size: 99 } };
      },
    };
    const plan = surveyNdjson({ disk }, path, right(readMap('m', encodeUtf8(LEAST))));
    expect(plan).toMatchObject({ _tag: 'Left', left: { _tag: 'SourceBusy' } });
  });

  it('has no row in a short line of white space, and a long one is told', () => {
    for (const [count, lines] of [
      [79, []],
      [80, [1]],
      [100_000, [1]],
    ] as const)
      expect(told(`${' '.repeat(count)}\n{}\n`, LEAST).map(([at]) => at)).toEqual(lines);
  });
});
