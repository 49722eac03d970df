/**
 * The options of `outbox destination set`: a destination out of what was typed, whole each time.
 */
import * as E from 'fp-ts/lib/Either.js';
import { parse } from '../../../ledger/json/parse.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import type { Problem } from '../../../ledger/event/shape.ts';
import { SHAPE_TEXTS } from '../../../ledger/render/text.ts';
import type { Destination } from '../../outbox/destination.ts';
import { DESTINATION, LIMITS } from '../../outbox/destination.ts';
import { asPayload } from '../../outbox/event.ts';
import { PRESETS } from '../../outbox/preset/preset.ts';
import type { Options } from '../command.ts';
import type { CliError, Usage } from '../error.ts';
import type { Given } from '../given.ts';
import { asOption } from '../given.ts';
import { readInput } from '../input.ts';

export const DESTINATION_OPTIONS: Options = {
  url: { type: 'text', describe: 'where to, as http:// or https://', needed: true },
  format: {
    type: 'text',
    describe: 'what is sent',
    needed: true,
    choices: PRESETS.map(({ name }) => name),
  },
  type: {
    type: 'list',
    describe: 'events of this type, or of a pattern: invoice.* (all); never receipts of the outbox',
  },
  tag: { type: 'list', describe: 'events with this tag, or with another one that is given' },
  kind: { type: 'list', describe: 'items of this kind, of those that are enqueued (all)' },
  header: { type: 'list', describe: 'NAME=env:VAR or NAME=file:PATH, a header that is secret' },
  secret: { type: 'text', describe: 'env:VAR or file:PATH, what messages are signed with' },
  set: { type: 'list', describe: 'NAME=VALUE, a setting of the format: team_id=…' },
  'max-items': { type: 'text', describe: `of a batch (${LIMITS.items})` },
  'max-bytes': { type: 'text', describe: `of a body, before it is compressed (${LIMITS.bytes})` },
  timeout: { type: 'text', describe: 'of an attempt (10s)' },
  'max-attempts': { type: 'text', describe: `of a batch, until it is left (${LIMITS.attempts})` },
  'max-wait': { type: 'text', describe: 'for a batch that fails, until it is left (5m)' },
  from: { type: 'text', describe: 'begin with start, head or a position (start); only once' },
  order: {
    type: 'text',
    describe: 'whether the items of an owner keep their order (owner)',
    choices: ['owner', 'none'],
  },
  concurrency: { type: 'text', describe: 'so many batches at once, of different owners (1)' },
  gzip: { type: 'flag', describe: 'compress bodies' },
  redact: { type: 'text', describe: 'a file that says what to take out' },
  group: { type: 'text', describe: 'the group that it belongs to' },
  'fail-open': { type: 'flag', describe: 'in its group it holds nobody' },
  'fail-closed': { type: 'flag', describe: "its group's receipt waits for it" },
};

const MAX_REDACTION_BYTES = 262_144;

/** The option that a member of the payload came from. */
const OPTION_OF: Readonly<Record<string, string>> = {
  name: 'DESTINATION',
  types: '--type',
  tags: '--tag',
  kinds: '--kind',
  headers: '--header',
  settings: '--set',
  redaction: '--redact',
  'limits.items': '--max-items',
  'limits.bytes': '--max-bytes',
  'limits.timeout_ms': '--timeout',
  'limits.attempts': '--max-attempts',
  'limits.wait_ms': '--max-wait',
};

const optionOf = (path: string): string => {
  const [member = ''] = path.split(/[.[]/);
  return OPTION_OF[path] ?? OPTION_OF[member] ?? `--${member}`;
};

/** What is said never repeats what was typed: somebody may have typed a secret. */
const problemText = ({ path, reason }: Problem, format: string): string => {
  const option = optionOf(path);
  if (option === '--secret' && reason === 'missing')
    return `--format ${format} needs --secret, what messages are signed with`;
  if (option === '--header' || option === '--secret')
    return `${option} takes the name of a secret, env:VAR or file:PATH, and no header of ours`;
  return `${option} (${path}): ${SHAPE_TEXTS[reason]}`;
};

const pairs = (given: Given, option: string): E.Either<Usage, JsonObject | undefined> => {
  const texts = given.list(option);
  const split = texts.map((text) => /^([^=]+)=([^]*)$/.exec(text));
  const found = split.flatMap((each) => (each === null ? [] : [[each[1] ?? '', each[2] ?? '']]));
  if (found.length < texts.length) return given.usage(`--${option} takes NAME=…`);
  return E.right(texts.length === 0 ? undefined : (Object.fromEntries(found) as JsonObject));
};

const limitsOf = (given: Given): E.Either<Usage, JsonObject> => {
  const limits: Record<string, Json> = { ...LIMITS };
  const read = [
    ['items', given.whole('max-items')],
    ['bytes', given.whole('max-bytes')],
    ['attempts', given.whole('max-attempts')],
    ['timeout_ms', given.duration('timeout')],
    ['wait_ms', given.duration('max-wait')],
  ] as const;
  for (const [member, value] of read) {
    if (E.isLeft(value)) return value;
    if (value.right !== undefined) limits[member] = value.right;
  }
  return E.right(limits);
};

const redactionOf = async (
  path: string | undefined,
): Promise<E.Either<CliError, Json | undefined>> => {
  if (path === undefined) return E.right(undefined);
  const bytes = await readInput(path, MAX_REDACTION_BYTES);
  return E.isLeft(bytes) ? bytes : asOption('--redact', parse(bytes.right));
};

const groupOf = (given: Given): E.Either<Usage, JsonObject | undefined> => {
  const name = given.text('group');
  const [isOpen, isClosed] = [given.flag('fail-open'), given.flag('fail-closed')];
  if (isOpen && isClosed) return given.usage('it is --fail-open or --fail-closed, not both');
  if (name === undefined)
    return isOpen || isClosed
      ? given.usage('--fail-open and --fail-closed are about a group: --group NAME')
      : E.right(undefined);
  return E.right({ name, mode: isOpen ? 'fail_open' : 'fail_closed' });
};

const fromOf = (text: string | undefined): Json | undefined =>
  text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : text;

/** destinationOf reads a destination. */
export const destinationOf = async (
  given: Given,
  name: string,
): Promise<E.Either<CliError, Destination>> => {
  const [headers, settings] = [pairs(given, 'header'), pairs(given, 'set')];
  if (E.isLeft(headers)) return headers;
  if (E.isLeft(settings)) return settings;
  const [limits, group] = [limitsOf(given), groupOf(given)];
  if (E.isLeft(limits)) return limits;
  if (E.isLeft(group)) return group;
  const concurrency = given.whole('concurrency');
  if (E.isLeft(concurrency)) return concurrency;
  const redaction = await redactionOf(given.text('redact'));
  if (E.isLeft(redaction)) return redaction;
  const listed = (option: string): Json | undefined =>
    given.list(option).length === 0 ? undefined : given.list(option);
  const payload = asPayload({
    name,
    url: given.text('url'),
    format: given.text('format'),
    limits: limits.right,
    types: listed('type'),
    tags: listed('tag'),
    kinds: listed('kind'),
    from: fromOf(given.text('from')),
    headers: headers.right,
    secret: given.text('secret'),
    settings: settings.right,
    gzip: given.flag('gzip') ? true : undefined,
    order: given.text('order'),
    concurrency: concurrency.right,
    group: group.right,
    redaction: redaction.right,
  });
  const [problem] = DESTINATION(payload, '');
  return problem === undefined
    ? E.right(payload as unknown as Destination)
    : given.usage(problemText(problem, given.text('format') ?? ''));
};
