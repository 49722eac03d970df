/**
 * The JSON that commands print is what the published schemas say: no member is missing, none is
 * there that is not described. Every other test that runs a command holds its lines to them, too.
 */
import { rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PURPOSES, TIERS } from '../../../ledger/chain/keyring.ts';
import { SOURCE_KINDS } from '../../../ledger/event/header.ts';
import { REASON_CODES } from '../../../policies/state/authorization.ts';
import { nameOf } from '../../../src/cli/command.ts';
import { SHELLS } from '../../../src/cli/completion/script.ts';
import { allExits } from '../../../src/cli/exit-table.ts';
import { VERDICT_EXITS } from '../../../src/cli/exit-code.ts';
import { ROSTER } from '../../../src/cli/roster.ts';
import { BILLING, LARGE, newKey, withBillingAdopted } from './billing.ts';
import { SCHEMAS, conform, faultsIn, schemaOf } from './schema.ts';
import type { Line, Shell } from './shell.ts';
import { linesOf } from './shell.ts';

type Node = Readonly<Record<string, unknown>>;

const isNode = (value: unknown): value is Node =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Every object of a schema that is a schema itself, or holds some. */
const nodesIn = (value: unknown): readonly Node[] => {
  if (Array.isArray(value)) return value.flatMap(nodesIn);
  return isNode(value) ? [value, ...Object.values(value).flatMap(nodesIn)] : [];
};

const SHARED = ['error', 'event', 'import', 'member', 'receipt', 'version'];

/** What a chain of events prints, by command; a name in braces stands for something before. */
class Story {
  readonly told = new Map<string, Line[]>();
  readonly refused = new Set<string>();
  private readonly shell: Shell;

  constructor(shell: Shell) {
    this.shell = shell;
  }

  /** Runs a line that succeeds, and gives the last object that it prints. */
  async does(command: string, ...args: readonly string[]): Promise<Line> {
    const lines = await this.shell.told([...command.split(' '), ...args]);
    this.told.set(command, [...(this.told.get(command) ?? []), ...lines]);
    return lines.at(-1) ?? {};
  }

  async refuses(command: string, ...args: readonly string[]): Promise<void> {
    const { status, stdout } = await this.shell.inside([...command.split(' '), ...args, '--json']);
    const lines = linesOf(stdout);
    this.told.set(command, [...(this.told.get(command) ?? []), ...lines.slice(0, -1)]);
    expect([command, status, lines.at(-1)?.error?.exit]).toEqual([command, status, status]);
    expect(status).not.toBe(0);
    this.refused.add(command);
  }
}

