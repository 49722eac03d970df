/**
 * `ledger append FILE`: a draft per line, a receipt per line, and what happens to lines that are
 * none. `ledger sign` makes such lines.
 */
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { describe, expect, it } from 'vitest';
import type { Shell } from './shell.ts';
import { Shell as EmptyShell, linesOf, withLedger } from './shell.ts';

const draft = (id: string, payload: unknown = {}): string =>
  `${JSON.stringify({ event_type: 'a.b', id, payload })}\n`;

/** How a feed exits, and of each line it prints the status, the code and the line. */
const fed = (shell: Shell, args: string, input: string | Uint8Array) => {
  const { status, stdout } = shell.type(`append - --json ${args}`.trim(), input);
  const lines = linesOf(stdout).map(({ status: what, line, error }) =>
    [what ?? 'error', error?.code, what === 'refused' ? line : undefined]
      .filter((part) => part !== undefined)
      .join(' '),
  );
  return [status, ...lines];
};

describe('ledger append FILE', () => {
  it('answers for every line in order, and adds nothing twice', () => {
    const shell = withLedger();
    const drafts = ['a', 'b', 'c'].map((id) => draft(id)).join('');
    shell.write('drafts.ndjson', drafts);
    const first = shell.json('append drafts.ndjson --sign alice');
    expect(first.map(({ status, seq }) => `${status} ${seq}`)).toEqual(
      [1, 2, 3].map((seq) => `appended ${seq}`),
    );
    expect(fed(shell, '--batch 2', `${drafts}\n \t\r\n${draft('d').trimEnd()}`)).toEqual([
      0,
      ...Array.from({ length: 3 }, () => 'already_recorded'),
      'appended',
    ]);
    expect(fed(shell, '', '')).toEqual([0]);
    expect(shell.journal().length).toBe(5);
    expect(shell.type('append drafts.ndjson').stderr).toContain('0 appended, 3 already recorded');
  });

  it('asks for the expected head once, not of what it appended itself', () => {
    const shell = withLedger();
    const [{ event_hash: head = '' } = {}] = shell.json('show 0');
    const drafts = ['a', 'b', 'c'].map((id) => draft(id)).join('');
    const appended = Array.from({ length: 3 }, () => 'appended');
    expect(fed(shell, `--batch 1 --expect-head ${head}`, drafts)).toEqual([0, ...appended]);
    expect(fed(shell, `--expect-head ${head}`, draft('d'))[0]).toBe(25);
  });

  it('stops at the first line that is not taken, and says which and how to go on', () => {
    const shell = withLedger();
    const lines = draft('a') + draft('b').replace('"id"', '"event_type"') + draft('c');
    const { status, stdout } = shell.type('append - --json', lines);
    const printed = linesOf(stdout);
    expect(status).toBe(2);
    expect(printed.map(({ status: what }) => what)).toEqual(['appended', 'refused', undefined]);
    expect(printed[1]).toMatchObject({ line: 2, error: { code: 'repeated_key' } });
    expect(printed[2]?.error?.message).toContain('line 2, column 21: ');
    expect(printed[2]?.error?.next).toContain('--from-line 2');
    expect(fed(shell, '--from-line 3', lines)).toEqual([0, 'appended']);
    expect(shell.journal().length).toBe(3);
    const conflict = draft('x') + draft('a', 1) + draft('y');
    expect(fed(shell, '', conflict)).toEqual([
      25,
      'appended',
      'refused id_taken 2',
      'error id_taken',
    ]);
    expect(shell.journal().length).toBe(4);
  });

  it('goes on where it is told to, refuses what would not last, and exits with the worst', () => {
    const shell = withLedger();
    const bad: readonly (readonly [string, string | Uint8Array])[] = [
      ['byte_order_mark', `\ufeff${draft('z')}`],
      ['forbidden_key', '{"event_type":"a.b","payload":{"__proto__":1}}\n'],
      ['unsafe_integer', '{"event_type":"a.b","payload":9007199254740993}\n'],
      ['negative_zero', '{"event_type":"a.b","payload":-0}\n'],
      ['not_finite', '{"event_type":"a.b","payload":1e400}\n'],
      ['syntax', '{"event_type":"a.b","payload":NaN}\n'],
      ['lone_surrogate', '{"event_type":"a.b","payload":"\\ud800"}\n'],
      ['control_character', '{"event_type":"a.b","payload":"\u0000"}\n'],
      ['too_deep', `{"event_type":"a.b","payload":${'['.repeat(10_000)}}\n`],
      ['trailing_text', `${draft('z').trimEnd()} ${draft('z')}`],
      ['not_object', '[]\n'],
      ['missing', '{"payload":1}\n'],
      ['reserved_type', '{"event_type":"policy.adopted","payload":1}\n'],
      ['looks_like_seq', '{"event_type":"a.b","payload":1,"id":"7"}\n'],
      ['unexpected_end', '{"event_type":"a.b",\r\n'],
    ];
    const invalid = Buffer.from('{"event_type":"a.b","payload":"\xff"}\n', 'latin1');
    const input = Buffer.concat([
      ...bad.map(([, text]) => Buffer.from(text)),
      invalid,
      Buffer.from(`{"event_type":"a.b","payload":"\u2028"}\r\n`),
    ]);
    expect(fed(shell, '--continue', input)).toEqual([
      2,
      ...bad.map(([code], at) => `refused ${code} ${at + 1}`),
      `refused invalid_utf8 ${bad.length + 1}`,
      'appended',
      'error lines_not_taken',
    ]);
    expect(shell.journal().at(-1)).toContain('"payload":"\u2028"');
    expect(fed(shell, '--continue', draft('q') + draft('q', 1) + '1\n')).toEqual([
      25,
      'appended',
      'refused id_taken 2',
      'refused not_object 3',
      'error lines_not_taken',
    ]);
  });

  it('keeps its memory flat on a line that never ends', async () => {
    const shell = withLedger();
    const start = (): ReturnType<Shell['start']> =>
      shell.start(['append', '-', '--continue', '--json']);
    const peak = async (input: Iterable<Buffer | string>): Promise<number> => {
      const child = start();
      let most = 0;
      const timer = setInterval(() => {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        most = Math.max(most, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
      }, 20);
      child.stdout.resume();
      child.stderr.resume();
      await pipeline(Readable.from(input), child.stdin);
      const [code] = (await once(child, 'exit')) as [number];
      clearInterval(timer);
      expect(code).toBe(2);
      return most / 1024;
    };
    const mib = Buffer.alloc(1 << 20, 0x61);
    function* endless(count: number) {
      yield '{"event_type":"a.b","payload":"';
      for (let i = 0; i < count; i++) yield mib;
      yield '"}\n';
    }
    // What was read is freed when the runtime thinks fit: some dozens of it lie about at any time.
    const [short, long] = [await peak(endless(9)), await peak(endless(400))];
    expect(long).toBeLessThan(short + 150);
    expect(shell.journal().length).toBe(1);
  });

  it('says what was taken before a file could not be read', () => {
    const shell = withLedger();
    expect(shell.refuses('append none.ndjson')).toBe('3 file_unreadable');
    expect(shell.refuses('append .ledger')).toBe('3 file_unreadable');
    expect(shell.refuses('append none.ndjson --batch many')).toBe('2 usage');
    for (const path of ['none.ndjson', '.ledger'])
      expect(shell.type(`append ${path}`).stderr).not.toContain('appended');
  });

  it('answers for what trickles in as it comes', async () => {
    const shell = withLedger();
    const child = shell.start(['append', '-', '--json']);
    const receipts = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
    for (let seq = 1; seq <= 3; seq++) {
      child.stdin.write(`{"event_type":"a.b","payload":${seq}}\n`);
      const { value } = await receipts.next();
      expect(JSON.parse(value ?? '')).toMatchObject({ status: 'appended', seq });
      expect(shell.journal().length).toBe(seq + 1);
    }
    child.stdin.end();
    expect((await once(child, 'exit'))[0]).toBe(0);
  });

  it('gathers no more bytes than a few megabytes, however many drafts may be', async () => {
    const shell = withLedger();
    const child = shell.start(['append', '-', '--json']);
    const large = `{"event_type":"a.b","payload":"${'x'.repeat(900_000)}"}\n`;
    let written = 0;
    const answered = once(child.stdout, 'data').then(() => written);
    for (; written < 60; written++) if (!child.stdin.write(large)) await once(child.stdin, 'drain');
    child.stdin.end();
    child.stdout.resume();
    expect((await once(child, 'exit'))[0]).toBe(0);
    expect(await answered).toBeLessThan(20);
  });

  it('takes numbers within their bounds, and says where no line is left', () => {
    const shell = withLedger();
    shell.write('two', '{"event_type":"a.b","payload":1}\n'.repeat(2));
    shell.write('map', 'type: { text: a.b }\n');
    for (const [line, told] of [
      ['append two --batch 0', 'from 1 to 10000, not 0'],
      ['append two --batch 10001', 'from 1 to 10000, not 10001'],
      ['append two --batch 99999999999999999', 'from 1 to 10000, not 9'],
      ['append two --from-line 0', 'from 1 on, not 0'],
      ['import ndjson two --map map --batch 0', 'from 1 to 10000, not 0'],
    ] as const)
      expect(shell.type(line)).toMatchObject({
        status: 2,
        stderr: expect.stringContaining(told) as string,
      });
    for (const [from, told] of [
      ['2', '1 appended'],
      ['3', 'nothing stands from line 3 on: the last one is 2'],
      ['9', 'nothing stands from line 9 on: the last one is 2'],
    ] as const) {
      const { status, stderr } = shell.type(`append two --from-line ${from}`);
      expect([status, stderr]).toEqual([0, expect.stringContaining(told)]);
      expect(stderr.includes('nothing stands')).toBe(from !== '2');
    }
  });
});

describe('ledger sign', () => {
  it('signs far from any ledger what an append then takes, unless it was altered', () => {
    const far = new EmptyShell();
    const shell = withLedger();
    const [key] = shell.json('key new bot');
    shell.json(`key enroll ${key?.vkey} --tier verified --sign alice`);
    far.write('bot.key', readFileSync(key?.file ?? '', 'utf8'), 0o600);
    const drafts = draft('far-1') + '{"event_type":"a.b","payload":[1.0]}\n';
    const { status, stdout: signed } = far.type(
      'sign - --key bot.key --origin example.com/acme',
      drafts,
    );
    expect(status).toBe(0);
    for (const line of linesOf(signed))
      expect(Object.keys(line).join()).toBe(
        'attestation,event_type,id,ledger,observed_at,payload,salt,source',
      );
    shell.write('signed', signed);
    expect(shell.json('append signed').map(({ status: what }) => what)).toEqual([
      'appended',
      'appended',
    ]);
    expect(shell.json('append signed').map(({ status: what }) => what)).toEqual([
      'already_recorded',
      'already_recorded',
    ]);
    const altered = signed.replaceAll('far-1', 'far-2');
    expect(fed(shell, '', altered)).toEqual([
      2,
      'refused signature_invalid 1',
      'error signature_invalid',
    ]);
    expect(fed(shell, '--break-glass nosuch', signed)).toEqual([
      2,
      'refused signed_already 1',
      'error signed_already',
    ]);
    const alien = far.type('sign - --key bot.key --origin example.com/b', draft('far-3')).stdout;
    expect(fed(shell, '', alien)[0]).toBe(24);
    expect(far.refuses('sign - --key none --origin example.com/b')).toBe('12 missing');
    expect(far.refuses('sign - --origin example.com/b')).toBe('2 usage');
    expect(far.refusesAs(['sign', '-', '--key', 'bot.key', '--origin', 'a.b/c'], 'x')).toBe(
      '2 syntax',
    );
  });

  it('leaves what another key has signed as it is, and says so', () => {
    const shell = withLedger();
    shell.json('key new bot');
    const sign = (key: string, drafts: string) =>
      shell.type(`sign - --key ${key} --origin example.com/acme`, drafts);
    const { stdout: own } = sign('alice', draft('a') + draft('b'));
    expect(sign('alice', own)).toMatchObject({ status: 0, stdout: own, stderr: '' });
    const { stdout, stderr } = sign('bot', own + draft('c'));
    expect(stdout.startsWith(own)).toBe(true);
    expect(stderr).toBe('2 were signed by another key before: they stay as they are\n');
  });

  it('says of a line that is none what it has done and can do itself', () => {
    const shell = withLedger();
    for (const bad of ['nonsense\n', '{"event_type":"a b","payload":1}\n']) {
      const line = 'sign - --key alice --origin example.com/acme --json';
      const { status, stdout } = shell.type(line, `${draft('a')}${bad}${draft('b')}`);
      const [signed, told, ...more] = linesOf(stdout);
      expect([status, signed?.id, more.length]).toEqual([2, 'a', 0]);
      expect(told?.error?.message).toMatch(/^line 2, .*; the lines before it are signed$/);
      expect(told?.error?.next).toMatch(/ Sign the lines from 2 on\.$/);
    }
  });
});
