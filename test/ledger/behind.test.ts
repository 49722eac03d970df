/**
 * What a verifier goes by behind an offence, and what it never lets pass: each case here is one
 * that a small mistake in the kernel would hide.
 */
import { describe, expect, it } from 'vitest';
import { memoryHistory } from '../../ledger/chain/history.ts';
import { finish } from '../../ledger/chain/verify.ts';
import { native } from '../../ledger/crypto/native.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import { formatNote, parseNote, signNote } from '../../ledger/note/note.ts';
import { ALICE, LOG, Ledger, ORIGIN, right } from '../build/ledger.ts';
import { fold } from '../conformance/fold.ts';

const foundIn = (lines: readonly string[], origin?: string): readonly string[] =>
  fold(native, origin, lines).found.map(({ at, finding }) => `${at} ${finding.code}`);

describe('behind a line that cannot be read', () => {
  it('a false memory of a line that could be is still found', () => {
    const ledger = new Ledger().add('a.b', 1).add('a.b', 2);
    ledger.lines[1] = '{"not":"a line"}\n';
    const seen = { event_hash: 'ab'.repeat(32), seq: 0 };
    ledger.add('a.b', 3, { author: { seen } });
    expect(foundIn(ledger.lines)).toContain('3 seen_mismatch');
    const known = new Ledger().add('a.b', 1).add('a.b', 2);
    known.lines[1] = '{"not":"a line"}\n';
    known.add('a.b', 3, { author: { seen: { ...seen, event_hash: known.hashAt(0) } } });
    expect(foundIn(known.lines).filter((each) => each.startsWith('3'))).toEqual([]);
  });
});

describe('a malformed line of another ledger', () => {
  it('does not make its ledger the one that is verified', () => {
    const ledger = new Ledger().add('a.b', 1, {
      header: (header) => ({ ...header, ledger: 'example.com/other', source: 1 }),
    });
    ledger.add('a.b', 2);
    const found = foundIn(ledger.lines);
    expect(found).toContain('1 ledger_mismatch');
    expect(found.filter((each) => each.startsWith('2'))).toEqual([]);
  });
});

describe('events that later judgements rest on', () => {
  it.each([
    ['break_glass.reviewed', '2 withheld_governing'],
    ['policy.refused', '2 withheld_governing'],
    ['ledger.verified', '2 withheld_governing'],
    ['meter.read', '3 withheld_not_erased'],
  ])('of type %s are never withheld without its being found', (type, code) => {
    const ledger = new Ledger().add('a.b', 1).add(type, { authorization: 'x' }).withhold(2);
    expect(foundIn(ledger.lines)).toEqual([code]);
  });
});

describe('a checkpoint of nothing', () => {
  it('leaves every event behind it', () => {
    const ledger = new Ledger({ log_key: formatVkey(LOG), operator_key: formatVkey(ALICE) });
    const notProvedWith = (note: string) => {
      const { state } = fold(native, ORIGIN, ledger.lines, [note]);
      const history = memoryHistory(native, new Uint8Array(32));
      return finish({ crypto: native, history }, state).notProved;
    };
    expect(notProvedWith(ledger.checkpoint(0))).toContain('events_behind_last_checkpoint');
    expect(notProvedWith(ledger.checkpoint(1))).not.toContain('events_behind_last_checkpoint');
  });
});

describe('a note that is signed', () => {
  const text = 'a text\n';

  it('is one that can be read', () => {
    const note = right(signNote(native, LOG, { text }));
    expect(right(parseNote(formatNote(note)))).toEqual(note);
  });

  it.each([
    ['by a signer whose name no line can bear', { ...LOG, name: 'a b' as typeof LOG.name }, []],
    ['beside a signature of another name than a line can bear', LOG, [{ name: 'a b', size: 68 }]],
    ['beside a signature that is too short', LOG, [{ name: 'other', size: 3 }]],
  ])('is refused %s', (_, signer, others) => {
    const signatures = others.map(({ name, size }) => ({ name, bytes: new Uint8Array(size) }));
    expect(signNote(native, signer, { text, signatures })).toMatchObject({
      left: { reason: 'bad_signature_line' },
    });
  });
});
