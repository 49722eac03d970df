/**
 * A journal out of the mirror: the mirror's lines, and behind them what the journal still holds,
 * where the kernel's fold proves that they are one chain. Segments that hold what they must stay as
 * they are; the others are written anew under `torn/`, and take their place one by one, the last
 * first: whatever of the old journal is not in the mirror stays until it stands in a new segment.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { open } from '../../ledger/event/open.ts';
import { makeTorn, setAside } from '../storage/aside.ts';
import type { Disk, Done } from '../storage/disk.ts';
import type { Layout } from '../storage/layout.ts';
import type { Mirror } from '../storage/mirror/mirror.ts';
import type { StorageError } from '../storage/outcome.ts';
import type { Segment } from '../storage/segment.ts';
import { segmentAt } from '../storage/segment.ts';
import type { Steps } from '../storage/steps.ts';
import { Pace } from '../storage/steps.ts';
import { clearFile, closing, writeAll } from '../storage/whole-file.ts';
import type { Merging } from './replay-proof.ts';
import { merged, mergingOf, prove, refused, without } from './replay-proof.ts';
import type { ReplayRefused, Replaying } from './replay-request.ts';
import type { Measured } from './replay-survey.ts';
import { eachLine, segmentsIn } from './replay-survey.ts';

type Failed = StorageError | ReplayRefused;

const EVERY = 10_000;

interface Standing {
  /** Segments that hold what they must, by their first seq, and where they end. */
  readonly intact: ReadonlyMap<number, number>;
}

const isSame = (a: Uint8Array, b: Uint8Array | undefined): boolean =>
  b !== undefined && Buffer.compare(a, b) === 0;

/** Which segments may stay. A sealed line that the mirror has otherwise: one of the two lies. */
function* stand(merging: Merging, size: number): Steps<E.Either<Failed, Standing>> {
  const { by, mirror, segments } = merging;
  const { disk, crypto } = by.ports;
  const expectedLines = merged(merging);
  let at = 0;
  const next = (): E.Either<StorageError, Uint8Array> | undefined => {
    if (at >= size) return undefined;
    at++;
    return expectedLines.next().value ?? undefined;
  };
  const intact = new Map<number, number>();
  const pace = new Pace();
  for (const segment of segments) {
    while (at < Math.min(segment.first, size)) next();
    let isIntact = at === segment.first;
    for (const raw of eachLine(disk, segment)) {
      if (E.isLeft(raw)) return raw;
      const { bytes } = raw.right;
      if (pace.isOver(bytes.length)) yield;
      const expected = isIntact ? next() : undefined;
      if (expected !== undefined && E.isLeft(expected)) return expected;
      if (isSame(without(merging, at - 1, bytes), expected?.right)) continue;
      isIntact = false;
      const { line, findings } = open(crypto, bytes, { ledger: by.settings.origin });
      const known = line === undefined ? undefined : mirror.past.hashAt(line.seq);
      if (findings.length === 0 && known !== undefined && known !== line?.event_hash)
        return refused('mirror_differs', line?.seq ?? 0);
    }
    const isEmpty = segment.bytes === 0 && segment.first !== size;
    if (isIntact && !isEmpty) intact.set(segment.first, at);
  }
  return E.right({ intact });
}

/** What a journal that is made anew keeps of the old one. */
export interface Remake extends Standing {
  readonly segments: readonly Measured[];
  readonly merging: Merging;
  /** How many events are proved. */
  readonly size: number;
}

class Writer {
  private readonly by: Replaying;
  private readonly disk;
  readonly made: Segment[] = [];
  private current: { readonly first: number; readonly path: string; bytes: number } | undefined;
  private pending: Uint8Array[] = [];
  private held = 0;

  constructor(by: Replaying) {
    this.by = by;
    this.disk = by.ports.disk;
  }

  begin(first: number): E.Either<StorageError, void> {
    const ended = this.end();
    if (E.isLeft(ended)) return ended;
    const segment = segmentAt(this.by.layout.journal, first);
    const path = join(this.by.layout.torn, `${segment.name}.new`);
    const cleared = clearFile(this.disk, path);
    if (E.isLeft(cleared)) return cleared;
    const made = this.disk.open(path, 'create');
    if (E.isLeft(made)) return made;
    made.right.close();
    this.made.push(segment);
    this.current = { first, path, bytes: 0 };
    return E.right(undefined);
  }

  private flush(isLast: boolean): E.Either<StorageError, void> {
    const { current } = this;
    if (current === undefined) return E.right(undefined);
    const file = this.disk.open(current.path, 'write');
    if (E.isLeft(file)) return file;
    const bytes = Buffer.concat(this.pending);
    const written = writeAll(file.right, bytes, current.bytes - bytes.length);
    this.pending = [];
    this.held = 0;
    const isDone = E.isLeft(written) || !isLast;
    return closing(file.right, isDone ? written : file.right.sync());
  }

