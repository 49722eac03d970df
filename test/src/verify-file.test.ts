/**
 * Verifying journals as they lie in a folder: names of segments, what is no segment, tails, lines
 * beyond every bound, going on from a state, stopping in time, beside a writer.
 */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  linkSync,
  mkdirSync,
  renameSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import * as E from 'fp-ts/lib/Either.js';
import { native } from '../../ledger/crypto/native.ts';
import { exitOf } from '../../src/cli/exit-code.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import { segmentName } from '../../src/storage/segment.ts';
import type { Crew, Hire } from '../../src/verify/crew.ts';
import { alone } from '../../src/verify/crew.ts';
import type { Request } from '../../src/verify/journal.ts';
import { verifyJournal } from '../../src/verify/journal.ts';
import { pastOf } from '../../src/verify/past.ts';
import type { Found } from '../../src/verify/stretch.ts';
import { threads } from '../../src/verify/threads.ts';
import type { File } from '../build/journal.ts';
import { KEY, folded, heldOf, inFolder, segmentsOf } from '../build/journal.ts';
import { right } from '../build/ledger.ts';
import { longLedger } from '../build/long-ledger.ts';

const ask = (journal: string, more: Partial<Request> = {}) =>
  verifyJournal({ disk: nodeDisk, crypto: native, journal, key: KEY, ...more });

const verified = (files: readonly File[], more: Partial<Request> = {}) =>
  inFolder(files, async (journal) => right(await ask(journal, more)));

const { lines, checkpoint } = longLedger();
const empty = (first: number): File => ({ name: segmentName(first), bytes: new Uint8Array() });
const told = async (files: readonly File[]) =>
  (await verified(files)).segments.map(({ code, segment, expected, actual }) => [
    code,
    Number.parseInt(segment, 10),
    expected,
    actual,
  ]);

describe('the names of segments', () => {
  it('are those of their first events, and the last segment may be empty', async () => {
    expect(await told(segmentsOf(lines, [7, 30]))).toEqual([]);
    expect(await told([...segmentsOf(lines, [7]), empty(60)])).toEqual([]);
    expect(await told([])).toEqual([]);
  });

  it('tell of a segment that is not there', async () => {
    const [first, , third] = segmentsOf(lines, [7, 30]);
    expect(await told([first, third].filter((each) => each !== undefined))).toEqual([
      ['segment_gap', 30, 7, 30],
    ]);
    expect(await told([...segmentsOf(lines.slice(0, 50), []), empty(60)])).toEqual([
      ['segment_gap', 60, 50, 60],
    ]);
  });

  it('tell of a segment under another name', async () => {
    const [first, second] = segmentsOf(lines, [7]);
    const bytes = second?.bytes ?? new Uint8Array();
    const renamed = { name: segmentName(8), bytes };
    expect(await told([first ?? renamed, renamed])).toEqual([['segment_misnamed', 8, 7, 8]]);
  });

  it('tell of an empty segment that is not the last', async () => {
    expect(await told([...segmentsOf(lines.slice(0, 7), []), empty(7), empty(8)])).toEqual([
      ['segment_empty', 7, 7, 7],
      ['segment_gap', 8, 7, 8],
    ]);
  });
});

describe('what is no journal', () => {
  const spoilt: readonly (readonly [string, (journal: string) => void])[] = [
    ['a link', (journal) => symlinkSync('/dev/null', join(journal, segmentName(60)))],
    ['a pipe', (journal) => void execFileSync('mkfifo', [join(journal, segmentName(60))])],
    ['a folder', (journal) => mkdirSync(join(journal, segmentName(60)))],
    ['a file of another name', (journal) => writeFileSync(join(journal, 'notes.txt'), '')],
    [
      'a segment with two names',
      (journal) => linkSync(join(journal, segmentName(0)), join(journal, '..', 'other')),
    ],
  ];

  it.each(spoilt)('is refused where %s stands in it', (_what, spoil) =>
    inFolder(segmentsOf(lines, [7]), async (journal) => {
      spoil(journal);
      const result = await ask(journal);
      expect(E.isLeft(result) && result.left._tag).toBe('JournalRefused');
    }),
  );

  it('is refused where the first segment is missing', async () => {
    const [, second] = segmentsOf(lines, [7]);
    await inFolder(second === undefined ? [] : [second], async (journal) => {
      expect(await ask(journal)).toMatchObject({ left: { reason: 'first' } });
    });
  });

  it('is told from one whose segment was put in the place of another meanwhile', () =>
    inFolder(segmentsOf(lines, [7]), async (journal) => {
      const onLine = (seq: number): void => {
        if (seq !== 0) return;
        const path = join(journal, segmentName(7));
        writeFileSync(`${path}.new`, Buffer.concat(lines.slice(7)));
        renameSync(`${path}.new`, path);
      };
      const result = await ask(journal, { onLine, rangeBytes: 1000 });
      expect(E.isLeft(result) && result.left._tag).toBe('SegmentMoved');
    }));
});

