/**
 * The conformance run for where there is no `node:`: the kernel with the portable cryptography
 * alone. Bundled into one script, it leaves `runVectors` on the global object.
 */
import { noble } from '../../ledger/crypto/noble.ts';
import type { Suite } from '../conformance/report.ts';
import { Report, Vector } from '../conformance/report.ts';
import { SUITES } from '../conformance/suite.ts';

/** Takes the vector files as JSON text by name; gives the counts and the failures as JSON text. */
const runVectors = (filesText: string): string => {
  const files = JSON.parse(filesText) as Readonly<Record<string, unknown>>;
  const report = new Report();
  for (const [name, file] of Object.entries(files)) {
    const suite: Suite = {
      crypto: noble,
      companion: (other) => new Vector(files[other], ''),
      test: (label, check) => report.run(name, label, check),
    };
    SUITES.get(name)?.(suite, new Vector(file, ''));
  }
  return JSON.stringify({ passed: report.passed, failures: report.failures });
};

Object.assign(globalThis, { runVectors });
