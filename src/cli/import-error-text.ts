/**
 * Why an import did not come about, and what to do.
 */
import { basename } from 'node:path';
import { visible } from '../../ledger/render/render.ts';
import type { ArchiveRefused } from '../import/archive.ts';
import type { NoSource, SourceBusy, SourceRefused } from '../import/plan.ts';
import type { RowsRefused } from '../usecase/untaken.ts';
import type { Told } from './store-text.ts';

const accepting = (names: readonly string[]): string =>
  names.map((name) => `--accept ${name}`).join(' ');

interface Text {
  readonly message: string;
  readonly next: string;
}

const ARCHIVES: Record<ArchiveRefused['reason'], Text> = {
  begun: {
    message: 'a stopped import was putting the source aside, and what is left is only a part of it',
    next: 'Run the import with --archive, which ends that, or give back each file its old name.',
  },
  unknown: {
    message: 'an import that this ledger did not seal was putting the source aside',
    next: 'Run it with the ledger that did, or give back each such file its old name.',
  },
  stands: {
    message: 'that is put aside, and there is one of the same bytes under its old name',
    next: 'Move away one of the two, and run it again.',
  },
  changed: {
    message: 'it was written to since it was imported: what is put aside is something else',
    next: 'Give back each file its old name, move it away where that is taken, and import again.',
  },
};

const putAside = (
  { path, tool }: NoSource,
  aside: Exclude<NoSource['aside'], undefined>,
): Told => ({
  code: 'no_source',
  message:
    `${visible(path)}: nothing of ${tool} is there any more; ${aside.count} files of it were ` +
    `put aside there by imports, among them ${visible(basename(aside.path))}`,
  next:
    'What was taken is in the ledger that took it: ledger log --type schema_migration.imported ' +
    `names each import, ledger import report SEQ tells it. To import what ${tool} writes from ` +
    'now on, give this line once it is there.',
});

/** importErrorText tells it. */
export const importErrorText = (
  error: NoSource | SourceBusy | SourceRefused | ArchiveRefused | RowsRefused,
): Told => {
  switch (error._tag) {
    case 'NoSource':
      if (error.aside !== undefined) return putAside(error, error.aside);
      if (error.isOther === true)
        return {
          code: 'not_a_file',
          message: `${visible(error.path)}: it is no plain file`,
          next: 'Name the file itself: no folder, link or pipe is read in its place.',
        };
      return {
        code: 'no_source',
        message: `${visible(error.path)}: nothing of ${error.tool} is there`,
        next:
          error.tool === 'ndjson'
            ? 'Name the file of lines.'
            : 'Name the file, or the folder in which it lies.',
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
        next:
          `${error.names.includes('row_unmapped') ? 'Mend the mapping, find' : 'Find'} an intact ` +
          `copy, or take it knowingly: ${accepting(error.names)}.`,
      };
    case 'ArchiveRefused': {
      const { message, next } = ARCHIVES[error.reason];
      return {
        code: `archive_${error.reason}`,
        message: `${visible(error.path)}: ${message}`,
        next,
      };
    }
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