describe('a segment that is cut while it is read', () => {
  it.each([1, 2])('ends the verification, and proves nothing (%i at work)', async (count) => {
    await inFolder(segmentsOf(lines, [7]), async (journal) => {
      const path = join(journal, segmentName(7));
      const onLine = (seq: number): void => {
        if (seq === 0) truncateSync(path, 2000);
      };
      const hire = threads(nodeDisk, native, count);
      const result = await ask(journal, { onLine, rangeBytes: 1000, hire });
      expect(E.isLeft(result) && result.left._tag).toBe('SegmentMoved');
      const again = right(await ask(journal));
      expect([again.state.lines < lines.length, again.tail?.place.segment]).toEqual([
        true,
        segmentName(7),
      ]);
    });
    expect(exitOf({ _tag: 'SegmentMoved', path: '' })).toBe(75);
  });
});

/** Loses the first of what it reads. */
const astray: Hire = (job) => {
  const crew = alone(nodeDisk, native)(job);
  const read: Crew['read'] = async (range) =>
    E.map((found: Found) => ({ ...found, parts: found.parts.slice(1) }))(await crew.read(range));
  return { ...crew, read };
};

describe('a crew', () => {
  it('that tells of other places than were asked for is not believed', async () => {
    await inFolder(segmentsOf(lines, [7]), async (journal) => {
      const result = await ask(journal, { hire: astray, rangeBytes: 3000 });
      expect(E.isLeft(result) && result.left._tag).toBe('SegmentMoved');
    });
  });
});

const with1 = (bytes: Uint8Array | string): readonly File[] => [
  { name: segmentName(0), bytes: Buffer.concat([...lines, Buffer.from(bytes)]) },
];

describe('the end of a journal', () => {
  it.each([
    ['half a line', Buffer.from(lines[5] ?? '').subarray(0, 300)],
    ['zeros that a crash left', new Uint8Array(70_000)],
    ['more of a line than one may have', Buffer.alloc(3_000_000, 'x')],
  ])('is told, not judged, where it is %s', async (_what, bytes) => {
    const result = await verified(with1(bytes));
    const { length } = Buffer.concat(lines);
    expect(result.findings).toEqual(folded(with1('')).findings);
    expect(result.tail).toEqual({
      place: { segment: segmentName(0), offset: length, line: 61 },
      length: bytes.length,
    });
  });

  it('is where it was when the verification began, whatever is appended meanwhile', () =>
    inFolder(segmentsOf(lines.slice(0, 50), [20]), async (journal) => {
      const onLine = (seq: number): void => {
        const line = lines[50 + seq];
        if (seq < 10 && line !== undefined) appendFileSync(join(journal, segmentName(20)), line);
      };
      const result = right(await ask(journal, { onLine, rangeBytes: 2000 }));
      expect(result.state.lines).toBe(50);
      expect([result.tail, result.left]).toEqual([undefined, undefined]);
    }));
});

describe('a line beyond every bound', () => {
  it('is judged by its true length, and those after it as ever', async () => {
    const long = Buffer.alloc(20_000_000, 'x').fill('\n', 19_999_999);
    const files = [
      {
        name: segmentName(0),
        bytes: Buffer.concat([...lines.slice(0, 9), long, ...lines.slice(9)]),
      },
    ];
    const result = await verified(files);
    expect(result.findings).toEqual(folded(files).findings);
    expect(result.findings.map(({ finding: { actual } }) => actual)).toContain('20000000');
  });
});