  /** Ends the segment: it is on the disk. */
  end(): E.Either<StorageError, void> {
    const flushed = this.flush(true);
    this.current = undefined;
    return flushed;
  }

  line(seq: number, bytes: Uint8Array, isFirst: boolean): E.Either<StorageError, void> {
    const limit = this.by.settings.limits.segment_bytes;
    const { bytes: filled = 0 } = this.current ?? {};
    if (isFirst || this.current === undefined || (filled > 0 && filled + bytes.length > limit)) {
      const begun = this.begin(seq);
      if (E.isLeft(begun)) return begun;
    }
    if (this.current === undefined) return E.right(undefined);
    this.current.bytes += bytes.length;
    this.pending.push(bytes);
    this.held += bytes.length;
    return this.held > 1 << 20 ? this.flush(false) : E.right(undefined);
  }
}

/** Writes what no segment holds, in segments that begin where those begin that they replace. */
function* write({
  merging,
  size,
  intact,
}: Remake): Steps<E.Either<StorageError, readonly Segment[]>> {
  const { by, segments } = merging;
  const writer = new Writer(by);
  const starts = new Set(segments.map(({ first }) => first));
  const pace = new Pace();
  let seq = 0;
  let kept = 0;
  for (const bytes of merged(merging)) {
    if (E.isLeft(bytes)) return bytes;
    if (seq >= size) break;
    kept = intact.get(seq) ?? kept;
    const isKept = seq < kept;
    const written = isKept ? writer.end() : writer.line(seq, bytes.right, starts.has(seq));
    if (E.isLeft(written)) return written;
    seq++;
    if (pace.isOver(bytes.right.length)) yield;
    if (seq % EVERY === 0)
      by.options.onProgress?.({ phase: 'write_journal', events: seq, total: size });
  }
  const ended = writer.end();
  return E.isLeft(ended) ? ended : E.right(writer.made);
}

const syncBoth = (disk: Disk, { journal, torn }: Layout): Done<void> => {
  const synced = disk.syncFolder(journal);
  return E.isLeft(synced) ? synced : disk.syncFolder(torn);
};

/** Keeps what is replaced, and puts what was written into its place. */
const place = (
  by: Replaying,
  segments: readonly Measured[],
  made: readonly Segment[],
  { intact }: Standing,
): E.Either<StorageError, number> => {
  const { layout, ports } = by;
  const { disk } = ports;
  const replaced = segments.filter(({ first, bytes }) => !intact.has(first) && bytes > 0);
  const gone = segments.filter(({ first }) => !intact.has(first));
  let bytes = 0;
  for (const segment of replaced) {
    const aside = setAside(disk, layout, segment, 0);
    if (E.isLeft(aside)) return aside;
    bytes += aside.right.bytes;
  }
  const folder = disk.makeFolder(layout.journal);
  if (E.isLeft(folder)) return folder;
  for (const each of [layout.torn, layout.folder]) {
    const synced = disk.syncFolder(each);
    if (E.isLeft(synced)) return synced;
  }
  for (const { name, path } of made.toReversed()) {
    const renamed = disk.rename(join(layout.torn, `${name}.new`), path);
    if (E.isLeft(renamed)) return renamed;
    const synced = syncBoth(disk, layout);
    if (E.isLeft(synced)) return synced;
  }
  const isMade = new Set(made.map(({ first }) => first));
  for (const { first, path } of gone.toReversed()) {
    const removed = isMade.has(first) ? E.right(undefined) : disk.remove(path);
    if (E.isLeft(removed)) return removed;
  }
  return E.map(() => bytes)(syncBoth(disk, layout));
};

/** remakeOf proves the mirror and finds out which segments may stay, without a write. */
export function* remakeOf(by: Replaying, mirror: Mirror): Steps<E.Either<Failed, Remake>> {
  const { disk } = by.ports;
  // One state of the mirror, and then the journal: that holds all of it, whoever writes meanwhile.
  const begun = mirror.database.begin();
  if (E.isLeft(begun)) return begun;
  const listed = segmentsIn(disk, by.layout.journal);
  if (E.isLeft(listed)) return listed;
  const segments = listed.right;
  const found = yield* mergingOf(by, mirror, segments);
  if (E.isLeft(found)) return found;
  const merging = found.right;
  const proved = yield* prove(merging);
  if (E.isLeft(proved)) return proved;
  const size = proved.right;
  return E.map(({ intact }: Standing) => ({ segments, merging, size, intact }))(
    yield* stand(merging, size),
  );
}

/** journalFromMirror makes the journal anew where it must be; gives the bytes that it set aside. */
export function* journalFromMirror(by: Replaying, mirror: Mirror): Steps<E.Either<Failed, number>> {
  const remake = yield* remakeOf(by, mirror);
  if (E.isLeft(remake)) return remake;
  const { segments } = remake.right;
  const torn = makeTorn(by.ports.disk, by.layout);
  if (E.isLeft(torn)) return torn;
  const made = yield* write(remake.right);
  return E.isLeft(made) ? made : place(by, segments, made.right, remake.right);
}
