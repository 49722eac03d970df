/**
 * A checkpoint that was kept, held against a page: it agrees, or contradicts it, or cannot be
 * judged, and then it is said why.
 */
import { expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import { formatVkey } from '../../../ledger/key/key.ts';
import { FILE } from '../../../src/bundle/layout.ts';
import { isNote, judgeKept, keyIn } from '../../../src/page/kept.ts';
import { OTHER_ROOT, grown, noteOf, strangerNamed, textsOf } from './made.ts';

it('is judged wherever the page shows which root its log has', async () => {
  const { own, later, log, paged, rootAt } = await grown();
  const [whole, part] = [
    textsOf(await paged('whole')),
    textsOf(await paged('part', '--after', '2')),
  ];
  const judged = (texts: typeof whole, note: string, vkey?: string): string =>
    judgeKept(native, texts, note, vkey).outcome;
  for (let size = 1; size <= later; size++) {
    const isShown = size <= own;
    const inPart = isShown && size >= 3;
    const [good, bad] = [noteOf(log, size, rootAt(size)), noteOf(log, size, OTHER_ROOT)];
    const all = [whole, part].map((texts) => [judged(texts, good), judged(texts, bad)]);
    expect([size, ...all]).toEqual([
      size,
      isShown ? ['agrees', 'contradicts'] : ['unjudged', 'unjudged'],
      inPart ? ['agrees', 'contradicts'] : ['unjudged', 'unjudged'],
    ]);
  }
  expect(own + 2).toBe(later);
  expect(whole).not.toHaveProperty(FILE.consistency);
});

it('says of each that cannot be judged why, and believes no signature but the log’s', async () => {
  const { own, later, log, paged, rootAt, vkeyText } = await grown();
  const texts = textsOf(await paged('page'));
  const text = (note: string, vkey?: string, held = texts): string =>
    judgeKept(native, held, note, vkey).text;
  const good = noteOf(log, own, rootAt(own));
  expect(text(good)).toBe(
    'Your checkpoint agrees: it is the one that the events of this page stand in.',
  );
  const crlf = judgeKept(native, texts, good.replaceAll('\n', '\r\n'));
  expect([crlf.outcome, crlf.text.slice(-28)]).toEqual(['agrees', 'it was read without the CR.)']);
  const crs = good.replaceAll('\n', '\r\n');
  const keys = [`${vkeyText}\r\n`, `${vkeyText}\n\n`, `\r\n\r\n${vkeyText}\r\n\r\n`];
  const notes = [good, crs, `\n${good}\n`];
  expect(notes.map(isNote)).toEqual([true, true, true]);
  expect(keys.map(isNote)).toEqual([false, false, false]);
  // What the command prints of a key is as good as the key; which of two is meant nobody knows.
  const printedAs = (name: string) => `{"${name}": "${vkeyText}"}\n`;
  const printed = [printedAs('vkey'), printedAs('log_vkey'), `\ufeff${printedAs('vkey')}`];
  expect(printed.map(keyIn)).toEqual([vkeyText, vkeyText, vkeyText]);
  expect(keyIn(printedAs('vkey').repeat(2))).not.toBe(vkeyText);
  const stranger = strangerNamed(log.name);
  const strange = noteOf(stranger, own, OTHER_ROOT);
  expect(text(strange)).toContain('no key signed it that counted then in this log');
  // Another ledger may bear the same name: whose word counts, a key that is given cannot say.
  expect(text(strange, formatVkey(stranger))).toContain('did not count then');
  expect(text(noteOf(stranger, own, rootAt(own)), formatVkey(stranger))).toContain('agrees');
  expect(text(noteOf(strangerNamed('example.com/other'), own, rootAt(own)))).toContain(
    'it is of another log, example.com/other, and this page is of example.com/acme',
  );
  const altered = good.replace(`\n${own}\n`, `\n${own - 1}\n`);
  expect(text(altered)).toContain('its signature is not good');
  expect(text(good.slice(0, -1))).toContain('has not the form of one (no_final_newline)');
  expect(text(noteOf(log, later - 1, rootAt(later - 1)))).toContain(
    `it is of ${later - 1} events, this page of ${own}, and it holds no proof for both`,
  );
  // A key that was ended signs no log that is longer than that.
  const keyringWith = (told: string, instead: string): string =>
    (texts[FILE.keyring] ?? '').replace(
      /"enrolled_at":0,("purpose":"log",)/,
      `${told}$1${instead}`,
    );
  const keyring = keyringWith('"enrolled_at":0,', '"retired_at":4,');
  const outcomes = (named: string, sizes: readonly number[]): readonly string[] =>
    sizes.map((size) => {
      const held = { ...texts, [FILE.keyring]: named };
      return judgeKept(native, held, noteOf(log, size, rootAt(size))).outcome;
    });
  for (const named of [keyring, keyringWith('"enrolled_at":0,', '"revoked_at":4,')])
    expect(outcomes(named, [4, 5])).toEqual(['agrees', 'unjudged']);
  // It signs no log that ends before the event that enrolled it, or with the one before that.
  expect(outcomes(keyringWith('"enrolled_at":5,', ''), [5, 6])).toEqual(['unjudged', 'agrees']);
  // Nor does one that was ended: whoever has it may not be the log any more.
  const retired = (vkey: string) =>
    judgeKept(native, { ...texts, [FILE.keyring]: keyring }, noteOf(log, own, OTHER_ROOT), vkey);
  expect([retired('').outcome, retired(vkeyText).outcome]).toEqual(['unjudged', 'unjudged']);
  for (const file of [FILE.claim, FILE.keyring, FILE.events])
    expect(text(noteOf(log, 5, rootAt(5)), '', { ...texts, [file]: '' })).toContain(
      'what this page holds cannot be read',
    );
});
