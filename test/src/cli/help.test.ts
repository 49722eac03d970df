/**
 * `ledger help`: every command is explained, what is explained is so, and who mistypes a name is
 * told the right one. How commands exit is held against their help in every test of `shell.ts`.
 */
import Sqlite from 'better-sqlite3';
import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exitsOf } from '../../../src/cli/command-exit.ts';
import { nameOf } from '../../../src/cli/command.ts';
import { VERDICT_EXITS } from '../../../src/cli/exit-code.ts';
import { EXITS, allExits } from '../../../src/cli/exit-table.ts';
import { groupOf } from '../../../src/cli/group.ts';
import { TOPICS, topicOf } from '../../../src/cli/help.ts';
import { parse } from '../../../src/cli/parse.ts';
import { ROSTER } from '../../../src/cli/roster.ts';
import { LARGE, enrolled, newKey, withBillingAdopted } from './billing.ts';
import { receive } from '../../outbox/ground.ts';
import { Shell, linesOf } from './shell.ts';
import { fixture } from '../../import/fixture.ts';

/** The words of a line as a shell makes them, without what it is joined to. */
const wordsOf = (line: string): readonly string[] =>
  [...line.replace(/ (?:>>?|<) \S+$/, '').matchAll(/(?:"([^"]*)"|'([^']*)'|[^\s"'])+/g)].map(
    ([word]) => word.replaceAll(/"([^"]*)"|'([^']*)'/g, '$1$2'),
  );

const isRead = async (line: string): Promise<boolean> => {
  const parsed = await parse(ROSTER, wordsOf(line));
  return parsed._tag === 'Right' && 'command' in parsed.right;
};

const planText = (id: string): string =>
  [
    `id: ${id}`,
    'hypothesis: It is cheaper.',
    'change: Another one.',
    'metric: cost_per_session',
    'criterion: { relative_pct: 10 }',
    '',
  ].join('\n');