const tell = async (shell: Shell): Promise<Story> => {
  const story = new Story(shell);
  const by = ['--sign', 'alice'];
  await story.does(
    'init',
    '--origin',
    'example.com/other',
    '--as',
    'eve',
    '-C',
    shell.path('other'),
  );
  await story.refuses('init', '--origin', 'example.com/acme');
  await story.does('append', '--type', 'note.taken', '--tag', 'eu', '--session', 's-1', ...by);
  await story.refuses('append', '--type', 'invoice.issued');
  const hold = async (): Promise<string> => {
    const held = ['append', '--type', 'invoice.issued', '--payload', LARGE, '--sign', 'carol'];
    const { stdout } = await shell.inside([...held, '--json']);
    return linesOf(stdout)[0]?.quarantine ?? '';
  };
  const [first, second] = [await hold(), await hold()];
  await story.does('quarantine list');
  await story.does('quarantine show', first);
  await story.refuses('quarantine show', 'none');
  await story.does('quarantine release', first, ...by, '--note', 'seen');
  await story.refuses('quarantine release', 'none', ...by);
  await story.does('quarantine discard', second, '--reason', 'wrong', ...by);
  await story.refuses('quarantine discard', 'none', '--reason', 'wrong', ...by);
  await story.refuses('quarantine list', 'all');
  shell.write('draft.json', `{"event_type":"invoice.issued","payload":${LARGE}}\n`);
  await story.does('sign', shell.path('draft.json'), '--key', 'carol', '--origin', 'a/b');
  await story.refuses('sign', shell.path('draft.json'), '--key', 'nobody', '--origin', 'a/b');
  await story.does('log');
  await story.refuses('log', '--since', 'never');
  await story.does('show', '0');
  await story.refuses('show', '99');
  const { vkey, id: bot } = await newKey(shell, 'bot');
  await story.does('key new', 'dora');
  await story.refuses('key new', '../dora');
  await story.does('approve', bot, ...by);
  await story.refuses('approve', bot, '--sign', 'nobody');
  await story.does('key enroll', vkey, '--tier', 'observed', ...by);
  await story.refuses('key enroll', vkey, '--tier', 'observed', ...by);
  await story.does('key retire', bot, '--reason', 'done', ...by);
  await story.refuses('key retire', bot, '--reason', 'done', ...by);
  await story.does('key revoke', bot, '--reason', 'lost', ...by);
  await story.refuses('key revoke', 'nobody', '--reason', 'lost', ...by);
  await story.does('key list');
  await story.refuses('key list', 'all');
  const scope = ['--type', 'invoice.*', '--rule', 'large-discounts-wait', '--uses', '2'];
  const why = ['--reason-code', 'operator_correction', '--reason', 'agreed', '--expires', '1h'];
  const limits = ['--key', 'carol', '--source', 'user'];
  const glass = await story.does('break-glass authorize', ...scope, ...why, ...limits, ...by);
  const other = await story.does('break-glass authorize', ...scope, ...why, ...by);
  await story.refuses('break-glass authorize', ...scope, ...why);
  const used = ['--break-glass', glass.id ?? '', '--sign', 'carol', '--payload', LARGE];
  await story.does('append', '--type', 'invoice.issued', ...used);
  await story.does('break-glass review', glass.id ?? '', '--note', 'fine', ...by);
  await story.refuses('break-glass review', 'none', '--note', 'fine', ...by);
  await story.does('break-glass revoke', other.id ?? '', '--reason', 'over', ...by);
  await story.refuses('break-glass revoke', 'none', '--reason', 'over', ...by);
  await story.does('break-glass list');
  await story.refuses('break-glass list', 'all');
  const documents = shell.path('policies');
  const table = shell.path('policies', BILLING[1]);
  await story.does('policy test', table);
  await story.refuses('policy test', shell.path('none.yaml'));
  await story.does('policy explain', shell.path('draft.json'), '--sign', 'carol');
  await story.refuses('policy explain', shell.path('none.json'));
  await story.does('policy replay', '--set', 'regulated');
  await story.refuses('policy replay');
  await story.does('policy adopt', documents, ...by);
  await story.does('policy adopt', '--set', 'signed', ...by);
  await story.refuses('policy adopt', '--set', 'open');
  await story.does('policy list');
  await story.refuses('policy list', 'all');
  await story.does('policy show');
  await story.refuses('policy show', '99');
  const note = shell.path('held.note');
  await story.does('checkpoint');
  await story.does('checkpoint', '--out', note);
  await story.refuses('checkpoint', '--out', shell.path('none', 'held.note'));
  const [proof, grown] = [shell.path('1.tlog-proof'), shell.path('grown.json')];
  await story.does('prove', '1', '--out', proof);
  await story.does('prove', '--consistent-with', note, '--out', grown);
  await story.refuses('prove', '99');
  const log = (await shell.told('key list')).find(({ purpose }) => purpose === 'log')?.vkey ?? '';
  await story.does('check-proof', proof, '--vkey', log);
  await story.does('check-proof', grown, '--vkey', log);
  await story.refuses('check-proof', note, '--vkey', log);
  const selecting = ['--type', 'invoice.*', '--session', 's-1', '--tag', 'eu', '--key', 'alice'];
  const more = ['--source', 'user:bob', '--trace', 'ab'.repeat(16), '--withhold', 'payloads'];
  const handing = ['--to', shell.path('out'), '--format'];
  await story.does('export', ...handing, 'csv', ...selecting, ...more, ...by);
  await story.refuses('export', ...handing, 'csv', '--at', '9999');
  const [bundle, open] = [shell.path('bundle'), '--withhold'];
  await story.does('export', '--to', bundle, '--format', 'bundle', open, 'note.*', ...by);
  await story.does('check-bundle', bundle, '--vkey', log);
  await story.refuses('check-bundle', shell.path('nothing'));
  await story.does('verify', '--checkpoint', note, '--decisions');
  await story.does('verify', '--journal-only');
  await story.does('verify', '--record', ...by);
  await story.refuses('verify', '--require', 'nothing');
  await story.does('replay', '--dry-run');
  rmSync(shell.path('.ledger/mirror.db'));
  await story.does('replay', '--dry-run');
  await story.does('replay');
  await story.refuses('replay', '--from', 'mirror');
  const backup = shell.path('backup');
  await story.does('backup', '--to', backup);
  await story.refuses('backup', '--to', shell.path('.ledger/journal'));
  await story.does('restore', '--from', backup, '-C', shell.path('back'), '--checkpoint', note);
  await story.refuses('restore', '--from', backup);
  await story.does('drill');
  await story.does('drill', '--from', backup, '--record', ...by);
  await story.refuses('drill', '--from', shell.path('none'));
  await story.does('doctor');
  await story.refuses('doctor', 'now');
  await story.does('completion', 'zsh');
  await story.refuses('completion', 'csh');
  await story.does('help', 'verify');
  await story.refuses('help', 'nothing');
  return story;
};

