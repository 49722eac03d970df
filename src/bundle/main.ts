/**
 * `check.mjs`: the check of a bundle as a script of its own, which lies in every bundle and runs on
 * bare Node. It gives the exit code to whoever runs it.
 *
 *     node check.mjs [PATH] [--vkey KEY] [--json]
 */
import * as E from 'fp-ts/lib/Either.js';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { native } from '../../ledger/crypto/native.ts';
import type { Key } from '../../ledger/key/key.ts';
import { parseVkey } from '../../ledger/key/key.ts';
import { checkAt } from './check-at.ts';
import { VERDICT_EXIT, reportData, reportText } from './report.ts';

const USAGE = 'node check.mjs [PATH] [--vkey KEY] [--json]\n';
const HELP = `${USAGE}
Checks the bundle in which this script lies, or the one at PATH: a folder, a .zip, a .tar or a page.
KEY is the log's key, as the keeper of the ledger published it.
Exits 0 where all holds, 20 where something was changed, 23 where something could not be checked.
`;
const EXIT_USAGE = 2;
const EXIT_NOT_FOUND = 3;

interface Asked {
  readonly path: string;
  readonly vkey: Key | undefined;
  readonly isJson: boolean;
  readonly isHelp: boolean;
}

/** What a command line asks for, undefined where it means nothing. */
const askedOf = (args: readonly string[], here: string): Asked | undefined => {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        vkey: { type: 'string' },
        json: { type: 'boolean', default: false },
        help: { type: 'boolean', short: 'h', default: false },
      },
    });
    const key = values.vkey === undefined ? undefined : parseVkey(native, values.vkey);
    if (positionals.length > 1 || key?._tag === 'Left') return undefined;
    const [path = here] = positionals;
    return { path, vkey: key?.right, isJson: values.json, isHelp: values.help };
  } catch {
    return undefined; // parseArgs throws at an option that it does not know
  }
};

/** What a disk failed with; whatever else was thrown is a mistake of ours, and goes on. */
const failureOf = (thrown: unknown): string => {
  if (thrown instanceof Error && 'code' in thrown) return String(thrown);
  throw thrown;
};

/** main checks the bundle in which the script lies, or that at a path. */
export const main = (
  script: string,
  args: readonly string[],
  out: (text: string) => void,
  note: (text: string) => void,
): number => {
  const asked = askedOf(args, dirname(fileURLToPath(script)));
  if (asked === undefined) {
    note(`usage: ${USAGE}`);
    return EXIT_USAGE;
  }
  const { path, vkey, isJson, isHelp } = asked;
  if (isHelp) {
    out(HELP);
    return 0;
  }
  const checked = E.tryCatch(() => checkAt(path, vkey), failureOf);
  if (E.isLeft(checked)) {
    note(`${checked.left}\n`);
    return EXIT_NOT_FOUND;
  }
  const report = checked.right;
  out(isJson ? `${JSON.stringify(reportData(report))}\n` : reportText(report));
  return VERDICT_EXIT[report.verdict];
};