describe('the help on a command', () => {
  it('has its sentence, its options, its examples and its exit codes', async () => {
    const shell = new Shell();
    const given = new Set<number>();
    for (const entry of ROSTER) {
      const name = nameOf(entry);
      const { options, examples } = await entry.load();
      const { stdout } = await shell.inside(['help', ...name.split(' ')]);
      const exits = exitsOf(name) ?? [];
      expect([name, exits.length >= 4, groupOf(name)]).not.toContain('Others');
      expect(exits.every((exit) => Object.hasOwn(EXITS, exit))).toBe(true);
      for (const exit of exits) given.add(exit);
      expect(new Set(exits).size).toBe(exits.length);
      const lines = stdout.replaceAll(/\s+/g, ' ');
      for (const part of [
        `ledger ${entry.usage} ${entry.summary} `,
        ...Object.keys(options).map((option) => ` --${option} `),
        ...exits.map((exit) => ` ${exit} ${EXITS[exit].meaning}`),
      ])
        expect(lines).toContain(part);
      for (const [line] of examples) expect(stdout).toContain(`  ledger ${line}\n`);
      const asked = await shell.inside([...name.split(' '), '--help']);
      expect([asked.status, asked.stderr]).toEqual([0, '']);
      expect(stdout.startsWith(asked.stdout)).toBe(true);
    }
    expect([...given].toSorted((a, b) => a - b)).toEqual(allExits());
    expect(exitsOf('toString')).toBe(undefined);
  });

  it('is found by groups, for one word, and not where help is the name of something', async () => {
    const shell = new Shell();
    const all = await shell.inside(['help']);
    expect((await shell.inside(['--help'])).stdout).toBe(all.stdout);
    expect(all.stdout).toMatch(/^Prove\n {2}ledger verify /m);
    for (const { usage, summary } of ROSTER)
      expect(all.stdout.replaceAll(/ +/g, ' ')).toContain(` ledger ${usage} ${summary}\n`);
    for (const words of [
      ['help', 'key'],
      ['key', '--help'],
    ]) {
      const { stdout } = await shell.inside(words);
      expect(stdout).toContain('ledger key enroll VKEY ');
      expect(stdout).not.toContain('ledger verify');
    }
    const [told] = linesOf((await shell.inside(['help', 'log', '--json'])).stdout);
    expect(Object.keys(told ?? {})).toEqual(['help']);
    shell.json('init --origin example.com/acme');
    expect(
      await shell.refusals([
        ['show', 'help'],
        ['help', 'nothing'],
        ['help', 'key', 'burn'],
      ]),
    ).toEqual(['3 not_found', '2 usage', '2 usage']);
  });

  it('has examples that are read, and that do what they say', async () => {
    const shell = await withBillingAdopted();
    const there = process.cwd();
    const temporary = process.env['TMPDIR'];
    onTestFinished(() => {
      process.chdir(there);
      if (temporary === undefined) delete process.env['TMPDIR'];
      else process.env['TMPDIR'] = temporary;
    });
    process.chdir(shell.folder);
    // What an example leaves behind is gone with the test.
    process.env['TMPDIR'] = shell.folder;
    const bot = await enrolled(shell, 'bot', 'verified');
    const carol = await enrolled(shell, 'carola', 'operator');
    const dave = await newKey(shell, 'dave');
    const id = 'invoice:2026-0001';
    const issue = ['append', '--type', 'invoice.issued', '--sign', 'bot', '--payload'];
    await shell.told([...issue, '{"currency":"EUR","total":12}', '--id', id]);
    const { stdout: held } = await shell.inside([...issue, LARGE, '--json']);
    const [glass] = await shell.told(
      wordsOf(
        'break-glass authorize --type invoice.* --rule large-discounts-wait --expires 1h' +
          ' --reason-code operator_correction --reason agreed --sign alice',
      ),
    );
    for (const name of ['shorter-prompt', 'smaller-model', 'cheaper-cache']) {
      const file = { 'shorter-prompt': 'amended', 'cheaper-cache': 'plan' }[name] ?? name;
      shell.write(`${file}.yaml`, planText(name));
      if (file !== 'plan') await shell.told(`experiment create ${file}.yaml --sign alice`);
    }
    await shell.told('experiment start smaller-model --sign alice');
    const tagging = 'experiment tag smaller-model --session';
    await shell.told(`${tagging} s-2 --variant control --sign alice`);
    const drafts = Array.from({ length: 20 }, (_, at) => `{"event_type":"a.b","payload":${at}}\n`);
    shell.write('drafts.ndjson', drafts.join(''));
    shell.write('draft.json', `{"event_type":"invoice.issued","payload":${LARGE}}`);
    shell.write('note.json', '{"text":"seen"}');
    const [version, keys] = ['version: 1', 'keys: { alice: operator }'];
    const entering = '  - { name: it enters, event: { type: a.b, by: alice }, expect: allow }';
    shell.write('regression.test.yaml', [version, keys, 'cases:', entering, ''].join('\n'));
    const name = readdirSync('.ledger/keys').find((each) => each.startsWith('bot+')) ?? '';
    shell.write('bot.key', readFileSync(`.ledger/keys/${name}`), 0o600);
    const signing = wordsOf('sign drafts.ndjson --key bot.key --origin example.com/acme');
    shell.write('signed.ndjson', (await shell.inside(signing)).stdout);
    await shell.told('append drafts.ndjson --sign bot');
    await shell.told('policy adopt --set open --sign alice');
    const logKey = (await shell.told('key list')).find(({ purpose }) => purpose === 'log');
    await shell.told('checkpoint --out held.note');
    await shell.told('prove 7 --out 7.tlog-proof');
    await shell.told('prove --consistent-with held.note --out grown.json');
    await shell.told('backup --to backup');
    await shell.told('verify --mark audit.mark');
    execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', 'id_ed25519']);
    const receiver = await receive();
    const hooks = `outbox destination set hooks --url ${receiver.url} --format ndjson`;
    await shell.told(`${hooks} --sign alice`);
    const [parked, waits] = (await shell.told('log --type a.b')).map((line) => line.header?.['id']);
    await shell.told(`outbox park ${String(parked)} --reason ill --sign alice`);
    cpSync(fixture('cortex', 'v2-signed-cli'), 'old', { recursive: true });
    shell.write('orders.ndjson', '{"no":1}\n');
    shell.write('map.yaml', 'type: { text: order.seen }\n');
    cpSync(fixture('kaizen', 'halfway'), '.kaizen', { recursive: true });
    cpSync(fixture('cortex', 'keys', 'operator.pub'), 'operator.pub');
    const imported = (await shell.told('import cortex old/ --sign bot'))[0]?.seq;
    const costs = [1, 2].map(
      (usd) => `{"event_type":"model.called","session_id":"s-${usd}","payload":{"usd":${usd}}}\n`,
    );
    shell.write('costs.ndjson', costs.join(''));
    await shell.told('append costs.ndjson --sign alice');
    cpSync('.ledger', 'pristine', { recursive: true });
    const adopted = (await shell.told('log --type policy.adopted'))[0]?.header?.['seq'];

    /** What stands for something that only this ledger has. */
    const meant = (line: string): string =>
      line
        .replace('bot+1f3a9c2e+AQ…', dave.vkey)
        .replace('bot+1f3a9c2e', bot.id)
        .replace(/^(break-glass .*)0193…/, `$1${glass?.id}`)
        .replace(/^(quarantine .*)0193…/, `$1${linesOf(held)[0]?.quarantine}`)
        .replace('example.com/acme+eda4bc15+AbqWoTU3…', logKey?.vkey ?? '')
        .replace('VKEY', logKey?.vkey ?? '')
        .replace(/^((?:break-glass|quarantine) .*) carol$/, `$1 ${carol.id}`)
        .replace(/^(outbox .*)0193…/, `$1${String(parked)}`)
        .replace(/^(outbox .*)0194…/, `$1${String(waits)}`)
        .replace('report 32', `report ${imported}`)
        .replace('show 12', `show ${String(adopted)}`)
        .replace('~/.ssh/', '')
        .replace('/mnt/backup/acme', 'backup')
        .replace('/srv/ledger', 'srv');
    const ran: string[] = [];
    for (const entry of ROSTER)
      for (const [line] of (await entry.load()).examples) {
        expect([line, await isRead(line)]).toEqual([line, true]);
        if (line.includes('--follow')) continue;
        rmSync('.ledger', { recursive: true, force: true });
        if (!/^(?:.* )?init |^restore /.test(line))
          cpSync('pristine', '.ledger', { recursive: true });
        if (line.includes('--from mirror')) rmSync('.ledger/journal', { recursive: true });
        const args = ['-C', line.startsWith('-C') ? 'srv' : '.ledger', ...wordsOf(meant(line))];
        const input = / < (\S+)$/.exec(line)?.[1];
        // The demo starts commands itself, which take longer out of the sources.
        const { status, stdout, stderr } =
          input === undefined && !line.startsWith('demo')
            ? await shell.inside(args.slice(line.startsWith('-C') ? 2 : 0))
            : shell.run(args, input === undefined ? '' : shell.read(input));
        ran.push(line);
        expect([line, status, status === 0 ? '' : stdout + stderr]).toEqual([line, 0, '']);
      }
    expect(ran.length).toBeGreaterThan(50);
    expect(await isRead('append --tpye a.b')).toBe(false);
  });
});