/** Ways in which a line is not what its schema says. */
const mutated = (line: object): readonly object[] => [
  { ...line, unheard_of: 1 },
  ...Object.keys(line).flatMap((name) => [{ ...line, [name]: { unheard_of: 1 } }]),
  [line],
];

/** Members that may hold anything: what authors say. */
const FREE = new Set(['payload', 'claim', 'documents']);

describe('the schemas of --json', () => {
  it('are there for every command of the roster, and for nothing else', () => {
    const names = ROSTER.map((entry) => schemaOf(nameOf(entry)));
    expect([...SCHEMAS.keys()].toSorted()).toEqual([...names, ...SHARED].toSorted());
  });

  it('describe every member, and permit no other', () => {
    for (const [name, schema] of SCHEMAS) {
      expect(schema).toMatchObject({
        $schema: 'https://json-schema.org/draft/2020-12/schema',
        $id: `${name}.schema.json`,
        title: expect.stringMatching(/^[A-Z].{5,}[^.]$/) as string,
      });
      for (const node of nodesIn(schema)) {
        if (!isNode(node['properties']) || !Object.hasOwn(node, 'type')) continue;
        expect([name, node['additionalProperties']]).toEqual([name, false]);
        for (const [member, about] of Object.entries(node['properties'])) {
          const said = isNode(about) && ('description' in about || '$ref' in about);
          expect([name, member, said]).toEqual([name, member, true]);
        }
      }
    }
  });

  it('know the words that the code knows', () => {
    const words = [...SCHEMAS.values()]
      .flatMap(nodesIn)
      .map((node) => JSON.stringify(node['enum']));
    const { warning: _, ...verdicts } = VERDICT_EXITS;
    for (const known of [
      allExits().filter((exit) => exit !== 0),
      [...new Set(Object.values(verdicts))],
      Object.keys(verdicts),
      TIERS,
      PURPOSES,
      SOURCE_KINDS,
      REASON_CODES,
      SHELLS,
    ])
      expect(words).toContain(JSON.stringify(known));
  });

  it('fit what every command prints, and nothing that differs from it', async () => {
    const shell = await withBillingAdopted();
    const { told, refused } = await tell(shell);
    // The demo is run, and held to its schema, by a test of its own.
    const names = ROSTER.map(nameOf).filter((name) => name !== 'demo');
    expect(names.filter((name) => (told.get(name)?.length ?? 0) === 0)).toEqual([]);
    expect(names.filter((name) => !refused.has(name))).toEqual([]);
    for (const [command, lines] of told)
      for (const line of lines) {
        const schema = schemaOf(command);
        expect([command, faultsIn(schema, line)]).toEqual([command, []]);
        for (const other of mutated(line)) {
          const isFree = Object.keys(other).some(
            (name) => FREE.has(name) && JSON.stringify(other).includes(`"${name}":{"unheard_of"`),
          );
          const isRefused = faultsIn(schema, other).length > 0;
          expect([command, JSON.stringify(other), isRefused || isFree]).toEqual([
            command,
            JSON.stringify(other),
            true,
          ]);
        }
      }
  });

  it('are held against lines that a strict reader reads', () => {
    const list = ['key', 'list', '--json'];
    const line = '{"help":"x"}';
    expect(() => conform('help', list, `${line}\n`)).not.toThrow();
    for (const text of [line, `{"help":"x","help":"x"}\n`, '{"help":1}\n', '\n', `${line}\n{}\n`])
      expect(() => conform('help', list, text)).toThrow(/help|end|JSON/);
    const error = '{"error":{"code":"usage","message":"m","next":"N.","exit":2}}\n';
    expect(() => conform('key list', list, error)).not.toThrow();
    expect(() => conform('key list', list, error.replace('2}', '4}'))).toThrow('/error/exit');
    expect(() => conform('key list', list, error + error)).toThrow('not of key-list');
  });
});
