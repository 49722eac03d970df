/**
 * What every command that writes takes, and how it hands in what it has to say.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { DraftRefused } from '../../ledger/event/draft.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { EventType } from '../../ledger/name.ts';
import { isReserved, parseEventId, parseMeaning } from '../../ledger/name.ts';
import type { Surface } from '../../policies/surface.ts';
import type { AppendOptions, Ledger } from '../ledger.ts';
import type { Submission } from '../usecase/batch.ts';
import type { Receipt } from '../usecase/receipt.ts';
import type { Sign } from '../usecase/sign.ts';
import type { Layout } from '../storage/layout.ts';
import type { Answer, Options } from './command.ts';
import type { CliError, LineRefused, OptionRefused } from './error.ts';
import type { Given } from './given.ts';
import type { KeyError } from './key-choice.ts';
import { chooseKey } from './key-choice.ts';
import { onLeave } from './leave.ts';
import { loginLabel } from './login.ts';
import { LOCK_WAIT } from './open.ts';
import { failureOf, printReceipts } from './receipt.ts';
import type { Terminal } from './terminal.ts';

export const SIGNING: Options = {
  sign: {
    type: 'text',
    describe: 'a key_id or name of keys/, a key file (OpenSSH too), or env:NAME',
  },
  meaning: { type: 'text', describe: 'what the signature means (authored)' },
  'break-glass': { type: 'text', describe: 'the id of the authorization that overrides a rule' },
};

export const WRITING: Options = { ...SIGNING, ...LOCK_WAIT };

/** signOf reads by whom, and as what, drafts are to be signed. */
export const signOf = (
  given: Given,
  layout: Layout | undefined,
  option = 'sign',
): E.Either<CliError, Sign | undefined> => {
  const meaning = given.named('meaning', parseMeaning);
  if (E.isLeft(meaning)) return meaning;
  const text = given.text(option);
  if (text === undefined)
    return meaning.right === undefined
      ? E.right(undefined)
      : given.usage('--meaning says what a signature means; it takes --sign KEY');
  const key: E.Either<KeyError, Sign['key']> = chooseKey(layout, text);
  return E.map((signer: Sign['key']): Sign => ({ key: signer, meaning: meaning.right }))(key);
};

/** idleFor names an option that says how something is recorded, where nothing is asked to be. */
export const idleFor = (given: Given): string | undefined =>
  given.flag('record')
    ? undefined
    : Object.keys(SIGNING).find((name) => given.text(name) !== undefined);

/** glassOf reads which authorization is made use of. */
export const glassOf = (given: Given): E.Either<OptionRefused, JsonObject> =>
  E.map((id: string | undefined): JsonObject => (id === undefined ? {} : { authorization: id }))(
    given.named('break-glass', parseEventId),
  );

/** withSource names the user as the source where nothing else is named. */
export const withSource = (stated: JsonObject): JsonObject =>
  Object.hasOwn(stated, 'source')
    ? stated
    : { source: { kind: 'user', name: loginLabel() }, ...stated };

/** submissionOf prepares a draft; what is filled in for the author is not the author's word. */
export const submissionOf = (
  ledger: Ledger,
  stated: JsonObject,
  options: AppendOptions,
): E.Either<DraftRefused, Submission> => {
  const submission = ledger.submission(withSource(stated), options);
  if (E.isLeft(submission) || Object.hasOwn(stated, 'source')) return submission;
  return E.right({
    ...submission.right,
    filled: new Set([...submission.right.filled, 'source']),
  });
};

/** refuseReserved refuses types that only the ledger's own commands write. */
export const refuseReserved = (stated: JsonObject): LineRefused['cause'] | undefined => {
  const type = stated['event_type'];
  return typeof type === 'string' && isReserved(type as EventType)
    ? { _tag: 'ReservedType', type }
    : undefined;
};

type More = Pick<AppendOptions, 'expectHead' | 'expectCheckpoint' | 'expectRows' | 'sign'>;

/** enter hands in one event of a command's own; whatever became of it is told in the receipt. */
export const enter = async (
  given: Given,
  ledger: Ledger,
  stated: JsonObject,
  surface: Surface,
  more: More = {},
): Promise<E.Either<CliError, Receipt | undefined>> => {
  const glass = glassOf(given);
  if (E.isLeft(glass)) return glass;
  const sign = more.sign === undefined ? signOf(given, ledger.layout) : E.right(more.sign);
  if (E.isLeft(sign)) return sign;
  const options = { ...more, sign: sign.right, surface };
  const submission = submissionOf(ledger, { ...stated, ...glass.right }, options);
  if (E.isLeft(submission)) return E.left({ _tag: 'LineRefused', cause: submission.left });
  const appended = await ledger.submit([submission.right], options);
  return E.map((receipts: readonly Receipt[]) => receipts[0])(appended);
};

/** The last event that this process recorded. */
let last: number | undefined;

/** A signal is heard before an event is recorded, or once its receipt is there. */
const standingText = (): string =>
  last === undefined
    ? 'Nothing is recorded: run it again.'
    : `What was recorded up to event ${last} stands: look before you run it again.`;

/** sayWhatStands has it said, where the command is interrupted, whether something is recorded. */
export const sayWhatStands = (): void =>
  onLeave(async (why) => (why === 'signal' ? standingText() : undefined));

/** say prints the receipt of such an event, and tells where it was not recorded. */
export const say = async (terminal: Terminal, receipt: Receipt | undefined): Answer => {
  if (receipt !== undefined && 'seq' in receipt) last = receipt.seq;
  await printReceipts(terminal, receipt === undefined ? [] : [{ receipt }]);
  const failure = receipt === undefined ? undefined : failureOf(receipt);
  return failure === undefined ? E.right(undefined) : E.left(failure);
};

/** record hands in one event of a command's own, and prints the receipt. */
export const record = async (
  given: Given,
  terminal: Terminal,
  ledger: Ledger,
  stated: JsonObject,
  surface: Surface,
  more: More = {},
): Answer => {
  sayWhatStands();
  const entered = await enter(given, ledger, stated, surface, more);
  return E.isLeft(entered) ? entered : say(terminal, entered.right);
};
