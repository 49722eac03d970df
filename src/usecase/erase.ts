/**
 * Taking erased payloads away. That they are erased is recorded before, as events; here their lines
 * lose payload and salt in the journal, and the mirror is made anew, since its file holds them too.
 * No old one is kept. A crash at any step is mended by asking for the same again.
 */
import * as E from 'fp-ts/lib/Either.js';
import { join } from 'node:path';
import { open } from '../../ledger/event/open.ts';
import type { Line } from '../../ledger/event/line.ts';
import { payloadOf } from '../../ledger/event/line.ts';
import { withhold } from '../../ledger/event/seal.ts';
import { isObject } from '../../ledger/json/value.ts';
import { holdsErased, keptFor } from '../storage/mirror/erased.ts';
import { makeTorn } from '../storage/aside.ts';
import type { File } from '../storage/disk.ts';
import type { StorageError } from '../storage/outcome.ts';
import { clearFile, closing, renameSynced, writeAll } from '../storage/whole-file.ts';
import { lookAtMirror, withMirror } from './replay-mirror.ts';
import type { Door } from './replay.ts';
import type { Steps } from '../storage/steps.ts';
import { Pace } from '../storage/steps.ts';
import { givingWay } from '../storage/giving-way.ts';
import type { Parity } from './replay-parity.ts';
import type { ReplayError, ReplayRefused, Replaying } from './replay-request.ts';
import type { Measured } from './replay-survey.ts';
import { eachLine, segmentsIn } from './replay-survey.ts';
import { mend, mirrorFromJournal, report } from './replay-work.ts';

/** What was taken away now; what was before is counted no more. */
export interface Withheld {
  readonly lines: number;
  readonly bytes: number;
  /** What proves that journal and mirror are equal; undefined where there was nothing to do. */
  readonly parity: Parity | undefined;
}

type Failed = StorageError | ReplayRefused;

interface Erased {
  /** Whose payload each erasure takes, both by their positions. */
  readonly by: ReadonlyMap<number, number>;
  /** Whether the mirror has the payload of one of them. */
  readonly isMirrored: boolean;
}

const ERASED = 'SELECT seq, erases FROM events WHERE erases IS NOT NULL';

/** What is erased the mirror knows, also where an earlier attempt ended before it was made anew. */
const erasedIn = (by: Replaying): E.Either<Failed, Erased> => {
  const unread: ReplayRefused = { _tag: 'ReplayRefused', reason: 'mirror_unread' };
  if (lookAtMirror(by).state !== 'there') return E.left(unread);
  const looked = withMirror(by, by.layout.mirror, (mirror): Erased => ({
    by: new Map(mirror.sqlite.prepare(ERASED).raw().all() as (readonly [number, number])[]),
    isMirrored: holdsErased(mirror),
  }));
  return E.isLeft(looked) ? E.left(unread) : looked;
};

const isErasure = (line: Line, target: number, hash: string | undefined): boolean => {
  const payload = payloadOf(line);
  return (
    (line.event_type as string) === 'ledger.payload_erased' &&
    isObject(payload) &&
    payload['seq'] === target &&
    payload['event_hash'] === hash
  );
};

type Cut = ReadonlyMap<number, Uint8Array>;

/**
 * The lines that still have what is erased, as they stand without it, by their segments. That it is
 * erased the journal must say, too.
 */
function* survey(
  { ports: { disk, crypto }, settings }: Replaying,
  segments: readonly Measured[],
  erased: Erased,
): Steps<E.Either<StorageError, ReadonlyMap<Measured, Cut>>> {
  const targets = new Set(erased.by.values());
  const hashes = new Map<number, string>();
  const cuts = new Map<Measured, Cut>();
  const pace = new Pace();
  for (const segment of segments) {
    const cut = new Map<number, Uint8Array>();
    let seq = segment.first - 1;
    for (const raw of eachLine(disk, segment)) {
      if (E.isLeft(raw)) return raw;
      seq++;
      if (pace.isOver(raw.right.bytes.length)) yield;
      const target = erased.by.get(seq);
      if (target === undefined && !targets.has(seq)) continue;
      const { bytes, offset } = raw.right;
      const { line, findings } = open(crypto, bytes, { ledger: settings.origin, seq });
      const place = { _tag: 'Corrupt', segment: segment.name, offset, seq } as const;
      if (line === undefined || findings.length > 0)
        return E.left({ ...place, reason: 'line_refused', findings });
      hashes.set(seq, line.event_hash);
      if (target !== undefined && !isErasure(line, target, hashes.get(target)))
        return E.left({ ...place, reason: 'journal_differs_from_mirror' });
      const mayGo = targets.has(seq) && keptFor(line.event_type) === undefined;
      if (mayGo && line.payload !== undefined) cut.set(seq, withhold(line));
    }
    if (cut.size > 0) cuts.set(segment, cut);
  }
  return E.right(cuts);
}

