/**
 * `ledger check-bundle PATH`: checks what somebody exported, with nothing at hand but that and,
 * perhaps, the log's key. No ledger is needed, and no network. `check.mjs` in the bundle is the
 * same.
 */
import * as E from 'fp-ts/lib/Either.js';
import { stepsAt } from '../../bundle/check-at.ts';
import { nodeMeans } from '../../bundle/node-means.ts';
import type { BundleReport } from '../../bundle/report.ts';
import { VERDICT_EXIT, reportData, reportText } from '../../bundle/report.ts';
import type { Key } from '../../../ledger/key/key.ts';
import { parseVkey } from '../../../ledger/key/key.ts';
import { givingWay } from '../../storage/giving-way.ts';
import type { Command } from '../command.ts';
import type { FileUnreadable } from '../error.ts';
import { asOption } from '../given.ts';
import { unreadableBy } from '../input.ts';
import { verdictIs } from '../leave.ts';
import { EVENTS, Progress } from '../progress.ts';
import { jsonLine } from '../terminal.ts';

const checked = async (
  path: string,
  key: Key | undefined,
  onEvents: (events: number, of: number) => void,
): Promise<E.Either<FileUnreadable, BundleReport>> => {
  try {
    return E.right(await givingWay(stepsAt(path, key, { ...nodeMeans, onEvents })));
  } catch (thrown) {
    return E.left(unreadableBy(path, thrown));
  }
};

export const command: Command = {
  options: {
    vkey: { type: 'text', describe: "the log's key, as its keeper published it" },
  },
  examples: [
    ['check-bundle case-7.zip --vkey example.com/acme+eda4bc15+AbqWoTU3…', 'does it hold?'],
    ['check-bundle audit --json', 'a folder, told to a program'],
    ['check-bundle case-7.html', 'the files that a page holds, by a script that is not its own'],
  ],
  run: async (given, terminal) => {
    const text = given.text('vkey');
    const key =
      text === undefined
        ? E.right(undefined)
        : asOption('--vkey', parseVkey(nodeMeans.crypto, text));
    if (E.isLeft(key)) return key;
    const progress = new Progress(terminal);
    const onEvents = (events: number, of: number): void =>
      progress.tell('events', EVENTS, events, of);
    const told = await checked(given.word(0), key.right, onEvents);
    await progress.end();
    if (E.isLeft(told)) return told;
    const report = told.right;
    const exit = VERDICT_EXIT[report.verdict];
    verdictIs(exit);
    await terminal.out(terminal.isJson ? jsonLine(reportData(report)) : reportText(report));
    return E.right(exit);
  },
};
