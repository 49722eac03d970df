/**
 * What a ledger must survive or catch: each fault with the test that brings it about, and one line
 * of code that the test rests on. With that line changed, the test must fail.
 */
import type { Defect } from '../simulation/defect.ts';

/** A test: its file, the group that it stands in, and its title, as they are written. */
export type Named = readonly [file: string, under: string, title: string, row?: string];

export interface Fault {
  /** Faults that belong together bear the same number. */
  readonly number: number;
  /** What happens, and what must come of it. */
  readonly name: string;
  readonly test: Named;
  readonly defect: Omit<Defect, 'name'>;
}

/** fault makes one. */
export const fault = (
  number: number,
  name: string,
  test: Named,
  [file, from, to]: readonly [file: string, from: string, to: string],
): Fault => ({ number, name, test, defect: { file, from, to } });

const literal = (text: string): string => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

/** fullNameOf gives a pattern of the test's full name, whatever its rows put into the title. */
export const fullNameOf = ({ test: [, under, title, row] }: Fault): string => {
  const open = (text: string): string =>
    text
      .split(/%[sidj]|\$\w+/)
      .map(literal)
      .join(row === undefined ? '.*' : `(?:${literal(row)}|\\d+)`);
  return [under, title]
    .filter((each) => each !== '')
    .map(open)
    .join('(?: >)? ');
};
