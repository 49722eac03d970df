/**
 * Verifying a journal in ranges is the plain fold over its lines, whatever stands in it.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { nodeDisk } from '../../src/storage/node-disk.ts';
import type { Request } from '../../src/verify/journal.ts';
import { verifyJournal } from '../../src/verify/journal.ts';
import { threads } from '../../src/verify/threads.ts';
import { damage, damaged } from '../../properties/arbitrary/damage.ts';
import { checkpointsOf, longStory, otherStory, told } from '../../properties/arbitrary/chain.ts';
import { checkAsync, share } from '../../properties/check.ts';
import type { File } from '../build/journal.ts';
import { KEY, folded, heldOf, inFolder, segmentsOf } from '../build/journal.ts';
import { right } from '../build/ledger.ts';
import { offences } from '../build/offence.ts';
import { longLedger } from '../build/long-ledger.ts';

const verified = (files: readonly File[], more: Partial<Request> = {}) =>
  inFolder(files, async (journal) =>
    right(await verifyJournal({ disk: nodeDisk, crypto: native, journal, key: KEY, ...more })),
  );

/** Holds all that a result says against the fold, and what was shown of every line. */
const agrees = async (
  files: readonly File[],
  notes: readonly string[] = [],
  more: Partial<Request> = {},
): Promise<void> => {
  const plain = folded(files, notes);
  const seqs: number[] = [];
  const shown: Uint8Array[] = [];
  const result = await verified(files, {
    held: heldOf(notes),
    onLine: (seq, bytes) => {
      seqs.push(seq);
      shown.push(bytes.slice());
    },
    ...more,
  });
  expect(result.findings).toEqual(plain.findings);
  expect(result.state).toEqual(plain.state);
  expect(result.notProved).toEqual(plain.notProved);
  expect(result.tail).toEqual(plain.tail);
  expect(seqs).toEqual(plain.seqs);
  // A line that is too long to be one is shown cut.
  const isShort = (_bytes: Uint8Array, i: number): boolean =>
    (plain.lines[i]?.length ?? 0) <= MAX_LINE_BYTES;
  expect(shown.length).toBe(plain.lines.length);
  const [own, others] = [shown.filter(isShort), plain.lines.filter(isShort)];
  expect(Buffer.concat(own).equals(Buffer.concat(others))).toBe(true);
};

const starts = fc.array(fc.nat(12), { maxLength: 3 });
const rangeBytes = fc.oneof(fc.integer({ min: 300, max: 3000 }), fc.constant(1 << 16));
const hour = { timeout: 3_600_000 };

describe('a journal that is verified in ranges', () => {
  it.each(offences.map((offence) => [offence.code, offence] as const))(
    'finds %s where the fold does',
    async (_code, { lines, notes }) => {
      const bytes = lines.map((line) => encodeUtf8(line));
      await agrees(segmentsOf(bytes, []), notes);
      await agrees(segmentsOf(bytes, [1]), notes, { rangeBytes: 500 });
    },
  );

  it('looks like the fold over sound journals', hour, () =>
    checkAsync(
      fc.asyncProperty(
        longStory,
        starts,
        rangeBytes,
        fc.boolean(),
        async (tale, at, size, holds) => {
          const chain = told(tale);
          const inside = at.filter((first) => first < chain.lines.length);
          const notes = holds ? checkpointsOf(chain) : [];
          await agrees(segmentsOf(chain.lines, inside), notes, { rangeBytes: size });
        },
      ),
      { runs: share(0.5, 5000) },
    ),
  );

  it('looks like the fold over damaged journals', hour, () =>
    checkAsync(
      fc.asyncProperty(
        fc.oneof(longStory, otherStory),
        fc.array(damage, { minLength: 1, maxLength: 4 }),
        starts,
        rangeBytes,
        fc.boolean(),
        async (tale, damages, at, size, holds) => {
          const chain = told(tale);
          const lines = damages.reduce(damaged, chain.lines);
          const inside = at.filter((first) => first < lines.length);
          const notes = holds ? checkpointsOf(chain) : [];
          await agrees(segmentsOf(lines, inside), notes, { rangeBytes: size });
        },
      ),
      { runs: share(1, 50_000) },
    ),
  );
});

describe('a journal of long stretches', () => {
  it('looks like the fold, whatever is done to it', hour, () =>
    checkAsync(
      fc.asyncProperty(
        fc.array(damage, { maxLength: 3 }),
        fc.array(fc.nat(60), { maxLength: 2 }),
        rangeBytes,
        fc.array(fc.nat(60), { maxLength: 3 }),
        async (damages, at, size, sizes) => {
          const { lines, checkpoint } = longLedger();
          const notes = sizes.map((each) => checkpoint(each));
          const files = segmentsOf(damages.reduce(damaged, lines), at);
          await agrees(files, notes, { rangeBytes: size });
        },
      ),
      { runs: share(0.5, 20_000) },
    ),
  );

  it('looks the same to one, two and three workers', hour, async () => {
    const { lines, checkpoint } = longLedger();
    await checkAsync(
      fc.asyncProperty(fc.array(damage, { maxLength: 3 }), rangeBytes, async (damages, size) => {
        const files = segmentsOf(damages.reduce(damaged, lines), [20, 41]);
        for (const count of [1, 2, 3])
          await agrees(files, [checkpoint(30)], {
            rangeBytes: size,
            hire: threads(nodeDisk, native, count),
          });
      }),
      { runs: share(0.03, 500) },
    );
  });
});