describe('a verification that goes on', () => {
  it('from where another one ended finds what one of the whole does', async () => {
    for (const size of [1, 20, 33, 45]) {
      const starts = [20, 41];
      const files = segmentsOf(lines, starts);
      const whole = await verified(files, { held: heldOf([checkpoint(55)]) });
      await inFolder(
        segmentsOf(
          lines.slice(0, size),
          starts.filter((at) => at < size),
        ),
        async (journal) => {
          const first = right(await ask(journal, { held: heldOf([checkpoint(55)]) }));
          for (const { name, bytes } of files) writeFileSync(join(journal, name), bytes);
          const { state, past, place } = first;
          const rest = right(
            await ask(journal, { since: { state, past, place }, rangeBytes: 2000 }),
          );
          expect(rest.state).toEqual(whole.state);
          expect(rest.segments).toEqual([]);
          expect(rest.findings.at(-1)).toEqual(whole.findings.at(-1));
          expect(first.bytes + rest.bytes).toBe(Buffer.concat(lines).length);
        },
      );
    }
  });

  it('asks whoever knows what is older', async () => {
    const [old, rest] = [lines.slice(0, 40), lines.slice(40)];
    const { state, past } = await verified(segmentsOf(old, []));
    const place = { segment: segmentName(0), offset: Buffer.concat(old).length, line: 41 };
    const go = (isKnown: boolean, more: readonly Uint8Array[]) => {
      const older = {
        size: 40,
        positionOf: (id: string) => (isKnown && id === 'e-3' ? 3 : undefined),
        hashAt: past.hashAt,
        isGoverning: past.isGoverning,
      };
      const mine = pastOf(native, KEY, older);
      return verified(segmentsOf([...old, ...more], []), { since: { state, past: mine, place } });
    };
    const codesOf = ({ findings }: Awaited<ReturnType<typeof go>>) =>
      findings.map(({ finding }) => finding.code);
    expect(codesOf(await go(true, rest))).toEqual(['key_distrusted']);
    const again = lines[3] ?? new Uint8Array();
    expect(codesOf(await go(true, [again]))).toContain('id_repeated');
    expect(codesOf(await go(false, [again]))).not.toContain('id_repeated');
  });
});

describe('a verification that is bounded', () => {
  it('keeps as many findings as it was told, and counts the others', async () => {
    const files = with1('\n'.repeat(3000));
    const all = await verified(files);
    const some = await verified(files, { mostFindings: 10 });
    expect([all.findings.length - some.findings.length, all.more]).toEqual([some.more, 0]);
    expect(some.findings).toEqual(all.findings.slice(0, 10));
  });

  it('stops among lines that have no end', async () => {
    const files = with1('\n'.repeat(500_000));
    const { left, state } = await verified(files, { maxMs: 50, mostFindings: 10 });
    expect(left?.place.line).toBe(state.lines + 1);
    expect(left?.bytes).toBeGreaterThan(0);
  });

  it('says what it left, and its beginning is the fold over as much', async () => {
    const files = segmentsOf(lines, [20]);
    const result = await verified(files, { maxMs: 0, rangeBytes: 2000 });
    const all = Buffer.concat(lines).length;
    expect(result.left).toEqual({
      place: { segment: segmentName(0), offset: 0, line: 1 },
      bytes: all,
    });
    expect([result.state.lines, result.bytes, result.findings]).toEqual([0, 0, []]);
  });

  it.each([1, 2])('tells %i at work how far it is', async (count) => {
    const seen: number[] = [];
    const { length } = Buffer.concat(lines);
    await verified(segmentsOf(lines, [20]), {
      rangeBytes: 2000,
      hire: threads(nodeDisk, native, count),
      onProgress: ({ bytes, total }) => {
        expect(total).toBe(length);
        seen.push(bytes);
      },
    });
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(length);
  });
});
