/**
 * Who may not read a source is told to name another; a folder for copies that takes none is a fault
 * of its disk.
 */
import { describe, expect, it } from 'vitest';
import { isForbidden } from '../../src/cli/importing.ts';

const failed = (path: string, errno: string) =>
  isForbidden({ _tag: 'DiskFailed', call: 'open', path, errno }, '/srv/old');

describe('a path that may not be read', () => {
  it('is the source, or in it', () => {
    for (const path of ['/srv/old', '/srv/old/hot/outbox.redb', '/srv/old/..x'])
      expect([path, failed(path, 'EACCES'), failed(path, 'EPERM')]).toEqual([path, true, true]);
  });

  it('is another disk elsewhere, and where it failed otherwise', () => {
    for (const path of ['/root', '/srv', '/srv/older', '/'])
      expect([path, failed(path, 'EACCES')]).toEqual([path, false]);
    expect(failed('/srv/old', 'EIO')).toBe(false);
  });
});
