/**
 * `ledger export` as files that are no text: in their place when they are whole, alike for ever,
 * and a database that answers questions.
 */
import Sqlite from 'better-sqlite3';
import { spawnSync } from 'node:child_process';
import { chmodSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { run } from '../../../src/cli/run.ts';
import { rowsIn } from '../../build/parquet-row.ts';
import type { Shell } from './shell.ts';
import { BIN, withLedger } from './shell.ts';

const POLICY = `version: 1
refusals: { record: all }
rules:
  - { id: no-secrets, match: [secret.noted], when: 'true', outcome: reject, reason: not here }
  - { id: mind-notes, match: [note.taken], when: 'true', outcome: warn, reason: mind it }
`;

const draft = (id: string, type: string, more: object = {}) => ({
  id,
  event_type: type,
  payload: { total: `=${id}`, text: '\u{1f600}\n"' },
  source: { kind: 'tool', name: 'erp' },
  session_id: 's-1',
  ...more,
});

const DRAFTS = [
  draft('i-1', 'invoice.paid', { domain_tags: ['eu', 'vat'] }),
  draft('n-1', 'note.taken', { supersedes: 'i-1', session_id: 's-2' }),
  draft('n-2', 'note.taken', { supersedes: 'n-1' }),
  // Whoever names what comes later corrects nothing.
  draft('i-2', 'invoice.paid', { supersedes: 'i-3' }),
  draft('i-3', 'invoice.paid', { supersedes: 'i-2' }),
];

const withEvents = async (): Promise<Shell> => {
  const shell = withLedger();
  writeFileSync(shell.path('policy.yaml'), POLICY);
  await shell.told(['policy', 'adopt', shell.path('policy.yaml'), '--sign', 'alice']);
  shell.write('drafts', DRAFTS.map((each) => `${JSON.stringify(each)}\n`).join(''));
  await shell.told(['append', shell.path('drafts'), '--sign', 'alice']);
  await shell.refusal('append --type secret.noted --payload 1 --id x-1 --sign alice');
  return shell;
};

const AT = ['--at', '7', '--column', '/total'];

const exported = async (shell: Shell, format: string, ...more: readonly string[]) => {
  const to = shell.path(`out.${format}`);
  const [told] = await shell.told(['export', '--format', format, '--to', to, ...more]);
  return { to, told: told as unknown as { sha256: string; events: number; withheld: number } };
};

describe('an export that is no text', () => {
  it('is the same for ever at one event, wherever it is made', async () => {
    const shell = await withEvents();
    const all = async () => {
      const made = [];
      for (const format of ['parquet', 'sqlite']) {
        const { told } = await exported(shell, format, ...AT);
        made.push(told.sha256);
      }
      return made;
    };
    const first = await all();
    const { TZ } = process.env;
    process.env['TZ'] = 'Pacific/Chatham';
    await shell.told('replay');
    expect(await all()).toEqual(first);
    process.env['TZ'] = TZ ?? '';
    expect((await exported(shell, 'parquet', '--at', '7')).told.sha256).not.toBe(first[0]);
    expect((await exported(shell, 'sqlite', '--at', '6')).told.sha256).not.toBe(first[1]);
  });

  it('agrees with the lines, and keeps back what they keep back', async () => {
    const shell = await withEvents();
    const options = [...AT, '--withhold', 'note.taken'];
    const lines = await exported(shell, 'ndjson', ...AT.slice(0, 2), '--withhold', 'note.taken');
    const text = readFileSync(lines.to, 'utf8');
    const { to, told } = await exported(shell, 'sqlite', ...options);
    expect([told.events, told.withheld]).toEqual([8, 2]);
    const sqlite = new Sqlite(to, { readonly: true });
    const stored = sqlite.prepare('SELECT line FROM lines ORDER BY seq').pluck().all();
    expect(stored).toEqual(text.split('\n').slice(0, -1));
    sqlite.close();
    const parquet = await exported(shell, 'parquet', ...options);
    const rows = await rowsIn(readFileSync(parquet.to));
    const events = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { event_hash: string; salt?: string });
    expect(rows.map((row) => row['event_hash'])).toEqual(events.map((each) => each.event_hash));
    expect(rows.map((row) => row['salt'] ?? undefined)).toEqual(events.map(({ salt }) => salt));
    expect(rows.map((row) => row['payload/total'] ?? null).slice(2, 7)).toEqual([
      '=i-1',
      null,
      null,
      '=i-2',
      '=i-3',
    ]);
  });

  it('is a database that answers questions, and that nobody writes into', async () => {
    const shell = await withEvents();
    const { to } = await exported(shell, 'sqlite', ...AT, '--withhold', 'note.taken');
    expect(statSync(to).mode & 0o777).toBe(0o444);
    expect(readdirSync(shell.folder).toSorted()).toEqual([
      '.ledger',
      'drafts',
      'out.sqlite',
      'policy.yaml',
    ]);
    const sqlite = new Sqlite(to, { readonly: true });
    const ask = (question: string) => sqlite.prepare(question).raw().all();
    const metadata = new Map(ask('SELECT * FROM metadata') as [string, string][]);
    expect([...metadata.keys()]).toEqual(['advice', 'kind', 'origin', 'root', 'selection', 'size']);
    expect(metadata.get('size')).toBe('8');
    expect(metadata.get('root')).toMatch(/^[0-9a-f]{64}$/);
    expect(ask('SELECT event_type, events, withheld FROM by_type')).toEqual([
      ['invoice.paid', 3, 0],
      ['ledger.created', 1, 0],
      ['note.taken', 2, 2],
      ['policy.adopted', 1, 0],
      ['policy.refused', 1, 0],
    ]);
    expect(ask('SELECT sum(events) FROM by_day')).toEqual([[8]]);
    expect(ask('SELECT source_name, key_id IS NULL, events FROM by_author')).toContainEqual([
      'erp',
      0,
      5,
    ]);
    expect(ask('SELECT session_id, events, types FROM sessions')).toEqual([
      ['s-1', 4, 2],
      ['s-2', 1, 1],
    ]);
    expect(ask('SELECT first_id, depth, id FROM corrections')).toEqual([
      ['i-1', 0, 'i-1'],
      ['i-1', 1, 'n-1'],
      ['i-1', 2, 'n-2'],
      ['i-2', 0, 'i-2'],
      ['i-2', 1, 'i-3'],
    ]);
    expect(
      ask('SELECT id FROM uncorrected WHERE session_id IS NOT NULL ORDER BY id').flat(),
    ).toEqual(['i-3', 'n-2']);
    expect(ask('SELECT id, policy_outcome, rule FROM decisions')).toEqual([
      ['n-1', 'warn', 'mind-notes'],
      ['n-2', 'warn', 'mind-notes'],
    ]);
    expect(ask('SELECT refused_type, refused_id, outcome, rule FROM refusals')).toEqual([
      ['secret.noted', 'x-1', 'reject', 'no-secrets'],
    ]);
    expect(ask('SELECT id FROM withheld')).toEqual([['n-1'], ['n-2']]);
    expect(ask('SELECT tag FROM tags')).toEqual([['eu'], ['vat']]);
    expect(ask('SELECT "payload/total" FROM events WHERE id = \'i-1\'')).toEqual([['=i-1']]);
    expect(() => ask('SELECT nothing FROM events')).toThrow('nothing');
    sqlite.close();
    // As root one may write all the same; another export takes its place.
    chmodSync(to, 0o400);
    expect((await exported(shell, 'sqlite', ...AT)).told.events).toBe(8);
  });

  it('goes where it can be read again, or nowhere', async () => {
    const shell = await withEvents();
    const there = readdirSync(shell.folder);
    const column = (...places: readonly string[]) => [
      'export',
      '--format',
      'parquet',
      '--to',
      shell.path('out'),
      ...places.flatMap((place) => ['--column', place]),
    ];
    expect(
      await shell.refusals([
        'export --format sqlite --to -',
        `export --format html --parquet --to ${shell.path('out')} --sign alice`,
        ['export', '--format', 'sqlite', '--to', shell.path('none', 'out')],
        `export --format ndjson --to ${shell.path('out')} --column /total`,
        `export --format bundle --to ${shell.path('out')} --sign alice --column /total`,
        `export --format parquet --to ${shell.path('out')} --bom`,
        `export --format csv --to ${shell.path('out')} --parquet`,
        column('/total', '/Total'),
        column(''),
        column(...Array.from({ length: 101 }, (_, at) => `/${at}`)),
      ]),
    ).toEqual([
      '2 usage',
      '2 usage',
      '3 place_refused',
      '2 usage',
      '2 usage',
      '2 usage',
      '2 usage',
      '2 usage',
      '2 usage',
      '2 usage',
    ]);
    // In blocks of 512 bytes: it is room for what reads the mirror, and not for a database.
    const toDatabase = `--format sqlite --to ${shell.path('out.db')} --json`;
    const limited = `ulimit -f 72; exec "${process.execPath}" "${BIN}" export ${toDatabase}`;
    const { status, stdout } = spawnSync('sh', ['-c', limited], {
      cwd: shell.folder,
      encoding: 'utf8',
    });
    expect([status, stdout]).toEqual([74, expect.stringContaining('the database could not be')]);
    expect(stdout).not.toContain('replay');
    const parts: Buffer[] = [];
    const to = (isTTY: boolean): Writable =>
      Object.assign(
        new Writable({
          write: (chunk: Buffer, _encoding, done) => {
            parts.push(Buffer.from(chunk));
            done();
          },
        }),
        { isTTY },
      );
    const words = ['-C', shell.path('.ledger'), 'export', '--format', 'parquet', '--to', '-'];
    expect(await run(words, to(true), to(false))).toBe(2);
    expect(Buffer.concat(parts).toString()).toContain('stdout is to be a pipe');
    parts.length = 0;
    expect(
      await run(
        [...words, '--at', '3'],
        to(false),
        new Writable({ write: (_c, _e, done) => done() }),
      ),
    ).toBe(0);
    const rows = await rowsIn(Buffer.concat(parts));
    expect(rows.map((row) => row['seq'])).toEqual([0n, 1n, 2n, 3n]);
    expect(readdirSync(shell.folder)).toEqual(there);
  });
});
