/**
 * A file that is handed out: it has its name when it is whole, and is what was written.
 */
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import type { Sink } from '../../../src/export/sink.ts';
import { fileSink } from '../../../src/export/sink.ts';
import { nodeDisk } from '../../../src/storage/node-disk.ts';
import { right } from '../../build/ledger.ts';

const begun = async (path: string, text: string): Promise<Sink> => {
  const sink = right(fileSink(nodeDisk, path));
  right(await sink.write(Buffer.from(text)));
  return sink;
};

it('never gives one export the bytes of another that goes to the same place', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sink-'));
  try {
    const path = join(folder, 'out.csv');
    const first = await begun(path, 'withheld');
    const second = await begun(path, 'in the clear');
    right(first.finish());
    right(second.finish());
    right(second.place());
    first.drop();
    expect(readdirSync(folder)).toEqual(['out.csv']);
    expect(readFileSync(path, 'utf8')).toBe('in the clear');
    const third = await begun(path, 'third');
    const fourth = await begun(path, 'fourth');
    fourth.drop();
    right(third.finish());
    right(third.place());
    expect(readFileSync(path, 'utf8')).toBe('third');
    expect(readdirSync(folder)).toEqual(['out.csv']);
  } finally {
    rmSync(folder, { recursive: true });
  }
});
