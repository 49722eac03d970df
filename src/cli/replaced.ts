/**
 * Bytes that are no UTF-8: Node puts U+FFFD in their place, and says no word of it. What came by it
 * would be sealed as another text, or lead to another folder, than was meant.
 */
import { tmpdir } from 'node:os';
import type { Given } from './given.ts';

const REPLACEMENT = '\u{FFFD}';

/** isReplaced tells whether a text came by it, or might have. */
export const isReplaced = (text: string): boolean => text.includes(REPLACEMENT);

/** They read nothing of where they run. */
const ANYWHERE: readonly string[] = ['help', 'completion'];

/** replacedAround gives what names a place beside the words of a line and came by it. */
export const replacedAround = (given: Given): string | undefined => {
  if (ANYWHERE.includes(given.command)) return undefined;
  const ledger = given.text('ledger') === undefined ? process.env['LEDGER_DIR'] : '';
  return [process.cwd(), `LEDGER_DIR=${ledger ?? ''}`, `TMPDIR=${tmpdir()}`].find(isReplaced);
};
