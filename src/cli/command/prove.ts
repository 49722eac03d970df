/**
 * `ledger prove SEQ|ID`: that an event stands in the log of the latest checkpoint; with
 * `--consistent-with FILE`: that this log begins with the one of an earlier checkpoint.
 */
import * as E from 'fp-ts/lib/Either.js';
import { formatHex } from '../../../ledger/encoding/hex.ts';
import { openCheckpoint } from '../../../ledger/note/checkpoint.ts';
import { hold } from '../../../ledger/chain/checkpoint.ts';
import { finding } from '../../../ledger/finding.ts';
import type { Ledger } from '../../ledger.ts';
import { MAX_NOTE_BYTES } from '../../storage/checkpoint-file.ts';
import type { Mirror } from '../../storage/mirror/mirror.ts';
import { proveEvent, proveGrowth } from '../../usecase/prove.ts';
import type { ProveError, Proved } from '../../usecase/prove.ts';
import { parseReference } from '../../usecase/reader.ts';
import { realPorts } from '../../wiring.ts';
import { checkProof } from '../check-proof.ts';
import type { Answer, Command } from '../command.ts';
import type { CliError } from '../error.ts';
import type { Given } from '../given.ts';
import { asOption } from '../given.ts';
import { readTextInput } from '../input.ts';
import type { Latest } from '../latest.ts';
import { latestOf } from '../latest.ts';
import { LOCK_WAIT, openFor } from '../open.ts';
import { handOut } from '../output.ts';
import type { Terminal } from '../terminal.ts';

const { crypto } = realPorts;

type Making = (mirror: Mirror) => E.Either<ProveError, Proved>;

/** Makes a proof, opens it as whoever receives it will, and hands it out. */
const give = async (
  given: Given,
  terminal: Terminal,
  ledger: Ledger,
  { keys }: Latest,
  make: Making,
): Answer => {
  const made = ledger.reader.look(make);
  if (E.isLeft(made)) return made;
  if (E.isLeft(made.right)) return E.left({ _tag: 'ProofBroken', cause: made.right.left });
  const { text } = made.right.right;
  const checked = checkProof(keys, text);
  if (E.isLeft(checked)) return E.left({ _tag: 'ProofBroken', cause: checked.left });
  return handOut(terminal, given.text('out'), text, checked.right);
};

const proveReference = async (given: Given, terminal: Terminal, ledger: Ledger): Answer => {
  const name = given.word(0);
  const found = ledger.reader.find(parseReference(name));
  if (E.isLeft(found)) return found;
  if (found.right === undefined) return E.left({ _tag: 'NotFound', kind: 'event', name });
  const { seq } = found.right;
  const latest = await latestOf(ledger, seq + 1);
  if (E.isLeft(latest)) return latest;
  const make: Making = (mirror) => proveEvent(crypto, mirror, seq, latest.right.note);
  return give(given, terminal, ledger, latest.right, make);
};

/** The latest checkpoint, where the earlier one is of this ledger and not larger. */
const laterThan = async (
  ledger: Ledger,
  path: string,
  old: string,
): Promise<E.Either<CliError, Latest>> => {
  const held = asOption('--consistent-with', hold(crypto, old));
  if (E.isLeft(held)) return held;
  const { origin, size } = held.right;
  if (origin !== ledger.origin)
    return E.left({ _tag: 'FileRefused', path, reason: 'other_ledger' });
  const ended = ledger.reader.ended();
  if (E.isLeft(ended)) return ended;
  const end = ended.right?.size ?? 0;
  if (size > end) {
    const facts = { expected: String(size), actual: String(end) };
    const cause = finding('checkpoint_beyond_end', facts);
    return E.left({ _tag: 'Disproved', file: 'checkpoint', path, cause });
  }
  const latest = await latestOf(ledger, size);
  if (E.isLeft(latest)) return latest;
  const opened = openCheckpoint(crypto, latest.right.keys, old);
  if (E.isLeft(opened))
    return E.left({ _tag: 'Disproved', file: 'checkpoint', path, cause: opened.left });
  const root = ledger.reader.look((mirror) => mirror.tree().rootAt(size));
  if (E.isLeft(root)) return root;
  const [expected, actual] = [opened.right.root, root.right ?? new Uint8Array()].map(formatHex);
  if (expected === actual) return latest;
  const cause = finding('checkpoint_root_mismatch', {
    seq: size,
    ...(expected === undefined || actual === undefined ? {} : { expected, actual }),
  });
  return E.left({ _tag: 'Disproved', file: 'checkpoint', path, cause });
};

const proveSince = async (
  given: Given,
  terminal: Terminal,
  ledger: Ledger,
  path: string,
): Answer => {
  const old = await readTextInput(path, MAX_NOTE_BYTES);
  if (E.isLeft(old)) return old;
  const latest = await laterThan(ledger, path, old.right);
  if (E.isLeft(latest)) return latest;
  const make: Making = (mirror) => proveGrowth(crypto, mirror, old.right, latest.right.note);
  return give(given, terminal, ledger, latest.right, make);
};

export const command: Command = {
  options: {
    out: { type: 'text', describe: 'the file to write it to (stdout)' },
    'consistent-with': { type: 'text', describe: 'an earlier checkpoint (- for stdin)' },
    ...LOCK_WAIT,
  },
  examples: [
    ['prove 7 --out 7.tlog-proof', 'that event 7 was recorded'],
    ['prove --consistent-with held.note --out grown.json', 'that nothing before it changed'],
  ],
  run: async (given, terminal) => {
    const since = given.text('consistent-with');
    if ((since === undefined) === (given.words.length === 0))
      return given.usage('prove takes SEQ or ID, or else --consistent-with FILE');
    const ledger = openFor(given, terminal);
    if (E.isLeft(ledger)) return ledger;
    const answer = await (since === undefined
      ? proveReference(given, terminal, ledger.right)
      : proveSince(given, terminal, ledger.right, since));
    await ledger.right.close();
    return answer;
  },
};
