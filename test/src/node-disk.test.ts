/**
 * The disk of this machine, held to the laws of every disk.
 */
import { describe, expect, it } from 'vitest';
import { diskLaws, put } from './disk-law.ts';
import { nodeGround } from './node-ground.ts';

describe('the disk of this machine', () => {
  diskLaws(nodeGround);

  it('throws where a file is closed again', () => {
    const { disk, root } = nodeGround();
    const file = put(disk, `${root}/a`, 'x');
    file.close();
    expect(() => file.close()).toThrow('EBADF');
  });
});
