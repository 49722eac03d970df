/**
 * From a store of cortex to a verified ledger: taken once, taken again, taken grown, taken after a
 * kill; and the old head can be made again of the new ledger alone.
 */
import { once } from 'node:events';
import { cpSync, existsSync, readFileSync, readdirSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { formatHex } from '../../ledger/encoding/hex.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { blake3 } from '@noble/hashes/blake3.js';
import { native } from '../../ledger/crypto/native.ts';
import { openLedger } from '../../src/front-door.ts';
import { Importing } from '../../src/usecase/import.ts';
import { right } from '../build/ledger.ts';
import { formatRow } from '../../src/import/cortex/row.ts';
import { payloadText } from '../../src/import/cortex/draft.ts';
import type { Shell } from '../src/cli/shell.ts';
import { linesOf as jsonLines, withLedger } from '../src/cli/shell.ts';
import { copyOf, fixture, linesOf, planCortex, readFixture } from './fixture.ts';

interface Told {
  readonly status: string;
  readonly appended: number;
  readonly already_recorded: number;
  readonly seq: number;
  readonly report: JsonObject;
  readonly archived?: readonly string[];
}

const told = async (shell: Shell, ...words: readonly string[]): Promise<Told> =>
  (await shell.told(['import', 'cortex', ...words]))[0] as unknown as Told;

const payloads = (shell: Shell): readonly JsonObject[] =>
  shell.journal().map((line) => (JSON.parse(line) as { readonly payload: JsonObject }).payload);

const u64 = (value: number): Buffer => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64LE(BigInt(value));
  return bytes;
};

/** The head of the old log, made of nothing but what the new ledger holds. */
const oldHead = (shell: Shell): string => {
  let head = '';
  for (const event of payloads(shell)) {
    const text = payloadText(event);
    if (text === undefined) continue;
    const hash = formatHex(blake3(Buffer.from(text)));
    const parts = [head, hash].flatMap((each) => [u64(each.length), Buffer.from(each)]);
    head = formatHex(blake3(Buffer.concat([Uint8Array.of(1), ...parts])));
  }
  return head;
};

