/**
 * The audit: the journal line by line, then whether everything beside it says the same. Nothing is
 * written, a writer may go on meanwhile, and what was not proved is said.
 */
import * as E from 'fp-ts/lib/Either.js';
import { setTimeout } from 'node:timers/promises';
import { hold } from '../../ledger/chain/checkpoint.ts';
import type { Held } from '../../ledger/chain/state.ts';
import { formatHex } from '../../ledger/encoding/hex.ts';
import { open } from '../../ledger/event/open.ts';
import { root } from '../../ledger/tree/tree.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { Projection } from '../projection/projection.ts';
import { readNote } from '../storage/checkpoint-file.ts';
import type { Layout, Settings } from '../storage/layout.ts';
import type { Mirror } from '../storage/mirror/mirror.ts';
import { eventOf } from '../storage/roll.ts';
import { segmentAt } from '../storage/segment.ts';
import type { Ports } from '../usecase/ports.ts';
import type { Hire, Told } from './crew.ts';
import type { OnLine } from './fold.ts';
import type { Verified } from './journal.ts';
import { verifyJournal } from './journal.ts';
import { MirrorCheck, openToRead } from './mirror-check.ts';
import { DecisionCheck } from './refold.ts';
import type { Open, ReportFinding, Verdict } from './report.ts';
import { found, ofSegment, placed, verdictOf } from './report.ts';
import type { Progress } from './walk.ts';

export interface Auditing {
  readonly ports: Ports;
  readonly layout: Layout;
  readonly settings: Settings;
  readonly projections: readonly Projection[];
}

export interface AuditOptions {
  /** Checkpoints kept elsewhere, as notes. */
  readonly checkpoints?: readonly string[] | undefined;
  readonly journalOnly?: boolean | undefined;
  /** Judge every sealed decision again. */
  readonly decisions?: boolean | undefined;
  readonly hire?: Hire | undefined;
  readonly maxMs?: number | undefined;
  readonly onProgress?: ((progress: Progress) => void) | undefined;
}

export interface Report {
  readonly verdict: Verdict;
  readonly origin: string;
  readonly size: number;
  readonly head: string | undefined;
  readonly root: string | undefined;
  readonly checked: {
    readonly journal: { readonly events: number; readonly bytes: number };
    readonly attestations: { readonly verified: number; readonly unsigned: number };
    readonly checkpoints: { readonly matched: number };
    readonly mirror?: { readonly rows: number };
    readonly projections?: Readonly<Record<string, string>>;
  };
  readonly findings: readonly ReportFinding[];
  readonly notProved: readonly Open[];
}

/** How long nothing must have moved before a tail, or a mirror that is behind, is judged. */
const STILL_MS = 2000;
const LOOK_MS = 50;

/** The checkpoints at hand: those that were given, and the one beside the journal. */
const heldOf = ({ ports, layout }: Auditing, given: readonly string[]) => {
  const findings: ReportFinding[] = [];
  const refuse = (reason: string): readonly [] => {
    findings.push({ code: 'checkpoint_refused', severity: 'tampered', reason });
    return [];
  };
  const beside = readNote(ports.disk, layout.checkpoint);
  const own = E.isLeft(beside) ? refuse(beside.left._tag) : [beside.right ?? []].flat();
  const held = [...own, ...given].flatMap((note): readonly Held[] => {
    const each = hold(ports.crypto, note);
    return E.isRight(each) ? [each.right] : refuse(each.left.reason);
  });
  return { held, findings };
};

/** Waits until something holds, or until nothing has moved for a while. */
const settles = async (look: () => boolean, moved: () => string): Promise<boolean> => {
  let [seen, still] = [moved(), 0];
  while (!look()) {
    if (still >= STILL_MS) return false;
    await setTimeout(LOOK_MS);
    const now = moved();
    still = now === seen ? still + LOOK_MS : 0;
    seen = now;
  }
  return true;
};

const sizeNow = ({ ports, layout }: Auditing, segment: string): number => {
  const stat = ports.disk.stat(`${layout.journal}/${segment}`);
  return E.isRight(stat) ? (stat.right?.size ?? 0) : 0;
};

/** A tail without its LF is torn, unless a writer is about to end it. */
const tailFindings = async (
  by: Auditing,
  { tail }: Verified,
): Promise<readonly ReportFinding[]> => {
  if (tail === undefined) return [];
  const { segment, offset, line } = tail.place;
  const end = offset + tail.length;
  const hasGrown = (): boolean => sizeNow(by, segment) !== end;
  const moved = await settles(hasGrown, () => String(sizeNow(by, segment)));
  return moved
    ? []
    : [found('tail_torn', { segment, offset, line, actual: `${tail.length} bytes` })];
};

