/**
 * What an audit does with a mirror: it is opened as it stands, its rows go by beside the lines of
 * the journal, and the rest is judged at the end. Whatever of it cannot be read is drift.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Recorded } from '../../policies/state/past.ts';
import type { Projection } from '../projection/projection.ts';
import { attempt } from '../storage/attempt.ts';
import type { Database } from '../storage/database.ts';
import { NO_COPY } from '../storage/database.ts';
import type { DiskFailed } from '../storage/disk.ts';
import { isHindrance } from '../storage/handle.ts';
import type { Layout, Settings } from '../storage/layout.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { Ground } from '../../policies/state/ground.ts';
import { standAt } from '../storage/ground.ts';
import { Mirror, mirrorFault, recordedOf } from '../storage/mirror/mirror.ts';
import type { Steps } from '../storage/steps.ts';
import type { Ports } from '../usecase/ports.ts';
import type { Concluded } from './conclusion.ts';
import { checkConclusions } from './conclusion.ts';
import type { Verified } from './journal.ts';
import { RowParity, besideFindings, endFindings, shapeFindings } from './parity.ts';
import { ProjectionCheck } from './refold.ts';
import type { ReportFinding, StoreCode } from './report.ts';
import { found } from './report.ts';

const ANY_CONCLUDED = "SELECT 1 FROM events WHERE event_type = 'experiment.concluded' LIMIT 1";

export interface Looking {
  readonly ports: Ports;
  readonly layout: Layout;
  readonly settings: Settings;
  readonly projections: readonly Projection[];
}

/**
 * Where it cannot be opened in a place that nobody may write, or by a process that may not read it,
 * or may open nothing more, nothing is said against it.
 */
type Refused = ReportFinding | 'mirror_not_readable_here' | DiskFailed;

const refused = (code: StoreCode, reason?: string): E.Either<ReportFinding, never> =>
  E.left(found(code, reason === undefined ? {} : { reason }));

const opened = (ports: Ports, database: Database): E.Either<ReportFinding, Mirror> => {
  const fault = mirrorFault(database);
  if (fault !== undefined) return refused('mirror_version', fault);
  const begun = database.begin();
  return E.isLeft(begun)
    ? refused('mirror_unreadable', begun.left.code)
    : E.right(new Mirror(database, ports.crypto));
};

/** openToRead opens the mirror in one stable state, and tells why it cannot be. */
export const openToRead = ({ ports, layout }: Looking): E.Either<Refused, Mirror> => {
  const path = layout.mirror;
  const there = ports.disk.stat(path);
  if (E.isRight(there) && there.right === undefined) return refused('mirror_missing');
  const database = ports.databases.open(path, 'read');
  if (E.isLeft(database)) {
    const { code } = database.left;
    if (code === NO_COPY) return E.left('mirror_not_readable_here');
    return isHindrance(code)
      ? E.left({ _tag: 'DiskFailed', call: 'open', path, errno: code })
      : refused('mirror_unreadable', code);
  }
  const tried = attempt(path, () => opened(ports, database.right));
  const mirror = E.isLeft(tried) ? refused('mirror_unreadable', tried.left.code) : tried.right;
  if (E.isLeft(mirror)) database.right.close();
  return mirror;
};

/** So many rows are read at a time. */
const PAGE = 1000;

export class MirrorCheck {
  readonly findings: ReportFinding[] = [];
  digests: Readonly<Record<string, string>> | undefined;
  /** How many rows it has, where it says of more, and the journal has not so many lines either. */
  few: number | undefined;
  private readonly by: Looking;
  private readonly mirror: Mirror;
  private readonly rows: RowParity;
  private readonly folded: ProjectionCheck;
  /** The first event whose row is compared; of those before it nothing is. */
  private readonly from: number;
  private lines: number;
  /** Whether every line so far was an event that projections could take. */
  private isFollowed: boolean;
  private isReadable = true;

  constructor(by: Looking, mirror: Mirror, from: number) {
    this.by = by;
    this.mirror = mirror;
    this.from = from;
    this.lines = from;
    this.isFollowed = from === 0;
    // Before its rows go by: nothing else is read on the connection meanwhile.
    this.folded = new ProjectionCheck(mirror, by.projections, from === 0);
    this.rows = new RowParity(mirror, from);
  }

