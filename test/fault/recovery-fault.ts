/**
 * Faults that meet each other: a mirror that is swapped, missing or old, and a journal that is not
 * whole.
 */
import type { Fault } from './fault.ts';
import { fault } from './fault.ts';

const TAIL = 'src/storage/tail.ts';
const TORN = 'test/src/torn-tail.test.ts';
const DAMAGED = 'test/src/damaged-journal.test.ts';

export const RECOVERY_FAULTS: readonly Fault[] = [
  fault(
    61,
    'a mirror that is swapped is not given the log of the old one',
    [
      'test/src/recovery.test.ts',
      'what a crash left beside the mirror',
      'is not played into the one that is made anew',
    ],
    [
      'src/storage/rebuild.ts',
      'const cleared = clear(disk, [...besides(layout.mirror), ...besides(newMirror(layout))]);',
      'const cleared = E.right(undefined);',
    ],
  ),
  fault(
    61,
    'who has the old mirror open when it is swapped notices',
    [
      'test/src/replay-real.test.ts',
      'a replay on this machine',
      'makes a lost mirror anew while others have the old one open',
    ],
    [
      'src/storage/sqlite.ts',
      'if (isCurrent()) return E.right(undefined);',
      'if (isCurrent() || path !== "") return E.right(undefined);',
    ],
  ),
  fault(
    64,
    'the mirror is missing and the tail is torn: both are mended, and nothing valid goes',
    [
      TORN,
      'a torn tail and no mirror',
      'are mended together, and nothing that is valid is set aside',
    ],
    [TAIL, 'E.right(!bytes.right.includes(LF))', 'E.right(false)'],
  ),
  fault(
    64,
    'where there is no mirror, a tail with the end of a line in it is left alone',
    [TORN, 'a torn tail and no mirror', 'are left alone where the tail has the end of a line'],
    [TAIL, 'if (known.isMet) return E.right(true);', 'if (bad.bytes > 0) return E.right(true);'],
  ),
  fault(
    65,
    'what a damaged mirror claims to hold is not dropped with it',
    [
      'test/src/mirror-claim.test.ts',
      'a journal that ends before what a mirror claims',
      '%s is refused by all, and nothing is written',
    ],
    ['src/storage/keeper.ts', 'known: { ...known.right, last }', ''],
  ),
  fault(
    65,
    'a journal that ends before a kept checkpoint is not gone on from, whatever lies beside it',
    [
      'test/src/kept-checkpoint.test.ts',
      'a checkpoint that is kept, behind an older one beside the journal',
      'speaks against a journal that was cut where the mirror %s',
    ],
    [
      'src/storage/checkpoint-file.ts',
      'if (beside !== undefined && !isMending)',
      'if (beside !== undefined)',
    ],
  ),
  fault(
    65,
    'damage between the end of an old mirror and the checkpoint is no torn tail',
    [DAMAGED, 'a mirror of an older backup', 'hides no damage below the checkpoint'],
    [TAIL, 'Math.max(sizeOfNote(by.crypto, noted.right.last), known.size)', 'known.size'],
  ),
  fault(
    65,
    'a line that a later version of the program sealed is no torn tail',
    [TORN, 'a tail such as no crash leaves', 'of what a later version sealed is left alone'],
    [TAIL, ' || isOfOthers(bad)', ''],
  ),
];
