/**
 * What a backup copies: what is held back goes in so that nobody else may read it, and goes again;
 * what was written is read back; what differs is told apart from what was erased.
 */
import * as E from 'fp-ts/lib/Either.js';
import { chmodSync, existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Disk, File } from '../../src/storage/disk.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { readSettings } from '../../src/storage/settings-file.ts';
import { backup } from '../../src/usecase/backup.ts';
import { realPorts } from '../../src/wiring.ts';
import { withLedger } from './cli/shell.ts';
import { right } from './disk-law.ts';

const SEGMENT = 'journal/00000000000000000000.jsonl';

/** Opens files of a disk that keeps the first byte of a copy otherwise than it was told to. */
const open: Disk['open'] = (path, mode, permission) =>
  E.map((file: File): File => ({
    ...file,
    write: (bytes, position) => {
      const kept = Buffer.from(bytes);
      if (path.endsWith('.jsonl')) kept[0] = 0x5b;
      return file.write(kept, position);
    },
  }))(nodeDisk.open(path, mode, permission));

describe('a backup', () => {
  it('has what is held back for its owner alone, and no longer than the ledger', async () => {
    const shell = withLedger();
    const held = shell.path('.ledger/quarantine/held');
    writeFileSync(held, 'a draft');
    chmodSync(held, 0o644);
    await shell.told('backup --to copy');
    const copy = shell.path('copy/quarantine/held');
    expect(statSync(copy).mode & 0o777).toBe(0o600);
    rmSync(held);
    await shell.told('backup --to copy');
    expect(existsSync(copy)).toBe(false);
  });

  it('is read back while it is written', async () => {
    const shell = withLedger();
    const ports = { ...realPorts, disk: { ...nodeDisk, open } };
    const layout = layoutOf(shell.path('.ledger'));
    const settings = right(readSettings(ports, layout));
    expect(await backup({ ports, layout, settings }, shell.path('copy'))).toMatchObject({
      left: { _tag: 'CopyRefused', reason: 'differs', offset: 0 },
    });
  });

  it('says of a line that it was erased where the ledger has it without payload', async () => {
    const shell = withLedger();
    await shell.told(['append', '--type', 'a.b', '--payload', '[{"b":1}]']);
    await shell.told('backup --to copy');
    const copy = shell.path('copy', SEGMENT);
    const other = readFileSync(copy, 'utf8').replace('[{"b":1}]', '[{"b":1},"payload":1]');
    writeFileSync(copy, other);
    expect(await shell.refusal('backup --to copy')).toBe('25 differs');
  });
});
