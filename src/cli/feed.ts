/**
 * Appending drafts line by line: gathered into batches, receipts printed as each batch is on the
 * disk. Of the input no more is in memory than a batch.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { AppendOptions, Ledger } from '../ledger.ts';
import type { Submission } from '../usecase/batch.ts';
import type { Receipt } from '../usecase/receipt.ts';
import { isRecorded, isTaken } from '../usecase/receipt.ts';
import { draftIn } from './draft-input.ts';
import type { CliError, LineRefused, NotTaken } from './error.ts';
import { exitOf } from './exit-code.ts';
import { sizeOfInput } from './input.ts';
import type { InputLine } from './line-input.ts';
import { linesOf } from './line-input.ts';
import { lineWriter } from './json-stream.ts';
import { heed, onLeave } from './leave.ts';
import { LINES, Progress } from './progress.ts';
import type { Outcome } from './receipt.ts';
import { failureOf, printReceipts, receiptData } from './receipt.ts';
import type { Terminal } from './terminal.ts';
import { refuseReserved, submissionOf } from './writing.ts';

export interface FeedOptions extends AppendOptions {
  /** So many drafts are written at once. */
  readonly batch: number;
  readonly fromLine: number;
  /** Whether to go on behind a line that is not taken. */
  readonly goesOn: boolean;
  /** Members that each draft is given; one that is signed takes none. */
  readonly members: JsonObject;
}

interface Gathered {
  readonly line: number;
  readonly submission: Submission;
}

const SIGNED_ALREADY: LineRefused['cause'] = { _tag: 'SignedAlready' };

/** More bytes are not gathered, however many drafts they are. */
const MAX_GATHERED_BYTES = 4 << 20;

export class Feed {
  private readonly ledger: Ledger;
  private readonly terminal: Terminal;
  private readonly options: FeedOptions;
  private gathered: Gathered[] = [];
  private bytes = 0;
  /** Whether the ledger goes on by something of this feed, a refusal too. */
  private hasRecorded = false;
  private readonly counts = { appended: 0, already_recorded: 0 };
  private untaken = 0;
  /** The lines before it are answered for. */
  private nextLine: number;
  /** So many have come. */
  private lines = 0;
  /** Bytes of lines. */
  private readonly come = { skipped: 0, read: 0 };
  private size: number | undefined;
  private readonly progress: Progress;
  private write: ReturnType<typeof lineWriter> | undefined;
  private worst: LineRefused | NotTaken | undefined;

  constructor(ledger: Ledger, terminal: Terminal, options: FeedOptions) {
    this.ledger = ledger;
    this.terminal = terminal;
    this.options = options;
    this.progress = new Progress(terminal);
    this.nextLine = options.fromLine;
  }

  /** run appends what comes, and gives what stopped it. */
  async run(path: string): Promise<CliError | undefined> {
    this.size = sizeOfInput(path);
    try {
      return await this.feed(path);
    } finally {
      await this.progress.end();
    }
  }

  private async feed(path: string): Promise<CliError | undefined> {
    onLeave(async () => `Go on with --from-line ${this.nextLine}: what stands before it is done.`);
    for await (const line of linesOf(path)) {
      const stop = await this.next(line);
      if (stop !== undefined) return stop;
    }
    const stop = await this.flush();
    if (stop !== undefined) return stop;
    const { fromLine } = this.options;
    if (fromLine > 1 && fromLine > this.lines)
      this.terminal.note(`nothing stands from line ${fromLine} on: the last one is ${this.lines}`);
    return this.worst && { _tag: 'LinesNotTaken', lines: this.untaken, worst: this.worst };
  }

  /** Whether there is anything to sum up: a file that cannot be read has no lines. */
  get hasBegun(): boolean {
    return this.lines > 0;
  }

  summary(): string {
    const { appended, already_recorded: before } = this.counts;
    return `${appended} appended, ${before} already recorded, ${this.untaken} not taken`;
  }

