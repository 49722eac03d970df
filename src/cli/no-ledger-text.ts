/**
 * What is told where there is no ledger: by what named the folder, which is what can be mended.
 */
import { visible } from '../../ledger/render/render.ts';
import type { NoLedger } from '../storage/settings-file.ts';
import { plainWord } from './shell-word.ts';

interface Text {
  readonly what: string;
  readonly next: string;
}

const HERE: Text = {
  what: '',
  next: 'Go where one is, name it with -C, or make one with ledger init.',
};

const NAMED: Readonly<Record<Exclude<NoLedger['by'], undefined>, Text>> = {
  LEDGER_DIR: {
    what: ', which LEDGER_DIR names',
    next:
      'Set LEDGER_DIR to another folder, name one with -C, which goes before it, or make one ' +
      'there with ledger init.',
  },
  '--from': { what: ', nor a backup of one', next: 'Name the folder of the backup: --from DIR.' },
};

/** noLedgerText tells it. */
export const noLedgerText = ({ folder, inside, by }: NoLedger) => {
  const { what, next } = by === undefined ? HERE : NAMED[by];
  const option = by === '--from' ? by : '-C';
  return {
    code: 'no_ledger',
    message: `there is no ledger in ${visible(folder)}${what}`,
    next:
      inside === undefined
        ? next
        : `Name the folder of the ledger itself: ${option} ${visible(plainWord(inside))}.`,
  };
};
