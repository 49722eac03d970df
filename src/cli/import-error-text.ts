/**
 * Why an import did not come about, and what to do.
 */
import { visible } from '../../ledger/render/render.ts';
import type { NoSource, SourceBusy, SourceRefused } from '../import/plan.ts';
import type { RowsRefused } from '../usecase/untaken.ts';
import type { Told } from './store-text.ts';

const accepting = (names: readonly string[]): string =>
  names.map((name) => `--accept ${name}`).join(' ');

/** importErrorText tells it. */
export const importErrorText = (
  error: NoSource | SourceBusy | SourceRefused | RowsRefused,
): Told => {
  switch (error._tag) {
    case 'NoSource':
      return {
        code: 'no_source',
        message: `${visible(error.path)}: nothing of ${error.tool} is there`,
        next: 'Name the file, or the folder in which it lies.',
      };
    case 'SourceBusy':
      return {
        code: 'source_busy',
        message: `${visible(error.path)}: it changed while it was read`,
        next: 'Stop what writes to it, and run it again: nothing is recorded twice.',
      };
    case 'SourceRefused':
      return {
        code: 'source_refused',
        message: `nothing was taken: ${error.names.join(', ')}`,
        next: `Find an intact copy, or take it knowingly: ${accepting(error.names)}.`,
      };
    case 'RowsRefused':
      if (error.isTrial === true)
        return {
          code: 'rows_refused',
          message: `${error.count} rows would not be taken; nothing was written`,
          next: 'Look at why: the same rows are refused when they come in.',
        };
      return {
        code: 'rows_refused',
        message: `${error.count} rows were not taken; the others are recorded, and not sealed`,
        next: 'Look at why, and run it again: nothing is recorded twice.',
      };
  }
};
