/**
 * The proof that a mirror's lines are one chain, with what the journal holds behind them: only such
 * lines may become a journal.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hold } from '../../ledger/chain/checkpoint.ts';
import { memoryHistory } from '../../ledger/chain/history.ts';
import { begin } from '../../ledger/chain/state.ts';
import { finish, step } from '../../ledger/chain/verify.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { ZERO_HASH } from '../../ledger/event/header.ts';
import type { Line } from '../../ledger/event/line.ts';
import { open } from '../../ledger/event/open.ts';
import { withhold } from '../../ledger/event/seal.ts';
import type { Finding } from '../../ledger/finding.ts';
import type { Digest, Time } from '../../ledger/name.ts';
import { erasedOf } from '../../policies/state/past.ts';
import { lastNotes } from '../storage/checkpoint-file.ts';
import { keptFor } from '../storage/mirror/erased.ts';
import type { Mirror } from '../storage/mirror/mirror.ts';
import type { StorageError } from '../storage/outcome.ts';
import { eventOf } from '../storage/roll.ts';
import type { Steps } from '../storage/steps.ts';
import { Pace } from '../storage/steps.ts';
import { rowsOf } from './replay-parity.ts';
import type { ReplayRefused, Replaying } from './replay-request.ts';
import type { Measured } from './replay-survey.ts';
import { eachLine } from './replay-survey.ts';

type Lines = Generator<E.Either<StorageError, Uint8Array>, void>;

const EVERY = 10_000;

const isGrave = ({ severity }: Finding): boolean => severity !== 'warning';

/** refused makes an answer of why a mirror does not become a journal. */
export const refused = (
  reason: ReplayRefused['reason'],
  seq: number,
  findings: readonly Finding[] = [],
): E.Either<ReplayRefused, never> => E.left({ _tag: 'ReplayRefused', reason, seq, findings });

/** What is merged of, and whose payloads an erasure in it names: they are not brought back. */
export interface Merging {
  readonly by: Replaying;
  readonly mirror: Mirror;
  readonly segments: readonly Measured[];
  readonly gone: ReadonlySet<number>;
}

/** The lines of the journal that follow on the mirror's, with what is read of them. */
function* behind(
  by: Replaying,
  mirror: Mirror,
  segments: readonly Measured[],
): Generator<E.Either<StorageError, readonly [Line, Uint8Array]>, void> {
  const { crypto, disk } = by.ports;
  const ended = mirror.ended();
  let seq = (mirror.lastRow() ?? -1) + 1;
  let head: Digest = ended?.head ?? ZERO_HASH;
  let notBefore: Time | undefined = ended?.recordedAt;
  const from = segments.findLast(({ first }) => first <= seq)?.first ?? 0;
  for (const segment of segments.filter(({ first }) => first >= from))
    for (const raw of eachLine(disk, segment)) {
      if (E.isLeft(raw)) {
        yield raw;
        return;
      }
      const bytes = raw.right.bytes.slice();
      const place = { ledger: by.settings.origin, seq, prev_event_hash: head, notBefore };
      const { line, findings } = open(crypto, bytes, place);
      if (line === undefined || findings.some(isGrave)) continue;
      yield E.right([line, bytes]);
      seq++;
      head = line.event_hash;
      notBefore = line.recorded_at;
    }
}

const ERASED = 'SELECT erases FROM events WHERE erases IS NOT NULL';

/** mergingOf finds out what is erased, by the mirror's word or by lines that follow on it. */
export function* mergingOf(
  by: Replaying,
  mirror: Mirror,
  segments: readonly Measured[],
): Steps<E.Either<StorageError, Merging>> {
  const { sqlite } = mirror.database;
  const gone = new Set(sqlite.prepare(ERASED).pluck().all() as readonly number[]);
  const pace = new Pace();
  for (const each of behind(by, mirror, segments)) {
    if (E.isLeft(each)) return each;
    const [line, bytes] = each.right;
    const erased = erasedOf(eventOf(line));
    if (erased !== undefined) gone.add(erased);
    if (pace.isOver(bytes.length)) yield;
  }
  return E.right({ by, mirror, segments, gone });
}

/** without gives a line as it stands in a journal where its payload is erased. */
export const without = ({ by, gone }: Merging, seq: number, bytes: Uint8Array): Uint8Array => {
  if (!gone.has(seq)) return bytes;
  const { line } = open(by.ports.crypto, bytes, { ledger: by.settings.origin, seq });
  return line?.payload === undefined || keptFor(line.event_type) !== undefined
    ? bytes
    : withhold(line);
};

/** merged gives the mirror's lines, and those of the journal that follow on them. */
export function* merged(merging: Merging): Lines {
  const { by, mirror, segments } = merging;
  let seq = 0;
  for (const [, text] of rowsOf(mirror)) {
    yield E.right(without(merging, seq, encodeUtf8(`${text}\n`)));
    seq++;
  }
  for (const each of behind(by, mirror, segments)) {
    if (E.isLeft(each)) {
      yield each;
      return;
    }
    yield E.right(without(merging, seq, each.right[1]));
    seq++;
  }
}

/** prove gives how many lines are one chain; the last checkpoints are met on it. */
export function* prove(merging: Merging): Steps<E.Either<StorageError | ReplayRefused, number>> {
  const { by, mirror } = merging;
  const { crypto, disk, random } = by.ports;
  const noted = lastNotes({ crypto, disk, layout: by.layout }, true);
  if (E.isLeft(noted)) return noted;
  const held = noted.right.notes.map((note) => hold(crypto, note)).filter(E.isRight);
  if (held.length < noted.right.notes.length) return refused('mirror_not_proved', 0);
  const means = { crypto, history: memoryHistory(crypto, random(32)) };
  const ended = mirror.ended();
  let state = begin(
    by.settings.origin,
    held.map(({ right }) => right),
  );
  const pace = new Pace();
  for (const bytes of merged(merging)) {
    if (E.isLeft(bytes)) return bytes;
    const stepped = step(means, state, bytes.right);
    const grave = stepped.findings.filter(isGrave);
    // Behind the mirror's end, what does not fit was never proved to be of this chain.
    if (grave.length > 0 && state.lines >= (ended?.size ?? 0)) break;
    if (grave.length > 0 || stepped.line === undefined)
      return refused('mirror_not_proved', state.lines, grave);
    state = stepped.state;
    if (state.lines === ended?.size && state.head !== ended.head)
      return refused('mirror_not_proved', state.lines - 1);
    if (pace.isOver(bytes.right.length)) yield;
    if (state.lines % EVERY === 0)
      by.options.onProgress?.({ phase: 'prove_mirror', events: state.lines, total: ended?.size });
  }
  const { findings } = finish(means, state);
  if (state.lines === 0 || state.lines < (ended?.size ?? 1) || findings.some(isGrave))
    return refused('mirror_not_proved', state.lines, findings);
  return E.right(state.lines);
}
