/**
 * `ledger show SEQ|ID|HASH`: one event, or what it corrects and what corrects it.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Ledger } from '../../ledger.ts';
import { recordedOf } from '../../storage/mirror/mirror.ts';
import type { Found } from '../../usecase/query.ts';
import { parseReference } from '../../usecase/reader.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import { enrolledKeys } from '../enrolled.ts';
import type { CliError } from '../error.ts';
import type { About } from '../event-text.ts';
import { fullText } from '../event-text.ts';
import { tellLag } from '../lag.ts';
import { withLedger } from '../open.ts';

/** The size of the first checkpoint kept beside the journal that covers a position. */
const covering = ({ layout }: Ledger, seq: number): number | undefined => {
  const names = realPorts.disk.list(layout.checkpoints);
  const sizes = E.isLeft(names) ? [] : names.right.map(Number).filter((size) => size > seq);
  return sizes.length === 0 ? undefined : Math.min(...sizes);
};

const aboutOf = (
  ledger: Ledger,
  all: readonly Found[],
  { line }: Found,
): E.Either<CliError, About> => {
  const { header } = recordedOf(line);
  const keys = enrolledKeys(ledger.reader);
  if (E.isLeft(keys)) return keys;
  const erased = ledger.reader.erasureOf(header.seq);
  if (E.isLeft(erased)) return erased;
  const corrections = all.map((each) => recordedOf(each.line).header);
  return E.right({
    key: keys.right.find(({ key_id: id }) => id === header.attestation?.key_id),
    checkpoint: covering(ledger, header.seq),
    correctedBy: corrections.filter((each) => each.supersedes === header.id).map(({ id }) => id),
    erasedBy: erased.right,
    now: realPorts.now(),
  });
};

export const command: Command = {
  options: {
    history: { type: 'flag', describe: 'with what it corrects and what corrects it' },
  },
  examples: [
    ['show 7', 'the event at position 7'],
    ['show invoice:2026-0001 --history', 'it and its corrections, the first of them first'],
  ],
  run: (given, terminal) =>
    withLedger(given, terminal, async (ledger) => {
      const { reader } = ledger;
      const name = given.word(0);
      const found = reader.find(parseReference(name));
      if (E.isLeft(found)) return found;
      if (found.right === undefined) {
        await tellLag(terminal, ledger);
        return E.left({ _tag: 'NotFound', kind: 'event', name });
      }
      const all = reader.history(recordedOf(found.right.line).header.id);
      if (E.isLeft(all)) return all;
      const shown = given.flag('history') ? all.right : [found.right];
      const texts: string[] = [];
      for (const each of shown) {
        const about = aboutOf(ledger, all.right, each);
        if (E.isLeft(about)) return about;
        texts.push(terminal.isJson ? `${each.line}\n` : fullText(each, about.right));
      }
      await terminal.out(texts.join(terminal.isJson ? '' : '\n'));
      return E.right(undefined);
    }),
};