describe('a store of cortex', () => {
  it('becomes a verified ledger that proves the old head, and is taken once', async () => {
    const shell = withLedger();
    const path = fixture('cortex', 'v2-migrated');
    const before = shell.journal().length;
    const dry = await told(shell, path, '--dry-run');
    expect([dry.status, shell.journal().length]).toEqual(['planned', before]);
    const first = await told(shell, path);
    expect(first).toMatchObject({ status: 'imported', appended: 38, already_recorded: 0 });
    expect(first.report).toEqual(dry.report);
    expect(oldHead(shell)).toBe(first.report['head']);
    const again = await told(shell, path);
    expect(again).toMatchObject({ status: 'already_imported', appended: 0, already_recorded: 38 });
    expect(again.seq).toBe(first.seq);
    const [report] = await shell.told(`import report ${first.seq}`);
    expect(report).toMatchObject({ seq: first.seq, report: first.report });
    const [verified] = await shell.told('verify --decisions --workers 1');
    expect(verified).toMatchObject({ verdict: 'verified', size: before + 39 });
    const text = await shell.inside(`import report ${first.seq}`);
    expect(text.stdout).toContain('hashes and links: 31 (1-31)');
    expect(text.stdout).toContain('never protected:');
    expect(await shell.refusals(['import report 0', 'import report nothing'])).toEqual([
      '3 not_found',
      '3 not_found',
    ]);
  });

  it('gives back every row as it stood, byte for byte', async () => {
    const shell = withLedger();
    await told(shell, fixture('cortex', 'v2-migrated'));
    const rows = payloads(shell).flatMap((event) => {
      const text = payloadText(event);
      const envelope = event['row'] as unknown as Parameters<typeof formatRow>[0]['envelope'];
      return text === undefined ? [] : [formatRow({ envelope, payload: Buffer.from(text) })];
    });
    expect(rows).toEqual(linesOf(readFixture('cortex', 'v2-migrated', 'events.jsonl')));
  });

  it('that has grown is taken on, and no row twice', async () => {
    const shell = withLedger();
    expect(await told(shell, fixture('cortex', 'v1-unsigned'))).toMatchObject({ appended: 25 });
    const grown = await told(shell, fixture('cortex', 'v2-migrated'));
    expect(grown).toMatchObject({ status: 'imported', already_recorded: 22 });
    expect(oldHead(shell)).toBe(grown.report['head']);
  });

  it('is the same store, whether it is read from its log or from its database', async () => {
    const shell = withLedger();
    const path = fixture('cortex', 'v2-migrated');
    await told(shell, path);
    const again = await told(shell, path, '--from', 'sqlite');
    expect(again).toMatchObject({ status: 'imported', appended: 0, already_recorded: 38 });
  });

  it('is taken to its end after the process was killed', async () => {
    const shell = withLedger();
    const before = shell.journal().length;
    const path = fixture('cortex', 'v2-migrated');
    const child = shell.start(['-C', shell.path('.ledger'), 'import', 'cortex', path, '--batch=1']);
    const ended = once(child, 'exit');
    while (child.exitCode === null && shell.journal().length < before + 4) await setImmediate();
    child.kill('SIGKILL');
    await ended;
    await told(shell, path);
    expect(shell.journal().length).toBe(before + 39);
    expect(new Set(payloads(shell).map((each) => JSON.stringify(each))).size).toBe(before + 39);
  });

  it('that is broken is refused as a whole, and taken where that is accepted by name', async () => {
    const shell = withLedger();
    const before = shell.journal().length;
    const path = fixture('cortex', 'broken', 'torn-tail.jsonl');
    expect(await shell.refusals([['import', 'cortex', path]])).toEqual(['20 source_refused']);
    expect(shell.journal().length).toBe(before);
    const taken = await told(shell, path, '--accept', 'torn_tail');
    expect(taken).toMatchObject({ status: 'imported', appended: 8 });
    expect(taken.report).toMatchObject({ accepted: ['torn_tail'], sound: false });
    expect(payloads(shell).at(-2)).toMatchObject({
      origin: { line: 8 },
      text: linesOf(
        Buffer.concat([readFixture('cortex', 'broken', 'torn-tail.jsonl'), Buffer.from('\n')]),
      ).at(-1),
    });
    const none = shell.path('nothing');
    expect(
      await shell.refusals([
        ['import', 'cortex', none],
        ['import', 'cortex', none.repeat(500)],
        ['import', 'cortex', path, '--accept', 'everything'],
        ['import', 'cortex', path, '--key', 'ff'],
      ]),
    ).toEqual(['3 no_source', '3 no_source', '2 usage', '3 file_unreadable']);
  });

  it('whose key is trusted is told so, be it digits, their file or that of its bytes', async () => {
    const shell = withLedger();
    const path = fixture('cortex', 'v2-signed-cli');
    const bytes = readFixture('cortex', 'keys', 'operator.pub');
    const digits = formatHex(bytes);
    const proved = { keys: [{ key: digits, given: true }] };
    const line = (key: string) => ['import', 'cortex', path, '--dry-run', '--key', key];
    const lineOf = (content: string | Uint8Array) => line(shell.path(shell.write('key', content)));
    expect((await shell.told(line(digits)))[0]).toMatchObject({ report: { proved } });
    for (const content of [bytes, digits, `${digits}\n`, `${digits}\r\n`])
      expect((await shell.told(lineOf(content)))[0]).toMatchObject({ report: { proved } });
    for (const content of [`${digits} `, `\n${digits}`, digits.slice(1), bytes.subarray(1)])
      expect(await shell.refusal(lineOf(content))).toBe('2 usage');
    expect(await shell.refusal(lineOf(`${digits}\n\n\n`))).toBe('2 file_too_long');
  });

  it('is put aside where that was asked for, once all of it is recorded', async () => {
    const shell = withLedger();
    const path = copyOf('cortex', 'v2-signed-cli');
    const names = readdirSync(path);
    await told(shell, path);
    expect(readdirSync(path)).toEqual(names);
    const { archived } = await told(shell, path, '--archive');
    expect(archived?.length).toBe(names.length);
    expect(existsSync(`${path}/events.jsonl`)).toBe(false);
    const old = archived?.find((name) => name.includes('events.jsonl')) ?? '';
    expect(readFileSync(old)).toEqual(readFixture('cortex', 'v2-signed-cli', 'events.jsonl'));
  });

  it('whose rows a policy refuses is not sealed, and is taken once that is mended', async () => {
    const shell = withLedger();
    await shell.told('policy adopt --set signed --sign alice');
    const path = fixture('cortex', 'v1-unsigned');
    const { status, stdout } = await shell.inside(['import', 'cortex', path, '--json']);
    expect(status).toBe(24);
    const lines = jsonLines(stdout);
    expect(lines.length).toBe(26);
    expect(lines[0]).toMatchObject({ status: 'refused', where: 'events.jsonl line 1' });
    expect(lines.at(-1)?.error).toMatchObject({ code: 'rows_refused', exit: 24 });
    expect(await told(shell, path, '--sign', 'alice')).toMatchObject({
      status: 'imported',
      appended: 25,
    });
  });

  it('is taken to its end after a stop behind any batch, and no row twice', async () => {
    const shell = withLedger();
    const path = fixture('cortex', 'v2-migrated');
    const empty = shell.journal().length;
    for (let stop = 10; stop < 50; stop += 10) {
      const folder = shell.path(`at-${stop}`);
      cpSync(shell.path('.ledger'), folder, { recursive: true });
      const ledger = right(openLedger(folder));
      const onEvents = (done: number): void => {
        if (done >= Math.min(stop, 38)) throw new Error('killed');
      };
      const options = { accepted: new Set<string>(), batch: 10, onEvents };
      const plan = planCortex(path);
      await expect(new Importing(ledger, plan, options, native.digest).run()).rejects.toThrow();
      await ledger.close();
      const rest = await shell.inside(['import', 'cortex', path, '--json'], folder);
      expect(jsonLines(rest.stdout)[0]).toMatchObject({
        appended: Math.max(0, 38 - stop),
        status: 'imported',
        seq: empty + 38,
      });
    }
  });
});
