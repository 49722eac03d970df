/**
 * A checkpoint that is larger than the ledger: it tells of a missing end where the ledger's own log
 * key signed it, and of nothing but itself where anybody else wrote it.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { Finding } from '../../ledger/finding.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { signCheckpoint } from '../../ledger/note/checkpoint.ts';
import { ALICE, LOG, ORIGIN, enrolment, right, signer } from '../build/ledger.ts';
import { event } from '../build/offence.ts';
import { fold } from '../conformance/fold.ts';

const SECOND = signer(ORIGIN, 'second log');
const LARGEST = 2 ** 53 - 1;

const noteOf = (by: Signer, size: number): string =>
  right(signCheckpoint(native, by, size, new Uint8Array(32)));

/** Another character in the middle of the signature. */
const spoiled = (note: string): string =>
  note.replace(/(.)(.{20}\n)$/, (_, middle: string, end: string) =>
    middle === 'A' ? `B${end}` : `A${end}`,
  );

const foundIn = (lines: readonly string[], note: string, origin?: string): readonly Finding[] =>
  fold(native, origin, lines, [note]).found.map(({ finding }) => finding);

const told = (lines: readonly string[], note: string, origin?: string): readonly string[] =>
  foundIn(lines, note, origin).map(({ code, reason }) =>
    reason === undefined ? code : `${code} ${reason}`,
  );

const enrolling = () =>
  event().add('key.enrolled', enrolment(SECOND, 'verified', 'log'), { by: ALICE });
const retiring = () =>
  enrolling().add('key.retired', { key_id: LOG.keyId, reason: 'old' }, { by: ALICE });

describe('a checkpoint larger than the ledger', () => {
  const { lines } = event();

  it.each([3, 99, LARGEST])('shows with size %d that the end is missing', (size) => {
    expect(foundIn(lines, noteOf(LOG, size))).toMatchObject([
      { code: 'checkpoint_beyond_end', seq: size, expected: String(size), actual: '2' },
    ]);
  });

  it('is of another ledger where its origin says so, and is then not looked at further', () => {
    const other = signer('example.org/other');
    const [expected, actual] = [ORIGIN, other.name];
    for (const note of [noteOf(other, 99), spoiled(noteOf(other, 99))])
      expect(foundIn(lines, note)).toMatchObject([
        { code: 'checkpoint_origin', seq: 99, expected, actual },
      ]);
  });

  it('is refused where a key signed it that was never enrolled', () => {
    const stranger = noteOf(signer(ORIGIN, 'thief'), 99);
    expect(told(lines, stranger)).toEqual(['checkpoint_refused no_known_signer']);
  });

  it('is refused where its signature is not good', () => {
    const note = noteOf(LOG, 99);
    expect(spoiled(note)).not.toBe(note);
    expect(told(lines, spoiled(note))).toEqual(['checkpoint_refused bad_signature']);
    expect(told(lines, note.replace('99', '98'))).toEqual(['checkpoint_refused bad_signature']);
  });
});

describe('the log keys of a checkpoint larger than the ledger', () => {
  it('are those that the lines at hand enrolled', () => {
    expect(told(event().lines, noteOf(SECOND, 4))).toEqual(['checkpoint_refused no_known_signer']);
    expect(told(enrolling().lines, noteOf(SECOND, 4))).toEqual(['checkpoint_beyond_end']);
  });

  it('are those that no line at hand ended', () => {
    expect(told(retiring().lines, noteOf(LOG, 5))).toEqual(['checkpoint_refused no_known_signer']);
    expect(told(enrolling().lines, noteOf(LOG, 5))).toEqual(['checkpoint_beyond_end']);
    expect(told(retiring().lines, noteOf(SECOND, 5))).toEqual(['checkpoint_beyond_end']);
  });

  it('are none where there is no line, or none that can be read', () => {
    const [first = ''] = event().lines;
    const refused = 'checkpoint_refused no_known_signer';
    const note = noteOf(LOG, 2);
    for (const origin of [ORIGIN, undefined]) {
      expect(told([], note, origin)).toEqual([refused]);
      const torn = [first.slice(0, 40)];
      expect(told(torn, note, origin)).toEqual(['line_not_terminated', refused]);
    }
  });

  it('are known behind a line that cannot be read, where an earlier one names them', () => {
    const [first = ''] = event().lines;
    expect(told([first, '\n'], noteOf(LOG, 3)).at(-1)).toBe('checkpoint_beyond_end');
    expect(told([first, '\n'], noteOf(LOG, 2)).at(-1)).toBe('checkpoint_not_reached');
  });
});
