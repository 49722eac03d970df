/**
 * `ledger log`, `ledger show`, `ledger key` and `ledger approve`: what was recorded, and by whose
 * keys.
 */
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, copyFileSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Shell, withLedger } from './shell.ts';

const ESCAPES = '\u001b[2J\u001b]0;x\u0007\u202e\u2066\u200b\u009b31m';

describe('ledger log and show', () => {
  it('print the stored lines byte for byte, filtered, forwards and backwards', async () => {
    const shell = withLedger();
    await shell.told('append --type invoice.paid --id i-1 --tag eu --session s-1');
    await shell.told('append --type invoice.sent --id i-2 --source tool:erp --sign alice');
    await shell.told('append --type note.taken --supersedes i-1 --trace ' + 'ab'.repeat(16));
    const all = shell.journal();
    const log = async (line: string): Promise<readonly number[]> => {
      const { status, stdout } = await shell.inside(`log --json ${line}`.trim());
      const lines = stdout.split('\n').slice(0, -1);
      expect(status).toBe(0);
      expect(all).toEqual(expect.arrayContaining(lines));
      return lines.map((each) => all.indexOf(each));
    };
    for (const [line, seqs] of [
      ['', [0, 1, 2, 3]],
      ['--reverse --limit 2', [3, 2]],
      ['--after 1', [2, 3]],
      ['--after 2 --reverse', [1, 0]],
      ['--type invoice.*', [1, 2]],
      ['--type invoice.paid --type note.*', [1, 3]],
      ['--tag eu', [1]],
      ['--session s-1', [1]],
      ['--source tool:erp', [2]],
      ['--key alice', [2]],
      [`--trace ${'ab'.repeat(16)}`, [3]],
      ['--since 2020-01-01 --limit 1', [0]],
      ['--until 2020-01-01T00:00:00Z', []],
    ] as const)
      expect([line, await log(line)]).toEqual([line, seqs]);
    const cases = [
      ['log --type Invoice', '2 usage'],
      ['log --since yesterday', '2 bad_form'],
      ['log --since 2026-11-23T08:00', '2 bad_form'],
      ['log --limit -1', '2 usage'],
      ['log --follow --reverse', '2 usage'],
      ['log --key bob', '3 not_found'],
      ['log --session \u0007', '2 bad_character'],
      ['log --source erp', '2 usage'],
      ['log --source tool:', '2 usage'],
      ['log --source robot:erp', '2 usage'],
      ['log --trace x', '2 bad_form'],
      ['show i-9', '3 not_found'],
      ['show 0x1', '3 not_found'],
      ['show', '2 usage'],
    ] as const;
    const answers = await shell.refusals(cases.map(([line]) => line));
    expect(answers).toEqual(cases.map(([, answer]) => answer));
    const since = await shell.inside('log --since 2026-11-23T08:00');
    expect(since.stderr).toContain('a day such as 2026-11-20');
    const { event_hash: hash } = JSON.parse(all[1] ?? '') as { event_hash: string };
    for (const reference of ['1', 'i-1', hash, hash.toUpperCase()])
      expect((await shell.inside(`show ${reference} --json`)).stdout).toBe(`${all[1]}\n`);
    expect((await shell.inside('show i-1 --history --json')).stdout).toBe(`${all[1]}\n${all[3]}\n`);
    expect(shell.type('show i-1').stdout).toContain('event_type: invoice.paid\n');
  });

  it.each([
    ['in the midst of a file', 1 << 26],
    ['where a file ends', 1],
  ])('say so where the mirror is an earlier one than the journal: %s', async (_where, bytes) => {
    const shell = withLedger();
    const limits = { segment_bytes: bytes };
    const settings = { format: 1, limits, origin: 'example.com/acme' };
    shell.write('.ledger/ledger.json', JSON.stringify(settings));
    const [mirror, earlier] = [shell.path('.ledger/mirror.db'), shell.path('earlier.db')];
    copyFileSync(mirror, earlier);
    await shell.told('append --type a.b --id one');
    expect((await shell.inside('log')).stderr).toBe('');
    copyFileSync(earlier, mirror);
    const stale = await shell.inside('log');
    expect([stale.status, stale.stdout.split('\n').length]).toEqual([0, 2]);
    expect(stale.stderr).toContain('holds 1 events, and the journal more');
    const missed = await shell.inside('show one');
    expect([missed.status, missed.stderr.includes('the journal more')]).toEqual([3, true]);
  });

  it('print nothing that could move a cursor', async () => {
    const shell = withLedger();
    const draft = {
      event_type: 'a.b',
      payload: { [ESCAPES]: ESCAPES },
      session_id: 'a\u202eb\u2066',
      source: { kind: 'tool', name: 'a\u202eb' },
    };
    shell.json('append -', JSON.stringify(draft));
    const printed = [
      shell.type('log'),
      shell.type('show 1'),
      await shell.inside(`show ${ESCAPES}`),
      await shell.inside(`append --type ${ESCAPES}`),
      await shell.inside(`append --type a.b --sign ${ESCAPES}`),
      await shell.inside(`append --type a.b --id ${ESCAPES}`),
      await shell.inside(`append ${ESCAPES}`),
      await shell.inside(`log --${ESCAPES}`),
      await shell.inside(ESCAPES),
      await shell.inside(`key list ${ESCAPES}`),
      await shell.inside(`-C ${ESCAPES} log`),
    ];
    for (const { stdout, stderr } of printed)
      expect(stdout + stderr).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u);
    expect(printed[0]?.stdout.split('\n').length).toBe(3);
  });
});

