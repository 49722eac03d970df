/**
 * Signed notes, checkpoints and proof files: what each refusal says, and the nearest thing that is
 * accepted.
 */
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import { hold } from '../../ledger/chain/checkpoint.ts';
import { native } from '../../ledger/crypto/native.ts';
import { formatBase64 } from '../../ledger/encoding/base64.ts';
import type { KeyId } from '../../ledger/name.ts';
import * as C from '../../ledger/note/checkpoint.ts';
import * as F from '../../ledger/note/consistency-file.ts';
import * as N from '../../ledger/note/note.ts';
import * as P from '../../ledger/note/proof-file.ts';
import { EMPTY, root as rootOf } from '../../ledger/tree/tree.ts';
import { ALICE, BOB, LOG, Ledger, ORIGIN, right, signer } from '../build/ledger.ts';

const refusal = (answer: E.Either<unknown, unknown>): unknown =>
  E.isLeft(answer) ? answer.left : 'accepted';
const noteRefused = (reason: N.NoteReason) => ({ _tag: 'NoteRefused', reason });
const checkpointRefused = (reason: C.CheckpointReason) => ({ _tag: 'CheckpointRefused', reason });
const fileRefused = (reason: P.ProofFileReason) => ({ _tag: 'ProofFileRefused', reason });

const TEXT = 'one\n\ntwo\n';
const signed = (text: string, ...by: readonly (typeof ALICE)[]): N.Note =>
  by.reduce<N.Note>((note, each) => right(N.signNote(native, each, note)), {
    text,
    signatures: [],
  });
const line = (name: string, length: number): string =>
  `\u2014 ${name} ${formatBase64(new Uint8Array(length).fill(7))}\n`;

describe('the form of a note', () => {
  it.each<readonly [string, N.NoteReason]>([
    [`${TEXT}\n${line('a\ud800', 68)}`, 'not_text'],
    [`\tab\n\n${line('a', 68)}`, 'control_character'],
    [`a\tb\n\n${line('a', 68)}`, 'control_character'],
    [`a\u001fb\n\n${line('a', 68)}`, 'control_character'],
    [`${TEXT}\n${line('a', 68)}`.slice(0, -1), 'no_final_newline'],
    [`a\n${line('a', 68)}`, 'no_blank_line'],
    ['a\n\n', 'no_signature'],
    [`a\n\n${line('a', 68).repeat(101)}`, 'too_many_signatures'],
    [`a\n\n${line('a', 4)}`, 'bad_signature_line'],
    [`a\n\n${line('a+b', 68)}`, 'bad_signature_line'],
    [`a\n\n${line('', 68)}`, 'bad_signature_line'],
    [`a\n\nx${line('a', 68)}`, 'bad_signature_line'],
    [`a\n\n${line('a', 68)}surplus\n`, 'bad_signature_line'],
  ])('of %j is refused as %s', (note, reason) => {
    expect(refusal(N.parseNote(note))).toEqual(noteRefused(reason));
  });

  it.each([`a\n\n${line('a', 5)}`, `\n\n${line('a', 68)}`, `a b~\n\n${line('a', 68).repeat(100)}`])(
    'of %j is accepted and written the same',
    (note) => {
      expect(N.formatNote(right(N.parseNote(note)))).toBe(note);
    },
  );
});

describe('signing a note', () => {
  it.each(['', 'no newline', 'tab\t\n', 'lone \ud800\n'])('refuses the text %j', (text) => {
    expect(refusal(N.signNote(native, ALICE, { text }))).toEqual(noteRefused('bad_text'));
  });

  it('adds a hundredth signature and no more', () => {
    const [one] = signed('a\n', ALICE).signatures;
    const many = (count: number) => Array.from({ length: count }, () => one ?? fail());
    const add = (count: number) =>
      N.signNote(native, BOB, { text: 'a\n', signatures: many(count) });
    expect(right(add(99)).signatures.length).toBe(100);
    expect(refusal(add(100))).toEqual(noteRefused('too_many_signatures'));
  });
});

const fail = (): never => {
  throw new Error('no signature was made');
};

describe('opening a note', () => {
  const note = N.formatNote(signed(TEXT, ALICE, BOB, ALICE));

  it('names each known signer once, in the order of the lines', () => {
    const { signers, unknown } = right(N.openNote(native, [BOB, ALICE], note));
    expect(signers.map(({ name }) => String(name))).toEqual(['alice', 'bob']);
    expect(unknown).toBe(0);
  });

  it('counts each line by an unknown signer once', () => {
    const { signers, unknown } = right(N.openNote(native, [BOB], note));
    expect(signers.map(({ name }) => String(name))).toEqual(['bob']);
    expect(unknown).toBe(1);
  });

  it('refuses a note that nobody known has signed', () => {
    expect(refusal(N.openNote(native, [LOG], note))).toEqual(noteRefused('no_known_signer'));
  });

  it('refuses a known signature over another text', () => {
    const other = note.replace('two', 'too');
    expect(refusal(N.openNote(native, [ALICE], other))).toEqual(noteRefused('bad_signature'));
  });

  it('takes a key of another name, or of the same name and another id, for unknown', () => {
    const id = ALICE.keyId.slice(-8);
    const nearly = Array.from(id, (digit, i) => {
      const other = `${id.slice(0, i)}${digit === '0' ? '1' : '0'}${id.slice(i + 1)}`;
      return { ...ALICE, keyId: `alice+${other}` as KeyId };
    });
    for (const key of [{ ...ALICE, name: BOB.name }, signer('alice', 'other'), ...nearly])
      expect(refusal(N.openNote(native, [key], note))).toEqual(noteRefused('no_known_signer'));
  });
});

