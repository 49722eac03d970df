/**
 * `ledger outbox flush`: delivers what waits; with `--follow` what comes, too.
 */
import * as E from 'fp-ts/lib/Either.js';
import { realWorld } from '../../delivery/deliver.ts';
import { flush } from '../../delivery/flush.ts';
import type { FlushError, Flushed } from '../../delivery/flush.ts';
import { followOutbox } from '../../delivery/follow.ts';
import { preview } from '../../delivery/preview.ts';
import type { RecordError } from '../../delivery/record.ts';
import type { World } from '../../delivery/world.ts';
import { timeOf } from '../../usecase/fill.ts';
import type { ReadError } from '../../usecase/reader.ts';
import { columns } from '../columns.ts';
import type { Answer, Command } from '../command.ts';
import { errorText } from '../error-text.ts';
import type { Given } from '../given.ts';
import { onLeave } from '../leave.ts';
import { LOCK_WAIT, withLedger } from '../open.ts';
import { namedStandings } from '../outbox/named.ts';
import { asError, flushError, flushedData, flushedRow } from '../outbox/told.ts';
import type { Terminal } from '../terminal.ts';
import { jsonLine } from '../terminal.ts';

/** Said where it can no longer be told what is done. */
const AGAIN = 'Run it again, with a stdout that is read: what was delivered is not sent twice.';

const print = (terminal: Terminal, flushed: readonly Flushed[]): Promise<void> =>
  terminal.out(
    terminal.isJson
      ? flushed.map((each) => jsonLine(flushedData(each))).join('')
      : columns(flushed.map(flushedRow)),
  );

const show = async (given: Given, terminal: Terminal, world: World): Answer => {
  const known = namedStandings(world.ledger.reader, given.words);
  if (E.isLeft(known)) return known;
  for (const now of known.right) {
    const previewed = preview(world, now);
    if (E.isLeft(previewed)) return E.left(asError(now.destination.name, previewed.left));
    const { destination, batches, unfit } = previewed.right;
    if (terminal.isJson) await terminal.out(jsonLine(previewed.right));
    else
      for (const { key, items, bytes, body } of batches) {
        terminal.note(`${destination}: items: ${items.length}, ${bytes} bytes, under ${key}`);
        await terminal.out(body.endsWith('\n') ? body : `${body}\n`);
      }
    if (!terminal.isJson)
      for (const { reason, items } of unfit)
        terminal.note(`${destination}: items that would be parked: ${items.length}: ${reason}`);
  }
  return E.right(undefined);
};

const deliver = async (given: Given, terminal: Terminal, world: World): Answer => {
  const maxWaitMs = given.duration('max-wait');
  if (E.isLeft(maxWaitMs)) return maxWaitMs;
  const ending = new AbortController();
  const options = { names: given.words, maxWaitMs: maxWaitMs.right, signal: ending.signal };
  const untilItEnds = <T>(going: Promise<T>): Promise<T> => {
    onLeave((why) => {
      if (why === 'stdout') return Promise.resolve(AGAIN);
      terminal.note('what was sent is waited for; a second signal ends it at once');
      ending.abort();
      return going;
    });
    return going;
  };
  const known = namedStandings(world.ledger.reader, given.words);
  if (E.isLeft(known)) return known;
  if (given.flag('dry-run')) return show(given, terminal, world);
  if (given.flag('follow')) {
    const onTrouble = (error: FlushError | ReadError | RecordError, name = ''): void => {
      const { message } = errorText(asError(name, error));
      terminal.note(`${name === '' || message.startsWith(name) ? '' : `${name}: `}${message}`);
    };
    const onFlushed = (flushed: Flushed): void => {
      const { destination, error } = flushed;
      if (error !== undefined) onTrouble(error, destination);
      void print(terminal, [flushed]);
    };
    terminal.note(`delivering; destinations: ${known.right.length}`);
    const following = { ...options, onFlushed, onTrouble };
    const followed = await untilItEnds(followOutbox(world, following));
    return E.isLeft(followed) ? E.left(asError('', followed.left)) : followed;
  }
  const flushed = await untilItEnds(flush(world, options));
  if (E.isLeft(flushed)) return E.left(asError('', flushed.left));
  await print(terminal, flushed.right);
  return flushError(flushed.right);
};

export const command: Command = {
  options: {
    follow: { type: 'flag', describe: 'go on with what comes; what goes wrong is told on stderr' },
    'dry-run': { type: 'flag', describe: 'show the next batches, as they would leave' },
    'max-wait': { type: 'text', describe: 'for what fails, or asks to be left alone' },
    ...LOCK_WAIT,
  },
  examples: [
    ['outbox flush', 'everything that waits, to every destination'],
    ['outbox flush hooks --dry-run', 'what would be sent, with everything taken out that is to be'],
    ['outbox flush --follow --json', 'as a service; a line whenever something was delivered'],
  ],
  run: (given, terminal) =>
    withLedger(given, terminal, async (ledger) => {
      const world = realWorld(ledger, ({ destination, reason, until }) => {
        const when = until === undefined ? '' : `; again at ${timeOf(until)}`;
        terminal.note(`${destination}: ${reason}${when}`);
      });
      try {
        return await deliver(given, terminal, world);
      } finally {
        world.close();
      }
    }),
};
