/**
 * `ledger erase EVENT…`: payloads that must not be kept any more. That they are erased is recorded;
 * then they go, out of the journal and out of the mirror. What remains proves what it did before.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { keptFor } from '../../storage/mirror/erased.ts';
import { recordedOf } from '../../storage/mirror/mirror.ts';
import { parseReference } from '../../usecase/reader.ts';
import { realPorts } from '../../wiring.ts';
import type { Ledger } from '../../ledger.ts';
import type { Command } from '../command.ts';
import type { CliError } from '../error.ts';
import type { Given } from '../given.ts';
import { clearDrafts } from '../held.ts';
import { heed, onLeave, verdictIs } from '../leave.ts';
import { withLedger } from '../open.ts';
import { Progress } from '../progress.ts';
import { failureOf } from '../receipt.ts';
import { jsonLine } from '../terminal.ts';
import { WRITING, enter } from '../writing.ts';

const DRIFT = 22;

interface Target {
  readonly seq: number;
  readonly id: string;
  readonly event_hash: string;
}

/** All that are named are there, and may be erased, before one of them is. */
const targetsOf = (given: Given, { reader }: Ledger): E.Either<CliError, readonly Target[]> => {
  const targets = new Map<number, Target>();
  for (const name of given.words) {
    const found = reader.find(parseReference(name));
    if (E.isLeft(found)) return found;
    if (found.right === undefined) return E.left({ _tag: 'NotFound', kind: 'event', name });
    const { header, event_hash } = recordedOf(found.right.line);
    const { seq, id, event_type: type } = header;
    const kept = keptFor(type);
    if (kept !== undefined)
      return given.usage(`${name} is a ${type}: ${kept} rests on it, and it stays`);
    targets.set(seq, { seq, id, event_hash });
  }
  return E.right([...targets.values()]);
};

const say = async (
  given: Given,
  ledger: Ledger,
  targets: readonly Target[],
): Promise<E.Either<CliError, void>> => {
  let recorded = 0;
  onLeave(
    async () =>
      `${recorded} of ${targets.length} erasures are recorded. Run the same line again: ` +
      'what they name goes when all of them are.',
  );
  for (const [at, target] of targets.entries()) {
    recorded = at;
    await heed();
    const known = ledger.reader.erasureOf(target.seq);
    if (E.isLeft(known)) return known;
    // Once is enough, also where an earlier attempt got no further.
    if (known.right !== undefined) continue;
    const { seq, event_hash } = target;
    const payload: JsonObject = { seq, event_hash, reason: given.text('reason') ?? '' };
    const stated = { event_type: 'ledger.payload_erased', payload };
    const entered = await enter(given, ledger, stated, 'erasure');
    if (E.isLeft(entered)) return entered;
    const failure = entered.right === undefined ? undefined : failureOf(entered.right);
    if (failure !== undefined) return E.left(failure);
  }
  recorded = targets.length;
  return E.right(undefined);
};

/** What was set aside is nobody's to look into, and may hold what is gone elsewhere. */
const setAsideIn = ({ layout }: Ledger): readonly string[] => {
  const names = realPorts.disk.list(layout.torn);
  return E.isLeft(names) ? [] : names.right.map((name) => join(layout.torn, name));
};

const textOf = (
  targets: readonly Target[],
  { lines, bytes }: { readonly lines: number; readonly bytes: number },
  aside: readonly string[],
): string =>
  [
    ...targets.map(({ seq, id }) => `erased ${seq} ${id}`),
    `payloads taken away: ${lines}, the journal is ${bytes} bytes shorter, no mirror has them`,
    'backups, exports and deliveries from before hold it as they did',
    // Where nothing was taken away the journal is what it was.
    ...(lines === 0
      ? []
      : ['the next backup goes into an empty folder: an earlier one is another journal']),
    ...aside.map((path) => `set aside, and not looked into: ${path}`),
    '',
  ].join('\n');

export const command: Command = {
  options: {
    reason: { type: 'text', describe: 'why; it is recorded, and stays', needed: true },
    ...WRITING,
  },
  examples: [
    ['erase invoice:2026-0001 --reason "request 114" --sign alice', 'who, when and what type stay'],
    ['erase 30 31 --reason "request 114" --sign alice', 'nothing, where one of them is not there'],
  ],
  run: (given, terminal) =>
    withLedger(given, terminal, async (ledger) => {
      const targets = targetsOf(given, ledger);
      if (E.isLeft(targets)) return targets;
      const said = await say(given, ledger, targets.right);
      if (E.isLeft(said)) return said;
      const progress = new Progress(terminal);
      const gone = await ledger.withhold({
        onProgress: ({ events, total }) => progress.mirror(events, total),
      });
      await progress.end();
      if (E.isLeft(gone)) return gone;
      // A draft that was held before it came in by another way lies in quarantine still.
      const cleared = clearDrafts(ledger, new Set(targets.right.map(({ id }) => id)));
      if (E.isLeft(cleared)) return cleared;
      const { lines, bytes, parity } = gone.right;
      const exit = parity?.consistent === false ? DRIFT : 0;
      verdictIs(exit);
      const aside = setAsideIn(ledger);
      const data = { erased: targets.right, lines, bytes, set_aside: aside };
      await terminal.out(
        terminal.isJson ? jsonLine(data) : textOf(targets.right, gone.right, aside),
      );
      return E.right(exit);
    }),
};
