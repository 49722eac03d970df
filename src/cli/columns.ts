/**
 * Rows of text in columns that stand under each other on a terminal.
 */
import { eastAsianWidth } from 'get-east-asian-width';
import { visible } from '../../ledger/render/render.ts';

const NONE = /\p{Mn}/u;

/** widthOf tells how many columns of a terminal a text takes. */
export const widthOf = (text: string): number => {
  let width = 0;
  for (const character of text)
    if (!NONE.test(character)) width += eastAsianWidth(character.codePointAt(0) ?? 0);
  return width;
};

/** cut shortens a text to so many columns; what is left out is shown to be. */
export const cut = (text: string, most: number): string => {
  if (widthOf(text) <= most) return text;
  let kept = '';
  let width = 0;
  for (const character of text) {
    width += widthOf(character);
    if (width >= most) break;
    kept += character;
  }
  return most > 0 ? `${kept}…` : '';
};

/** columns writes a line per row; what is shown is made harmless first. */
export const columns = (rows: readonly (readonly string[])[]): string => {
  const shown = rows.map((row) => row.map(visible));
  const widths: number[] = [];
  for (const row of shown)
    for (const [at, cell] of row.entries()) widths[at] = Math.max(widths[at] ?? 0, widthOf(cell));
  return shown
    .map((row) => {
      const cells = row.map((cell, at) => cell + ' '.repeat((widths[at] ?? 0) - widthOf(cell)));
      return `${cells.join('  ').trimEnd()}\n`;
    })
    .join('');
};