describe('a name that is mistyped', () => {
  it('is told with the one that is near, and without where none is', async () => {
    const shell = new Shell();
    mkdirSync(shell.path('x'));
    const cases: readonly (readonly [line: string, said: string])[] = [
      ['aproove a', 'no such command: aproove; did you mean approve?'],
      ['key lst', 'no such command: key lst; did you mean key list?'],
      ['polcy adopt', 'no such command: polcy; did you mean policy adopt?'],
      ['polcy', 'no such command: polcy; did you mean policy?'],
      [
        'quarantine relase 0193',
        'no such command: quarantine relase 0193; did you mean quarantine release?',
      ],
      ['LOG --limit 3', 'no such command: LOG; did you mean log?'],
      ['log --LIMIT 3', 'there is no option --LIMIT; did you mean --limit?'],
      ['log -json', 'there is no option -json; did you mean --json?'],
      ['log -limt=3', 'there is no option -limt; did you mean --limit?'],
      ['log -z', 'there is no option -z'],
      ['--verison', 'there is no option --verison; did you mean --version?'],
      ['-x', 'there is no option -x'],
      ['-jsn', 'there is no option -jsn; did you mean --json?'],
      ['help recipes sining', 'there is no help on recipes sining; did you mean recipes signing?'],
      ['xyzzy', 'no such command: xyzzy'],
      ['xyzzy -- --json', 'no such command: xyzzy'],
      ['key', 'key takes one of new, enroll, retire, revoke, list'],
      ['log --limt 3', 'there is no option --limt; did you mean --limit?'],
      ['log --nonsense', 'there is no option --nonsense'],
      ['log -x', 'there is no option -x'],
      ['log -C', '-C takes a value'],
      ['append -f.ndjson', 'there is no option -f.ndjson'],
      ['init --orgin example.com/a', 'there is no option --orgin; did you mean --origin?'],
      ['init', 'it takes --origin'],
      ['key enroll v', 'it takes --tier'],
      ['replay --from mirrow', '--from takes journal or mirror, not mirrow; did you mean mirror?'],
      ['replay --from tape', '--from takes journal or mirror, not tape'],
      ['log --limit', '--limit takes a value'],
      ['help exit-code', 'there is no help on exit-code; did you mean exit-codes?'],
      ['completion bsh', 'completion takes bash, zsh, fish; did you mean bash?'],
      [`log --${'x'.repeat(100_000)}`, `there is no option --${'x'.repeat(40)}…`],
    ];
    for (const [line, said] of cases) {
      const { status, stdout, stderr } = await shell.inside(line.split(' '));
      expect([line, status, stdout, stderr.split('\n')[0]]).toEqual([line, 2, '', said]);
    }
  });
});

