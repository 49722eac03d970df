/**
 * How old the evidence is: the last checkpoint, the last audit and the last drill that the ledger
 * tells of. What is younger than the time in which one is due lacks nothing.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hold } from '../../../ledger/chain/checkpoint.ts';
import type { Time } from '../../../ledger/name.ts';
import { parseTypePattern } from '../../../policies/type-pattern.ts';
import { millisecondsOf } from '../../../policies/time.ts';
import { readNote, sizeOfNote, unreadBy } from '../../storage/checkpoint-file.ts';
import type { Layout, Settings } from '../../storage/layout.ts';
import type { Ended } from '../../storage/mirror/mirror.ts';
import { recordedOf } from '../../storage/mirror/mirror.ts';
import type { Found } from '../../usecase/query.ts';
import type { Reader } from '../../usecase/reader.ts';
import { realPorts } from '../../wiring.ts';
import { logKeyOf } from '../log-key.ts';
import type { CliError } from '../error.ts';
import type { Check } from './check.ts';
import { asTold, fail, ok, spanText, warn } from './check.ts';

const DAY_MS = 86_400_000;

interface Due {
  readonly type: 'ledger.verified' | 'ledger.drilled';
  readonly check: string;
  readonly dueMs: number;
  readonly next: string;
}

const DUES: readonly Due[] = [
  {
    type: 'ledger.verified',
    check: 'verified',
    dueMs: 30 * DAY_MS,
    next: 'Run ledger verify --record --sign KEY.',
  },
  {
    type: 'ledger.drilled',
    check: 'drilled',
    dueMs: 90 * DAY_MS,
    next: 'Run ledger drill --record --sign KEY.',
  },
];

const timeOfEvent = ({ line }: Found): Time => recordedOf(line).header.recorded_at;

const timeAt = (reader: Reader, seq: number): Time | undefined => {
  const found = reader.find({ seq });
  return E.isRight(found) && found.right !== undefined ? timeOfEvent(found.right) : undefined;
};

const ageOf = (now: number, time: Time | undefined): number =>
  time === undefined ? 0 : Math.max(0, now - millisecondsOf(time));

const dueCheck = (reader: Reader, now: number, { type, check, dueMs, next }: Due): Check => {
  const pattern = parseTypePattern(type);
  const types = pattern === undefined ? [] : [pattern];
  const page = reader.page({ types, reverse: true, limit: 1 });
  const last = E.isRight(page) ? page.right[0] : undefined;
  const age = ageOf(now, last === undefined ? timeAt(reader, 0) : timeOfEvent(last));
  const message =
    last === undefined
      ? `no ${type} is recorded; the ledger is ${spanText(age)} old`
      : `the last ${type} is event ${last.seq}, ${spanText(age)} old`;
  return age > dueMs ? warn(check, message, next) : ok(check, message);
};

const CHECKPOINT = 'checkpoint';
const SIGN = 'Run ledger checkpoint --out FILE, and keep it elsewhere.';

/** The one beside the journal. What may not be read is told of where rights are. */
const noteBeside = ({ checkpoint }: Layout): E.Either<CliError, string | undefined> => {
  const note = readNote(realPorts.disk, checkpoint);
  if (E.isLeft(note)) return unreadBy(note.left) === undefined ? note : E.right(undefined);
  if (note.right === undefined) return note;
  const held = hold(realPorts.crypto, note.right);
  return E.isRight(held)
    ? note
    : E.left({ _tag: 'Corrupt', reason: 'checkpoint_refused', actual: held.left.reason });
};

const checkpointCheck = (
  layout: Layout,
  reader: Reader,
  { checkpoint_events: most, checkpoint_seconds: seconds }: Settings['limits'],
  { size, note }: Ended,
  now: number,
): Check => {
  const beside = noteBeside(layout);
  if (E.isLeft(beside)) return asTold(fail, CHECKPOINT, beside.left);
  // The mirror may not know yet how far the last one reaches.
  const covered = Math.max(
    ...[note, beside.right].map((each) => sizeOfNote(realPorts.crypto, each)),
  );
  if (covered > size) {
    const message = `the last covers ${covered} events, and the mirror has ${size}`;
    return warn(CHECKPOINT, message, 'Run ledger verify.');
  }
  const age = ageOf(now, covered === 0 ? undefined : timeAt(reader, covered - 1));
  const told =
    covered === 0
      ? `none of ${size} events`
      : `the last covers ${covered} of ${size} events and is ${spanText(age)} old`;
  // It is signed by an append; a ledger that rests is given a day.
  const waited = covered === size ? 0 : ageOf(now, timeAt(reader, covered));
  return size - covered > most || waited > Math.max(DAY_MS, seconds * 1000)
    ? warn(CHECKPOINT, told, SIGN)
    : ok(CHECKPOINT, told);
};

const LOG_KEY = 'log-key';
const WHERE = 'Append where it is, or bring signed checkpoints from there.';

const logKeyCheck = (layout: Layout, { origin }: Settings): Check => {
  const key = logKeyOf(layout, origin);
  if (E.isLeft(key)) return asTold(warn, LOG_KEY, key.left);
  return key.right === undefined
    ? warn(LOG_KEY, 'none is here: nothing signs checkpoints', WHERE)
    : ok(LOG_KEY, `${key.right.keyId} signs checkpoints`);
};

/** evidence looks at all of it. */
export const evidence = (
  layout: Layout,
  reader: Reader,
  settings: Settings,
  ended: Ended,
): readonly Check[] => {
  const now = realPorts.now();
  return [
    checkpointCheck(layout, reader, settings.limits, ended, now),
    logKeyCheck(layout, settings),
    ...DUES.map((due) => dueCheck(reader, now, due)),
  ];
};
