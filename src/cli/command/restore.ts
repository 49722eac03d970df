/**
 * `ledger restore --from DIR`: makes of a backup the ledger that it was, where none stands.
 */
import * as E from 'fp-ts/lib/Either.js';
import { visible } from '../../../ledger/render/render.ts';
import { restoreLedger } from '../../restore.ts';
import { layoutOf } from '../../storage/layout.ts';
import { realPorts } from '../../wiring.ts';
import { checkpointsOf } from '../checkpoints.ts';
import type { Command } from '../command.ts';
import { leftOutData, leftOutText } from '../copy-text.ts';
import type { Given } from '../given.ts';
import { LOCK_WAIT, asBackup, newFolder, newName } from '../open.ts';
import { unkept } from '../outside.ts';
import { atPlace, inPlace } from '../place.ts';
import { Progress } from '../progress.ts';
import { jsonLine } from '../terminal.ts';
import { tookData, tookText } from '../took-text.ts';

/** What was delivered since is on record nowhere here: its keys are not known any more. */
const goesOn = (name: string): string =>
  `${visible(name)} goes on from where the backup ends: what it was delivered since goes out ` +
  'again, under other keys where it comes into other batches. ' +
  `First ledger outbox destination pause ${name}; ` +
  `drop what the receiver has: ledger outbox drop ITEM --destination ${name} --reason TEXT; ` +
  'then resume it.';

/** What is found by a checkpoint that was kept elsewhere is found of the backup alone. */
const heldAgainst = <L extends { readonly _tag: string }, T>(
  given: Given,
  made: E.Either<L, T>,
): E.Either<L, T> =>
  E.isLeft(made) && made.left._tag === 'NotSound' && given.list('checkpoint').length > 0
    ? E.left({ ...made.left, isBackup: true })
    : made;

export const command: Command = {
  options: {
    from: { type: 'text', describe: 'the folder of the backup', needed: true },
    checkpoint: {
      type: 'list',
      describe: 'a checkpoint kept elsewhere: nothing older than it is restored',
    },
    ...LOCK_WAIT,
  },
  examples: [
    ['restore --from /mnt/backup/acme --checkpoint held.note', 'makes .ledger here, and proves it'],
  ],
  run: async (given, terminal) => {
    const lockWaitMs = given.duration('lock-wait');
    if (E.isLeft(lockWaitMs)) return lockWaitMs;
    const checkpoints = await checkpointsOf(given);
    if (E.isLeft(checkpoints)) return checkpoints;
    const to = layoutOf(newFolder(given));
    const free = unkept(given, '-C', to.folder);
    if (E.isLeft(free)) return free;
    const progress = new Progress(terminal);
    const named = given.text('from') ?? '';
    const options = {
      checkpoints: checkpoints.right,
      lockWaitMs: lockWaitMs.right,
      onProgress: progress.journal,
      onEvents: progress.mirror,
    };
    const place = atPlace(newName(given), to.folder);
    const made = await restoreLedger(realPorts, layoutOf(named), to, options);
    const restored = heldAgainst(given, place(inPlace(named)(asBackup(named)(made))));
    await progress.end();
    if (E.isLeft(restored)) return restored;
    const { report, took, delivering, leftOut } = restored.right;
    const { size, head, root, checked } = report;
    const { checkpoints: matched, projections } = checked;
    const took_ms = tookData(took);
    const data = {
      ledger: to.folder,
      size,
      head,
      root,
      checkpoints: matched,
      projections,
      delivering,
      left_out: leftOutData(leftOut),
      took_ms,
    };
    const text =
      `restored ${size} events, every line verified and the mirror equal to them\n` +
      `head ${head}\nroot ${root}\n${tookText(took)}`;
    await terminal.out(terminal.isJson ? jsonLine(data) : text);
    if (leftOut !== undefined) terminal.note(leftOutText(leftOut, named));
    if (given.list('checkpoint').length === 0)
      terminal.note('Without --checkpoint nothing shows that it is the latest state.');
    for (const name of delivering) terminal.note(goesOn(name));
    return E.right(undefined);
  },
};