  private async next(
    line: InputLine | 'idle' | Extract<CliError, { _tag: 'FileUnreadable' }>,
  ): Promise<CliError | undefined> {
    if (line === 'idle') return this.flush();
    if ('_tag' in line) return (await this.flush()) ?? line;
    this.lines = line.number;
    const isSkipped = line.number < this.options.fromLine;
    this.come[isSkipped ? 'skipped' : 'read'] += (line.bytes?.length ?? 0) + 1;
    if (isSkipped) return undefined;
    const submission = this.read(line);
    if (E.isLeft(submission)) {
      // What stands before it comes first.
      const stop = await this.flush();
      if (stop !== undefined) return stop;
      this.nextLine = line.number + 1;
      await this.print([{ line: line.number, receipt: submission.left }]);
      return this.notTaken(submission.left);
    }
    this.gathered.push({ line: line.number, submission: submission.right });
    this.bytes += line.bytes?.length ?? 0;
    const isFull = this.gathered.length >= this.options.batch || this.bytes >= MAX_GATHERED_BYTES;
    return isFull ? this.flush() : undefined;
  }

  private read(line: InputLine): E.Either<LineRefused, Submission> {
    const stated = draftIn(line);
    if (E.isLeft(stated)) return stated;
    const { members } = this.options;
    const draft = { ...stated.right, ...members };
    const isLate = Object.hasOwn(draft, 'attestation') && Object.keys(members).length > 0;
    const reserved = isLate ? SIGNED_ALREADY : refuseReserved(draft);
    const refused = (cause: LineRefused['cause']): LineRefused => ({
      _tag: 'LineRefused',
      line: line.number,
      cause,
    });
    return reserved === undefined
      ? E.mapLeft(refused)(submissionOf(this.ledger, draft, this.options))
      : E.left(refused(reserved));
  }

  /** Notes a line that is not taken; gives it where the feed stops at it. */
  private notTaken(failure: LineRefused | NotTaken): CliError | undefined {
    this.untaken++;
    if (!this.options.goesOn) return failure;
    if (this.worst === undefined || exitOf(failure) > exitOf(this.worst)) this.worst = failure;
    return undefined;
  }

  private async print(outcomes: readonly Outcome[]): Promise<void> {
    if (!this.terminal.isJson) return printReceipts(this.terminal, outcomes);
    this.write ??= lineWriter();
    const write = await this.write;
    const told = outcomes.map(receiptData).filter((data) => data !== undefined);
    return this.terminal.out(await write(told));
  }

  /** Lines are counted; how many there are shows by the bytes of the file alone. */
  private tell(): void {
    const { skipped, read } = this.come;
    const done = this.nextLine - this.options.fromLine;
    const share = this.size === undefined ? undefined : read / Math.max(this.size - skipped, read);
    this.progress.tell('append', LINES, done, undefined, share);
  }

  /** Appends what is gathered. */
  private async flush(): Promise<CliError | undefined> {
    const { gathered } = this;
    if (gathered.length === 0) return undefined;
    // A batch that were written once the process ends would be behind what was said.
    await heed();
    this.gathered = [];
    this.bytes = 0;
    const { goesOn, expectHead, expectCheckpoint } = this.options;
    // What is expected is expected of the ledger as it is found; afterwards it is ours.
    const expected = this.hasRecorded ? {} : { expectHead, expectCheckpoint };
    const submissions = gathered.map(({ submission }) => submission);
    const appended = await this.ledger.submit(submissions, { ...expected, stopAtFirst: !goesOn });
    const receipts = E.isRight(appended) ? appended.right : appended.left.receipts;
    // Before anything is waited for: a signal must not find it too low.
    const last = gathered[receipts.length - 1];
    if (last !== undefined) this.nextLine = last.line + 1;
    const stop = await this.answer(gathered, receipts);
    this.tell();
    return stop ?? (E.isLeft(appended) ? appended.left : undefined);
  }

  private async answer(
    gathered: readonly Gathered[],
    receipts: readonly Receipt[],
  ): Promise<CliError | undefined> {
    const outcomes = receipts.map((receipt, at) => ({ line: gathered[at]?.line, receipt }));
    await this.print(outcomes);
    for (const { line, receipt } of outcomes) {
      this.hasRecorded ||= isRecorded(receipt);
      if (isTaken(receipt))
        this.counts[receipt.status === 'appended' ? 'appended' : 'already_recorded']++;
      const failure = failureOf(receipt, line);
      const stop = failure === undefined ? undefined : this.notTaken(failure);
      if (stop !== undefined) return stop;
    }
    return undefined;
  }
}
