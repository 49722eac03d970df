/**
 * What a bundle covers beside its events: the key that vouches for it, and what was erased since.
 * Whoever checks it is answered though nobody reads on.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Key } from '../../../ledger/key/key.ts';
import { formatSkey } from '../../../ledger/key/key.ts';
import { parseConsistencyFile } from '../../../ledger/note/consistency-file.ts';
import { ALICE, Ledger } from '../../build/ledger.ts';
import { checkAt } from '../../../src/bundle/check-at.ts';
import type { Files } from '../../../src/bundle/file.ts';
import { FILE } from '../../../src/bundle/layout.ts';
import { reportText } from '../../../src/bundle/report.ts';
import { BLOCK, paddingOf, tarHeader } from '../../../src/bundle/tar.ts';
import type { Zipped } from '../../../src/bundle/zip.ts';
import { crcOf, directoryOf, localHeader } from '../../../src/bundle/zip.ts';
import { enrolled } from '../cli/billing.ts';
import { withLedger } from '../cli/shell.ts';
import { bundled, bytesIn, checked, codesOf, filesOf, having, refitted } from './made.ts';
import { textIn, told } from './made.ts';

type Held = readonly (readonly [name: string, bytes: Uint8Array])[];

const tarOf = (each: Held): Uint8Array => {
  const blocks = each.flatMap(([name, bytes]) => [
    tarHeader(name, bytes.length),
    bytes,
    Buffer.alloc(paddingOf(bytes.length)),
  ]);
  return Buffer.concat([...blocks, Buffer.alloc(2 * BLOCK)]);
};

const zipOf = (each: Held, isForged = false): Uint8Array => {
  const files: Zipped[] = [];
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const [name, bytes] of each) {
    const crc = crcOf(bytes, 0);
    const file = { name, size: bytes.length, crc: isForged ? crc ^ 1 : crc, offset };
    files.push(file);
    for (const part of [localHeader(file), bytes]) {
      parts.push(part);
      offset += part.length;
    }
  }
  return Buffer.concat([...parts, directoryOf(files, offset)]);
};

describe('a bundle', () => {
  it('covers the key that vouches for it, though that came later', async () => {
    const by = await told(3);
    const { shell } = by;
    await enrolled(shell, 'carol', 'verified');
    const digests = [];
    for (const name of ['one', 'two']) {
      const to = await bundled(by, name, '--at', '3', '--sign', 'carol');
      expect(codesOf(checked(filesOf(to)))).toEqual(['verified']);
      digests.push(readFileSync(join(to, 'tagmanifest-sha256.txt'), 'utf8'));
    }
    expect(digests[1]).toBe(digests[0]);
  });

  it('covers what erased a payload of its events, though that came later', async () => {
    const shell = withLedger();
    const built = new Ledger();
    for (const text of ['a', 'b', 'c']) built.add('note.taken', { text }, { by: ALICE });
    const named = { seq: 1, event_hash: built.hashAt(1) };
    built.add('ledger.payload_erased', named, { by: ALICE }).withhold(1);
    const folder = shell.path('other');
    const ledger = (...args: readonly string[]) => shell.inside(args, folder);
    await ledger('init', '--origin', 'example.com/test', '--no-keys');
    for (const name of readdirSync(folder).filter((each) => each.startsWith('mirror.db')))
      rmSync(join(folder, name));
    writeFileSync(join(folder, 'journal', `${'0'.repeat(20)}.jsonl`), built.text);
    mkdirSync(join(folder, 'checkpoints'), { recursive: true });
    for (const size of [3, 4, 5]) shell.write(`other/checkpoints/${size}`, built.checkpoint(size));
    shell.write('other/checkpoint', built.checkpoint());
    const key = shell.write('alice.key', `${formatSkey(ALICE)}\n`, 0o600);
    await ledger('replay');
    const to = shell.path('bundle');
    await ledger('export', '--format', 'bundle', '--to', to, '--at', '2', '--sign', key);
    const report = checked(filesOf(to));
    expect(codesOf(report)).toEqual(['verified']);
    // It was asked for, and is not there: whoever reads on must be told.
    expect(report.withheld).toEqual([{ event_type: 'note.taken', events: 1 }]);
    expect(report.notProved.join('\n')).toContain('what withheld payloads say');
    const one = ['--format', 'ndjson', '--to', shell.path('one'), '--at', '2', '--json'];
    const { stdout } = await ledger('export', ...one);
    expect(JSON.parse(stdout)).toMatchObject({ events: 3, withheld: 1 });
  });

  it('holds no folder that nobody named, however empty', async () => {
    const by = await told(3);
    const folder = await bundled(by, 'folder');
    const files = filesOf(folder);
    const at = by.shell.path('archive');
    const packed = (
      kind: 'tar' | 'zip',
      more: readonly string[],
      top = 'bundle/',
    ): readonly string[] => {
      const all = [...files.keys(), ...more].toSorted();
      const each = all.map((name) => [`${top}${name}`, bytesIn(files, name)] as const);
      writeFileSync(at, kind === 'tar' ? tarOf(each) : zipOf(each));
      return codesOf(checkAt(at));
    };
    for (const kind of ['tar', 'zip'] as const) {
      expect([kind, packed(kind, [])]).toEqual([kind, ['verified']]);
      for (const more of ['', 'data/', 'data/more/', 'more/'])
        expect([more, packed(kind, [more])[0]]).toEqual([more, 'tampered']);
      // Whoever unpacks it finds all of it in the folder that has its name.
      for (const top of ['', 'other/', 'bundle/bundle/'])
        expect([top, packed(kind, [], top)[0]]).toEqual([top, 'tampered']);
    }
    for (const more of ['more', 'data/more', 'data.old']) {
      mkdirSync(join(folder, more));
      expect([more, codesOf(checkAt(folder))]).toEqual([more, ['tampered', 'not_a_file']]);
      rmSync(join(folder, more), { recursive: true });
    }
    expect(codesOf(checkAt(folder))).toEqual(['verified']);
  });

  it('has in a zip the sums that its files have, in both places', async () => {
    const by = await told(3);
    const files = filesOf(await bundled(by, 'folder'));
    const each = [...files.keys()]
      .toSorted()
      .map((name) => [`bundle/${name}`, bytesIn(files, name)] as const);
    const at = by.shell.path('archive');
    for (const [isForged, codes] of [
      [false, ['verified']],
      [true, ['tampered', 'archive_altered']],
    ] as const) {
      writeFileSync(at, zipOf(each, isForged));
      expect(codesOf(checkAt(at))).toEqual(codes);
    }
  });

  it('answers by its exit code where nobody reads on', async () => {
    const by = await told(3);
    const to = await bundled(by, 'unread');
    const unread = async () => {
      const checking = spawn(process.execPath, [join(to, 'check.mjs')]);
      checking.stdout.destroy();
      return once(checking, 'exit');
    };
    expect(await unread()).toEqual([0, null]);
    writeFileSync(join(to, 'README.txt'), 'Trust me');
    expect(await unread()).toEqual([20, null]);
  });

  it('shows that the log of a later checkpoint begins with its own, no other', async () => {
    const by = await told(3);
    const later = async (name: string, at: number): Promise<Files> => {
      const made = filesOf(await bundled(by, name, '--at', `${at}`));
      expect(codesOf(checked(made))).toEqual(['verified']);
      return made;
    };
    await by.shell.told('append --type note.taken --id later --sign alice');
    await by.shell.told('checkpoint');
    const first = await later('first', 3);
    await by.shell.told('append --type note.taken --id last --sign alice');
    await by.shell.told('checkpoint');
    const size = textIn(first, FILE.checkpoint).split('\n')[1];
    const [again, second] = [await later('again', 3), await later('second', Number(size))];
    expect(textIn(again, FILE.checkpoint)).toBe(textIn(first, FILE.checkpoint));
    expect(textIn(second, FILE.checkpoint)).not.toBe(textIn(first, FILE.checkpoint));
    const other = having(again, FILE.consistency, textIn(second, FILE.consistency));
    const report = checked(refitted(other, by.signer));
    expect(codesOf(report)).toEqual(['tampered', 'consistency_refused']);
    expect(report.findings).toMatchObject([{ reason: 'other_checkpoint' }]);
  });

  it('names no later checkpoint by a log key that none of its events enrols', async () => {
    const by = await told(3);
    const [key] = await by.shell.told('key new example.com/acme');
    const enrolment = ['key', 'enroll', key?.vkey ?? '', '--tier', 'verified', '--purpose', 'log'];
    await by.shell.told([...enrolment, '--sign', 'alice']);
    const keys = await by.shell.told('key list');
    const old = keys.find(({ vkey }) => vkey === by.vkeyText)?.key_id?.toString() ?? '';
    await by.shell.told(['key', 'retire', old, '--reason', 'rotated', '--sign', 'alice']);
    await by.shell.told('append --type note.taken --id later --sign alice');
    await by.shell.told('checkpoint');
    const files = filesOf(await bundled(by, 'rotated', '--at', '3'));
    expect(codesOf(checked(files, by.vkey))).toEqual(['verified']);
    expect(files.has(FILE.consistency)).toBe(false);
  });

  it('is of the ledger of the key that whoever checks it has', async () => {
    const by = await told(3);
    const files = filesOf(await bundled(by, 'whose'));
    expect(codesOf(checked(files, by.vkey))).toEqual(['verified']);
    const other = { ...by.vkey, name: 'example.com/other' as Key['name'] };
    expect(codesOf(checked(files, other))).toEqual(['incomplete', 'vkey_other_ledger']);
    // Another ledger can bear the same name; its log is signed with another key.
    const report = checked(files, (await told(3)).vkey);
    expect(codesOf(report)).toEqual(['incomplete', 'vkey_differs']);
    expect(report.proved.join('\n')).not.toContain('the key that was given');
    expect(report.notProved.join('\n')).toContain('that this is the ledger you mean: its log is');
  });

  it('is made of what was before another log key came, and of what came then', async () => {
    const by = await told(3);
    const { shell } = by;
    for (const id of ['early', 'middle', 'late']) {
      await shell.told(`append --type note.taken --id ${id} --sign alice`);
      await shell.told('checkpoint');
    }
    const late = shell.journal().length;
    const made = await shell.told('key new example.com/acme');
    const next = made[0]?.vkey ?? '';
    const [old] = (await shell.told('key list')).filter(({ purpose }) => purpose === 'log');
    await shell.told([
      'key',
      'enroll',
      next,
      '--tier',
      'verified',
      '--purpose',
      'log',
      '--sign',
      'alice',
    ]);
    await shell.told(['key', 'retire', old?.key_id ?? '', '--reason', 'old', '--sign', 'alice']);
    rmSync(join(shell.path('.ledger/keys'), (old?.key_id ?? '').replace('/', '%2F')));
    await shell.told('checkpoint');
    const before = filesOf(await bundled(by, 'before', '--at', '3'));
    const whole = filesOf(await bundled(by, 'whole'));
    for (const files of [before, whole]) expect(codesOf(checked(files))).toEqual(['verified']);
    // The latest that a key of that log signed, whatever another one signed later.
    const proof = parseConsistencyFile(textIn(before, FILE.consistency));
    expect(E.isRight(proof) && proof.right.new).toContain(`\n${late}\n`);
    expect(whole.has(FILE.consistency)).toBe(false);
  });

  it('holds what the audit found about its events, and what it left open', async () => {
    const by = await told(3);
    const { shell } = by;
    const bob = await enrolled(shell, 'ben', 'verified');
    await shell.told('append --type note.taken --id by-ben --sign ben');
    const revoke = ['--reason', 'lost', '--compromised-at', '2020-01-01T00:00:00.000Z'];
    await shell.told(['key', 'revoke', bob.id, ...revoke, '--sign', 'alice']);
    await shell.told('checkpoint');
    const audit = (await shell.told('verify'))[0] as unknown as {
      readonly findings: readonly { readonly code: string; readonly seq: number }[];
      readonly not_proved: readonly string[];
    };
    expect(audit.findings.map(({ code }) => code)).toContain('key_distrusted');
    const saidIn = async (name: string, ...at: readonly string[]): Promise<typeof audit> =>
      JSON.parse(textIn(filesOf(await bundled(by, name, ...at)), FILE.verify)) as typeof audit;
    const said = await saidIn('audited');
    const found = audit.findings.map(({ code, seq }) => ({ code, seq }));
    expect(said.findings).toMatchObject(found);
    expect(said.not_proved.slice(0, -1)).toEqual(audit.not_proved);
    expect(said.not_proved.at(-1)).toContain('ledger verify tells');
    expect((await saidIn('early', '--at', '3')).findings).toEqual([]);
  });

  it('holds no file that a system left there, and says to delete it', async () => {
    const by = await told(3);
    const folder = await bundled(by, 'littered');
    for (const name of ['.DS_Store', 'data/.DS_Store']) {
      writeFileSync(join(folder, name), 'x');
      const report = checkAt(folder);
      expect(codesOf(report)).toEqual(['tampered', 'file_unknown']);
      expect(report.findings).toMatchObject([{ file: name }]);
      expect(reportText(report)).toContain('delete it');
      rmSync(join(folder, name));
    }
    expect(codesOf(checkAt(folder))).toEqual(['verified']);
  });
});
