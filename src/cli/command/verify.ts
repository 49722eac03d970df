/**
 * `ledger verify`: the audit. It works beside a writer, and says what it did not prove. Nothing is
 * written but what is asked for: a mark elsewhere, an event that tells of the audit. Exit 0: all
 * that was asked is proved.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Key } from '../../../ledger/key/key.ts';
import { parseVkey } from '../../../ledger/key/key.ts';
import type { Ledger, VerifyOptions } from '../../ledger.ts';
import type { Receipt } from '../../usecase/receipt.ts';
import type { Sign } from '../../usecase/sign.ts';
import { REQUIREMENTS } from '../../verify/required.ts';
import type { Requirement } from '../../verify/required.ts';
import { MOST_WORKERS } from '../../verify/threads.ts';
import type { Report } from '../../verify/verify.ts';
import { realPorts } from '../../wiring.ts';
import { auditData, auditPayload, auditText } from '../audit-text.ts';
import { checkpointsOf } from '../checkpoints.ts';
import type { Command } from '../command.ts';
import type { CliError } from '../error.ts';
import { errorText } from '../error-text.ts';
import { VERDICT_EXITS } from '../exit-code.ts';
import type { Given } from '../given.ts';
import { asOption } from '../given.ts';
import { verdictIs } from '../leave.ts';
import { keepMark, markPlace, sinceOf } from '../mark-file.ts';
import { openFor } from '../open.ts';
import { MEGABYTES, Progress } from '../progress.ts';
import { failureOf } from '../receipt.ts';
import type { Terminal } from '../terminal.ts';
import { jsonLine } from '../terminal.ts';
import { WRITING, enter, glassOf, idleFor, sayWhatStands, signOf } from '../writing.ts';

const { crypto } = realPorts;

const workersOf = (given: Given): E.Either<CliError, number | undefined> => {
  const workers = given.whole('workers');
  if (E.isLeft(workers) || workers.right === undefined) return workers;
  return workers.right >= 1 && workers.right <= MOST_WORKERS
    ? workers
    : given.usage(`--workers takes 1 to ${MOST_WORKERS}, not ${workers.right}`);
};

const requirementsOf = (given: Given): E.Either<CliError, readonly Requirement[]> => {
  const words = given.text('require')?.split(',') ?? [];
  const known = REQUIREMENTS.filter((each) => words.includes(each));
  const unknown = words.find((word) => !REQUIREMENTS.some((each) => each === word));
  return unknown === undefined
    ? E.right(known)
    : given.usage(`--require takes attested, checkpoint or both, not ${unknown}`);
};

const keysOf = (given: Given): E.Either<CliError, readonly Key[]> => {
  const keys: Key[] = [];
  for (const text of given.list('vkey')) {
    const key = asOption('--vkey', parseVkey(crypto, text));
    if (E.isLeft(key)) return key;
    keys.push(key.right);
  }
  return E.right(keys);
};

const optionsOf = async (given: Given): Promise<E.Either<CliError, VerifyOptions>> => {
  if (given.flag('record') && given.text('sign') === undefined)
    return given.usage('what is recorded of an audit is signed: --record takes --sign KEY');
  const idle = idleFor(given);
  if (idle !== undefined)
    return given.usage(`what is recorded of an audit is signed: --${idle} takes --record`);
  if (given.flag('decisions') && given.text('since') !== undefined)
    return given.usage('decisions are judged by all events before them: --decisions or --since');
  const maxMs = given.duration('max-duration');
  if (E.isLeft(maxMs)) return maxMs;
  const workers = workersOf(given);
  if (E.isLeft(workers)) return workers;
  const require = requirementsOf(given);
  if (E.isLeft(require)) return require;
  const vkeys = keysOf(given);
  if (E.isLeft(vkeys)) return vkeys;
  const checkpoints = await checkpointsOf(given);
  if (E.isLeft(checkpoints)) return checkpoints;
  const since = await sinceOf(given);
  if (E.isLeft(since)) return since;
  return E.right({
    checkpoints: checkpoints.right,
    vkeys: vkeys.right,
    since: since.right,
    require: require.right,
    journalOnly: given.flag('journal-only'),
    decisions: given.flag('decisions'),
    maxMs: maxMs.right,
    workers: workers.right,
  });
};

/** Records the audit, whatever it found; where nothing can be appended, that is told. */
const recordOf = async (
  given: Given,
  ledger: Ledger,
  report: Report,
  sign: Sign | undefined,
): Promise<E.Either<CliError, Receipt | undefined>> => {
  if (!given.flag('record')) return E.right(undefined);
  const stated = { event_type: 'ledger.verified', payload: auditPayload(report) };
  const entered = await enter(given, ledger, stated, 'record', { sign });
  if (E.isLeft(entered) || entered.right === undefined) return entered;
  const failure = failureOf(entered.right);
  return failure === undefined ? entered : E.left(failure);
};

