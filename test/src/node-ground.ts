/**
 * An empty folder on this machine for each test, gone when the test is over.
 */
import { execFileSync } from 'node:child_process';
import { linkSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import type { Ground } from './disk-law.ts';

/** nodeGround makes one; only a test may ask for it. */
export const nodeGround = (): Ground => {
  const root = mkdtempSync(join(tmpdir(), 'ledger-ground-'));
  onTestFinished(() => rmSync(root, { recursive: true }));
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
