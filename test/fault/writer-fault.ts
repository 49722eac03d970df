/**
 * Faults of many writers at once, and of what others do beside them.
 */
import type { Fault } from './fault.ts';
import { fault } from './fault.ts';

const KEEPER = 'src/storage/keeper.ts';
const LOCK = 'src/storage/writer-lock.ts';
const MANY = 'test/src/many-writers.test.ts';
const STRANGER = 'test/src/stranger.test.ts';
const PROCESSES = 'processes that append to one ledger';
const HELD_OPEN = 'a journal that is held open';

export const WRITER_FAULTS: readonly Fault[] = [
  fault(
    22,
    'many processes append to one ledger: one chain without gaps, each id once',
    [MANY, PROCESSES, 'leave one chain with every id once, and answer alike for the same id'],
    [KEEPER, 'if (ended.head !== head) {', 'if (ended.head !== head && size < 0) {'],
  ),
  fault(
    22,
    'processes come and go: whoever closes the mirror last is waited for',
    [
      'test/src/sqlite.test.ts',
      'a database of this machine',
      'is waited for where whoever closes it last still holds it',
    ],
    ['src/storage/sqlite.ts', 'timeout: OPEN_WAIT_MS', 'timeout: readonly ? OPEN_WAIT_MS : 0'],
  ),
  fault(
    23,
    'the holder of the lock is killed: the next one goes on',
    [MANY, PROCESSES, 'go on when one of them is killed'],
    [
      LOCK,
      `await wait.pause();
    begun = file.begin();`,
      'await wait.pause();',
    ],
  ),
  fault(
    24,
    'the holder is stopped: nobody steals the lock, and who holds it is told',
    [
      'test/src/writer-lock.test.ts',
      'writers of several processes',
      'steal nothing from a holder that is stopped, and are told who it is',
    ],
    [
      LOCK,
      'return E.left(holder === undefined ? locked : { ...locked, holder });',
      'return E.left(locked);',
    ],
  ),
  fault(
    25,
    'a segment is replaced under a writer: it goes on in no file without a name',
    [STRANGER, HELD_OPEN, 'goes on in the file that bears the name, not in the one that bore it'],
    [KEEPER, 'if (changed.right) return E.right(false);', ''],
  ),
  fault(
    25,
    'a segment is replaced by one that says something else: nothing more goes in',
    [STRANGER, HELD_OPEN, 'takes nothing more where a stranger put another file into its place'],
    [
      'src/storage/tail.ts',
      ": corrupt('journal_differs_from_mirror', place);",
      ': E.right(undefined);',
    ],
  ),
  fault(
    25,
    'a stranger writes behind the end: the next line does not stand on that',
    [STRANGER, HELD_OPEN, 'is not gone on from what a stranger wrote behind its end'],
    ['src/storage/journal.ts', 'read === 1 && bytes[0] === LF', 'read >= 1 && bytes[0] === LF'],
  ),
  fault(
    26,
    'many bring the same id at once: one event, the same receipt for all',
    [
      'test/src/append.test.ts',
      'a draft',
      'that many race to bring is one event, with one receipt for all',
    ],
    [
      'src/usecase/batch.ts',
      "const found = filled.has('id') ? undefined : this.mirror.past.find(draft.claim.id);",
      'const found = filled.size > 9 ? this.mirror.past.find(draft.claim.id) : undefined;',
    ],
  ),
  fault(
    27,
    'an audit and a plan while others append see a sound beginning',
    [
      'test/src/restored-folder.test.ts',
      'beside writers',
      'an audit and a plan see a sound beginning, and never a false alarm',
    ],
    [
      'src/verify/still.ts',
      'isFurther && sizeNow(by, segment) >= offset',
      'isFurther && sizeNow(by, segment) === offset && size < 0',
    ],
  ),
  fault(
    28,
    'a command is interrupted: what it acknowledged is there, and it exits 130',
    [
      'test/src/cli/exit.test.ts',
      'a command',
      'exits 130 on %s, and all that it acknowledged is in the journal',
    ],
    ['src/cli/exit-code.ts', 'return 130;', 'return 1;'],
  ),
  fault(
    67,
    'one row of a batch does not go in: nothing of the batch is in the journal',
    [STRANGER, 'a batch', 'of which one row does not go in leaves nothing in the journal'],
    [
      'src/usecase/batch.ts',
      'const frontier = this.mirror.take(event, bytes, ended.frontier);',
      `let { frontier } = ended;
    try {
      frontier = this.mirror.take(event, bytes, frontier);
    } catch {}`,
    ],
  ),
  fault(
    68,
    'another copy of the library opens the lock in the process that holds it: one writer',
    [
      'test/src/writer-lock.test.ts',
      'somebody else at the lock file',
      'may be another copy of the library in the process that holds it',
    ],
    [
      'src/storage/lock-file.ts',
      'if (known === undefined) Reflect.set(globalThis, KEY, files);',
      '',
    ],
  ),
];
