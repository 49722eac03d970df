/**
 * Checking a bundle where it lies, as the command and `check.mjs` do, and the export that made it.
 */
import type { Key } from '../../ledger/key/key.ts';
import type { Steps } from '../storage/steps.ts';
import { atOnce } from '../storage/steps.ts';
import type { CheckMeans } from './check.ts';
import { checkSteps } from './check.ts';
import { nodeMeans } from './node-means.ts';
import { openBundle } from './opened.ts';
import type { BundleReport } from './report.ts';

/** stepsAt checks what lies at a path. A file that cannot be read throws as Node does. */
export function* stepsAt(
  path: string,
  vkey?: Key,
  means: CheckMeans = nodeMeans,
): Steps<BundleReport> {
  const { files, findings, notProved } = openBundle(path);
  const report = yield* checkSteps(means, files, vkey, findings);
  return { ...report, notProved: [...report.notProved, ...notProved] };
}

/** checkAt does so at once. */
export const checkAt = (path: string, vkey?: Key): BundleReport => atOnce(stepsAt(path, vkey));
