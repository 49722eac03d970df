/**
 * A file that is handed out: it has its name when it is whole, and is what was written.
 */
import * as E from 'fp-ts/lib/Either.js';
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
    right(first.finish());
    const second = await begun(path, 'in the clear');
    expect(E.isLeft(first.place())).toBe(true);
    first.drop();
    expect(readdirSync(folder)).toEqual(['out.csv.part']);
    right(second.finish());
    right(second.place());
    expect(readdirSync(folder)).toEqual(['out.csv']);
    expect(readFileSync(path, 'utf8')).toBe('in the clear');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
