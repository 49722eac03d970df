/**
 * A ledger of which there is a backup, in a folder of its own for each test.
 */
import type { Shell } from './shell.ts';
import { withLedger } from './shell.ts';

export const SEGMENT = 'journal/00000000000000000000.jsonl';

export const grown = async (shell: Shell, ids: readonly string[]): Promise<void> => {
  for (const id of ids) await shell.told(['append', '--type', 'a.b', '--id', id]);
};

/** withBackup makes it, of two events, in `copy`. */
export const withBackup = async (): Promise<Shell> => {
  const shell = withLedger();
  await grown(shell, ['e-1', 'e-2']);
  await shell.told('backup --to copy');
  return shell;
};
