/**
 * What to do when verify says each of its verdicts.
 */
import type { Recipe } from './recipe.ts';
import { type } from './recipe.ts';

/** VERDICTS tells of each what is done then. */
export const VERDICTS = {
  verified: [
    'verified (exit 0): all that was asked is proved. Keep a checkpoint for the next time.',
    type('ledger checkpoint --out held.note', 'ledger verify --checkpoint held.note'),
  ],
  tampered: [
    `tampered (exit 20): stop whatever appends, and keep the folder as it is. The report names
file, line and event. If the mirror has what stood there, the chain proves it; the dry run
says.`,
    type(
      'cp -rp .ledger evidence',
      'if ledger verify --json > report.json; then exit 1; fi',
      `grep -o '"code":"[a-z_]*"' report.json`,
      'ledger replay --from mirror --dry-run',
      'ledger replay --from mirror',
      'ledger verify',
    ),
    'Otherwise restore a backup, or go back to what is proved (replay --to-last-good --sign KEY).',
  ],
  torn_tail: [
    `torn_tail (exit 21): a crash cut off a line that nobody was told of. The next append sets it
aside under torn/, or at once:`,
    type('ledger replay', 'ledger verify'),
  ],
  drift: [
    'drift (exit 22): the journal is sound. The mirror is made anew of it.',
    type('ledger replay --dry-run', 'ledger replay', 'ledger verify'),
  ],
  incomplete: [
    `incomplete (exit 23): what was looked at is sound, and something that was asked for could
not be looked at. Bring it: the checkpoint, the key, more time.`,
    type(
      'ledger checkpoint --out held.note',
      'ledger verify --require checkpoint --checkpoint held.note --max-duration 1h',
    ),
  ],
} as const;

export const recipe: Recipe = {
  summary: 'What to do when verify says each of its verdicts',
  parts: Object.values(VERDICTS).flat(),
};
