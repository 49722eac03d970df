/**
 * The audit: the journal line by line, then whether everything beside it says the same. Nothing is
 * written, a writer may go on meanwhile, and what was not proved is said.
 */
import * as E from 'fp-ts/lib/Either.js';
import { formatHex } from '../../ledger/encoding/hex.ts';
import { open } from '../../ledger/event/open.ts';
import type { Key } from '../../ledger/key/key.ts';
import { root } from '../../ledger/tree/tree.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import { givingWay } from '../storage/giving-way.ts';
import { eventOf } from '../storage/roll.ts';
import { Beside } from './beside.ts';
import type { Hire, Trouble } from './crew.ts';
import { exceptionFindings } from './exception.ts';
import type { OnLine } from './fold.ts';
import type { Notes } from './held.ts';
import { matchedOf, notesOf, passedBy } from './held.ts';
import { TABLE_BYTES } from './id-hash.ts';
import type { Since, Verified } from './journal.ts';
import { verifyJournal } from './journal.ts';
import { formatMark } from './mark.ts';
import type { Looking, MirrorCheck } from './mirror-check.ts';
import { DecisionCheck } from './refold.ts';
import type { Open, ReportFinding, Verdict } from './report.ts';
import { ofOneCause, ofSegment, placed, verdictOf } from './report.ts';
import type { Requirement } from './required.ts';
import { unmet } from './required.ts';
import type { Asked, SinceRefused } from './since.ts';
import { goOnFrom, markFindings, markOf, parseSince } from './since.ts';
import { isMadeAnew, mirrorFile, sizeFindings } from './still.ts';
import { endingOf, heldUp } from './tail.ts';
import type { Progress } from './walk.ts';
import type { Witness } from './witness.ts';

export interface AuditOptions {
  /** Checkpoints kept elsewhere, as notes. */
  readonly checkpoints?: readonly string[] | undefined;
  /** Those that count are signed by one of these. */
  readonly vkeys?: readonly Key[] | undefined;
  /** A mark's text, to go on from; or a checkpoint's, or a position: see `since.ts`. */
  readonly since?: number | string | undefined;
  readonly require?: readonly Requirement[] | undefined;
  readonly journalOnly?: boolean | undefined;
  /** Judge every sealed decision again; it takes all events, and so nothing to go on from. */
  readonly decisions?: boolean | undefined;
  readonly hire?: Hire | undefined;
  readonly maxMs?: number | undefined;
  readonly onProgress?: ((progress: AuditProgress) => void) | undefined;
}

export interface AuditProgress extends Progress {
  readonly phase: 'journal' | 'mirror';
}

export interface Report {
  readonly verdict: Verdict;
  readonly origin: string;
  readonly size: number;
  readonly head: string | undefined;
  readonly root: string | undefined;
  readonly checked: {
    readonly journal: {
      readonly events: number;
      readonly bytes: number;
      readonly segments: number;
    };
    readonly attestations: { readonly verified: number; readonly unsigned: number };
    readonly checkpoints: { readonly matched: number };
    readonly mirror?: { readonly rows: number };
    readonly projections?: Readonly<Record<string, string>>;
  };
  readonly findings: readonly ReportFinding[];
  /** How many were found in lines beyond those that are told. */
  readonly more: number;
  readonly notProved: readonly Open[];
  /** What a later audit can go on from; where everything that was asked for is proved. */
  readonly mark: string | undefined;
}

/** Where the audit begins, and what is known of what stands before. */
interface Beginning {
  readonly since: Since | undefined;
  readonly from: number;
  readonly findings: readonly ReportFinding[];
  readonly isOpen: boolean;
}

