/**
 * Surveying a journal before it is replayed: every line is verified, nothing is written, and the
 * first byte that is none of a sound journal is told with what was good before it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { hold } from '../../ledger/chain/checkpoint.ts';
import { memoryHistory } from '../../ledger/chain/history.ts';
import type { ChainState, Held, Means } from '../../ledger/chain/state.ts';
import { begin } from '../../ledger/chain/state.ts';
import { finish, step } from '../../ledger/chain/verify.ts';
import type { Line } from '../../ledger/event/line.ts';
import type { Finding } from '../../ledger/finding.ts';
import type { Digest, Seq } from '../../ledger/name.ts';
import { keptNotes, lastNotes } from '../storage/checkpoint-file.ts';
import type { Disk } from '../storage/disk.ts';
import type { Layout, Settings } from '../storage/layout.ts';
import type { RawLine } from '../storage/line-reader.ts';
import { linesOf } from '../storage/line-reader.ts';
import type { Corrupt, StorageError } from '../storage/outcome.ts';
import type { Segment } from '../storage/segment.ts';
import { openSegment, parseSegmentName, segmentAt, sizeOf } from '../storage/segment.ts';
import type { Steps } from '../storage/steps.ts';
import { Pace } from '../storage/steps.ts';
import { closing } from '../storage/whole-file.ts';
import type { Ports } from './ports.ts';

export interface Surveying {
  readonly ports: Pick<Ports, 'crypto' | 'disk' | 'random'>;
  readonly layout: Layout;
  readonly settings: Settings;
  readonly onEvents?: ((events: number) => void) | undefined;
}

export interface Measured extends Segment {
  readonly bytes: number;
}

/** The first place at which a journal is none any more. */
export interface Bad {
  readonly segment: Segment;
  readonly offset: number;
  /** How many events stand before it, and the hash of the last of them. */
  readonly size: number;
  readonly head: Digest;
  readonly reason: 'line_refused' | 'segment_order' | 'withheld_not_erased';
  readonly findings: readonly Finding[];
  /** How many bytes there are from there on in its segment. */
  readonly bytes: number;
}

export interface Survey {
  readonly isThere: boolean;
  readonly segments: readonly Measured[];
  readonly bytes: number;
  /** Behind the last good line. */
  readonly state: ChainState;
  readonly bad: Bad | undefined;
  /** The checkpoint that reaches furthest. */
  readonly note: string | undefined;
  /** What the checkpoints say against the journal, the earlier ones that are kept, too. */
  readonly against: Corrupt | undefined;
  /** The hash of a good event. */
  readonly hashAt: (seq: number) => Digest | undefined;
  /** What they go on saying where nothing but the good events is left. */
  readonly stays: Corrupt | undefined;
}

const EVERY = 10_000;

const isGrave = ({ severity }: Finding): boolean => severity !== 'warning';
const isOfNote = ({ code }: Finding): boolean => code.startsWith('checkpoint_');

/** segmentsIn lists and measures the segments there are, a journal without its first included. */
export const segmentsIn = (
  disk: Disk,
  journal: string,
): E.Either<StorageError, readonly Measured[]> => {
  const folder = disk.stat(journal);
  if (E.isLeft(folder)) return folder;
  if (folder.right === undefined) return E.right([]);
  if (folder.right.kind !== 'folder')
    return E.left({ _tag: 'JournalRefused', reason: 'not_a_folder', path: journal });
  const names = disk.list(journal);
  if (E.isLeft(names)) return names;
  const segments: Measured[] = [];
  for (const name of names.right) {
    const first = parseSegmentName(name);
    const path = join(journal, name);
    if (first === undefined)
      return E.left({ _tag: 'JournalRefused', reason: 'foreign_name', path });
    const segment = segmentAt(journal, first);
    const file = openSegment(disk, segment, 'read');
    if (E.isLeft(file)) return file;
    const bytes = closing(file.right, sizeOf(file.right));
    if (E.isLeft(bytes)) return bytes;
    segments.push({ ...segment, bytes: bytes.right });
  }
  return E.right(segments);
};

/** eachLine gives the lines of a segment, as far as it was measured. */
export function* eachLine(
  disk: Disk,
  segment: Measured,
): Generator<E.Either<StorageError, RawLine>, void> {
  const file = openSegment(disk, segment, 'read');
  if (E.isLeft(file)) {
    yield file;
    return;
  }
  try {
    yield* linesOf(file.right, 0, segment.bytes);
  } finally {
    file.right.close();
  }
}

/** eventsIn counts the lines of a journal: a segment is named by how many stand before it. */
export function* eventsIn(disk: Disk, journal: string): Steps<number | undefined> {
  const segments = segmentsIn(disk, journal);
  const last = E.isRight(segments)
    ? segments.right.toSorted((a, b) => a.first - b.first).at(-1)
    : undefined;
  if (last === undefined) return undefined;
  const pace = new Pace();
  let events: number = last.first;
  for (const line of eachLine(disk, last)) {
    if (E.isLeft(line)) return undefined;
    events++;
    if (pace.isOver(line.right.bytes.length)) yield;
  }
  return events;
}

type Where = Omit<Bad, 'reason' | 'findings'>;

class Walk {
  private readonly by: Surveying;
  private readonly means: Means;
  private readonly pace = new Pace();
  /** Where the lines without payload stand; whether they may is told by later ones. */
  private readonly withheld = new Map<number, Where>();
  state: ChainState;
  bad: Bad | undefined;
  ofNote: readonly Finding[] = [];

  constructor(by: Surveying, held: readonly Held[]) {
    const { crypto, random } = by.ports;
    this.by = by;
    this.means = { crypto, history: memoryHistory(crypto, random(32)) };
    this.state = begin(by.settings.origin, held);
  }

