/**
 * `ledger quarantine release ID`: somebody else has seen the draft, and it is judged anew, in the
 * same batch.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { EventType } from '../../../ledger/name.ts';
import type { Hold } from '../../../policies/state/hold.ts';
import type { Surface } from '../../../policies/surface.ts';
import { powerOf, surfaceOf } from '../../../policies/surface.ts';
import type { Ledger } from '../../ledger.ts';
import type { Submission } from '../../usecase/batch.ts';
import { readHeld } from '../../usecase/quarantine.ts';
import type { Receipt } from '../../usecase/receipt.ts';
import { isOvertaken, isTaken } from '../../usecase/receipt.ts';
import type { Seen } from '../../usecase/seen.ts';
import { realPorts } from '../../wiring.ts';
import type { Answer, Command } from '../command.ts';
import { earlierReceipts } from '../earlier-receipt.ts';
import type { CliError } from '../error.ts';
import { exitOf } from '../exit-code.ts';
import type { Exit } from '../exit-table.ts';
import type { Held } from '../held.ts';
import { happensStill } from '../experiment/release.ts';
import { clearDrafts, heldDraft } from '../held.ts';
import { heed } from '../leave.ts';
import { withLedger } from '../open.ts';
import { TRIES } from '../outbox/move.ts';
import { stillDone } from '../outbox/release.ts';
import { failureOf, printReceipts } from '../receipt.ts';
import type { Terminal } from '../terminal.ts';
import { WRITING, glassOf, signOf, submissionOf } from '../writing.ts';

const releaseOf = ({ hold }: Held, note: string | undefined): JsonObject => ({
  event_type: 'policy.released',
  payload: {
    hold: hold.id,
    payload_hash: hold.payload_hash,
    rules: [...hold.rules],
    ...(note === undefined ? {} : { note }),
  },
});

/** By which way a draft that was held comes in now: as it came, where that is open to anybody. */
const surfaceFor = ({ event_type: type }: JsonObject): Surface => {
  const surface = surfaceOf(type as EventType);
  return powerOf(surface) === 'ordinary' ? surface : 'append';
};

/** How a command exits that finds it so; all else is no word on what was held. */
const OVERTAKEN: ReadonlySet<Exit> = new Set([2, 3, 25]);

/** What was held is released as long as it can be done; else nothing is recorded. */
const decide = async (
  { reader }: Ledger,
  draft: JsonObject,
  { id, seq }: Hold,
): Promise<E.Either<CliError, readonly Seen[]>> => {
  const happening = happensStill(reader, draft);
  const decided = happening ?? (await stillDone(reader, draft, seq));
  return E.mapLeft((why: CliError): CliError =>
    OVERTAKEN.has(exitOf(why)) ? { _tag: 'HeldOvertaken', hold: id, why } : why,
  )(decided);
};

const tellReceipts = async (terminal: Terminal, receipts: readonly Receipt[]): Answer => {
  await printReceipts(
    terminal,
    receipts.map((receipt) => ({ receipt })),
  );
  return E.right(undefined);
};

/** What others overtook is decided anew, so often and no more. */
const anew = async (
  release: () => Promise<E.Either<CliError, readonly Receipt[]>>,
): Promise<E.Either<CliError, readonly Receipt[]>> => {
  for (let tries = 1; ; tries++) {
    const released = await release();
    if (E.isLeft(released) || !isOvertaken(released.right[0]) || tries === TRIES) return released;
    await heed();
  }
};

export const command: Command = {
  options: { note: { type: 'text', describe: 'what is to be said of it' }, ...WRITING },
  examples: [['quarantine release 0193… --sign carol', "carol is not the draft's author"]],
  run: (given, terminal) =>
    withLedger(given, terminal, async (ledger) => {
      const { reader, layout } = ledger;
      const held = heldDraft(reader, given.word(0));
      if (E.isLeft(held)) return held;
      const { hold, state } = held.right;
      const draft = readHeld(realPorts.disk, layout.quarantine, hold.id);
      if (E.isLeft(draft)) return draft;
      // What is recorded already needs no release; its draft is answered with its receipt.
      const isOver = state === 'recorded';
      if (isOver && draft.right === undefined) {
        const earlier = earlierReceipts(reader, { id: hold.draft });
        return E.isLeft(earlier) ? earlier : tellReceipts(terminal, earlier.right);
      }
      const sign = signOf(given, layout);
      if (E.isLeft(sign)) return sign;
      const glass = glassOf(given);
      if (E.isLeft(glass)) return glass;
      const submissions: Submission[] = [];
      const stated = { ...releaseOf(held.right, given.text('note')), ...glass.right };
      const options = { sign: sign.right, surface: 'quarantine_release' } as const;
      const release = submissionOf(ledger, stated, options);
      if (E.isLeft(release)) return E.left({ _tag: 'LineRefused', cause: release.left });
      if (!isOver) submissions.push(release.right);
      if (draft.right !== undefined) {
        const again = ledger.submission(draft.right, { surface: surfaceFor(draft.right) });
        if (E.isLeft(again)) return E.left({ _tag: 'LineRefused', cause: again.left });
        submissions.push(again.right);
      }
      const submitted = await anew(async () => {
        const waits = isOver ? undefined : draft.right;
        const decided = waits === undefined ? E.right([]) : await decide(ledger, waits, hold);
        if (E.isLeft(decided)) return decided;
        return ledger.submit(submissions, { stopAtFirst: true, expectRows: decided.right });
      });
      if (E.isLeft(submitted)) return submitted;
      const receipts = submitted.right;
      await tellReceipts(terminal, receipts);
      const failure = receipts.map((each) => failureOf(each)).find((each) => each !== undefined);
      if (failure !== undefined) return E.left(failure);
      if (draft.right === undefined)
        terminal.note('Its draft is not here any more: have its author append it again.');
      else if (receipts.every(isTaken)) return clearDrafts(ledger, new Set([hold.draft]));
      return E.right(undefined);
    }),
};
