/**
 * Rolling the mirror forward: the lines of the journal behind its end are verified as any line is,
 * and taken as new ones are. With an empty mirror this is the replay of a whole journal.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { ChainState } from '../../ledger/chain/state.ts';
import { finish, step } from '../../ledger/chain/verify.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { decodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Header } from '../../ledger/event/header.ts';
import type { Line } from '../../ledger/event/line.ts';
import { headerOf } from '../../ledger/event/line.ts';
import type { Finding } from '../../ledger/finding.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Digest } from '../../ledger/name.ts';
import type { Frontier, OnNode } from '../../ledger/tree/tree.ts';
import { judgeAgain } from '../../policies/explain/replay.ts';
import { follow } from '../../policies/state/ground.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { isSqliteError } from './attempt.ts';
import type { Answer } from './database.ts';
import type { Disk } from './disk.ts';
import type { Standpoint } from './ground.ts';
import { chainStateOf } from './ground.ts';
import { linesOf } from './line-reader.ts';
import type { Mirror } from './mirror/mirror.ts';
import type { StorageError } from './outcome.ts';
import type { Segment } from './segment.ts';
import { openSegment, sizeOf } from './segment.ts';
import type { Steps } from './steps.ts';
import { Pace } from './steps.ts';
import { closing } from './whole-file.ts';

/** The first line that is none, and everything behind it in its segment. */
export interface BadTail {
  readonly segment: Segment;
  readonly offset: number;
  readonly bytes: number;
  readonly seq: number;
  readonly findings: readonly Finding[];
}

export interface Rolled {
  readonly at: Standpoint;
  readonly bad: BadTail | undefined;
}

export interface Rolling {
  readonly crypto: Crypto;
  readonly disk: Disk;
  readonly mirror: Mirror;
  /**
   * Whether a whole journal is taken into a mirror that nobody uses yet. Otherwise decisions are
   * judged again, and nothing is committed before the journal's lines are known to be on the disk.
   */
  readonly isReplay: boolean;
  readonly onEvents?: ((events: number) => void) | undefined;
}

/** So many events are committed at a time: the mirror is right after each of them. */
const CHUNK = 10_000;

/** An event off a line; hardly anything asks for the payload: it is read where something does. */
class Read implements Recorded {
  readonly event_hash: Digest;
  readonly header: Header;
  /** A copy: what a line was read into is used again. */
  private readonly bytes: Uint8Array | undefined;
  private known: Json | undefined;

  constructor(line: Line) {
    this.event_hash = line.event_hash;
    this.header = headerOf(line);
    this.bytes = line.payload?.slice();
  }

  get payload(): Json | undefined {
    if (this.bytes !== undefined) this.known ??= JSON.parse(decodeUtf8(this.bytes)) as Json;
    return this.known;
  }
}

/** eventOf reads a line that is well-formed. */
export const eventOf = (line: Line): Recorded => new Read(line);

const isGrave = ({ severity }: Finding): boolean => severity !== 'warning';

class Roll {
  private readonly means: Rolling;
  private readonly history;
  private readonly pace = new Pace();
  private state: ChainState;
  /** The nodes that the line at hand completes. */
  private nodes: Parameters<OnNode>[] = [];
  at: Standpoint;
  bad: BadTail | undefined;

  constructor(means: Rolling, from: Standpoint) {
    this.means = means;
    const history = means.mirror.history();
    // An id that was there before is told by the index when its row is put in: it is not asked for.
    this.history = means.isReplay ? { ...history, claimId: () => undefined } : history;
    this.state = chainStateOf(from);
    this.at = from;
  }

  /** Writes out what is in memory and, into a mirror that nobody uses, commits what was taken. */
  save(): Answer<void> {
    const { mirror, isReplay } = this.means;
    mirror.fold.flush();
    if (!isReplay) return E.right(undefined);
    mirror.setEnded(this.at.ended);
    const committed = mirror.database.commit();
    return E.isLeft(committed) ? committed : mirror.database.begin();
  }

