/**
 * The grammar of the first part of a line as one regular expression, made of the forms in
 * `name.ts`:
 *
 *     {"event_hash":"…","header":{…}
 *
 * Its members stand in canonical order, each in the one way it may be written. Characters beyond
 * ASCII, which only labels may hold, are left to the plain way, so an offset into the text is an
 * offset into the bytes. What a pattern cannot say is checked on what it captured.
 */
import { FORM } from '../name.ts';
import { MAX_SET, SOURCE_KINDS } from './header.ts';

const quoted = (form: string): string => `"${form}"`;
const captured = (form: string): string => `(${form})`;
const oneOf = (...words: readonly string[]): string => `(?:${words.join('|')})`;

/** A member with the comma behind it, and one that ends its object or stands behind a comma. */
const member = (name: string, form: string): string => `"${name}":${form},`;
const last = (name: string, form: string): string => `"${name}":${form}`;
const optional = (name: string, form: string): string => `(?:${member(name, form)})?`;
const further = (name: string, form: string): string => `(?:,${last(name, form)})?`;
const object = (...members: readonly string[]): string => `\\{${members.join('')}\\}`;
const list = (item: string): string => `\\[${captured(`${item}(?:,${item})*`)}\\]`;

const id = quoted(FORM.eventId);
const label = quoted(FORM.label);
const digest = quoted(FORM.digest);
const time = quoted(FORM.time);
/** A digest that will be compared with one just computed needs no look of its own. */
const compared = quoted(captured('[^]{64}'));
const position = '(?:0|[1-9]\\d{0,14})';
const signature = quoted('[A-Za-z0-9+/]{85}[AQgw]==');

const attestation = object(
  member('key_id', quoted(FORM.keyId)),
  member('meaning', quoted(FORM.meaning)),
  member('signature', signature),
  last('signed_at', time),
);
const marked =
  member('contributing', list(quoted(FORM.ruleId))) +
  member('outcome', quoted(captured(oneOf('warn', 'break_glass'))));
const policy = object(
  oneOf(marked, member('outcome', quoted('allow'))),
  last('policy_set', quoted(captured(FORM.digest))),
);
const source = object(
  optional('instance', label),
  member('kind', quoted(oneOf(...SOURCE_KINDS))),
  optional('model', label),
  last('name', label),
  further('version', label),
);

const header = object(
  optional('attestation', captured(attestation)),
  optional('authorization', captured(id)),
  optional('causation_id', id),
  optional('domain_tags', list(quoted(FORM.tag))),
  member('event_type', quoted(captured(FORM.eventType))),
  member('id', quoted(captured(FORM.eventId))),
  member('ledger', quoted(captured(FORM.origin))),
  member('observed_at', time),
  member('payload_hash', compared),
  member('policy', policy),
  member('prev_event_hash', quoted(captured(FORM.digest))),
  member('recorded_at', quoted(captured(FORM.time))),
  member('schema_version', '1'),
  optional('seen', captured(object(member('event_hash', digest), last('seq', position)))),
  member('seq', captured(position)),
  optional('session_id', label),
  last('source', source),
  further('supersedes', id),
  further('trace_id', quoted(FORM.traceId)),
);

const BEFORE_HEADER = `\\{${member('event_hash', compared)}"header":`;
const HEAD = new RegExp(`^${BEFORE_HEADER}${captured(header)}`);

/** In front of a header alone: a start prepares this long pattern, and no second one. */
const ANY_BEFORE = `{"event_hash":"${'0'.repeat(64)}","header":`;

/** What the first part of a line holds. */
export interface Head {
  readonly length: number;
  readonly eventHash: string;
  readonly header: string;
  readonly attestation: string | undefined;
  readonly authorization: string | undefined;
  readonly tags: string | undefined;
  readonly type: string;
  readonly id: string;
  readonly ledger: string;
  readonly payloadHash: string;
  readonly contributing: string | undefined;
  readonly outcome: string | undefined;
  readonly policySet: string;
  readonly prev: string;
  readonly recordedAt: string;
  readonly seen: string | undefined;
  readonly seq: string;
}

const headOf = (match: RegExpExecArray | null): Head | undefined => {
  if (match === null) return undefined;
  const [whole, eventHash = '', headerText = '', attested, authorization, tags, type = ''] = match;
  return {
    length: whole.length,
    eventHash,
    header: headerText,
    attestation: attested,
    authorization,
    tags,
    type,
    id: match[7] ?? '',
    ledger: match[8] ?? '',
    payloadHash: match[9] ?? '',
    contributing: match[10],
    outcome: match[11],
    policySet: match[12] ?? '',
    prev: match[13] ?? '',
    recordedAt: match[14] ?? '',
    seen: match[15],
    seq: match[16] ?? '',
  };
};

/** Quoted names sort as the bare ones do: a quote sorts before every character of theirs. */
const isSet = (names: string | undefined): boolean => {
  if (names === undefined) return true;
  const items = names.split(',');
  return (
    items.length <= MAX_SET && items.every((item, i) => i === 0 || (items[i - 1] ?? '') < item)
  );
};

/** What the pattern cannot say: that sets are sorted, that an override is authorised. */
const isProper = (head: Head): boolean =>
  isSet(head.tags) &&
  isSet(head.contributing) &&
  (head.outcome !== 'break_glass' || head.authorization !== undefined);

/** matchHead reads the first part of a line, undefined where it is not of the grammar. */
export const matchHead = (text: string): Head | undefined => {
  const head = headOf(HEAD.exec(text));
  return head !== undefined && isProper(head) ? head : undefined;
};

/**
 * isHeaderText says whether a whole header is of the grammar; digests that `matchHead` leaves to be
 * compared are then of any 64 characters, and whoever made them answers for them.
 */
export const isHeaderText = (text: string): boolean => {
  const head = matchHead(`${ANY_BEFORE}${text}`);
  return head !== undefined && head.header === text;
};
