/**
 * Faults of crashes and of disks.
 */
import type { Fault } from './fault.ts';
import { fault } from './fault.ts';

const APPEND = 'src/usecase/append.ts';
const RECOVER = 'src/storage/recover.ts';
const KEEPER = 'src/storage/keeper.ts';
const WHOLE = 'src/storage/whole-file.ts';
const TORN = 'test/src/torn-tail.test.ts';
const FAILING = 'test/src/append-failing.test.ts';
const ENUMERATION = 'test/src/crash-enumeration.test.ts';
const ANY_CRASH = 'a crash at any moment, whatever it leaves of what was not synced,';
const LAST_LINE = 'a last line that nobody was told of';
const DAMAGED = 'test/src/damaged-journal.test.ts';

export const DISK_FAULTS: readonly Fault[] = [
  fault(
    1,
    'killed at any of its system calls, an append loses nothing that it acknowledged',
    [
      'test/src/strace-kill.test.ts',
      'an append that begins a segment and signs a checkpoint',
      'loses nothing that it acknowledged, whichever call it is killed at',
    ],
    [KEEPER, 'if (last?.first === size) return E.right({ segment: last, offset: 0 });', ''],
  ),
  fault(
    2,
    'the power is lost at any moment, and what was not synced is gone, torn or out of order',
    [ENUMERATION, ANY_CRASH, 'during %s loses nothing that was acknowledged', 'an append'],
    [
      APPEND,
      'const synced = keeper.journal.sync(segment);',
      'const synced: E.Either<StorageError, void> = E.right(undefined);',
    ],
  ),
  fault(
    2,
    'lines that look sound behind the first bad byte of a tail are set aside with it',
    [TORN, LAST_LINE, 'takes the lines behind it along, though they look sound'],
    [
      'src/storage/copy-file.ts',
      'const taken = take(buffer.subarray(0, read.right));',
      'const taken = take(buffer.subarray(0, Math.min(read.right, 100)));',
    ],
  ),
  fault(
    3,
    'a last line is cut, at whatever byte: it is set aside, cut off and told',
    [TORN, LAST_LINE, 'is set aside and cut off wherever it was cut'],
    [RECOVER, 'const cut = journal.truncate(segment, offset);', 'const cut = E.right(undefined);'],
  ),
  fault(
    4,
    'a line that is whole but for its LF is torn',
    [TORN, LAST_LINE, 'is torn where it is whole but for its end'],
    [
      'ledger/event/plain.ts',
      "const torn = isTerminated ? [] : [finding('line_not_terminated')];",
      'const torn: readonly Finding[] = [];',
    ],
  ),
  fault(
    5,
    'zeros where the last line should stand are torn',
    [TORN, LAST_LINE, 'is torn where %i zeros stand in its place'],
    [
      'src/storage/aside.ts',
      'copyFrom(disk, file.right, offset, path)',
      'copyFrom(disk, file.right, offset + 1, path)',
    ],
  ),
  fault(
    6,
    'one bit of a committed line is another: verify and replay find it and change nothing',
    [DAMAGED, 'a committed line', 'of which one bit is another is found, whichever it is'],
    [
      'ledger/event/scan.ts',
      'if (hashHeader(crypto, bytes, BEFORE_HEADER, head.length) !== head.eventHash)',
      'if (head.length < 0)',
    ],
  ),
  fault(
    7,
    'a line is deleted, swapped, repeated or put in: the same',
    [DAMAGED, 'a committed line', 'that %s is found, and nothing is changed'],
    [
      'ledger/event/open.ts',
      `notBefore, at));
  return findings;`,
      `notBefore, at));
  return [];`,
    ],
  ),
  fault(
    8,
    'the journal is cut below the end that the mirror knows: nothing is appended or changed',
    [
      DAMAGED,
      'a journal that was cut below the end that the mirror knows',
      'by %i bytes takes no append, and is left as it is',
    ],
    [RECOVER, 'if (E.isLeft(met)) return met;', ''],
  ),
  fault(
    9,
    'the mirror is deleted: it is made anew, and what it derives is the same',
    [
      'test/src/replay.test.ts',
      'a mirror is made anew of the journal',
      'where %s, as it was',
      'it is missing',
    ],
    ['src/storage/rebuild.ts', 'mirror.fold.flush();', ''],
  ),
  fault(
    10,
    'the mirror is one of an older backup: it is rolled forward, and that is told',
    [DAMAGED, 'a mirror of an older backup', 'is rolled forward, and says so'],
    [
      RECOVER,
      "if (!isNew) repairs.push({ _tag: 'LinesAdopted', from: from.ended.size, events });",
      '',
    ],
  ),
  fault(
    11,
    'the log of the mirror is deleted: it is rolled forward',
    [
      'test/src/restored-folder.test.ts',
      'a mirror without its log',
      'is rolled forward to what it was',
    ],
    [KEEPER, 'mirror.setEnded(at.ended);', ''],
  ),
  fault(
    12,
    'an index or a trigger of the mirror is gone: drift',
    ['test/src/verify-mirror.test.ts', 'a mirror that', '%s is drift', 'lost a trigger'],
    [
      'src/storage/mirror/schema.ts',
      'const missing = expected.filter((each) => !there.includes(each));',
      'const missing: readonly string[] = [];',
    ],
  ),
  fault(
    12,
    'what projections add to the mirror is another: drift, and a replay mends it',
    ['test/src/mirror.test.ts', 'what projections add to the mirror', 'is not whole after %s'],
    ['src/storage/mirror/schema.ts', 'return views.includes(sql);', 'return true;'],
  ),
  fault(
    13,
    'a sync fails once: nothing is acknowledged, and the writer stops',
    [FAILING, 'a disk', 'whose sync fails once (%s) stops the writer for good'],
    [
      APPEND,
      'if (E.isLeft(synced)) return this.undo(this.poison(synced.left));',
      'if (E.isLeft(synced)) return this.undo(synced.left);',
    ],
  ),
  fault(
    13,
    'who opens the ledger behind a sync that failed writes its tail once more',
    [
      'test/src/simulation.test.ts',
      'a ledger in a simulated world',
      'keeps what it acknowledged, whatever fails, dies or loses power',
    ],
    [RECOVER, 'if (events > 0) {', 'if (events < 0) {'],
  ),
  fault(
    14,
    'the disk is full in the middle of a batch: a clean refusal, with nothing left of it',
    [
      FAILING,
      'a disk',
      'that takes a part and then has no room leaves nothing of the batch behind',
    ],
    [
      APPEND,
      'const cut = this.by.keeper.journal.truncate(segment, offset);',
      'const cut: E.Either<StorageError, void> = E.right(undefined);',
    ],
  ),
  fault(
    14,
    'a write takes less than it was given: the rest is written too',
    [FAILING, 'a disk', 'that takes a little at a time takes all of it'],
    [WHOLE, 'at += taken.right;', 'at = bytes.length;'],
  ),
  fault(
    15,
    'what the disk had no room for cannot be cut off: the writer stops',
    [FAILING, 'a disk', 'that cannot cut off what it had no room for stops the writer'],
    [APPEND, 'return E.isLeft(cut) ? this.poison(cut.left) : error;', 'return error;'],
  ),
  fault(
    16,
    'the folder of a new segment cannot be synced: no line is put into it',
    [
      'test/src/stranger.test.ts',
      'a folder that cannot be synced',
      'gets no new segment: the writer stops, and nothing is acknowledged',
    ],
    ['src/storage/journal.ts', 'if (E.isLeft(named)) return named;', ''],
  ),
  fault(
    17,
    'the commit fails behind the sync: the event is recorded, and that is told',
    [
      FAILING,
      'a disk',
      'whose commit fails (%s it took effect) has the event all the same, and says so',
    ],
    [
      APPEND,
      "onRepair({ _tag: 'CommitFailed', code: committed.left.code, isTaken: E.isRight(rolled) });",
      '',
    ],
  ),
  fault(
    18,
    'a recovery is cut short at any step, and the next one too: the third ends alike',
    [
      'test/src/crash-twice.test.ts',
      'a recovery that is cut short, and the next one too,',
      'ends alike at every pair of steps (%s)',
    ],
    [
      'src/storage/copy-file.ts',
      'const cleared = clearFile(disk, part);',
      'const cleared = E.right(undefined);',
    ],
  ),
  fault(
    19,
    'a crash while a segment begins leaves one successor',
    [
      ENUMERATION,
      ANY_CRASH,
      'during %s loses nothing that was acknowledged',
      'an append that begins a segment',
    ],
    [KEEPER, 'if (last?.first === size) return E.right({ segment: last, offset: 0 });', ''],
  ),
  fault(
    20,
    'there is no room for what is to be set aside: nothing is cut off',
    [
      TORN,
      'a disk without room for what is set aside',
      'that fails at a call of %s cuts nothing off',
    ],
    [
      RECOVER,
      'const aside = setAside(disk, layout, segment, offset);',
      'const none = { segment: segment.name, offset, bytes: 0, sha256: "", path: "" };' +
        'const aside = E.orElse(() => E.right(none))(setAside(disk, layout, segment, offset));',
    ],
  ),
  fault(
    21,
    'a disk may only be read, or not be opened: a clean refusal',
    [
      FAILING,
      'a disk',
      'with too many open files, or that may not be written, refuses and is trusted',
    ],
    [
      'src/storage/refusal.ts',
      "return call === 'write' ? NO_ROOM.has(errno) : errno !== 'EIO';",
      "return call === 'write' && NO_ROOM.has(errno);",
    ],
  ),
];
