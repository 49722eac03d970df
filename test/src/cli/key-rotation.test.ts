/**
 * Keys of every kind, replaced under a set that takes four eyes for it.
 */
import { rmSync, statSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { SEGMENT } from './backed-up.ts';
import { enrolled, newKey } from './billing.ts';
import { withLedger } from './shell.ts';

describe('under the regulated set', () => {
  it('keys of every kind are replaced, each with a second pair of eyes', async () => {
    const shell = withLedger();
    const adopt = ['policy', 'adopt', '--set', 'regulated', '--sign', 'alice'];
    expect(await shell.refusals([adopt])).toEqual(['24 refused']);
    await enrolled(shell, 'bob', 'operator');
    await shell.told(adopt);
    const first = await shell.told('key list');
    const idOf = (purpose: string, name: string): string =>
      first.find((key) => key.purpose === purpose && key.key_id?.startsWith(name))?.key_id ?? '';
    const approve = (subject: string) => shell.told(['approve', subject, '--sign', 'bob']);
    const enroll = async (name: string, purpose: string, by: string): Promise<string> => {
      const { id, vkey } = await newKey(shell, name);
      const line = [
        'key',
        'enroll',
        vkey,
        '--tier',
        'operator',
        '--purpose',
        purpose,
        '--sign',
        by,
      ];
      expect(await shell.refusals([line])).toEqual(['24 refused']);
      await approve(id);
      await shell.told(line);
      return id;
    };
    const retire = async (id: string, by: string): Promise<void> => {
      const line = ['key', 'retire', id, '--reason', 'rotated', '--sign', by];
      expect(await shell.refusals([line])).toEqual(['24 refused']);
      await approve(id);
      await shell.told(line);
    };
    const author = await enroll('carol', 'author', 'alice');
    await retire(author, 'alice');
    await enroll('dave', 'author', 'alice');
    await retire(idOf('author', 'alice'), 'dave');
    expect(await shell.refusals(['append --type a.b --sign alice'])).toEqual(['24 refused']);
    const old = await enroll('keeper', 'recovery', 'dave');
    await enroll('keeper2', 'recovery', 'dave');
    await retire(old, 'dave');
    await shell.told('checkpoint');
    await enroll('example.com/acme', 'log', 'dave');
    await retire(idOf('log', 'example.com/acme'), 'dave');
    const held = shell.path('held.note');
    await shell.told(['checkpoint', '--out', held]);
    const states = (await shell.told('key list')).map(
      ({ key_id: id, purpose, state }) => `${purpose} ${id?.split('+')[0]} ${state}`,
    );
    expect(states.toSorted()).toEqual([
      'author alice retired',
      'author bob active',
      'author carol retired',
      'author dave active',
      'log example.com/acme active',
      'log example.com/acme retired',
      'recovery keeper retired',
      'recovery keeper2 active',
    ]);
    const { status } = await shell.inside(['verify', '--decisions', '--checkpoint', held]);
    expect(status).toBe(0);
  });

  it('a way back that takes another log key says at each step who is to see it', async () => {
    const shell = withLedger();
    await enrolled(shell, 'bob', 'operator');
    await shell.told('policy adopt --set regulated --sign alice');
    await shell.told('append --type a.b --id e-1 --sign alice');
    await shell.told('checkpoint');
    const lines = `.ledger/${SEGMENT}`;
    shell.write(lines, shell.read(lines).replace('"e-1"', '"e-2"'));
    const old = (await shell.told('key list')).find(({ purpose }) => purpose === 'log');
    rmSync(shell.path('.ledger/mirror.db'));
    const { id } = await newKey(shell, 'example.com/acme');
    const line = ['replay', '--to-last-good', '--sign', 'alice', '--new-log-key', id];
    for (const subject of [id, old?.key_id ?? '']) {
      const { status, stderr } = await shell.inside(line);
      const next = `Have another key of tier operator approve it: ledger approve ${subject}. `;
      expect([status, stderr]).toEqual([24, expect.stringContaining(`${next}Then run it again.`)]);
      await shell.told(['approve', subject, '--sign', 'bob']);
    }
    await shell.told(line);
    expect((await shell.inside('verify')).status).toBe(0);
  });
});

describe('a copy of a ledger that came without its keys/', () => {
  it('is given a key, which nobody else may read', async () => {
    const shell = withLedger();
    const keys = shell.path('.ledger', 'keys');
    rmSync(keys, { recursive: true });
    const { id } = await newKey(shell, 'bob');
    expect(statSync(keys).mode & 0o777).toBe(0o700);
    expect(id).toMatch(/^bob\+/);
  });
});