const beginAt = (
  { ports, layout, settings }: Looking,
  { mark, from }: Asked,
  notes: Notes,
  witness: Witness | undefined,
  key: Uint8Array,
): E.Either<Trouble, Beginning> => {
  const whole = { since: undefined, from, findings: [], isOpen: false };
  if (mark === undefined || mark.origin !== settings.origin) return E.right(whole);
  const { disk, crypto } = ports;
  const since = goOnFrom(disk, crypto, layout.journal, mark, key, witness);
  if (E.isLeft(since)) return since;
  if (since.right === undefined) return E.right(whole);
  const passed = passedBy(crypto, mark, since.right.state, notes, witness);
  const { findings, isOpen } = passed;
  return E.right({
    since: { ...since.right, state: passed.state },
    from: mark.size,
    findings,
    isOpen,
  });
};

const DECISIONS = 'policy_decisions';

/** What was left open in this run, beside what the kernel leaves open whatever was read. */
const openOf = (
  { mark, from }: Asked,
  begun: Beginning,
  { beyond, skipped, left, state }: Verified,
  hasMirror: boolean,
): readonly Open[] => {
  const isMarked = begun.since !== undefined && mark !== undefined;
  return [
    ...(isMarked
      ? [
          { open: 'bytes_before_the_mark', bytes: mark.bytes, before: mark.size } as const,
          'ids_before_the_mark' as const,
        ]
      : []),
    ...(beyond > 0 ? (['references_before_the_mark'] as const) : []),
    ...(begun.isOpen ? (['checkpoint_before_the_mark'] as const) : []),
    ...(skipped > 0 ? [{ open: 'payloads_before', bytes: skipped, before: from } as const] : []),
    ...(left === undefined
      ? []
      : [
          {
            open: 'events_after_the_time_was_up',
            bytes: left.bytes,
            from: state.lines,
          } as const,
        ]),
    ...(hasMirror && begun.from > 0 ? (['mirror_before'] as const) : []),
  ];
};

/** What the kernel leaves open, less what was done here and better said. */
const kernelOpen = (
  { notProved }: Verified,
  areJudged: boolean,
  isGiven: boolean,
): readonly Open[] => [
  ...(isGiven ? [] : (['no_checkpoint_given'] as const)),
  ...notProved.filter(
    (each) => (each !== DECISIONS || !areJudged) && (each !== 'no_checkpoint_matched' || isGiven),
  ),
];

/** By the events that went by, or as the mirror has them where nothing is against it. */
const exceptionsIn = (
  { ports, settings }: Looking,
  check: DecisionCheck | undefined,
  mirror: MirrorCheck | undefined,
): readonly ReportFinding[] => {
  const ground = check?.isWhole === true ? check.ground : mirror?.ground();
  return ground === undefined
    ? []
    : exceptionFindings(ports.crypto, ground, settings.origin, ports.now());
};