/** A mirror that ends elsewhere than the journal, once nothing moves any more. */
const sizeFindings = async (by: Auditing, lines: number): Promise<readonly ReportFinding[]> => {
  const ended = (): readonly [size: number, segment: number, offset: number] => {
    const mirror = openToRead(by);
    if (E.isLeft(mirror)) return [0, 0, 0];
    const { size = 0, segment = 0, offset = 0 } = mirror.right.ended() ?? {};
    mirror.right.database.close();
    return [size, segment, offset];
  };
  const isThere = await settles(
    () => ended()[0] >= lines,
    () => ended().join(),
  );
  const [size, first, offset] = ended();
  if (!isThere) return [found('mirror_behind', { expected: String(lines), actual: String(size) })];
  // A writer may have gone on since; then the journal is as long as the mirror says.
  const segment = segmentAt(by.layout.journal, first).name;
  return size > lines && sizeNow(by, segment) < offset
    ? [found('mirror_ahead', { seq: lines, segment, expected: String(offset) })]
    : [];
};

const DECISIONS = 'policy_decisions';

/** audit verifies a ledger. */
export const audit = async (by: Auditing, options: AuditOptions = {}): Promise<Told<Report>> => {
  const { ports, layout, settings } = by;
  const { checkpoints = [], journalOnly = false, decisions = false } = options;
  const { held, findings: refused } = heldOf(by, checkpoints);
  // Opened once the journal's end is known: then the mirror is as far, or a writer is about to be.
  let looked: E.Either<ReportFinding, MirrorCheck> | undefined;
  const look = (): E.Either<ReportFinding, MirrorCheck> =>
    (looked ??= E.map((mirror: Mirror) => new MirrorCheck(by, mirror))(openToRead(by)));
  try {
    const check = decisions
      ? new DecisionCheck(ports.crypto, readyMade(ports.crypto, 'open'))
      : undefined;
    const onLine: OnLine = (seq, bytes) => {
      const { line } = open(ports.crypto, bytes);
      const event = line === undefined ? undefined : eventOf(line);
      const beside = journalOnly ? undefined : look();
      if (beside?._tag === 'Right') beside.right.take(seq, bytes, event);
      check?.take(event);
    };
    const verified = await verifyJournal({
      disk: ports.disk,
      crypto: ports.crypto,
      journal: layout.journal,
      key: ports.random(32),
      origin: settings.origin,
      held,
      ...(journalOnly && check === undefined ? {} : { onLine }),
      ...(options.hire === undefined ? {} : { hire: options.hire }),
      ...(options.maxMs === undefined ? {} : { maxMs: options.maxMs }),
      ...(options.onProgress === undefined ? {} : { onProgress: options.onProgress }),
    });
    if (E.isLeft(verified)) return verified;
    const { state, bytes, left } = verified.right;
    const isWhole = left === undefined;
    const beside = journalOnly ? undefined : look();
    const mirror = beside?._tag === 'Right' ? beside.right : undefined;
    mirror?.finish(state, isWhole);
    const findings: readonly ReportFinding[] = [
      ...verified.right.findings.map(placed),
      ...verified.right.segments.map(ofSegment),
      ...refused,
      ...(check?.findings ?? []),
      ...(isWhole ? await tailFindings(by, verified.right) : []),
      ...(beside?._tag === 'Left' ? [beside.left] : []),
      ...(mirror?.findings ?? []),
      ...(mirror !== undefined && isWhole ? await sizeFindings(by, state.lines) : []),
    ];
    const areJudged = check?.isWhole === true;
    const notProved: readonly Open[] = [
      ...verified.right.notProved.filter((each) => each !== DECISIONS || !areJudged),
      ...(isWhole ? [] : (['events_after_the_time_was_up'] as const)),
      ...(mirror === undefined ? (['mirror_not_looked_at'] as const) : []),
    ];
    const { frontier } = state;
    return E.right({
      verdict: verdictOf(findings, isWhole),
      origin: settings.origin,
      size: state.lines,
      head: state.head,
      root: frontier === undefined ? undefined : formatHex(root(ports.crypto, frontier)),
      checked: {
        journal: { events: state.lines, bytes },
        attestations: { verified: state.attested, unsigned: state.unsigned },
        checkpoints: { matched: state.matched },
        ...(mirror === undefined ? {} : { mirror: { rows: mirror.compared } }),
        ...(mirror?.digests === undefined ? {} : { projections: mirror.digests }),
      },
      findings,
      notProved,
    });
  } finally {
    if (looked?._tag === 'Right') looked.right.close();
  }
};