const CHUNK = 1 << 20;

/** Writes a segment with some lines in the place of those that it has; gives how long it is. */
function* writeWith(
  { ports: { disk } }: Replaying,
  segment: Measured,
  instead: Cut,
  file: File,
): Steps<E.Either<StorageError, number>> {
  let pending: Uint8Array[] = [];
  let [held, written] = [0, 0];
  const flush = (): E.Either<StorageError, void> => {
    const put = writeAll(file, Buffer.concat(pending), written);
    written += held;
    [pending, held] = [[], 0];
    return put;
  };
  const pace = new Pace();
  let seq = segment.first;
  for (const raw of eachLine(disk, segment)) {
    if (E.isLeft(raw)) return raw;
    const bytes = instead.get(seq) ?? Uint8Array.from(raw.right.bytes);
    pending.push(bytes);
    held += bytes.length;
    seq++;
    if (pace.isOver(raw.right.bytes.length)) yield;
    const put = held > CHUNK ? flush() : E.right(undefined);
    if (E.isLeft(put)) return put;
  }
  const put = flush();
  if (E.isLeft(put)) return put;
  const synced = file.sync();
  return E.isLeft(synced) ? synced : E.right(written);
}

/** Puts a segment without these payloads into the place of the one that has them. */
function* rewrite(
  by: Replaying,
  segment: Measured,
  instead: Cut,
): Steps<E.Either<StorageError, number>> {
  const { disk } = by.ports;
  const { torn } = by.layout;
  const made = makeTorn(disk, by.layout);
  if (E.isLeft(made)) return made;
  const path = join(torn, `${segment.name}.new`);
  const cleared = clearFile(disk, path);
  if (E.isLeft(cleared)) return cleared;
  const file = disk.open(path, 'create');
  if (E.isLeft(file)) return file;
  const written = closing(file.right, yield* writeWith(by, segment, instead, file.right));
  if (E.isLeft(written)) return written;
  const renamed = renameSynced(disk, path, segment.path);
  return E.isLeft(renamed) ? renamed : E.right(segment.bytes - written.right);
}

function* work(by: Replaying): Steps<E.Either<ReplayError, Withheld>> {
  const mended = mend(by, lookAtMirror(by));
  if (E.isLeft(mended)) return mended;
  const erased = erasedIn(by);
  if (E.isLeft(erased)) return erased;
  const segments = segmentsIn(by.ports.disk, by.layout.journal);
  if (E.isLeft(segments)) return segments;
  const cuts = yield* survey(by, segments.right, erased.right);
  if (E.isLeft(cuts)) return cuts;
  let [lines, bytes] = [0, 0];
  for (const [segment, instead] of cuts.right) {
    const saved = yield* rewrite(by, segment, instead);
    if (E.isLeft(saved)) return saved;
    lines += instead.size;
    bytes += saved.right;
  }
  if (lines === 0 && !erased.right.isMirrored) return E.right({ lines, bytes, parity: undefined });
  const made = yield* mirrorFromJournal(by, 'erased');
  if (E.isLeft(made)) return made;
  return E.map(({ parity }: { readonly parity: Parity }) => ({ lines, bytes, parity }))(
    yield* report(by, made.right),
  );
}

/** withholdErased takes away what erasures name, under the writer lock. */
export const withholdErased = (
  by: Replaying,
  door: Door,
): Promise<E.Either<ReplayError, Withheld>> =>
  door.exclusively<Withheld, ReplayError>(() => givingWay(work(by)));
