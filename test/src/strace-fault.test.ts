/**
 * A real append has one of its system calls fail, as failing disks have it, or take nothing: it is
 * refused, or the writer stops, and in the end all that was acknowledged is there. (A call that
 * takes a part is met in `refusing-disk.test.ts`: strace can only pretend it, as a lying disk.)
 */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { failuresIn } from '../crash/oracle.ts';
import { TRUST } from '../crash/scenario.ts';
import type { Call } from '../crash/strace.ts';
import { requireStrace } from '../crash/strace.ts';
import { CHANGING, Sweep, faultsOf, fates } from '../crash/sweep.ts';

const MINUTES = 60_000;

let sweep: Sweep;
beforeAll(async () => {
  requireStrace();
  sweep = await Sweep.begin(TRUST);
}, MINUTES);
afterAll(() => sweep.end());

/** What became of both appends, the second of which shows whether the disk is trusted. */
const outcomes = async (call: (call: Call) => boolean, what: string, nth = 0) => {
  const [fault] = fates(sweep.calls, (each) => (call(each) ? [what] : [])).slice(nth);
  if (fault === undefined) throw new Error('no such call');
  const { ended, violation } = await sweep.at(fault);
  expect(violation).toBe(undefined);
  expect(ended.status).toBe(0);
  const answers = ended.told.flatMap((told) => ('receipt' in told ? [told.receipt.status] : []));
  return [...failuresIn(ended.told), ...answers];
};

const ofJournal =
  (name: string) =>
  (call: Call): boolean =>
    call.name === name && call.path.endsWith('.jsonl');

const ofFolder = ({ name, path }: Call): boolean => name === 'fsync' && path.endsWith('/journal');

const ofLog = ({ name, path }: Call): boolean =>
  name === 'pwrite64' && path.endsWith('mirror.db-wal');

describe('a disk', () => {
  it.each(['error=ENOSPC', 'error=EDQUOT', 'retval=0'])(
    'without room for a line (%s) is a refusal, and the next append works',
    async (what) => {
      const [refused, ...rest] = await outcomes(ofJournal('pwrite64'), what);
      expect(refused).toMatch(/^DiskFailed (?:ENOSPC|EDQUOT)$/);
      expect(rest).toEqual(['appended']);
    },
  );

  it('that fails to write a line stops the writer', async () => {
    const stopped = ['Poisoned', 'Poisoned'];
    expect(await outcomes(ofJournal('pwrite64'), 'error=EIO')).toEqual(stopped);
  });

  it.each(['EIO', 'ENOSPC', 'EDQUOT'])('that fails to sync (%s) stops it', async (errno) => {
    const stopped = ['Poisoned', 'Poisoned'];
    const what = `error=${errno}`;
    // The first sync is that of the new segment, the second that of the line.
    expect(await outcomes(ofJournal('fdatasync'), what)).toEqual(stopped);
    expect(await outcomes(ofJournal('fdatasync'), what, 1)).toEqual(stopped);
    expect(await outcomes(ofFolder, what)).toEqual(stopped);
    expect(await outcomes(ofFolder, what, 1)).toEqual(stopped);
  });

  it('that is interrupted is asked again', async () => {
    for (const name of ['pwrite64', 'fdatasync'])
      expect(await outcomes(ofJournal(name), 'error=EINTR')).toEqual(['appended', 'appended']);
  });

  it('that fails at the commit has the event all the same', async () => {
    for (const what of ['error=EIO', 'error=ENOSPC'])
      expect(await outcomes(ofLog, what)).toEqual(['appended', 'appended']);
  });
});

describe('any call that changes something', () => {
  it('may fail, and nothing that was acknowledged is lost', { timeout: 5 * MINUTES }, async () => {
    // What SQLite writes into its own files is written many times over; here, each once or twice.
    const seen = new Map<string, number>();
    const isNew = (call: Call): boolean => {
      const key = `${call.name} ${call.path}`;
      seen.set(key, (seen.get(key) ?? 0) + 1);
      return (seen.get(key) ?? 0) <= 2;
    };
    const faults = fates(sweep.calls, (call) =>
      CHANGING.has(call.name) && isNew(call)
        ? faultsOf(call).filter((what) => what !== 'error=EINTR')
        : [],
    );
    const points = await sweep.each(faults);
    expect(points.length).toBeGreaterThan(100);
    const broken = points.filter(
      ({ violation, ended }) => violation !== undefined || ended.status !== 0,
    );
    expect(broken).toEqual([]);
  });
});

const isWritten = ({ name, path }: Call): boolean => name === 'pwrite64' && path.endsWith('.jsonl');

const isBegun = ({ name, path }: Call): boolean => name === 'statx' && path.endsWith('/checkpoint');

const isBeginning = ({ text }: Call): boolean => /jsonl.*O_EXCL/.test(text);

/** Has each call fail that reads or locks a mirror between two others. */
const failing = (
  from: (call: Call) => boolean,
  to: (call: Call) => boolean,
  errnos: readonly string[],
) => {
  const start = sweep.calls.findIndex(from);
  const end = sweep.calls.findIndex((call, i) => i > start && to(call));
  const chosen = sweep.calls.filter(
    ({ name, path }, i) =>
      i > start && i < end && path.includes('mirror.db') && ['pread64', 'fcntl'].includes(name),
  );
  const faults = errnos.map((errno) => `error=${errno}`);
  return sweep.each(fates(sweep.calls, (call) => (chosen.includes(call) ? faults : [])));
};

describe('what fails while a mirror is read or locked', () => {
  it('is no refusal once the lines are on the disk', { timeout: 2 * MINUTES }, async () => {
    const points = await failing(isWritten, isWritten, ['EIO']);
    expect(points.length).toBeGreaterThan(5);
    for (const { violation, ended } of points) {
      expect(violation).toBe(undefined);
      const isAnswered = ended.told.some(
        (told) => 'receipt' in told && 'seq' in told.receipt && told.receipt.seq === 7,
      );
      expect(isAnswered).toBe(true);
    }
  });

  it('stops no projection and leaves nothing alone', { timeout: 2 * MINUTES }, async () => {
    const points = await failing(isBegun, isBeginning, ['EIO', 'ENOSPC']);
    expect(points.length).toBeGreaterThan(8);
    for (const { violation } of points) expect(violation).toBe(undefined);
  });
});
