/**
 * The disk of this machine, held to the laws of every disk.
 */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import type { Ground } from './disk-law.ts';
import { diskLaws, put } from './disk-law.ts';

const roots: string[] = [];

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true });
});

const ground = (): Ground => {
  const root = mkdtempSync(join(tmpdir(), 'ledger-disk-'));
  roots.push(root);
  return {
    disk: nodeDisk,
    root,
    link: (path, target) => symlinkSync(target, path),
    pipe: (path) => {
      execFileSync('mkfifo', ['-m', '644', path]);
    },
    same: (path, as) => linkSync(as, path),
  };
};

describe('the disk of this machine', () => {
  diskLaws(ground);

  it('throws where a file is used after it was closed and closed again', () => {
    const { disk, root } = ground();
    const file = put(disk, `${root}/a`, 'x');
    file.close();
    expect(() => file.close()).toThrow('EBADF');
  });
});