  private take(
    line: Line,
    bytes: Uint8Array,
    segment: Segment,
    end: number,
    frontier: Frontier,
  ): 'taken' | 'id_repeated' | 'decision_differs' {
    const { crypto, mirror, isReplay } = this.means;
    const { ended, ground, hasAdopted } = this.at;
    const event = eventOf(line);
    // What cannot be judged because its payload was erased since is let be.
    if (!isReplay && judgeAgain(crypto, ground, event).isSame === false) return 'decision_differs';
    if (!this.put(event, bytes)) return 'id_repeated';
    for (const node of this.nodes) mirror.onNode(...node);
    this.at = {
      ground: follow(crypto, ground, event),
      hasAdopted: hasAdopted || line.event_type === 'policy.adopted',
      ended: {
        ...ended,
        size: line.seq + 1,
        head: line.event_hash,
        recordedAt: line.recorded_at,
        segment: segment.first,
        offset: end,
        frontier,
      },
    };
    return 'taken';
  }

  /** Whether the row could be put in: not where its id is another's. */
  private put(event: Recorded, bytes: Uint8Array): boolean {
    try {
      this.means.mirror.put(event, bytes);
      return true;
    } catch (thrown) {
      if (isSqliteError(thrown) && thrown.code === 'SQLITE_CONSTRAINT_UNIQUE') return false;
      throw thrown;
    }
  }

  /** Takes the lines of a segment up to its end, or up to the first that is none. */
  *segment(segment: Segment): Steps<E.Either<StorageError, void>> {
    const { crypto, disk } = this.means;
    const file = openSegment(disk, segment, 'read');
    if (E.isLeft(file)) return file;
    const size = sizeOf(file.right);
    if (E.isLeft(size)) return closing(file.right, size);
    const lines = linesOf(file.right, this.from(segment), size.right);
    return closing(file.right, yield* this.lines(segment, size.right, lines, crypto));
  }

  private from({ first }: Segment): number {
    const { segment, offset } = this.at.ended;
    return first === segment ? offset : 0;
  }

  private *lines(
    segment: Segment,
    size: number,
    lines: ReturnType<typeof linesOf>,
    crypto: Crypto,
  ): Steps<E.Either<StorageError, void>> {
    const onNode: OnNode = (...node) => void this.nodes.push(node);
    const means = { crypto, history: this.history, onNode };
    for (const raw of lines) {
      if (E.isLeft(raw)) return raw;
      const { bytes, offset, length } = raw.right;
      const seq = this.state.seq;
      this.nodes = [];
      const before = this.state;
      const { state, findings, line } = step(means, before, bytes);
      const grave = findings.filter(isGrave);
      const { frontier } = state;
      if (line === undefined || frontier === undefined || grave.length > 0) {
        this.bad = { segment, offset, bytes: size - offset, seq, findings: grave };
        return E.right(undefined);
      }
      this.state = state;
      const became = this.take(line, bytes, segment, offset + length, frontier);
      if (became === 'id_repeated') {
        const asked = step({ crypto, history: this.means.mirror.history() }, before, bytes);
        const found = asked.findings.filter(isGrave);
        this.bad = { segment, offset, bytes: size - offset, seq, findings: found };
        return E.right(undefined);
      }
      if (became === 'decision_differs')
        return E.left({
          _tag: 'Corrupt',
          reason: became,
          segment: segment.name,
          offset,
          seq,
        });
      if (this.pace.isOver(bytes.length)) yield;
      if (state.lines % CHUNK === 0) {
        this.means.onEvents?.(state.lines);
        const saved = this.save();
        if (E.isLeft(saved)) return saved;
      }
    }
    return E.right(undefined);
  }

  /** What only the end tells: lines that are withheld and that nothing erased. */
  unerased(): readonly Finding[] {
    const { crypto } = this.means;
    return finish({ crypto, history: this.history }, this.state).findings.filter(isGrave);
  }
}

/** rollForward takes the lines behind a standpoint, within a transaction of the mirror. */
export function* rollForward(
  means: Rolling,
  from: Standpoint,
  segments: readonly Segment[],
): Steps<E.Either<StorageError, Rolled>> {
  const roll = new Roll(means, from);
  for (const segment of segments.filter(({ first }) => first >= from.ended.segment)) {
    const isNext = segment.first === from.ended.segment || segment.first === roll.at.ended.size;
    if (!isNext)
      return E.left({
        _tag: 'Corrupt',
        reason: 'segment_order',
        segment: segment.name,
        seq: roll.at.ended.size,
      });
    const taken = yield* roll.segment(segment);
    if (E.isLeft(taken)) return taken;
    if (roll.bad !== undefined) break;
  }
  const findings = roll.unerased();
  if (findings.length > 0) return E.left({ _tag: 'Corrupt', reason: 'line_refused', findings });
  return E.right({ at: roll.at, bad: roll.bad });
}