const openedBy = (known: readonly (typeof ALICE)[], ...by: readonly (typeof ALICE)[]) =>
  N.openNote(native, known, N.formatNote(signed(TEXT, ...by)));

describe('known keys of the same name and id', () => {
  // Four bytes of id can be met by another key, given some hours; here the id is put on it.
  const twin = { ...BOB, name: ALICE.name, keyId: ALICE.keyId };

  it('are each tried, in whatever order they are known', () => {
    for (const known of [
      [ALICE, twin],
      [twin, ALICE],
    ]) {
      expect(right(openedBy(known, ALICE)).signers).toEqual([ALICE]);
      expect(right(openedBy(known, twin)).signers).toEqual([twin]);
      expect(right(openedBy(known, twin, ALICE)).signers).toEqual([twin, ALICE]);
    }
  });

  it('refuse a signature that is good for none of them', () => {
    expect(refusal(openedBy([twin], ALICE))).toEqual(noteRefused('bad_signature'));
    const third = { ...LOG, name: ALICE.name, keyId: ALICE.keyId };
    for (const by of [[third], [ALICE, third], [third, twin]])
      expect(refusal(openedBy([twin, ALICE], ...by))).toEqual(noteRefused('bad_signature'));
  });
});

const ROOT = formatBase64(new Uint8Array(32).fill(1));
const NOTHING = formatBase64(rootOf(native, EMPTY));

describe('the text of a checkpoint', () => {
  it.each<readonly [string, C.CheckpointReason]>([
    [`${ORIGIN}\n1\n${ROOT}`, 'no_final_newline'],
    [`${ORIGIN}\n1\n`, 'too_short'],
    [`${ORIGIN}\n`, 'too_short'],
    [`/\n1\n${ROOT}\n`, 'bad_origin'],
    [`${ORIGIN}\n01\n${ROOT}\n`, 'bad_size'],
    [`${ORIGIN}\n9007199254740992\n${ROOT}\n`, 'bad_size'],
    [`${ORIGIN}\n1\n${formatBase64(new Uint8Array(31))}\n`, 'bad_root'],
    [`${ORIGIN}\n1\n*\n`, 'bad_root'],
    [`${ORIGIN}\n0\n${ROOT}\n`, 'root_of_nothing'],
    [`${ORIGIN}\n1\n${ROOT}\na\n\nb\n`, 'empty_line'],
  ])('%j is refused as %s', (text, reason) => {
    expect(refusal(C.parseCheckpoint(native, text))).toEqual(checkpointRefused(reason));
  });

  it.each([
    `${ORIGIN}\n0\n${NOTHING}\n`,
    `${ORIGIN}\n1\n${NOTHING}\n`,
    `${ORIGIN}\n9007199254740991\n${ROOT}\nextension\nanother\n`,
  ])('%j is accepted and written the same', (text) => {
    expect(C.formatCheckpoint(right(C.parseCheckpoint(native, text)))).toBe(text);
  });
});

describe('a checkpoint as a note', () => {
  it('is refused where only another than the origin signed it', () => {
    const note = N.formatNote(signed(`${ORIGIN}\n1\n${ROOT}\n`, ALICE));
    const answer = C.openCheckpoint(native, [ALICE, LOG], note);
    expect(refusal(answer)).toEqual(checkpointRefused('not_signed_by_origin'));
  });

  it('is accepted where the origin signed it among others', () => {
    const note = N.formatNote(signed(`${ORIGIN}\n1\n${ROOT}\n`, ALICE, LOG));
    expect(right(C.openCheckpoint(native, [ALICE, LOG], note)).size).toBe(1);
  });

  it('is held for its size and origin, or refused for its form', () => {
    const note = N.formatNote(signed(`${ORIGIN}\n7\n${ROOT}\n`, ALICE));
    expect(right(hold(native, note))).toEqual({ note, origin: ORIGIN, size: 7 });
    const other = N.formatNote(signed(TEXT, ALICE));
    expect(refusal(hold(native, other))).toEqual(checkpointRefused('bad_size'));
    expect(refusal(hold(native, TEXT))).toEqual(noteRefused('bad_signature_line'));
  });

  it('is not signed by a log whose name is no origin, nor of a size that is none', () => {
    const name = signer('a@b', 'a');
    const root = new Uint8Array(32);
    const answer = C.signCheckpoint(native, name, 1, root);
    expect(refusal(answer)).toEqual(checkpointRefused('bad_origin'));
    const sized = C.signCheckpoint(native, LOG, 0.5, root);
    expect(refusal(sized)).toEqual(checkpointRefused('bad_size'));
  });
});