  get compared(): number {
    return this.rows.compared;
  }

  private guard<T>(run: () => T): T | undefined {
    if (!this.isReadable) return undefined;
    const ran = attempt(this.by.layout.mirror, run);
    if (E.isRight(ran)) return ran.right;
    this.isReadable = false;
    this.findings.push(found('mirror_unreadable', { reason: ran.left.code }));
    return undefined;
  }

  /** Takes the next line of the journal; its event is undefined where it is not well-formed. */
  take(seq: number, bytes: Uint8Array, event: Recorded | undefined): void {
    const place = this.lines++;
    this.guard(() => this.rows.take(seq, bytes, event));
    // What the mirror has not taken is nothing to be folded, whatever stands there.
    if (place >= this.folded.taken) return;
    // Behind a line that is missing or out of its place nothing can be folded.
    if (event === undefined || seq !== place) this.isFollowed = false;
    else if (this.isFollowed) this.folded.take(event);
  }

  /** The same of work in steps: what cannot be read ends it. */
  private *guarded(work: Steps<void>): Steps<void> {
    while (this.guard(() => work.next().done === true) === false) yield;
  }

  /** A writer may have gone on since the journal was read: those events are in the mirror alone. */
  private followRest(): void {
    const { taken } = this.folded;
    for (let from = this.lines; from < taken; from += PAGE)
      for (const line of this.mirror.linesBetween(from, Math.min(from + PAGE, taken)))
        this.folded.take(recordedOf(line));
  }

  private countFew({ state: { lines } }: Verified): void {
    const rows = (this.mirror.lastRow() ?? -1) + 1;
    if ((this.mirror.ended()?.size ?? 0) > Math.max(rows, lines)) this.few = rows;
  }

  /** Judges what only the end tells, where the whole journal went by. */
  *finish(verified: Verified): Steps<void> {
    const isWhole = verified.left === undefined;
    this.rows.end();
    this.guard(() => this.countFew(verified));
    this.findings.push(...this.rows.lines);
    if (isWhole) this.guard(() => this.findings.push(...shapeFindings(this.mirror, this.from)));
    this.findings.push(...this.rows.columns);
    yield;
    if (isWhole) yield* this.guarded(this.judge(verified));
  }

  private *judge(verified: Verified): Steps<void> {
    const { crypto } = this.by.ports;
    this.findings.push(...(yield* besideFindings(this.mirror, crypto, this.from)));
    this.findings.push(...endFindings(this.mirror, this.by, verified));
    if (this.isFollowed) this.followRest();
    yield;
    const { findings, digests } = this.folded.finish(crypto, this.isFollowed);
    this.findings.push(...findings);
    this.digests = digests;
  }

  /** Whether it holds projections that nobody here can fold again. */
  get hasUnknown(): boolean {
    return this.folded.hasUnknown;
  }

  /** What gates stand on at the mirror's end; undefined where something is against the mirror. */
  ground(): Ground | undefined {
    if (this.findings.some(({ severity }) => severity !== 'warning')) return undefined;
    const { crypto } = this.by.ports;
    let ground: Ground | undefined;
    this.guard(() => {
      const ended = this.mirror.ended();
      if (ended !== undefined)
        ({ ground } = standAt(crypto, this.mirror, readyMade(crypto, 'open'), ended));
    });
    return ground;
  }

  /** What was concluded, computed again; left open where something is against the mirror. */
  conclusions(): Concluded {
    const { mirror, from } = this;
    if (this.findings.some(({ severity }) => severity !== 'warning')) {
      // No line is read: it could be any. What hinders the asking is found already.
      const asked = attempt(this.by.layout.mirror, () =>
        mirror.database.sqlite.prepare(ANY_CONCLUDED).get(),
      );
      const hasAny = E.isRight(asked) && asked.right !== undefined;
      return { findings: [], open: hasAny ? ['conclusions_not_computed'] : [] };
    }
    let concluded: Concluded = { findings: [], open: [] };
    const source = { look: <T>(run: (of: Mirror) => T) => E.right(run(mirror)) };
    this.guard(() => (concluded = checkConclusions(this.by.ports.crypto, source, from === 0)));
    return concluded;
  }

  close(): void {
    this.rows.end();
    this.folded.close();
    this.mirror.database.close();
  }
}