describe('ledger log --follow', () => {
  it('ends where nothing can come any more that was recorded before then', async () => {
    const shell = withLedger();
    expect(await shell.told('log --follow --until 2020-01-01')).toEqual([]);
    const empty = 'log --follow --since 2999-01-01 --until 2999-01-01';
    expect(await shell.told(empty)).toEqual([]);
    const [first] = await shell.told('log --limit 1');
    const until = new Date(Date.now() + 400).toISOString();
    const following = shell.told(`log --follow --until ${until}`);
    await sleep(500);
    shell.json('append --type a.b');
    expect(await following).toEqual([first]);
  });

  it('goes on over a mirror that is made anew, until it is interrupted', async () => {
    const shell = withLedger();
    const child = shell.start(['log', '--follow', '--json']);
    const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (const [seq, id] of ['first', 'second'].entries()) {
      expect((await lines.next()).value).toBe(shell.journal()[seq]);
      if (seq > 0) rmSync(shell.path('.ledger/mirror.db'));
      shell.json(`append --type a.b --id ${id}`);
    }
    expect((await lines.next()).value).toBe(shell.journal()[2]);
    const ended = once(child, 'exit');
    child.kill('SIGINT');
    expect((await ended)[0]).toBe(130);
  });

  it('ends quietly, with 0, when nobody reads on', async () => {
    const shell = withLedger();
    const child = shell.start(['log', '--follow']);
    let said = '';
    child.stderr.on('data', (text: Buffer) => (said += text.toString()));
    await once(child.stdout, 'readable');
    child.stdout.destroy();
    const ended = once(child, 'exit');
    shell.json('append --type a.b');
    expect([(await ended)[0], said]).toEqual([0, '']);
  });
});

