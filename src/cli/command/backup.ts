/**
 * `ledger backup --to DIR`: a copy of everything that cannot be made anew, verified here and there.
 */
import * as E from 'fp-ts/lib/Either.js';
import { realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { isWithin, layoutOf } from '../../storage/layout.ts';
import { backup } from '../../usecase/backup.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import { leftOutData, leftOutText } from '../copy-text.ts';
import type { PlaceRefused } from '../error.ts';
import { errnoOf } from '../input.ts';
import { LOCK_WAIT, withLedger } from '../open.ts';
import { unkept } from '../outside.ts';
import { atPlace } from '../place.ts';
import { Progress } from '../progress.ts';
import { jsonLine } from '../terminal.ts';

/** A folder by the way on which there is no link; the folder that it is in must be there. */
const realFolder = (typed: string): E.Either<PlaceRefused, string> => {
  const path = resolve(typed);
  try {
    const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
    return E.right(
      isFolder ? realpathSync(path) : join(realpathSync(dirname(path)), basename(path)),
    );
  } catch (thrown) {
    return E.left({ _tag: 'PlaceRefused', path: typed, errno: errnoOf(thrown) });
  }
};

export const command: Command = {
  options: {
    to: {
      type: 'text',
      describe: 'the folder; an earlier backup is brought up to now (after an erasure: a new one)',
      needed: true,
    },
    'with-keys': { type: 'flag', describe: 'the private keys, too' },
    ...LOCK_WAIT,
  },
  examples: [
    ['backup --to /mnt/backup/acme', 'what is new since the last one, and all of it verified'],
  ],
  run: (given, terminal) =>
    withLedger(given, terminal, async ({ layout, settings }) => {
      const lockWaitMs = given.duration('lock-wait');
      if (E.isLeft(lockWaitMs)) return lockWaitMs;
      const typed = given.text('to') ?? '';
      const to = realFolder(typed);
      if (E.isLeft(to)) return to;
      // Where links lead is known for both, so that one is not found to lie in the other.
      const folder = realpathSync(layout.folder);
      const free = isWithin(folder, to.right)
        ? E.right(undefined)
        : unkept(given, '--to', to.right);
      if (E.isLeft(free)) return free;
      const progress = new Progress(terminal);
      const options = {
        withKeys: given.flag('with-keys'),
        lockWaitMs: lockWaitMs.right,
        onProgress: progress.journal,
      };
      const kept = { ports: realPorts, layout: layoutOf(folder), settings };
      const copied = atPlace(typed, to.right)(await backup(kept, to.right, options));
      await progress.end();
      if (E.isLeft(copied)) return copied;
      const { size, head, root, bytes, written, segments, leftOut } = copied.right;
      const left_out = leftOutData(leftOut);
      const data = { size, head, root, bytes, written, segments, left_out };
      const text =
        `backed up ${size} events (${written} of ${bytes} bytes were new)\n` +
        `head ${head}\nroot ${root}\n`;
      await terminal.out(terminal.isJson ? jsonLine(data) : text);
      if (leftOut !== undefined) terminal.note(leftOutText(leftOut));
      return E.right(undefined);
    }),
};
