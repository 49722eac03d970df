/**
 * What a bundle may leave open: references to events that are not in it, and nothing else. Whatever
 * is grave is told, however much was told before.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import type { Digest, Origin, Time } from '../../../ledger/name.ts';
import { BundleFold } from '../../../src/bundle/fold.ts';
import { Proofs } from '../../../src/bundle/proof-line.ts';
import { against } from '../../../src/bundle/report.ts';
import { ALICE, Ledger, ORIGIN } from '../../build/ledger.ts';
import { KEY } from '../../build/journal.ts';

const foldOf = (size: number, from = 0, since?: Time): BundleFold => {
  const claim = {
    origin: ORIGIN as Origin,
    selection: { from, to: size, since },
    checkpoint: { size, root: '00'.repeat(32) as Digest },
    counts: { events: size, meant: size, disclosed: size },
    peaks: [],
    proof: [],
  };
  const none = [][Symbol.iterator]() as Iterator<Uint8Array, undefined>;
  const proofs = new Proofs(native, none, size, new Uint8Array(32));
  const listener = { onMeant: () => undefined, onAny: () => undefined };
  return new BundleFold(native, KEY, claim, proofs, listener);
};

/** A ledger whose third event erases what stands, or does not stand, at a position. */
const erasing = (seq: number, hash?: Digest): Ledger => {
  const ledger = new Ledger();
  ledger.add('note.taken', { text: 'x' });
  const named = { seq, event_hash: hash ?? ledger.hashAt(1) };
  return ledger.add('ledger.payload_erased', named, { by: ALICE });
};

const wholeOf = (ledger: Ledger): BundleFold => {
  const fold = foldOf(ledger.lines.length);
  fold.enter();
  for (const line of ledger.lines) fold.inside(encodeUtf8(line));
  fold.leave();
  return fold;
};

/** The third event alone, and the first beside it. */
const partOf = ({ lines }: Ledger): BundleFold => {
  const fold = foldOf(3, 2);
  fold.outside(encodeUtf8(lines[0] ?? ''));
  fold.enter();
  fold.inside(encodeUtf8(lines[2] ?? ''));
  return fold;
};

const isFound = ({ findings }: BundleFold, code: string): boolean =>
  findings.some((finding) => finding.code === code);

describe('an erasure in a bundle', () => {
  it('names an earlier event; one that names a later one is no open reference', () => {
    const good = wholeOf(erasing(1));
    expect([isFound(good, 'erasure_mismatch'), good.beyond]).toEqual([false, 0]);
    for (const seq of [2, 3, 7, 2 ** 53 - 1]) {
      const fold = wholeOf(erasing(seq));
      expect([seq, isFound(fold, 'erasure_mismatch'), fold.beyond]).toEqual([seq, true, 0]);
    }
    expect(isFound(wholeOf(erasing(1, '0'.repeat(64) as Digest)), 'erasure_mismatch')).toBe(true);
  });

  it('may name an event before the range, unless that is here and another one', () => {
    const open = partOf(erasing(1));
    expect([isFound(open, 'erasure_mismatch'), open.beyond]).toEqual([false, 1]);
    const closed = partOf(erasing(0));
    expect([isFound(closed, 'erasure_mismatch'), closed.beyond]).toEqual([true, 0]);
  });
});

const seeing = (hash?: Digest): Ledger => {
  const ledger = new Ledger().add('note.taken', { text: 'x' });
  const seen = { event_hash: hash ?? ledger.hashAt(0), seq: 0 };
  return ledger.add('note.taken', { text: 'y' }, { author: { seen } });
};

describe('what an author saw before', () => {
  it('is no open reference where it is here, and another one', () => {
    for (const [hash, isWrong] of [
      [undefined, false],
      ['0'.repeat(64) as Digest, true],
    ] as const) {
      const fold = partOf(seeing(hash));
      expect([isFound(fold, 'seen_mismatch'), fold.beyond]).toEqual([isWrong, 0]);
    }
  });
});

describe('the range of a bundle', () => {
  it('ends with the event that is claimed to be its last, and no sooner or later', () => {
    const { lines } = erasing(1);
    for (const [claimed, isMissing] of [
      [lines.length - 1, true],
      [lines.length, false],
      [lines.length + 1, true],
    ] as const) {
      const fold = foldOf(claimed);
      fold.enter();
      for (const line of lines) fold.inside(encodeUtf8(line));
      fold.leave();
      expect([claimed, isFound(fold, 'events_missing')]).toEqual([claimed, isMissing]);
    }
  });
});

describe('a policy set that no event in sight put in force', () => {
  it('is told where one event is not in sight between two sets, and no more', () => {
    const ledger = new Ledger().add('note.taken', { text: 'x' });
    ledger.policySet = '5e'.repeat(32) as Digest;
    ledger.add('note.taken', { text: 'y' });
    expect(isFound(wholeOf(ledger), 'policy_set_unknown')).toBe(false);
    expect(isFound(partOf(ledger), 'policy_set_unknown')).toBe(true);
  });
});

describe('what stands beside the range of a bundle', () => {
  it('is what governs, and no event whose payload nobody asked for', () => {
    const ledger = erasing(1);
    const part = foldOf(3, 2);
    part.outside(encodeUtf8(ledger.lines[0] ?? ''));
    expect(isFound(part, 'event_twice')).toBe(false);
    part.outside(encodeUtf8(ledger.lines[1] ?? ''));
    expect(isFound(part, 'event_twice')).toBe(true);
  });
});

describe('the event before a range that begins with a time', () => {
  it('is there, earlier than that time, and does not say what it says', () => {
    const { lines } = erasing(1);
    const event = JSON.parse(lines[1] ?? '') as { header: object; event_hash: string };
    const { header, event_hash } = event;
    const time = (lines[2] ?? '').match(/"recorded_at":"([^"]*)"/)?.[1] ?? '';
    const [open, bare] = [lines[1] ?? '', `${JSON.stringify({ event_hash, header })}\n`];
    const codes = (since: string | undefined, ...given: readonly string[]) => {
      const fold = foldOf(3, 2, since as Time | undefined);
      for (const line of given) fold.outside(encodeUtf8(line));
      fold.enter();
      fold.inside(encodeUtf8(lines[2] ?? ''));
      fold.finish();
      return ['event_twice', 'beside_missing', 'time_differs'].filter((code) =>
        isFound(fold, code),
      );
    };
    const first = lines[0] ?? '';
    expect(codes(time, first, bare)).toEqual([]);
    expect(codes(time, first)).toEqual(['beside_missing']);
    expect(codes(time, first, open)).toEqual(['event_twice']);
    expect(codes(undefined, first, bare)).toEqual(['event_twice']);
    expect(codes('2000-01-01T00:00:00.000Z', first, bare)).toEqual(['time_differs']);
    expect(codes('2999-01-01T00:00:00.000Z', first, bare)).toEqual(['time_differs']);
  });
});

describe('findings of a bundle', () => {
  it('are told to a bound, and none of the warnings before it hides what is grave', () => {
    const fold = foldOf(1);
    for (let i = 0; i < 2000; i++)
      fold.note({ code: 'key_distrusted', severity: 'warning', seq: i });
    const warned = fold.findings.length;
    expect(warned).toBeLessThan(2000);
    for (let i = 0; i < 9; i++) fold.note(against('payload_left_out', { seq: i }));
    expect(fold.findings.length).toBe(warned + 1);
    expect(isFound(fold, 'payload_left_out')).toBe(true);
  });
});
