/**
 * `ledger outbox destination test`: a probe without items, and what came back; nothing is recorded.
 */
import * as E from 'fp-ts/lib/Either.js';
import { realWorld } from '../../delivery/deliver.ts';
import { probe } from '../../delivery/probe.ts';
import type { Condition, Standing } from '../../delivery/standing.ts';
import type { Answer as Answered, Failure, Meaning } from '../../outbox/answer.ts';
import { meaningOf, reasonOf } from '../../outbox/answer.ts';
import { realPorts } from '../../wiring.ts';
import type { Command } from '../command.ts';
import type { CliError } from '../error.ts';
import { withLedger } from '../open.ts';
import { namedStanding } from '../outbox/named.ts';
import { jsonLine } from '../terminal.ts';

const MEANINGS: Record<Meaning, string> = {
  delivered: 'it takes what is sent to it',
  before: 'it takes what is sent to it, and knows keys that it has seen',
  busy: 'it is there, and asks to be left alone for a while',
  failing: 'it is there, and fails: look at the receiver',
  unauthorized: 'it does not know us: look at --header and --secret, and what they name',
  too_large: 'it is there, and takes no body at all: look at its limits',
  rejected: 'it is there, and refuses a body without items; what it says of items will be seen',
};

const FAILURES: Record<Failure, string> = {
  refused: 'nobody listens there: look at the host and the port of the URL',
  unreachable: 'there is no way to the host: look at the URL and the network',
  reset: 'it ends the connection without an answer: look at the receiver',
  timeout: 'no answer came in time: look at the receiver and at --timeout',
  tls: 'nobody vouches for who answers: look at the URL and at the certificate there',
  redirect: 'it sends us elsewhere, and nothing follows there: set the URL that is meant',
  bad_response: 'what it answers cannot be read: look at the receiver',
};

/** Answers that speak of the address: whatever is sent there would be parked, item by item. */
const NOWHERE: ReadonlySet<number | undefined> = new Set([404, 405, 410]);
const AT_NO_PLACE = 'nothing takes items at that address, and all would be parked: look at the URL';

const toldOf = (answer: Answered): string => {
  if ('failure' in answer) return FAILURES[answer.failure];
  return NOWHERE.has(answer.status) ? AT_NO_PLACE : MEANINGS[meaningOf(answer)];
};

/** What leads on, once what is said is mended. */
const WORDS = {
  active: 'test',
  paused: 'resume',
  stopped: 'resume',
  retired: 'set',
} as const satisfies Record<Condition, string>;

const failureOf = (
  { destination: { name: destination }, state }: Standing,
  answer: Answered,
): E.Either<CliError, void> => {
  const reason = reasonOf(answer);
  const word = WORDS[state];
  const stopped = { _tag: 'DestinationStopped', destination, reason, word } as const;
  if (NOWHERE.has(answer.status)) return E.left(stopped);
  switch (meaningOf(answer)) {
    case 'unauthorized':
      return E.left(stopped);
    case 'failing':
    case 'busy':
      return E.left({
        _tag: 'Undelivered',
        late: [{ destination, reason, isAsked: false }],
        waiting: 0,
      });
    case 'delivered':
    case 'before':
    case 'too_large':
    case 'rejected':
      return E.right(undefined);
  }
};

export const command: Command = {
  options: {},
  examples: [['outbox destination test hooks', 'whether it answers, and what that means']],
  run: (given, terminal) =>
    withLedger(given, terminal, async (ledger) => {
      const name = given.word(0);
      const known = namedStanding(ledger.reader, name);
      if (E.isLeft(known)) return known;
      const world = realWorld(ledger);
      try {
        const sent = await probe(world, known.right.destination, realPorts.random);
        if (E.isLeft(sent)) return E.left({ ...sent.left, destination: name });
        const { answer, latencyMs: latency_ms } = sent.right;
        const meaning = meaningOf(answer);
        const told = toldOf(answer);
        const data = { destination: name, answer: reasonOf(answer), meaning, told, latency_ms };
        await terminal.out(
          terminal.isJson ? jsonLine(data) : `${name}: ${data.answer}, ${latency_ms} ms: ${told}\n`,
        );
        return failureOf(known.right, answer);
      } finally {
        world.close();
      }
    }),
};
