/**
 * The files of other tools, and what an independent program made of them.
 */
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { onTestFinished } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { CortexOptions } from '../../src/import/cortex/survey.ts';
import { surveyCortex } from '../../src/import/cortex/survey.ts';
import type { Plan } from '../../src/import/plan.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { takeCopy } from '../../src/storage/private-copy.ts';
import { right } from '../build/ledger.ts';

const ROOT = fileURLToPath(new URL('fixture/', import.meta.url));

/** fixture names a file of another tool; it is read, and nothing else. */
export const fixture = (...parts: readonly string[]): string => join(ROOT, ...parts);

export const readFixture = (...parts: readonly string[]): Buffer => readFileSync(fixture(...parts));

/** scratchFolder makes a folder that is gone with the test. */
export const scratchFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-import-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  return folder;
};

/** copyOf copies a folder or a file, so that it can be opened and altered. */
export const copyOf = (...parts: readonly string[]): string => {
  const to = join(scratchFolder(), parts.at(-1) ?? '');
  cpSync(fixture(...parts), to, { recursive: true });
  return to;
};

/** putFile puts a file into a folder of its own. */
export const putFile = (name: string, bytes: Uint8Array | string): string => {
  const path = join(scratchFolder(), name);
  writeFileSync(path, bytes);
  return path;
};

export const WORLD = { disk: nodeDisk, crypto: native, takeCopy };

export const planCortex = (path: string, options: Partial<CortexOptions> = {}): Plan => {
  const plan = right(surveyCortex(WORLD, path, { keys: [], ...options }));
  onTestFinished(() => plan.close());
  return plan;
};

/** defectsOf tells each defect as a line. */
export const defectsOf = ({ defects }: Plan): readonly string[] =>
  defects.told.map(({ name, file, line }) =>
    line === undefined ? `${name} ${file}` : `${name} ${file}:${line}`,
  );

/** linesOf splits a file that ends with LF. */
export const linesOf = (bytes: Buffer): string[] => bytes.toString().split('\n').slice(0, -1);
