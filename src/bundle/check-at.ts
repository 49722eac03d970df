/**
 * Checking a bundle where it lies, as the command and `check.mjs` do, and the export that made it.
 */
import type { Key } from '../../ledger/key/key.ts';
import type { CheckMeans } from './check.ts';
import { checkBundle } from './check.ts';
import { nodeMeans } from './node-means.ts';
import { openBundle } from './opened.ts';
import type { BundleReport } from './report.ts';

/** checkAt checks what lies at a path. A file that cannot be read throws as Node does. */
export const checkAt = (path: string, vkey?: Key, means: CheckMeans = nodeMeans): BundleReport => {
  const { files, findings, notProved } = openBundle(path);
  const report = checkBundle(means, files, vkey, findings);
  return { ...report, notProved: [...report.notProved, ...notProved] };
};