  private place(segment: Measured, offset: number): Where {
    const { lines: size, head = '' as Digest } = this.state;
    return { segment, offset, size, head, bytes: segment.bytes - offset };
  }

  private take(segment: Measured, { bytes, offset }: RawLine): Line | undefined {
    const place = this.place(segment, offset);
    const { state, findings, line } = step(this.means, this.state, bytes);
    const grave = findings.filter((each) => isGrave(each) && !isOfNote(each));
    if (line === undefined || grave.length > 0) {
      this.bad = { ...place, reason: 'line_refused', findings: grave };
      return undefined;
    }
    this.ofNote = [...this.ofNote, ...findings.filter(isOfNote)];
    this.state = state;
    if (line.payload === undefined) this.withheld.set(line.seq, place);
    if (state.lines % EVERY === 0) this.by.onEvents?.(state.lines);
    return line;
  }

  *segment(segment: Measured): Steps<E.Either<StorageError, void>> {
    if (segment.first !== this.state.seq) {
      const place = this.place(segment, 0);
      this.bad = { ...place, reason: 'segment_order', findings: [] };
      return E.right(undefined);
    }
    for (const raw of eachLine(this.by.ports.disk, segment)) {
      if (E.isLeft(raw)) return raw;
      if (this.take(segment, raw.right) === undefined) return E.right(undefined);
      if (this.pace.isOver(raw.right.bytes.length)) yield;
    }
    return E.right(undefined);
  }

  /** The hash of an event that was taken. */
  hashAt(seq: number): Digest | undefined {
    return this.means.history.hashAt(seq as Seq);
  }

  /** What only the end tells. */
  end(): void {
    const { findings } = finish(this.means, this.state);
    this.ofNote = [...this.ofNote, ...findings.filter(isOfNote)];
    const unerased = findings.filter(({ code }) => code === 'withheld_not_erased');
    const first = this.withheld.get(Math.min(...unerased.map(({ seq = 0 }) => seq)));
    if (first !== undefined)
      this.bad = { ...first, reason: 'withheld_not_erased', findings: unerased };
  }
}

interface Notes {
  readonly held: readonly Held[];
  /** What is wrong with a file that holds no checkpoint. */
  readonly none: Corrupt | undefined;
  readonly last: string | undefined;
}

/** notesOf gives every checkpoint on the disk: the one beside the journal and those kept. */
export const notesOf = ({ ports, layout }: Surveying): E.Either<StorageError, Notes> => {
  const { crypto, disk } = ports;
  const noted = lastNotes({ crypto, disk, layout }, true);
  if (E.isLeft(noted)) return noted;
  const kept = keptNotes({ crypto, disk, layout });
  if (E.isLeft(kept)) return kept;
  const { notes, last } = noted.right;
  const reasonOf = E.mapLeft(({ reason }: { readonly reason: string }) => reason);
  const beside = notes.map((note) => ({ size: undefined, note: reasonOf(hold(crypto, note)) }));
  const all = [...beside, ...kept.right];
  // The last one lies in both places.
  const held = new Map(
    all.flatMap(({ note }) => (E.isRight(note) ? [[note.right.note, note.right]] : [])),
  );
  const [none] = all.flatMap(({ size, note }): readonly Corrupt[] => {
    if (E.isRight(note)) return [];
    const about = size === undefined ? {} : { expected: String(size) };
    return [{ _tag: 'Corrupt', reason: 'checkpoint_refused', ...about, actual: note.left }];
  });
  return E.right({ held: [...held.values()], none, last });
};

const ofNotes = (
  reason: 'checkpoint_refused' | 'checkpoint_beyond_end',
  { state }: Walk,
  findings: readonly Finding[],
): Corrupt | undefined => {
  if (findings.length === 0) return undefined;
  const size = Math.max(...findings.map(({ seq = 0 }) => seq));
  const [expected, actual] = [String(size), String(state.lines)];
  return { _tag: 'Corrupt', reason, seq: size, expected, actual, findings };
};

const againstNotes = (walk: Walk, { none }: Notes): Pick<Survey, 'against' | 'stays'> => {
  const { ofNote, bad, state } = walk;
  const size = bad?.size ?? state.lines;
  const isBeyond = ofNote.every(({ code }) => code === 'checkpoint_beyond_end');
  const below = ofNote.filter(({ seq = 0 }) => seq <= size);
  const reason = isBeyond ? 'checkpoint_beyond_end' : 'checkpoint_refused';
  return {
    against: none ?? ofNotes(reason, walk, ofNote),
    stays: none ?? ofNotes('checkpoint_refused', walk, below),
  };
};

/** surveyJournal verifies all of a journal, up to the first place at which it is none. */
export function* surveyJournal(by: Surveying): Steps<E.Either<StorageError, Survey>> {
  // Whatever was signed by then stands in the journal that is looked at next.
  const notes = notesOf(by);
  if (E.isLeft(notes)) return notes;
  const listed = segmentsIn(by.ports.disk, by.layout.journal);
  if (E.isLeft(listed)) return listed;
  const segments = listed.right;
  const walk = new Walk(by, notes.right.held);
  for (const segment of segments) {
    const walked = yield* walk.segment(segment);
    if (E.isLeft(walked)) return walked;
    if (walk.bad !== undefined) break;
  }
  walk.end();
  return E.right({
    isThere: segments.length > 0,
    segments,
    bytes: segments.reduce((sum, each) => sum + each.bytes, 0),
    state: walk.state,
    bad: walk.bad,
    note: notes.right.last,
    hashAt: (seq) => walk.hashAt(seq),
    ...againstNotes(walk, notes.right),
  });
}
