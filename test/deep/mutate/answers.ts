/**
 * The known answers as one test, in the thread that runs it.
 */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { runFolders } from '../../conformance/run.ts';

it('gives the known answers', () => {
  const report = runFolders([fileURLToPath(new URL('../../vectors', import.meta.url))]);
  expect(report.failures).toEqual([]);
});
