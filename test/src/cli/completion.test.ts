/**
 * `ledger completion`: what is offered is what a line would take. The shells themselves are asked
 * in `completion-shell.test.ts`.
 */
import { readFileSync, readdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { nameOf } from '../../../src/cli/command.ts';
import { candidates } from '../../../src/cli/completion/candidate.ts';
import { scriptFor } from '../../../src/cli/completion/script.ts';
import { ROSTER } from '../../../src/cli/roster.ts';
import { Shell, withLedger } from './shell.ts';

/** The words that are offered for a line whose last word is being typed. */
const offered = async (line: string): Promise<readonly string[]> =>
  (await candidates('fish', line.split(' '))).map(({ word }) => word);

describe('completion', () => {
  it('offers every command, its options and its choices, each where it belongs', async () => {
    const first = new Set(ROSTER.map((entry) => nameOf(entry).split(' ')[0]));
    expect(new Set(await offered('ledger '))).toEqual(first);
    for (const entry of ROSTER) {
      const { options } = await entry.load();
      const line = `ledger ${nameOf(entry)}`;
      expect(await offered(line)).toContain(nameOf(entry).split(' ').at(-1));
      const names = [...Object.keys(options), 'json', 'ledger', 'help'].map((each) => `--${each}`);
      expect([line, new Set(await offered(`${line} --`))]).toEqual([line, new Set(names)]);
      for (const [option, { choices }] of Object.entries(options))
        if (choices !== undefined)
          expect(await offered(`${line} --${option} `)).toEqual([...choices]);
    }
    const cases: readonly (readonly [line: string, words: readonly string[]])[] = [
      ['ledger app', ['append', 'approve']],
      ['ledger -C there key re', ['retire', 'revoke']],
      ['ledger --ledger=there key l', ['list']],
      ['ledger append --json --jso', []],
      ['ledger log --type a.b --ty', ['--type']],
      ['ledger replay --from m', ['mirror']],
      ['ledger replay --from=m', ['--from=mirror']],
      ['ledger replay --nonsense ', []],
      ['ledger nonsense ', []],
      ['ledger append ', []],
      ['ledger completion ', ['bash', 'zsh', 'fish']],
      ['ledger completion bash ', []],
      ['ledger help exi', ['exit-codes']],
      ['ledger help key ne', ['new']],
      ['ledger constructor --', ['--ledger', '--json', '--help']],
      ['ledger --constructor ', await offered('ledger ')],
    ];
    for (const [line, words] of cases) expect([line, await offered(line)]).toEqual([line, words]);
  });

  it('says of a group what can stand behind it, each once', async () => {
    for (const { word, about } of await candidates('fish', ['ledger', ''])) {
      const said = about.split(', ');
      expect([word, said]).toEqual([word, [...new Set(said)]]);
    }
  });

  it('offers the keys and types of the ledger at hand, and writes nothing', async () => {
    const shell = withLedger();
    const [bot] = await shell.told('key new bot');
    await shell.told('append --type invoice.paid');
    for (const session of ['s-2', 's-1', 's-2', 't-1'])
      await shell.told(`append --type invoice.paid --session ${session}`);
    await shell.told(
      'experiment create --id short-prompt --hypothesis A --change B --metric success_rate ' +
        '--relative 2',
    );
    const keys = shell.path('.ledger/keys');
    // A name that a shell would act on is offered to none.
    writeFileSync(join(keys, 'bot$(touch owned)+00000000'), '', { mode: 0o600 });
    const alice = readdirSync(keys).find((name) => name.startsWith('alice')) ?? '';
    // A log that SQLite reads has its index beside it, as with any command that reads.
    const files = (): readonly string[] =>
      readdirSync(shell.path('.ledger'), { recursive: true, encoding: 'utf8' })
        .filter((file) => !/-(?:wal|shm)$/.test(file))
        .toSorted();
    const before = files();
    const at = `ledger -C ${shell.path('.ledger')}`;
    const cases: readonly (readonly [line: string, words: readonly string[]])[] = [
      ['append --sign b', [bot?.key_id ?? '']],
      ['append --sign=al', [`--sign=${alice}`]],
      ['append --type inv', ['invoice.paid']],
      ['log --type ', ['experiment.created', 'invoice.paid', 'ledger.created']],
      ['log --session ', ['s-1', 's-2', 't-1']],
      ['experiment tag short-prompt --session s-', ['s-1', 's-2']],
      ['experiment create --supersedes sh', ['short-prompt']],
      ['append --supersedes sh', []],
      ['log --key al', [alice]],
      ['log --key b', []],
      ['key retire a', [alice]],
      ['approve a', [alice]],
      ['log --type zz', []],
    ];
    for (const [line, words] of cases)
      expect([line, await offered(`${at} ${line}`)]).toEqual([line, words]);
    expect(files()).toEqual(before);
    const quoted = ['ledger', '-C', `"${shell.path('.ledger')}"`, 'log', '--type', "'inv"];
    expect((await candidates('bash', quoted)).map(({ word }) => word)).toEqual(['invoice.paid']);
    // What cannot be read is left out, and nothing is said of it.
    const mirror = readFileSync(shell.path('.ledger/mirror.db'));
    renameSync(shell.path('.ledger/mirror.db'), shell.path('away'));
    expect(await offered(`${at} log --type `)).toEqual([]);
    writeFileSync(shell.path('.ledger/mirror.db'), mirror.subarray(0, 100));
    expect(await offered(`${at} log --type `)).toEqual([]);
    expect(await offered(`ledger -C ${shell.path('nowhere')} append --sign `)).toEqual([]);
    const lines = shell.run(['completion', 'zsh', '--', 'ledger', 'log', '--json', '--he']);
    expect([lines.status, lines.stdout, lines.stderr]).toEqual([0, '--help\tthis help\n', '']);
  });

  it('refuses a shell that it has no script for, and a name that is none', async () => {
    const shell = new Shell();
    expect(
      await shell.refusals([
        ['completion'],
        ['completion', 'tcsh'],
        ['completion', 'bash', '--name', 'a b'],
        ['completion', 'bash', '--name', '$(touch owned)'],
        ['completion', 'toString'],
      ]),
    ).toEqual(Array.from({ length: 5 }, () => '2 usage'));
    // What is being typed says nothing of how this command is to answer.
    const refused = await shell.inside(['completion', 'tcsh', '--', 'ledger', '--json']);
    expect([refused.status, refused.stdout]).toEqual([2, '']);
    const [told] = await shell.told('completion fish');
    expect(Object.keys(told ?? {})).toEqual(['shell', 'script']);
    expect((await shell.inside(['completion', 'fish'])).stdout).toBe(scriptFor('fish', 'ledger'));
  });
});
