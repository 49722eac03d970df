/**
 * `ledger drill`: the rehearsal of a disaster. The ledger is restored into a folder of its own,
 * compared with what stands, and the folder is removed.
 */
import * as E from 'fp-ts/lib/Either.js';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Drilled } from '../../drill.ts';
import { drill } from '../../drill.ts';
import type { Ledger } from '../../ledger.ts';
import { layoutOf } from '../../storage/layout.ts';
import type { Sign } from '../../usecase/sign.ts';
import { found } from '../../verify/report.ts';
import { realPorts } from '../../wiring.ts';
import type { Answer, Command } from '../command.ts';
import { leftOutData, leftOutText } from '../copy-text.ts';
import type { CliError } from '../error.ts';
import type { Given } from '../given.ts';
import { A_LINE, lagOf } from '../lag.ts';
import { asBackup, withLedger } from '../open.ts';
import { inPlace } from '../place.ts';
import { temporaryFolder } from '../temporary.ts';
import { jsonLine } from '../terminal.ts';
import { Progress } from '../progress.ts';
import type { Terminal } from '../terminal.ts';
import { tookData, tookText } from '../took-text.ts';
import { WRITING, glassOf, idleFor, record, signOf } from '../writing.ts';

const eventsText = (count: number): string => `${count} more ${count === 1 ? 'event' : 'events'}`;

const textOf = ({ size, root, projections, more, differing, took }: Drilled): string =>
  [
    `restored ${size} events with the root of the ledger\nroot ${root}\n`,
    differing === undefined
      ? `projections: not compared, since the ledger holds ${eventsText(more)}\n`
      : `projections: ${Object.keys(projections).join(', ')}: equal\n`,
    tookText(took),
  ].join('');

const say = (
  given: Given,
  terminal: Terminal,
  ledger: Ledger,
  drilled: Drilled,
  sign: Sign | undefined,
): Answer => {
  const { size, head, root, projections } = drilled;
  const payload = {
    source: given.text('from') === undefined ? 'journal' : 'backup',
    size,
    head,
    root,
    projections: { ...projections },
    took_ms: tookData(drilled.took),
  };
  const stated = { event_type: 'ledger.drilled', payload };
  return record(given, terminal, ledger, stated, 'record', { sign });
};

const rehearse = async (
  given: Given,
  ledger: Ledger,
  folder: string,
  progress: Progress,
): Promise<E.Either<CliError, Drilled>> => {
  const backup = given.text('from');
  const from = backup === undefined ? ledger.layout : layoutOf(backup);
  const into = layoutOf(join(folder, 'restored'));
  const lockWaitMs = given.duration('lock-wait');
  if (E.isLeft(lockWaitMs)) return lockWaitMs;
  const drilled = await drill(realPorts, ledger, from, into, {
    lockWaitMs: lockWaitMs.right,
    onProgress: progress.journal,
    onEvents: progress.mirror,
  });
  return backup === undefined ? drilled : inPlace(backup)(asBackup(backup)(drilled));
};

export const command: Command = {
  options: {
    from: {
      type: 'text',
      describe: 'restore from this backup (else from the journal that stands)',
    },
    record: { type: 'flag', describe: 'record the result as ledger.drilled' },
    ...WRITING,
  },
  examples: [
    ['drill', 'how long a recovery would take, and whether it would give the same'],
    ['drill --from /mnt/backup/acme --record --sign alice', 'evidence for an auditor'],
  ],
  run: (given, terminal) =>
    withLedger(given, terminal, async (ledger) => {
      const idle = idleFor(given);
      if (idle !== undefined)
        return given.usage(`what is recorded of a drill is signed: --${idle} takes --record`);
      const sign = signOf(given, ledger.layout);
      if (E.isLeft(sign)) return sign;
      const glass = glassOf(given);
      if (E.isLeft(glass)) return glass;
      // What it knows less of than its journal holds is no word against what is restored of that.
      const size = await lagOf(ledger.layout, ledger.reader, A_LINE);
      if (size !== undefined) {
        const finding = found('mirror_behind', { actual: String(size) });
        return E.left({ _tag: 'NotSound', folder: ledger.layout.folder, finding });
      }
      const made = temporaryFolder('ledger-drill-');
      if (E.isLeft(made)) return made;
      const folder = made.right;
      const remove = (): void => rmSync(folder, { recursive: true, force: true });
      process.once('exit', remove);
      const progress = new Progress(terminal);
      const drilled = await rehearse(given, ledger, folder, progress);
      await progress.end();
      remove();
      process.off('exit', remove);
      if (E.isLeft(drilled)) return drilled;
      const { isSame, differing = [], head, root, projections, more, leftOut } = drilled.right;
      if (!isSame || differing.length > 0)
        return E.left({ _tag: 'DrillFailed', size: drilled.right.size, isSame, differing });
      const compared = drilled.right.differing !== undefined;
      const data = {
        size: drilled.right.size,
        head,
        root,
        projections,
        more,
        compared,
        left_out: leftOutData(leftOut),
        took_ms: tookData(drilled.right.took),
      };
      await terminal.out(terminal.isJson ? jsonLine(data) : textOf(drilled.right));
      if (leftOut !== undefined) terminal.note(leftOutText(leftOut, given.text('from')));
      return given.flag('record')
        ? say(given, terminal, ledger, drilled.right, sign.right)
        : E.right(undefined);
    }),
};