const proofFileText = (...lines: readonly string[]): string => [...lines, '', 'note'].join('\n');

describe('the form of a proof file', () => {
  const first = 'c2sp.org/tlog-proof@v1';
  const step = formatBase64(new Uint8Array(32));

  it.each<readonly [string, P.ProofFileReason]>([
    [`${first}\nextra AA==\nindex 0\n`, 'bad_form'],
    [proofFileText('c2sp.org/tlog-proof@v2', 'extra AA==', 'index 0'), 'bad_form'],
    [proofFileText(first), 'no_header'],
    [proofFileText(first, 'index 0'), 'no_header'],
    [proofFileText(first, 'extra A', 'index 0'), 'bad_header'],
    [proofFileText(first, 'extra AA==', 'index 00'), 'bad_index'],
    [proofFileText(first, 'extra AA==', step), 'bad_index'],
    [proofFileText(first, 'extra AA==', 'Index 0'), 'bad_index'],
    [proofFileText(first, 'extra AA==', 'index 0', step, 'AA=='), 'bad_step'],
    [proofFileText(first, 'extra AA==', 'index 0', '*', step), 'bad_step'],
  ])('%j is refused as %s', (text, reason) => {
    expect(refusal(P.parseProofFile(text))).toEqual(fileRefused(reason));
  });

  it.each([
    proofFileText(first, 'extra AA==', 'index 0'),
    proofFileText(first, 'extra ', 'index 7', step, step),
  ])('%j is accepted and written the same', (text) => {
    expect(P.formatProofFile(right(P.parseProofFile(text)))).toBe(text);
  });
});

const consistencyFileText = (value: unknown): string => `${JSON.stringify(value)}\n`;

describe('the form of a consistency file', () => {
  const whole = { kind: 'ledger/consistency/1', new: 'n', old: 'o', proof: [] as unknown[] };

  it.each<readonly [string, P.ProofFileReason]>([
    [consistencyFileText(whole).slice(0, -1), 'bad_form'],
    [`${consistencyFileText(whole).slice(0, -1)} `, 'bad_form'],
    [`${consistencyFileText(whole)}\n`, 'bad_form'],
    [` ${consistencyFileText(whole)}`, 'bad_form'],
    [consistencyFileText({ ...whole, old: '\ud800' }), 'bad_form'],
    [consistencyFileText([]), 'bad_form'],
    [consistencyFileText(null), 'bad_form'],
    [consistencyFileText({ ...whole, kind: 'ledger/consistency/2' }), 'bad_form'],
    [consistencyFileText({ ...whole, z: 1 }), 'bad_form'],
    [consistencyFileText({ ...whole, old: 1 }), 'bad_form'],
    [consistencyFileText({ ...whole, new: 1 }), 'bad_form'],
    [consistencyFileText({ ...whole, proof: 'AA==' }), 'bad_form'],
    [consistencyFileText({ ...whole, proof: [1] }), 'bad_form'],
    [consistencyFileText({ ...whole, proof: ['AA=='] }), 'bad_step'],
  ])('%j is refused as %s', (text, reason) => {
    expect(refusal(F.parseConsistencyFile(text))).toEqual(fileRefused(reason));
  });

  it('is accepted where it is whole', () => {
    expect(F.formatConsistencyFile(right(F.parseConsistencyFile(consistencyFileText(whole))))).toBe(
      consistencyFileText(whole),
    );
  });
});

const openBetween = (old: string, fresh: string, known = [LOG]) =>
  refusal(
    F.openConsistencyFile(native, known, F.formatConsistencyFile({ old, new: fresh, proof: [] })),
  );

describe('a consistency file between checkpoints', () => {
  const ledger = new Ledger().add('a.b', 1).add('a.b', 2);

  it('says why nothing is proved', () => {
    const [small, large] = [ledger.checkpoint(2), ledger.checkpoint(3)];
    expect(openBetween(large, small)).toEqual(fileRefused('sizes_swapped'));
    expect(openBetween(small, large)).toEqual(fileRefused('not_proved'));
    expect(openBetween(large, large)).toBe('accepted');
    expect(openBetween(small, large, [ALICE])).toEqual(noteRefused('no_known_signer'));
    const other = signer('example.com/other');
    const elsewhere = ledger.checkpoint(3, other);
    expect(openBetween(small, elsewhere, [LOG, other])).toEqual(fileRefused('origin_mismatch'));
    expect(openBetween(small, elsewhere)).toEqual(noteRefused('no_known_signer'));
    expect(openBetween(elsewhere, small)).toEqual(noteRefused('no_known_signer'));
  });
});

describe('a name of any length', () => {
  it.each(['a', 'é', '\u{1f600}'])(
    'made of %s is read or refused, and does not throw',
    (letter) => {
      const note = `text\n\n\u2014 ${letter.repeat(9_000_000)} AAAAAAAA\n`;
      expect(N.parseNote(note)._tag).toBe('Right');
      expect(N.parseNote(note.replace(' AAAA', '+ AAAA'))._tag).toBe('Left');
    },
  );
});
