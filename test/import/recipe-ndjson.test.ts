/**
 * From lines of anybody's JSON to a verified ledger, by a mapping.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Line } from '../src/cli/shell.ts';
import { linesOf, withLedger } from '../src/cli/shell.ts';

const MAP = `type: { cel: '"order." + row.status' }
id: { cel: '"order:" + row.no' }
time: { pointer: /at }
source: { text: shop }
session: { pointer: /cart/id }
tags: { pointer: /labels }
payload: { pointer: /order }
`;
const LEAST = 'type: { text: order.seen }\n';

const row = (no: number, more: object = {}): string =>
  JSON.stringify({
    no: `2026-${no}`,
    status: 'paid',
    at: '2026-11-20T10:00:00+01:00',
    cart: { id: `c-${no}` },
    labels: ['eu', 'b2c'],
    order: { total: '12.50' },
    ...more,
  });

/** So many labels, each twice. */
const labels = (count: number): readonly string[] =>
  Array.from({ length: 2 * count }, (_, at) => `label-${at % count}`);

/** What is told of rows, all but the words. */
const places = (lines: readonly Line[]) =>
  lines.map(({ status, where, error }) => [status, where, error?.code]);

describe('lines of JSON', () => {
  it('become events by a mapping, and a second import adds nothing', async () => {
    const shell = withLedger();
    shell.write('map.yaml', MAP);
    shell.write('orders.ndjson', `${[1, 2, 3].map((no) => row(no)).join('\n')}\n\n`);
    const line = ['import', 'ndjson', shell.path('orders.ndjson'), '--map', shell.path('map.yaml')];
    const before = shell.journal().length;
    const [planned, ...samples] = await shell.told([...line, '--dry-run']);
    expect([planned?.status, samples.length, shell.journal().length]).toEqual([
      'planned',
      3,
      before,
    ]);
    const [first] = await shell.told(line);
    expect(first).toMatchObject({ status: 'imported', appended: 3 });
    expect(JSON.parse(shell.journal()[before] ?? '')).toMatchObject({
      header: {
        event_type: 'order.paid',
        id: 'order:2026-1',
        observed_at: '2026-11-20T09:00:00.000Z',
        session_id: 'c-1',
        domain_tags: ['b2c', 'eu'],
        source: { kind: 'external', name: 'shop' },
      },
      payload: { total: '12.50' },
    });
    shell.write('orders.ndjson', `${[1, 2, 3, 4].map((no) => row(no)).join('\n')}\n`);
    const [grown] = await shell.told(line);
    expect(grown).toMatchObject({ appended: 1, already_recorded: 3 });
    const [verified] = await shell.told('verify --workers 1');
    expect(verified).toMatchObject({ verdict: 'verified', size: before + 6 });
  });

  it('without ids are told apart by their content and how often it stands there', async () => {
    const shell = withLedger();
    shell.write('map.yaml', LEAST);
    shell.write('orders.ndjson', `${row(1)}\n${row(1)}\n${row(2)}`);
    const line = ['import', 'ndjson', shell.path('orders.ndjson'), '--map', shell.path('map.yaml')];
    expect((await shell.told(line))[0]).toMatchObject({ appended: 3 });
    shell.write('orders.ndjson', `${row(2)}\n${row(1)}\n${row(1)}\n${row(1)}\n`);
    expect((await shell.told(line))[0]).toMatchObject({ appended: 1, already_recorded: 3 });
  });

  it('that fit no event are told, and kept as text where that is accepted', async () => {
    const shell = withLedger();
    shell.write('map.yaml', MAP);
    const wrong = [
      row(1, { status: 7 }),
      row(2, { status: 'No' }),
      row(3, { at: 'yesterday' }),
      row(4, { labels: ['EU'] }),
      row(6, { labels: labels(33) }),
      row(5, { order: undefined, big: 1 }).replace('"big":1', '"big":9007199254740993'),
      '[1]',
      '{"no":',
    ];
    shell.write('orders.ndjson', [row(8, { labels: labels(32) }), ...wrong, row(9)].join('\n'));
    const line = ['import', 'ndjson', shell.path('orders.ndjson'), '--map', shell.path('map.yaml')];
    const { status, stdout } = await shell.inside([...line, '--dry-run', '--json']);
    const [told] = linesOf(stdout) as unknown as readonly {
      report: { defects: { told: readonly { line: number; reason: string }[] } };
    }[];
    expect(status).toBe(2);
    expect(told?.report.defects.told.map((each) => each.line)).toEqual([2, 3, 4, 5, 6, 7, 8, 9]);
    expect(told?.report.defects.told.every(({ reason }) => reason.length > 5)).toBe(true);
    const [taken] = await shell.told([...line, '--accept', 'row_unmapped']);
    expect(taken).toMatchObject({ status: 'imported', appended: 10 });
    expect(shell.journal().filter((each) => each.includes('"ndjson.unread"')).length).toBe(8);
  });

  it('that a policy refuses are told one and all, and so is the worst of them', async () => {
    const shell = withLedger();
    const [file, map] = [shell.path('orders.ndjson'), shell.path('map.yaml')];
    const line = ['import', 'ndjson', file, '--map', map];
    shell.write('map.yaml', 'type: { text: order.seen }\nid: { pointer: /no }\n');
    shell.write('orders.ndjson', `${row(900)}\n`);
    await shell.told(line);
    await shell.told('policy adopt --set signed --sign alice');
    // The last of them is another row than the one that is recorded.
    const rows = [...Array.from({ length: 130 }, (_, no) => row(no)), row(900, { status: 'new' })];
    shell.write('orders.ndjson', rows.join('\n'));
    const { status, stdout } = await shell.inside([...line, '--json']);
    const told = linesOf(stdout);
    expect(status).toBe(25);
    expect(told.length).toBe(132);
    expect(told[129]).toMatchObject({ status: 'refused', where: 'orders.ndjson line 130' });
    expect(told[130]).toMatchObject({ status: 'conflict', where: 'orders.ndjson line 131' });
    expect(told[131]?.error?.message).toMatch(/^131 rows/);
    const { stdout: text } = await shell.inside(line);
    expect(text.match(/^refused orders\.ndjson line \d+: /gm)?.length).toBe(130);
    const tried = await shell.inside([...line, '--dry-run', '--json']);
    const would = linesOf(tried.stdout).slice(11);
    expect([tried.status, would.length]).toEqual([25, 132]);
    // Each as it is refused in earnest.
    expect(places(would).slice(0, -1)).toEqual(places(told).slice(0, -1));
    expect(would[131]).toMatchObject({ error: { code: 'rows_refused', exit: 25 } });
    const signed = await shell.inside([...line, '--dry-run', '--json', '--sign', 'alice']);
    expect(places(linesOf(signed.stdout).slice(11, -1))).toEqual([
      ['conflict', 'orders.ndjson line 131', 'id_taken'],
    ]);
  });

  it('are judged by the ledger as it stands, and nothing of it is written', async () => {
    const shell = withLedger();
    const [file, map] = [shell.path('orders.ndjson'), shell.path('map.yaml')];
    shell.write('map.yaml', 'type: { text: order.seen }\nid: { pointer: /no }\n');
    shell.write('orders.ndjson', [row(1), row(2), '[1]'].join('\n'));
    const line = ['import', 'ndjson', file, '--map', map];
    await shell.told([...line, '--accept', 'row_unmapped']);
    const folder = shell.path('.ledger');
    const files = (): readonly string[] =>
      readdirSync(folder, { recursive: true, encoding: 'utf8' })
        // Whoever reads a database has these beside it.
        .filter((name) => !/-(?:wal|shm)$/.test(name) && statSync(join(folder, name)).isFile())
        .map((name) => `${name} ${native.digest(readFileSync(join(folder, name)))}`);
    const before = files();
    const tried = await shell.inside([...line, '--dry-run', '--accept', 'row_unmapped']);
    expect([tried.status, tried.stderr]).toEqual([0, expect.stringContaining('judged by')]);
    // A row that fits no event is told, and so are those that are recorded otherwise.
    shell.write('orders.ndjson', [row(1, { status: 'new' }), '[2]'].join('\n'));
    const { status, stdout } = await shell.inside([...line, '--dry-run', '--json']);
    const [plan, , conflict, end] = linesOf(stdout);
    expect(status).toBe(2);
    expect([plan?.status, conflict?.where, end?.error?.code]).toEqual([
      'refused',
      'orders.ndjson line 1',
      'source_refused',
    ]);
    expect(files()).toEqual(before);
    const none = await shell.inside([...line, '--dry-run', '--json'], shell.path('nowhere'));
    expect(none.stderr).toContain('there is no ledger here');
    expect(linesOf(none.stdout).length).toBe(3);
  });

  it('need a mapping that says something', async () => {
    const shell = withLedger();
    shell.write('orders.ndjson', row(1));
    const refusals: string[] = [];
    for (const text of [
      '{}',
      'type: { text: a, pointer: /b }',
      "type: { cel: 'row.' }",
      'tpye: 1',
    ]) {
      shell.write('map.yaml', text);
      const line = [
        'import',
        'ndjson',
        shell.path('orders.ndjson'),
        '--map',
        shell.path('map.yaml'),
      ];
      refusals.push(...(await shell.refusals([line])));
    }
    expect(refusals).toEqual(Array(4).fill('2 policy_refused'));
    shell.write('map.yaml', 'type: { text: key.enrolled }');
    const reserved = [
      'import',
      'ndjson',
      shell.path('orders.ndjson'),
      '--map',
      shell.path('map.yaml'),
    ];
    expect(await shell.refusals([reserved])).toEqual(['2 source_refused']);
  });
});