describe('ledger key', () => {
  it('enrols, lists, retires and revokes keys, each of them an event', async () => {
    const shell = withLedger();
    const [bot] = shell.json('key new bot');
    const [eve] = await shell.told('key new eve');
    const enroll = `key enroll ${bot?.vkey} --tier verified`;
    await shell.told(`${enroll} --sign alice`);
    await shell.told(`key enroll ${eve?.vkey} --tier observed --purpose author --sign alice`);
    expect(await shell.refusal(`${enroll} --sign alice`)).toBe('24 refused');
    expect(await shell.refusal(`key enroll ${eve?.vkey} --tier verified`)).toBe('24 refused');
    expect(await shell.refusal('key enroll x --tier verified --sign alice')).toBe('2 bad_form');
    expect(await shell.refusal(`${enroll}x --sign alice`)).toBe('2 usage');
    expect(await shell.refusal('key')).toBe('2 usage');
    expect((await shell.inside('key --help')).stdout).toContain('key enroll VKEY');
    await shell.told('append --type a.b --sign bot');
    const approved = await shell.inside('approve bot --note seen --sign eve');
    expect([approved.status, approved.stderr]).toEqual([0, '']);
    await shell.told('key retire bot --reason replaced --sign alice');
    await shell.told(`key revoke ${eve?.key_id} --reason stolen --sign alice`);
    expect(await shell.refusal('append --type a.b --sign bot')).toBe('24 refused');
    expect(await shell.refusal('key retire bot --reason again --sign alice')).toBe('24 refused');
    expect(await shell.refusal('key retire alice --reason last --sign alice')).toBe('24 refused');
    expect(await shell.refusal('key retire nobody --reason r --sign alice')).toBe('3 not_found');
    expect(await shell.refusal('key retire bot --sign alice')).toBe('2 usage');
    expect(await shell.refusal('approve bot')).toBe('2 usage');
    const states = (await shell.told('key list')).map(
      ({ key_id: id, tier, purpose, state, since_seq: at }) =>
        [id?.split('+')[0], tier, purpose, state, at].join(' '),
    );
    expect(states.toSorted()).toEqual([
      'alice operator author active 0',
      'bot verified author retired 5',
      'eve observed author revoked 6',
      'example.com/acme verified log active 0',
    ]);
    expect(shell.journal()[4]).toContain('"meaning":"approved"');
    expect(shell.journal()[4]).toContain(`"note":"seen","subject":"${bot?.key_id}"`);
    const none = await shell.inside('approve nobody --meaning authored --sign alice');
    expect([none.status, none.stderr]).toEqual([
      0,
      'Neither an event nor a key here is named nobody.\n',
    ]);
    expect(shell.journal().at(-1)).toContain('"meaning":"authored"');
    const far = await shell.inside('approve far+1f3a9c2e --sign alice');
    expect([far.status, far.stderr]).toEqual([0, '']);
    expect(await shell.refusals([['approve', '', '--sign', 'alice']])).toEqual(['2 usage']);
    // Two are named so, and one of them is not enrolled yet.
    await shell.told('key new bot');
    expect(await shell.refusal('approve bot --sign alice')).toBe('12 key_ambiguous');
  });

  it('takes Ed25519 keys over from OpenSSH, and refuses the others by name', async () => {
    const shell = withLedger();
    const make = (name: string, ...options: readonly string[]): void => {
      execFileSync('ssh-keygen', ['-q', '-f', shell.path(name), '-C', 'a comment', ...options]);
    };
    make('good', '-t', 'ed25519', '-N', '');
    make('locked', '-t', 'ed25519', '-N', 'secret');
    make('rsa', '-t', 'rsa', '-b', '2048', '-N', '');
    make('ecdsa', '-t', 'ecdsa', '-N', '');
    make('pem', '-t', 'rsa', '-b', '2048', '-N', '', '-m', 'PEM');
    const [key] = await shell.told('key new carol --from good');
    const shown = Buffer.from(shell.read('good.pub').split(' ')[1] ?? '', 'base64').subarray(-32);
    const inVkey = Buffer.from(key?.vkey?.split('+').slice(2).join('+') ?? '', 'base64').subarray(
      1,
    );
    expect(inVkey.equals(shown)).toBe(true);
    await shell.told(`key enroll ${key?.vkey} --tier observed --sign alice`);
    await shell.told('append --type a.b --sign carol');
    const text = shell.read('good').split('\n');
    shell.write('cut', [...text.slice(0, 3), ...text.slice(-2)].join('\n'), 0o600);
    shell.write('open', shell.read('good'));
    chmodSync(shell.path('open'), 0o644);
    for (const [name, answer] of [
      ['locked', '12 encrypted'],
      ['rsa', '12 not_ed25519'],
      ['ecdsa', '12 not_ed25519'],
      ['pem', '12 not_open_ssh'],
      ['cut', '12 damaged'],
      ['good.pub', '12 public'],
      ['open', '12 readable_by_others'],
      ['none', '12 missing'],
    ] as const)
      expect([name, await shell.refusal(`key new dora --from ${name}`)]).toEqual([name, answer]);
    expect(await shell.refusal('key new ../dora')).toBe('2 bad_form');
    expect(new Shell().refuses('key new dora')).toBe('10 no_ledger');
  });

  it('sign with a key of OpenSSH as it is, by the name under which it is enrolled', async () => {
    const shell = withLedger();
    for (const [name, ...options] of [
      ['own', '-t', 'ed25519', '-N', ''],
      ['locked', '-t', 'ed25519', '-N', 'secret'],
      ['rsa', '-t', 'rsa', '-b', '2048', '-N', ''],
    ] as const)
      execFileSync('ssh-keygen', ['-q', '-f', shell.path(name), ...options]);
    const [key] = await shell.told('key new carol --from own');
    const line = 'append --type a.b --sign ./own';
    expect(await shell.refusal(line)).toBe('12 open_ssh');
    await shell.told(`key enroll ${key?.vkey} --tier verified --sign alice`);
    // No copy of the key is needed beside the ledger.
    rmSync(key?.file ?? '');
    const [{ id = '' } = {}] = await shell.told(line);
    expect(shell.journal().at(-1)).toContain(`"key_id":"${key?.key_id}"`);
    await shell.told(`approve ${id} --sign ./own`);
    shell.write('draft', '{"event_type":"a.b"}\n');
    const signed = await shell.inside('sign draft --key own --origin example.com/acme');
    shell.write('signed', signed.stdout);
    await shell.told('append signed');
    const env = { OWN: shell.read('own') };
    const words = ['append', '--type', 'a.b', '--sign', 'env:OWN'];
    expect(shell.run(words, '', env).status).toBe(0);
    for (const [name, answer] of [
      ['locked', '12 encrypted'],
      ['rsa', '12 not_ed25519'],
    ] as const)
      expect(await shell.refusal(`append --type a.b --sign ./${name}`)).toBe(answer);
    const { stderr } = await shell.inside('append --type a.b --sign ./rsa');
    expect(stderr).toContain('ssh-rsa');
    // Which others may read, whoever reads it.
    expect(await shell.refusal('append --type a.b --sign ./own.pub')).toBe('12 public');
    chmodSync(shell.path('own'), 0o644);
    expect(await shell.refusal(line)).toBe('12 readable_by_others');
    chmodSync(shell.path('own'), 0o600);
    await shell.told('key retire carol --reason gone --sign alice');
    // It is known still, and refused as one of ours would be.
    expect(await shell.refusal(line)).toBe('24 refused');
  });
});
