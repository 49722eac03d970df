/**
 * What was asked for is said whole, and harmless, wherever it is said; pointers mean what RFC 6901
 * says.
 */
import { expect, it } from 'vitest';
import { readmeText } from '../../../src/bundle/readme.ts';
import { parsePointer, valueAt } from '../../../src/export/pointer.ts';
import type { Selection } from '../../../src/export/selection.ts';
import { askedText } from '../../../src/export/selection.ts';

const asking = (session: string, types: readonly string[]): Selection =>
  ({ from: 0, to: 9, session, types, withhold: ['secret.*'] }) as unknown as Selection;

it('names every member of a selection, however long another one is', () => {
  const types = Array.from({ length: 20 }, (_, at) => `${'a'.repeat(100)}.b${at}`);
  const text = askedText(asking('s'.repeat(190), types));
  for (const each of ['"session":"sss', '.b19"', '"withhold":["secret.*"]}'])
    expect(text).toContain(each);
  expect(askedText(asking('s'.repeat(9000), []))).toMatch(/^.{4000}…$/);
});

it('shows what could turn or end a line as what it is, in a check and in a README', () => {
  const odd = '\u202e \u2066 \u2028 \ufeff \u{e0041}';
  const selection = asking(odd, ['a.b']);
  const claim = {
    origin: 'example.com/acme',
    selection,
    checkpoint: { size: 9, root: '' },
    counts: { events: 9, meant: 1, disclosed: 1 },
  };
  const texts = [
    askedText(selection),
    readmeText(claim as unknown as Parameters<typeof readmeText>[0]),
  ];
  for (const text of texts) {
    expect(text).toContain(String.raw`\u{202e} \u{2066} \u{2028} \u{feff} \u{e0041}`);
    expect(text).not.toMatch(/[\p{Cf}\p{Zl}\p{Zp}]/u);
  }
});

it.each([
  ['/1', 8],
  ['/01', undefined],
  ['/-', undefined],
  ['/1.0', undefined],
])('the pointer %j means %j of a list', (text, found) => {
  const pointer = parsePointer(text);
  expect(pointer && valueAt(pointer, [7, 8])).toBe(found);
});

it.each([
  ['/~01', '~1'],
  ['/~10', '/0'],
  ['/~0~1', '~/'],
])('the pointer %j means the member %j', (text, member) => {
  const pointer = parsePointer(text);
  expect(pointer && valueAt(pointer, { [member]: 7 })).toBe(7);
});
