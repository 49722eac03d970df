/**
 * `ledger export`: the same bytes for the same selection, head and options, judged before it runs
 * and told afterwards.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Shell } from './shell.ts';
import { faultsIn } from './schema.ts';
import { BIN, linesOf, withLedger } from './shell.ts';

const DRAFTS = [
  { event_type: 'invoice.paid', payload: { total: '=1+1', n: 1 }, session_id: 's-1' },
  { event_type: 'secret.noted', id: 'x-1', payload: { secret: 'hunter2' }, domain_tags: ['eu'] },
  { event_type: 'invoice.sent', payload: -5, supersedes: 'x-1', source: source('tool', '-erp') },
].map((draft) => ({ source: source('user', 'bob'), ...draft }));

function source(kind: string, name: string) {
  return { kind, name };
}

const withEvents = async (): Promise<Shell> => {
  const shell = withLedger();
  shell.write('drafts', DRAFTS.map((draft) => `${JSON.stringify(draft)}\n`).join(''));
  await shell.told(['append', shell.path('drafts'), '--sign', 'alice']);
  return shell;
};

interface Told {
  readonly events: number;
  readonly withheld: number;
  readonly sha256: string;
  readonly recorded?: { readonly seq: number };
}

const exporting = async (shell: Shell, format: string, ...more: readonly string[]) => {
  const to = shell.path(`out.${format}`);
  const [told] = await shell.told(['export', '--format', format, '--to', to, ...more]);
  return { told: told as unknown as Told, text: readFileSync(to, 'utf8') };
};

describe('ledger export', () => {
  it('gives the journal byte for byte, and the same for ever at one event', async () => {
    const shell = await withEvents();
    const before = shell.journal();
    const whole = await exporting(shell, 'ndjson');
    expect(whole.text).toBe(before.map((line) => `${line}\n`).join(''));
    expect(whole.told.recorded?.seq).toBe(before.length);
    const formats = ['ndjson', 'csv', 'cloudevents'];
    const all = async () => {
      const made = [];
      for (const format of formats) made.push(await exporting(shell, format, '--at', '3'));
      return made;
    };
    const first = await all();
    const { TZ } = process.env;
    process.env['TZ'] = 'Pacific/Chatham';
    await shell.told('replay');
    const again = await all();
    process.env['TZ'] = TZ ?? '';
    expect(again.map(({ told }) => told.sha256)).toEqual(first.map(({ told }) => told.sha256));
    expect(again.map(({ text }) => text)).toEqual(first.map(({ text }) => text));
  });

  it('selects as log does, and keeps payloads back with their salts', async () => {
    const shell = await withEvents();
    const salts = shell.journal().map((line) => line.slice(-34, -2));
    for (const [options, events, withheld] of [
      ['', 4, 0],
      ['--type invoice.*', 2, 0],
      ['--session s-1', 1, 0],
      ['--tag eu', 1, 0],
      ['--source tool:-erp', 1, 0],
      ['--key alice', 3, 0],
      ['--after 1', 2, 0],
      ['--until 2020-01-01', 0, 0],
      ['--since 2020-01-01', 4, 0],
      ['--subject x-1', 2, 0],
      ['--subject x-1 --type invoice.*', 1, 0],
      ['--subject x-1 --tag eu', 1, 0],
      ['--subject x-1 --session s-1', 0, 0],
      ['--subject x-1 --source user:bob --key alice', 1, 0],
      ['--withhold payloads', 4, 3],
      ['--withhold secret.noted', 4, 1],
    ] as const) {
      const words = options.split(' ').filter((word) => word !== '');
      const { told, text } = await exporting(shell, 'ndjson', '--at', '3', ...words);
      expect([options, told.events, told.withheld]).toEqual([options, events, withheld]);
      expect(salts.filter((salt) => text.includes(salt))).toHaveLength(events - withheld);
      expect(text.includes('hunter2')).toBe(text.includes('"secret":'));
    }
  });

  it('knows of a correction what was there at its head, and nothing of later ones', async () => {
    const shell = await withEvents();
    await shell.told('append --type invoice.paid --id late --supersedes ghost --sign alice');
    const made = () => exporting(shell, 'ndjson', '--at', '4', '--subject', 'late');
    const { text } = await made();
    await shell.told('append --type invoice.paid --id ghost --supersedes x-1 --sign alice');
    expect((await made()).text).toBe(text);
    const whole = await exporting(shell, 'ndjson', '--subject', 'late');
    expect([linesOf(text).length, whole.told.events]).toEqual([1, 4]);
  });

  it('writes a table that no program takes for formulas, with columns of its own', async () => {
    const shell = await withEvents();
    const options = ['--bom', '--column', '/total', '--column', '/n', '--at', '3'];
    const { text } = await exporting(shell, 'csv', ...options);
    expect(text.startsWith('\uFEFFseq,id,event_type,')).toBe(true);
    expect(text).toContain(',payload,salt,payload/total,payload/n\r\n');
    expect(text).toContain(",'=1+1,1\r\n");
    expect(text).toContain(",tool,'-erp,");
    expect(text).toMatch(/,'-5,[0-9a-f]{32},,\r\n/);
  });

  it('does not run where a rule is against it, and that is on record', async () => {
    const shell = await withEvents();
    writeFileSync(
      shell.path('no-secrets.yaml'),
      `version: 1
refusals: { record: all }
rules:
  - id: secrets-stay
    match: [ledger.exported]
    when: payload.format != "csv"
    outcome: reason
    reason: only tables leave this house
`.replace('outcome: reason', 'outcome: reject'),
    );
    await shell.told(['policy', 'adopt', shell.path('no-secrets.yaml'), '--sign', 'alice']);
    const to = shell.path('out.ndjson');
    const refused = await shell.refusals([['export', '--format', 'ndjson', '--to', to]]);
    expect(refused).toEqual(['24 refused']);
    expect(existsSync(to)).toBe(false);
    const [last] = (await shell.told('log --reverse --limit 1')) as [
      { header: { event_type: string }; payload: { claim: { event_type: string } } },
    ];
    expect(last.header.event_type).toBe('policy.refused');
    expect(last.payload.claim.event_type).toBe('ledger.exported');
    expect((await exporting(shell, 'csv')).told.recorded).toBeDefined();
    const { status } = await shell.inside('verify --decisions');
    expect(status).toBe(0);
  });

  it('is not made where a rule holds it back, and whoever asks is told what helps', async () => {
    const shell = await withEvents();
    const policy = `version: 1
rules: [{ id: look, match: [ledger.exported], when: 'true', outcome: quarantine, reason: look }]
`;
    shell.write('look.yaml', policy);
    await shell.told(['policy', 'adopt', shell.path('look.yaml'), '--sign', 'alice']);
    const line = ['export', '--format', 'ndjson', '--to', shell.path('out')];
    const { status, stderr } = await shell.inside(line);
    expect([status, existsSync(shell.path('out'))]).toEqual([24, false]);
    expect(stderr).toContain('it is not made: it is held back as ');
    expect(stderr).toContain('Ask for a policy that allows it');
    expect(stderr).not.toContain('have somebody');
    expect(await shell.refusals([line])).toEqual(['24 held']);
    expect(shell.journal().slice(-2).join('')).not.toContain('elease');
  });

  it('is told by no event where the policies do not ask for one', async () => {
    const shell = await withEvents();
    writeFileSync(shell.path('quiet.yaml'), 'version: 1\nexports: { record: false }\n');
    await shell.told(['policy', 'adopt', shell.path('quiet.yaml'), '--sign', 'alice']);
    const { told, text } = await exporting(shell, 'ndjson');
    expect(told.recorded).toBeUndefined();
    expect(shell.journal()).toHaveLength(linesOf(text).length);
  });

  it('says what it cannot do, and leaves nothing behind', async () => {
    const shell = await withEvents();
    const to = ['--to', shell.path('out')];
    const answers = await shell.refusals([
      ['export', '--format', 'ndjson', ...to, '--at', '99'],
      ['export', '--format', 'ndjson', ...to, '--subject', 'nothing'],
      ['export', '--format', 'csv', ...to, '--column', 'total'],
      ['export', '--format', 'csv', ...to, '--withhold', 'Nothing'],
      ['export', '--format', 'xml', ...to],
      ['export', '--format', 'csv', '--to', shell.path('none', 'out')],
    ]);
    expect(answers).toEqual([
      '3 not_found',
      '3 not_found',
      '2 usage',
      '2 usage',
      '2 usage',
      '3 place_refused',
    ]);
    expect(readdirSync(shell.folder).toSorted()).toEqual(['.ledger', 'drafts']);
  });

  it('to stdout is what it is, and its line goes to stderr', async () => {
    const shell = await withEvents();
    const args = [BIN, 'export', '--format', 'csv', '--to', '-', '--json'];
    const { status, stdout, stderr } = spawnSync(process.execPath, args, {
      cwd: shell.folder,
      encoding: 'utf8',
    });
    expect([status, stdout.slice(0, 7)]).toEqual([0, 'seq,id,']);
    expect(faultsIn('export', JSON.parse(stderr))).toEqual([]);
  });

  it('is on record although nobody reads on, or what is printed finds no room', async () => {
    const shell = await withEvents();
    const before = shell.journal();
    const line = 'export --format ndjson --to -';
    const shellLine = `"${process.execPath}" "${BIN}" ${line} > /dev/full`;
    const full = spawnSync('sh', ['-c', shellLine], { cwd: shell.folder, encoding: 'utf8' });
    expect([full.status, full.stderr.includes('no space is left')]).toEqual([74, true]);
    const unread = shell.start(line.split(' '));
    unread.stdout.destroy();
    expect(await once(unread, 'exit')).toEqual([0, null]);
    const [first, second, ...more] = shell
      .journal()
      .slice(before.length)
      .map((text) => JSON.parse(text) as { header: { event_type: string }; payload: object });
    expect(more).toEqual([]);
    const bytes = before.join('').length + before.length;
    const selection = { from: 0, to: before.length };
    expect([first?.header.event_type, first?.payload]).toEqual([
      'ledger.exported',
      {
        format: 'ndjson',
        selection,
        size: before.length,
        head: (JSON.parse(before.at(-1) ?? '') as { event_hash: string }).event_hash,
        events: before.length,
        withheld: 0,
        bytes,
        cut_short: true,
      },
    ]);
    expect(second?.payload).toMatchObject({ events: before.length + 1, cut_short: true });
    expect((await shell.inside('verify --decisions')).status).toBe(0);
  });

  it('takes the place of a file, and of nothing else', async () => {
    const shell = await withEvents();
    const [folder, link, pipe] = ['folder', 'link', 'pipe'].map((name) => shell.path(name));
    mkdirSync(folder ?? '');
    symlinkSync(shell.path('drafts'), link ?? '');
    execFileSync('mkfifo', [pipe ?? '']);
    const before = shell.journal();
    const line = ['export', '--format', 'csv', '--to'];
    expect(await shell.refusals([folder, link, pipe].map((path) => [...line, path ?? '']))).toEqual(
      ['2 place_refused', '2 place_refused', '2 place_refused'],
    );
    expect(lstatSync(link ?? '').isSymbolicLink()).toBe(true);
    expect(lstatSync(pipe ?? '').isFIFO()).toBe(true);
    expect(shell.journal()).toEqual(before);
    writeFileSync(shell.path('out.csv'), 'as it was');
    for (const name of ['out.csv.part', 'out.sqlite.part', 'out.sqlite.building'])
      shell.write(name, 'mine');
    expect((await exporting(shell, 'csv')).text).toContain('invoice.paid');
    expect((await exporting(shell, 'sqlite')).text).toContain('invoice.paid');
    const beside = readdirSync(shell.folder).filter((name) => name.startsWith('out.'));
    expect(beside.map((name) => [name, shell.read(name) === 'mine'])).toEqual([
      ['out.csv', false],
      ['out.csv.part', true],
      ['out.sqlite', false],
      ['out.sqlite.building', true],
      ['out.sqlite.part', true],
    ]);
  });

  it('hands nothing out that is not what was sealed', async () => {
    const shell = await withEvents();
    const [first = ''] = readdirSync(shell.path('.ledger', 'journal'));
    expect(first).not.toBe('');
    const { default: Database } = await import('better-sqlite3');
    const mirror = new Database(shell.path('.ledger', 'mirror.db'));
    mirror.exec('DROP TRIGGER IF EXISTS events_update');
    for (const { name } of mirror
      .prepare("SELECT name FROM sqlite_master WHERE type = 'trigger'")
      .all() as { name: string }[])
      mirror.exec(`DROP TRIGGER ${name}`);
    mirror.exec("UPDATE events SET line = replace(line, 'hunter2', 'hunter3') WHERE seq = 2");
    mirror.close();
    const to = shell.path('out');
    const answers = await shell.refusals([
      ['export', '--format', 'ndjson', '--to', to],
      ['export', '--format', 'ndjson', '--to', to, '--type', 'secret.noted'],
    ]);
    expect(answers).toEqual(['20 payload_hash_mismatch', '20 payload_hash_mismatch']);
    expect(readdirSync(shell.folder).toSorted()).toEqual(['.ledger', 'drafts']);
  });
});
