/**
 * What a file that is handed out says about itself, where its format has room for that.
 */
import { write } from '../../ledger/json/format.ts';
import type { Selection } from './selection.ts';
import { selectionData } from './selection.ts';

export interface About {
  readonly origin: string;
  /** The log as far as the export knows of it, and its root. */
  readonly size: number;
  readonly root: string;
  readonly selection: Selection;
}

/** aboutOf lists it by name; `kind` is the format and its version. */
export const aboutOf = (
  kind: string,
  { origin, size, root, selection }: About,
): readonly (readonly [name: string, value: string])[] => [
  ['kind', kind],
  ['origin', origin],
  ['size', String(size)],
  ['root', root],
  ['selection', write(selectionData(selection))],
];