/** audit verifies a ledger. */
export const audit = async (
  by: Looking,
  options: AuditOptions = {},
): Promise<E.Either<Trouble | SinceRefused, Report>> => {
  const { ports, layout, settings } = by;
  const { crypto, disk } = ports;
  const { origin } = settings;
  const { checkpoints = [], vkeys = [], require = [], journalOnly = false } = options;
  const asked = parseSince(crypto, options.since);
  if (E.isLeft(asked)) return asked;
  const { mark, note } = asked.right;
  const texts = note === undefined ? checkpoints : [...checkpoints, note];
  const looked = notesOf(crypto, disk, layout, texts, vkeys, mark?.size ?? asked.right.from);
  if (E.isLeft(looked)) return looked;
  const notes = looked.right;
  const named = [...notes.own, ...notes.given];
  const beside = new Beside(by, journalOnly);
  const mirrorWas = mirrorFile(by);
  try {
    const key = ports.random(TABLE_BYTES);
    const begun = beginAt(by, asked.right, notes, beside.witness(mark), key);
    if (E.isLeft(begun)) return begun;
    const { since, from } = begun.right;
    const check =
      options.decisions === true && from === 0
        ? new DecisionCheck(crypto, readyMade(crypto, 'open'))
        : undefined;
    const onLine: OnLine = (seq, bytes) => {
      const { line } = open(crypto, bytes);
      const event = line === undefined ? undefined : eventOf(line);
      beside.check(from)?.take(seq, bytes, event);
      check?.take(event);
    };
    const { hire, maxMs } = options;
    let progress: Progress = { bytes: 0, total: 0, events: 0 };
    const onProgress = (made: Progress): void => {
      progress = made;
      options.onProgress?.({ phase: 'journal', ...made });
    };
    const read = await verifyJournal({
      disk,
      crypto,
      journal: layout.journal,
      key,
      origin,
      held: [...named, ...notes.kept],
      from,
      mustAttest: require.includes('attested'),
      ...(since === undefined ? {} : { since }),
      ...(journalOnly && check === undefined ? {} : { onLine }),
      ...(hire === undefined ? {} : { hire }),
      ...(maxMs === undefined ? {} : { maxMs }),
      onProgress,
    });
    if (E.isLeft(read)) return read;
    const ending = await endingOf(by, read.right);
    if (E.isLeft(ending)) return ending;
    const { verified, findings: ends, isLost } = ending.right;
    const { state, bytes, count, more } = verified;
    const isWhole = verified.left === undefined;
    const mirror = beside.check(from);
    if (beside.trouble !== undefined) return E.left(beside.trouble);
    if (mirror !== undefined) options.onProgress?.({ phase: 'mirror', ...progress });
    if (mirror !== undefined) await givingWay(mirror.finish(verified));
    const ofMirror = [...beside.findings, ...(mirror?.findings ?? [])];
    const concluded = isWhole ? mirror?.conclusions() : undefined;
    const found: readonly ReportFinding[] = [
      ...verified.findings.map(placed),
      ...verified.segments.map(ofSegment),
      ...notes.findings,
      ...begun.right.findings,
      ...(mark !== undefined && since === undefined ? markFindings(mark, origin, verified) : []),
      // What stands in a tail that the next append sets aside is nothing to be judged.
      ...(check?.findings.filter(({ seq = 0 }) => seq < state.lines) ?? []),
      ...heldUp(ends, ofMirror),
      ...ofMirror,
      ...(isWhole && !isLost && !journalOnly
        ? await sizeFindings(by, verified, mirror !== undefined)
        : []),
      ...exceptionsIn(by, check, mirror),
      ...(concluded?.findings ?? []),
    ];
    const hasDrifted = found.some(({ severity }) => severity === 'drift');
    if (hasDrifted && (await isMadeAnew(by, mirrorWas)))
      return E.left({ _tag: 'SegmentMoved', path: layout.mirror });
    const isMatched = matchedOf(crypto, notes.given, state.lines, found).length > 0;
    const before = since === undefined ? undefined : mark;
    const findings = [
      ...ofOneCause(found, mirror?.few),
      ...unmet(require, asked.right, verified, before, isMatched),
    ];
    const verdict = verdictOf(findings, isWhole, state.lines);
    const made =
      verdict === 'verified'
        ? markOf(verified, matchedOf(crypto, named, state.lines, findings), before)
        : undefined;
    const { frontier } = state;
    return E.right({
      verdict,
      origin,
      size: state.lines,
      head: state.head,
      root: frontier === undefined ? undefined : formatHex(root(crypto, frontier)),
      checked: {
        journal: { events: state.lines - (before?.size ?? 0), bytes, segments: count },
        attestations: {
          verified: state.attested - (before?.attested ?? 0),
          unsigned: state.unsigned - (before?.unsigned ?? 0),
        },
        checkpoints: { matched: state.matched },
        ...(mirror === undefined ? {} : { mirror: { rows: mirror.compared } }),
        ...(mirror?.digests === undefined ? {} : { projections: mirror.digests }),
      },
      findings,
      more,
      notProved: [
        ...kernelOpen(verified, check?.isWhole === true, texts.length > 0),
        ...openOf(asked.right, begun.right, verified, mirror !== undefined),
        ...beside.open,
        ...(concluded?.open ?? []),
      ],
      mark: made === undefined ? undefined : formatMark(crypto, made),
    });
  } finally {
    beside.close();
  }
};