const recordedData = (receipt: Receipt | undefined): object =>
  receipt !== undefined && 'event_hash' in receipt
    ? { recorded: { seq: receipt.seq, id: receipt.id, event_hash: receipt.event_hash } }
    : {};

const print = async (
  terminal: Terminal,
  report: Report,
  receipt: Receipt | undefined,
  elapsedMs: number,
): Promise<void> => {
  const exit = VERDICT_EXITS[report.verdict];
  const data = { ...auditData(report, exit, elapsedMs), ...recordedData(receipt) };
  const isRecorded = receipt !== undefined && 'seq' in receipt;
  const recorded = isRecorded ? `recorded as event ${receipt.seq}\n` : '';
  await terminal.out(
    terminal.isJson ? jsonLine(data) : `${auditText(report, elapsedMs)}${recorded}`,
  );
};

export const command: Command = {
  options: {
    checkpoint: { type: 'list', describe: 'a checkpoint that was kept elsewhere; may be repeated' },
    vkey: { type: 'list', describe: 'who must have signed them; may be repeated' },
    since: { type: 'text', describe: 'a mark to go on from; or a checkpoint, or an event' },
    mark: { type: 'text', describe: 'where to keep how far it came, outside the ledger' },
    require: { type: 'text', describe: 'what must be so: attested, checkpoint or both' },
    'journal-only': { type: 'flag', describe: 'look at the journal alone' },
    decisions: { type: 'flag', describe: 'judge every sealed decision again' },
    record: { type: 'flag', describe: 'append a signed event that tells of it' },
    'max-duration': { type: 'text', describe: 'stop in time, and say what is left' },
    workers: { type: 'text', describe: 'how many threads (as many as there are cores)' },
    ...WRITING,
  },
  examples: [
    ['verify', 'everything that is here'],
    ['verify --checkpoint held.note', 'and against what was kept where nobody here can change it'],
    ['verify --since audit.mark --mark audit.mark', 'what came in since the last time'],
    ['verify --require attested,checkpoint --checkpoint held.note', 'or else exit 23'],
  ],
  run: async (given, terminal) => {
    const started = performance.now();
    const options = await optionsOf(given);
    if (E.isLeft(options)) return options;
    const opened = openFor(given, terminal);
    if (E.isLeft(opened)) return opened;
    const ledger = opened.right;
    const place = markPlace(given, ledger.layout.folder);
    if (E.isLeft(place)) return place;
    // An audit may take long: what it is recorded by is there before it begins.
    const sign = signOf(given, ledger.layout);
    if (E.isLeft(sign)) return sign;
    const glass = glassOf(given);
    if (E.isLeft(glass)) return glass;
    const progress = new Progress(terminal);
    if (given.flag('record')) sayWhatStands();
    const audited = await ledger.verify({
      ...options.right,
      onProgress: ({ phase, bytes, total }) =>
        phase === 'journal'
          ? progress.tell('journal', MEGABYTES, bytes, total)
          : progress.say('mirror: comparing what it keeps beside its lines'),
    });
    await progress.end();
    if (E.isLeft(audited)) return audited;
    const report = audited.right;
    const { mark } = report;
    const kept =
      place.right === undefined || mark === undefined
        ? E.right(undefined)
        : keepMark(place.right, mark);
    const recorded = E.isLeft(kept) ? kept : await recordOf(given, ledger, report, sign.right);
    await ledger.close();
    const receipt = E.isRight(recorded) ? recorded.right : undefined;
    const exit = VERDICT_EXITS[report.verdict];
    verdictIs(exit);
    await print(terminal, report, receipt, performance.now() - started);
    if (place.right !== undefined && mark === undefined)
      terminal.note('no mark was written: only what is verified can be gone on from');
    if (E.isRight(recorded)) return E.right(exit);
    if (exit === 0) return recorded;
    // The verdict is what counts.
    terminal.note(errorText(recorded.left).message);
    return E.right(exit);
  },
};
