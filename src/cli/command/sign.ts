/**
 * `ledger sign FILE --key KEY --origin NAME`: drafts in, signed drafts out, one per line. It needs
 * no ledger: what is signed here can be carried to where one is.
 */
import * as E from 'fp-ts/lib/Either.js';
import { flatOf } from '../../../ledger/event/draft.ts';
import { write } from '../../../ledger/json/format.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { isObject } from '../../../ledger/json/value.ts';
import type { Origin } from '../../../ledger/name.ts';
import { parseOrigin } from '../../../ledger/name.ts';
import type { Sign } from '../../usecase/sign.ts';
import { prepare } from '../../usecase/sign.ts';
import { realPorts } from '../../wiring.ts';
import type { Answer, Command } from '../command.ts';
import { draftIn, inFile } from '../draft-input.ts';
import type { LineRefused } from '../error.ts';
import { halt } from '../leave.ts';
import { linesOf } from '../line-input.ts';
import { findLedger } from '../open.ts';
import type { Terminal } from '../terminal.ts';
import { signOf, withSource } from '../writing.ts';

const signed = (
  origin: Origin,
  sign: Sign | undefined,
  line: number,
  stated: JsonObject,
): E.Either<LineRefused, string> => {
  const filled = prepare(realPorts, origin, withSource(stated), sign);
  return E.isLeft(filled)
    ? E.left({ _tag: 'LineRefused', line, cause: filled.left })
    : E.right(`${write(flatOf(filled.right.draft))}\n`);
};

/** Whether somebody else signed it before: it stays as it is. */
const isOfAnother = ({ attestation }: JsonObject, sign: Sign | undefined): boolean =>
  isObject(attestation) && attestation['key_id'] !== sign?.key.keyId;

const signAll = async (
  terminal: Terminal,
  path: string,
  origin: Origin,
  sign: Sign | undefined,
): Answer => {
  const refused = (error: LineRefused) => E.left(inFile(path, { ...error, isSigning: true }));
  let others = 0;
  for await (const line of linesOf(path)) {
    if (line === 'idle') continue;
    if ('_tag' in line) return E.left(line);
    const stated = draftIn(line);
    if (E.isLeft(stated)) return refused(stated.left);
    const text = signed(origin, sign, line.number, stated.right);
    if (E.isLeft(text)) return refused(text.left);
    if (isOfAnother(stated.right, sign)) others++;
    await halt();
    await terminal.out(text.right);
  }
  if (others > 0)
    terminal.note(`${others} were signed by another key before: they stay as they are`);
  return E.right(undefined);
};

export const command: Command = {
  options: {
    key: { type: 'text', describe: 'a key file, env:NAME, or a key of a ledger', needed: true },
    origin: { type: 'text', describe: 'the ledger that they are for', needed: true },
    meaning: { type: 'text', describe: 'what the signature means (authored)' },
  },
  examples: [
    ['sign drafts.ndjson --key bot.key --origin example.com/acme > signed.ndjson', 'far away'],
    ['append signed.ndjson', 'and then where the ledger is'],
  ],
  run: async (given, terminal) => {
    const origin = given.named('origin', parseOrigin);
    if (E.isLeft(origin)) return origin;
    if (origin.right === undefined) return given.usage('sign takes --origin NAME');
    const layout = findLedger(given);
    const sign = signOf(given, E.isRight(layout) ? layout.right : undefined, 'key');
    if (E.isLeft(sign)) return sign;
    return signAll(terminal, given.word(0), origin.right, sign.right);
  },
};
