/**
 * `ledger append`: one event out of options, or a draft per line of a file.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hold } from '../../../ledger/chain/checkpoint.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import { parse } from '../../../ledger/json/parse.ts';
import type { Time } from '../../../ledger/name.ts';
import { parseDigest } from '../../../ledger/name.ts';
import type { AppendOptions, Ledger } from '../../ledger.ts';
import { MAX_NOTE_BYTES } from '../../storage/checkpoint-file.ts';
import { realPorts } from '../../wiring.ts';
import type { Answer, Command, Options } from '../command.ts';
import { inFile } from '../draft-input.ts';
import type { CliError } from '../error.ts';
import { Feed } from '../feed.ts';
import type { Given } from '../given.ts';
import { asOption, jsonOption } from '../given.ts';
import { readInput, readTextInput } from '../input.ts';
import { MAX_DRAFT_BYTES } from '../line-input.ts';
import { withLedger } from '../open.ts';
import type { Terminal } from '../terminal.ts';
import { WRITING, glassOf, record, refuseReserved, signOf } from '../writing.ts';

const SINGLE: Options = {
  type: { type: 'text', describe: 'its type: invoice.paid' },
  payload: { type: 'text', describe: 'JSON, @FILE, or - for stdin ({})' },
  id: { type: 'text', describe: 'its id, by which it is recorded once' },
  'observed-at': {
    type: 'text',
    describe: 'when it happened: 2026-11-20T15:04:05Z, or to the ms (now)',
  },
  source: { type: 'text', describe: 'KIND:NAME (user:LOGIN)' },
  session: { type: 'text', describe: 'the session it belongs to' },
  trace: { type: 'text', describe: 'the trace it belongs to' },
  tag: { type: 'list', describe: 'a tag; give it once for each' },
  causation: { type: 'text', describe: 'the id of the event that caused it' },
  supersedes: { type: 'text', describe: 'the id of the event that it corrects' },
};

const MANY: Options = {
  batch: { type: 'text', describe: 'so many drafts are written at once (1000)' },
  'from-line': { type: 'text', describe: 'begin with this line' },
  continue: { type: 'flag', describe: 'go on behind a line that is not taken' },
};

const EXPECTING: Options = {
  'expect-head': { type: 'text', describe: 'append only behind the event with this hash' },
  'expect-checkpoint': { type: 'text', describe: 'append only to a ledger this note is of' },
};

const BATCH = 1000;
const MAX_BATCH = 10_000;

const payloadOf = async (given: Given): Promise<E.Either<CliError, Json>> => {
  const text = given.text('payload');
  if (text === undefined) return E.right({});
  if (text === '@') return given.usage('--payload @ takes a file behind it: --payload @note.json');
  if (text !== '-' && !text.startsWith('@')) return jsonOption('--payload', text);
  const bytes = await readInput(text === '-' ? text : text.slice(1), MAX_DRAFT_BYTES);
  return E.isLeft(bytes) ? bytes : asOption(`--payload ${text}`, parse(bytes.right));
};

const sourceOf = (text: string): JsonObject => {
  const [kind = '', ...name] = text.split(':');
  return { source: { kind, name: name.join(':') } };
};

/** What the options state of the event; whether that is well-formed says the kernel. */
const statedOf = (given: Given, payload: Json, observed: Time | undefined): JsonObject => {
  const [source, tags] = [given.text('source'), given.list('tag')];
  const members = {
    event_type: given.text('type'),
    id: given.text('id'),
    observed_at: observed,
    session_id: given.text('session'),
    trace_id: given.text('trace'),
    causation_id: given.text('causation'),
    supersedes: given.text('supersedes'),
  };
  return {
    ...Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)),
    ...(source === undefined ? {} : sourceOf(source)),
    ...(tags.length === 0 ? {} : { domain_tags: [...new Set(tags)].toSorted() }),
    payload,
  };
};

type Expected = Pick<AppendOptions, 'expectHead' | 'expectCheckpoint'>;

const expectedOf = async (given: Given): Promise<E.Either<CliError, Expected>> => {
  const head = given.named('expect-head', parseDigest);
  if (E.isLeft(head)) return head;
  const path = given.text('expect-checkpoint');
  if (path === undefined) return E.right({ expectHead: head.right });
  const note = await readTextInput(path, MAX_NOTE_BYTES);
  if (E.isLeft(note)) return note;
  const held = asOption('--expect-checkpoint', hold(realPorts.crypto, note.right));
  if (E.isLeft(held)) return held;
  return E.right({ expectHead: head.right, expectCheckpoint: note.right });
};

const appendOne = async (given: Given, terminal: Terminal): Answer => {
  const payload = await payloadOf(given);
  if (E.isLeft(payload)) return payload;
  const observed = given.time('observed-at');
  if (E.isLeft(observed)) return observed;
  const stated = statedOf(given, payload.right, observed.right);
  const reserved = refuseReserved(stated);
  if (reserved !== undefined) return E.left({ _tag: 'LineRefused', cause: reserved });
  const expected = await expectedOf(given);
  if (E.isLeft(expected)) return expected;
  return withLedger(given, terminal, (ledger) =>
    record(given, terminal, ledger, stated, 'append', expected.right),
  );
};

const feed = async (given: Given, terminal: Terminal, ledger: Ledger): Answer => {
  const [batch, fromLine] = [given.whole('batch', 1, MAX_BATCH), given.whole('from-line', 1)];
  if (E.isLeft(batch)) return batch;
  if (E.isLeft(fromLine)) return fromLine;
  const sign = signOf(given, ledger.layout);
  if (E.isLeft(sign)) return sign;
  const members = glassOf(given);
  if (E.isLeft(members)) return members;
  const expected = await expectedOf(given);
  if (E.isLeft(expected)) return expected;
  const each = new Feed(ledger, terminal, {
    ...expected.right,
    sign: sign.right,
    members: members.right,
    batch: batch.right ?? BATCH,
    fromLine: fromLine.right ?? 1,
    goesOn: given.flag('continue'),
  });
  const stop = await each.run(given.word(0));
  if (stop === undefined || each.hasBegun) terminal.note(each.summary());
  return stop === undefined ? E.right(undefined) : E.left(inFile(given.word(0), stop));
};

const isGiven = (given: Given, options: Options): string | undefined =>
  Object.keys(options).find(
    (name) => given.text(name) !== undefined || given.list(name).length > 0 || given.flag(name),
  );

export const command: Command = {
  options: { ...SINGLE, ...MANY, ...EXPECTING, ...WRITING },
  examples: [
    [`append --type invoice.paid --payload '{"total":"12.50"}' --tag eu --sign alice`, 'one event'],
    ['append --type note.taken --payload @note.json', 'its payload out of a file'],
    ['append drafts.ndjson --sign bot --json', 'a draft per line, a receipt per line'],
    ['append drafts.ndjson --from-line 17', 'the rest, once line 17 is mended'],
  ],
  run: async (given, terminal) => {
    const isMany = given.words.length > 0;
    const alien = isGiven(given, isMany ? SINGLE : MANY);
    if (alien !== undefined)
      return given.usage(
        isMany
          ? `--${alien} is for one event, and FILE brings its own`
          : `--${alien} is for drafts out of a FILE`,
      );
    if (isMany) return withLedger(given, terminal, (ledger) => feed(given, terminal, ledger));
    return given.text('type') === undefined
      ? given.usage('append takes --type TYPE, or a FILE of drafts')
      : appendOne(given, terminal);
  },
};