describe('a topic', () => {
  it('is reachable, whichever it is, and its lines are read as they stand', async () => {
    const shell = new Shell();
    for (const name of Object.keys(TOPICS)) {
      const text = (await topicOf(name)) ?? '';
      expect([name, text.endsWith('\n')]).toEqual([name, true]);
      expect(text.split('\n').filter((line) => line.length > 100)).toEqual([]);
      expect((await shell.inside(['help', name])).stdout.endsWith(text)).toBe(true);
      const lines = [...text.matchAll(/^ +ledger (.+?)(?: {2,}.*)?$/gm)].map(([, line]) => line);
      for (const line of lines) expect([line, await isRead(line ?? '')]).toEqual([line, true]);
    }
    expect(await topicOf('toString')).toBe(undefined);
  });

  it('says of every exit code, and of every verdict, what to do', async () => {
    const codes = (await topicOf('exit-codes')) ?? '';
    for (const exit of allExits()) {
      const { meaning, next } = EXITS[exit];
      expect(codes).toContain(`${exit}  ${meaning}\n       ${next}\n`);
    }
    const verify = (await topicOf('verify')) ?? '';
    const { warning: _, ...verdicts } = VERDICT_EXITS;
    for (const [verdict, exit] of Object.entries(verdicts))
      expect(verify).toContain(`\n${verdict} (exit ${exit})\n  `);
  });
});

describe('ledger --version', () => {
  it('tells the versions of ledger, Node and the SQLite that is loaded', () => {
    const shell = new Shell();
    const manifest = readFileSync(new URL('../../../package.json', import.meta.url), 'utf8');
    const { version: ledger } = JSON.parse(manifest) as { readonly version: string };
    const sqlite = new Sqlite(':memory:').prepare('SELECT sqlite_version()').pluck().get();
    const node = process.versions.node;
    writeFileSync(shell.path('unused'), '');
    expect(shell.type('--version').stdout).toBe(
      `ledger ${ledger}\nnode ${node}\nsqlite ${String(sqlite)}\n`,
    );
    expect(JSON.parse(shell.type('--version --json').stdout)).toEqual({ ledger, node, sqlite });
  });
});
