/**
 * `ledger append` of one event: what each option becomes, and every way in which it is refused.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chmodSync, linkSync, rmSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Line, Shell } from './shell.ts';
import { BIN, linesOf, withLedger } from './shell.ts';

const last = (shell: Shell): Line => JSON.parse(shell.journal().at(-1) ?? '') as Line;

const keyId = async (shell: Shell, name: string): Promise<string> =>
  (await shell.told('key list'))
    .map(({ key_id: id = '' }) => id)
    .find((id) => id.startsWith(`${name}+`)) ?? '';

describe('ledger append', () => {
  it('records what its options state, and says where', async () => {
    const shell = withLedger();
    const line =
      'append --type invoice.paid --payload {"total":"12.50"} --id i-1 --tag eu --tag b2b ' +
      '--observed-at 2026-11-01T00:00:00Z --source tool:erp:v2 --session s-1 ' +
      '--trace 4bf92f3577b34da6a3ce929d0e0e4736 --causation ledger.created --sign alice';
    const [receipt] = shell.json(line);
    const { event_hash, header, payload } = last(shell);
    expect(receipt).toEqual({
      status: 'appended',
      seq: 1,
      id: 'i-1',
      event_hash,
      policy: { outcome: 'allow' },
    });
    expect(payload).toEqual({ total: '12.50' });
    expect(header).toMatchObject({
      event_type: 'invoice.paid',
      domain_tags: ['b2b', 'eu'],
      observed_at: '2026-11-01T00:00:00.000Z',
      source: { kind: 'tool', name: 'erp:v2' },
      session_id: 's-1',
      trace_id: '4bf92f3577b34da6a3ce929d0e0e4736',
      causation_id: 'ledger.created',
      attestation: { key_id: await keyId(shell, 'alice'), meaning: 'authored' },
    });
    const again = (await shell.told(line))[0];
    expect([again?.status, again?.seq]).toEqual(['already_recorded', 1]);
    // Nobody said whose it is: who is named then is not the author's word.
    const [unsaid] = await shell.told(line.replace(' --source tool:erp:v2', ''));
    expect(unsaid?.status).toBe('already_recorded');
    expect(await shell.refusal(line.replace('12.50', '12.51'))).toBe('25 id_taken');
    await shell.told(
      'append --type invoice.corrected --supersedes i-1 --payload [] --meaning reviewed' +
        ' --sign alice',
    );
    expect(last(shell).header).toMatchObject({
      supersedes: 'i-1',
      source: { kind: 'user' },
      attestation: { meaning: 'reviewed' },
    });
    expect(shell.journal().length).toBe(3);
  });

  it('takes its payload from an option, a file or stdin, as JSON that survives', async () => {
    const shell = withLedger();
    shell.write('p.json', '{"from": "file"}\n');
    await shell.told('append --type a.b --payload @p.json');
    expect(last(shell).payload).toEqual({ from: 'file' });
    shell.json('append --type a.b --payload -', '["stdin\u2028"]');
    expect(last(shell).payload).toEqual(['stdin\u2028']);
    await shell.told('append --type a.b --payload -5');
    expect(last(shell).payload).toBe(-5);
    expect(await shell.refusal('append --type a.b --payload {"a":1,"a":2}')).toBe('2 repeated_key');
    expect(shell.refuses('append --type a.b --payload -', '\ufeff1')).toBe('2 byte_order_mark');
    expect(await shell.refusal('append --type a.b --payload @none')).toBe('3 file_unreadable');
    const huge = shell.write('huge', Buffer.alloc(9 << 20, 0x20));
    expect(await shell.refusal(`append --type a.b --payload @${huge}`)).toBe('2 file_too_long');
    const long = shell.write('long', JSON.stringify('x'.repeat((1 << 20) - 100)));
    expect(await shell.refusal(`append --type a.b --payload @${long}`)).toBe('2 line_too_long');
    expect(shell.journal().length).toBe(4);
  });

  it('names the form of whatever is not of it, with an example or the values', async () => {
    const shell = withLedger();
    for (const [option, value, told] of [
      ['--type', 'A B', 'such as invoice.paid'],
      ['--id', '-1', 'such as invoice:7'],
      ['--observed-at', '2020', 'or a moment in UTC: 2026-11-20T15:04:05Z'],
      ['--source', 'x', 'user, agent, tool, runtime, external, correction'],
      ['--source', 'tool', 'such as tool:erp'],
      ['--session', '\u0007', 'such as s-1'],
      ['--trace', 'x', 'such as 4bf92f3577b34da6a3ce929d0e0e4736'],
      ['--tag', 'UP', 'such as eu'],
      ['--causation', '-', 'such as invoice:7'],
      ['--supersedes', '-', 'such as invoice:7'],
      ['--break-glass', '-', 'such as invoice:7'],
      ['--expect-head', 'x', '64 lower-case hexadecimal digits'],
    ] as const) {
      const type = option === '--type' ? [] : ['--type', 'a.b'];
      const { status, stderr } = await shell.inside(['append', ...type, option, value]);
      expect([option, status, stderr]).toEqual([option, 2, expect.stringContaining(told)]);
    }
    // It is the option before it that lacks something.
    const tag = await shell.inside(['append', '--type', 'a.b', '--tag', '--json=1']);
    expect(tag.stderr).toMatch(/^--tag takes a value\n/);
    const meaning = await shell.inside('append --type a.b --sign alice --meaning UP');
    expect(meaning.stderr).toContain('such as approved');
  });

  it('refuses what means nothing and types that are its own, with 2', async () => {
    const shell = withLedger();
    const cases = [
      ['append', '2 usage'],
      ['append --type a.b extra', '2 usage'],
      ['append drafts --type a.b', '2 usage'],
      ['append --type a.b --batch 3', '2 usage'],
      ['append --type a.b --type c.d', '2 usage'],
      ['append --type a.b --tyqe c.d', '2 usage'],
      ['append --type a.b --meaning authored', '2 usage'],
      ['append --type a.b --payload @', '2 usage'],
      ['append --type Invoice', '2 bad_form'],
      ['append --type a.b --id 17', '2 looks_like_seq'],
      ['append --type a.b --tag UP', '2 bad_form'],
      ['append --type a.b --source erp', '2 unknown_value'],
      ['append --type a.b --expect-head 12', '2 bad_form'],
      ['append --type key.enrolled --sign alice', '2 reserved_type'],
      ['append --type ledger.created', '2 reserved_type'],
    ] as const;
    const answers = await shell.refusals(cases.map(([line]) => line));
    expect(answers).toEqual(cases.map(([, answer]) => answer));
    expect(shell.refuses('append --type Invoice')).toBe('2 bad_form');
    expect(shell.journal().length).toBe(1);
    expect((await shell.inside('appendd')).stderr).toContain('did you mean append?');
  });

  it('goes on only from the head and the checkpoint that are expected, else 25', async () => {
    const shell = withLedger();
    await shell.inside('checkpoint --out held.note');
    const { event_hash: head } = last(shell);
    await shell.told(`append --type a.b --expect-head ${head} --expect-checkpoint held.note`);
    expect(await shell.refusal(`append --type a.b --expect-head ${head}`)).toBe('25 head_moved');
    await shell.inside('checkpoint --out later.note');
    await shell.told('append --type a.b --expect-checkpoint later.note');
    await shell.told('-C other init --origin example.com/acme --as alice');
    const other = '-C other append --type a.b --expect-checkpoint';
    expect(await shell.refusal(`${other} later.note`)).toBe('25 checkpoint_differs');
    expect(await shell.refusal(`${other} none.note`)).toBe('3 file_unreadable');
    shell.write('no.note', 'nothing');
    expect(await shell.refusal(`${other} no.note`)).toMatch(/^2 /);
  });

  it('answers 24 to what the policies refuse, with the rules that were against it', async () => {
    const shell = withLedger();
    const [key] = await shell.told('key new eve');
    const { status, stdout } = await shell.inside('append --type a.b --sign eve --json');
    expect(status).toBe(24);
    const [receipt, error] = linesOf(stdout);
    expect(receipt).toMatchObject({ status: 'refused', policy: { outcome: 'reject' } });
    expect(receipt?.policy?.contributing?.map(({ rule }) => rule)).toEqual(['the-key-is-current']);
    expect(error?.error?.code).toBe('refused');
    expect(await shell.refusal('append --type a.b --sign eve --break-glass none')).toBe(
      '24 refused',
    );
    expect(await shell.refusal('append --type a.b --break-glass 17')).toBe('2 looks_like_seq');
    expect(key?.file).toBe(shell.path('.ledger/keys', key?.key_id ?? ''));
    expect(shell.journal().length).toBe(1);
  });

  it('signs with a key by its id, its name, its file or a variable; else 12', async () => {
    const shell = withLedger();
    const id = await keyId(shell, 'alice');
    const file = `.ledger/keys/${id}`;
    const skey = shell.read(file);
    const signed = (key: string, env: NodeJS.ProcessEnv = {}) =>
      shell.run(['append', '--type', 'a.b', '--sign', key], '', env).status;
    expect([signed(id), signed('alice'), signed(file)]).toEqual([0, 0, 0]);
    for (const KEY of [skey.trimEnd(), `${skey.trimEnd()}\r\n`, `${skey}\n`])
      expect(signed('env:KEY', { KEY })).toBe(0);
    const refusal = (key: string) => shell.refusal(`append --type a.b --sign ${key}`);
    expect(await refusal('env:NO_SUCH_KEY')).toBe('12 missing');
    expect(await refusal('nobody')).toBe('12 missing');
    shell.write('open.key', skey);
    expect(await refusal('open.key')).toBe('12 readable_by_others');
    symlinkSync(shell.path(file), shell.path('link.key'));
    expect(await refusal('link.key')).toBe('12 not_a_file');
    execFileSync('mkfifo', ['-m', '600', shell.path('pipe.key')]);
    expect(await refusal('pipe.key')).toBe('12 not_a_file');
    expect(await refusal('.ledger')).toBe('12 not_a_file');
    shell.write('bad.key', 'PRIVATE+KEY+alice', 0o600);
    expect(await refusal('bad.key')).toBe('12 bad_form');
    linkSync(shell.path(file), shell.path('other-name'));
    expect(await refusal('alice')).toBe('12 linked');
    rmSync(shell.path('other-name'));
    chmodSync(shell.path(file), 0o644);
    expect(await refusal('alice')).toBe('12 readable_by_others');
    chmodSync(shell.path(file), 0o600);
    await shell.told('key new alice');
    expect(await refusal('alice')).toBe('12 key_ambiguous');
    shell.write('.ledger/keys/alice+00000000', skey, 0o600);
    expect(await refusal('alice+00000000')).toBe('12 id_mismatch');
    expect(shell.journal().length).toBe(7);
  });

  it('prints JSON where that is asked for, and not where it is a value', () => {
    const shell = withLedger();
    const typed = (line: string) => {
      const options = { cwd: shell.folder, encoding: 'utf8' } as const;
      const { status, stdout, stderr } = spawnSync(
        process.execPath,
        [BIN, ...line.split(' ')],
        options,
      );
      return [status, stdout, stderr];
    };
    expect(typed('append --type a.b --session --json')).toEqual([
      0,
      expect.stringMatching(/^appended 1 /),
      '',
    ]);
    expect(last(shell).header).toMatchObject({ session_id: '--json' });
    expect(typed('append --type a.b --sign --json')).toEqual([
      12,
      '',
      expect.stringMatching(/^--json: .+\n.+\n$/),
    ]);
  });
});
