/**
 * What an export is about: a range of positions, and which of the events in it are meant. A header
 * alone tells whether its event is one, so that whoever is given the headers of the whole range can
 * see that none of those that are meant was left out.
 *
 *     {"from":0,"to":24,"types":["invoice.*"],"withhold":["secret.noted"]}
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Header } from '../../ledger/event/header.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { EventType, Time } from '../../ledger/name.ts';
import { isGoverning, parseEventId, parseSeq, parseTime } from '../../ledger/name.ts';
import { harmless } from '../../ledger/render/render.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { isOfType, parseTypePattern } from '../../policies/type-pattern.ts';
import type { Query } from '../usecase/query.ts';

export interface Filter extends Pick<Query, 'types' | 'session' | 'tag' | 'source' | 'trace'> {
  readonly key?: string | undefined;
  /** An event by its id, and the ids of it, of what it corrects and of what corrects it. */
  readonly subject?: string | undefined;
  readonly ids?: ReadonlySet<string> | undefined;
}

export interface Selection extends Filter {
  /** Positions from the first on, up to and without the second. */
  readonly from: number;
  readonly to: number;
  /** The times that the first one and the last one follow from, where these were asked for. */
  readonly since?: Time | undefined;
  readonly until?: Time | undefined;
  /** Types whose payloads are kept back; `*` is all. */
  readonly withhold?: readonly TypePattern[] | undefined;
}

/** isOfAny says whether a type is one of those that patterns mean. */
export const isOfAny = (patterns: readonly TypePattern[], type: EventType): boolean =>
  patterns.some((pattern) => isOfType(pattern, type));

const isOr = (wanted: string | undefined, actual: string | undefined): boolean =>
  wanted === undefined || wanted === actual;

/** isMeant says whether an event of the range is one of those that an export is about. */
export const isMeant = (filter: Filter, header: Header): boolean => {
  const { types, session, tag, source, key, trace, ids } = filter;
  const { kind, name } = header.source;
  return (
    (types === undefined || isOfAny(types, header.event_type)) &&
    isOr(session, header.session_id) &&
    isOr(source, `${kind}:${name}`) &&
    isOr(key, header.attestation?.key_id) &&
    isOr(trace, header.trace_id) &&
    (tag === undefined || header.domain_tags?.some((each) => each === tag) === true) &&
    (ids === undefined || ids.has(header.id))
  );
};

/** isWithheld says whether payloads of a type are kept back; what governs never is. */
export const isWithheld = ({ withhold = [] }: Selection, type: EventType): boolean =>
  !isGoverning(type) && isOfAny(withhold, type);

/** isDisclosed says whether a payload is given out where an export ships the whole range. */
export const isDisclosed = (selection: Selection, header: Header): boolean =>
  isGoverning(header.event_type) ||
  (isMeant(selection, header) && !isWithheld(selection, header.event_type));

const TEXTS = ['session', 'tag', 'source', 'key', 'trace'] as const;

/** selectionData writes what parseSelection reads. */
export const selectionData = (selection: Selection): JsonObject => {
  const { from, to, since, until, types, subject, ids, withhold } = selection;
  const texts = TEXTS.flatMap((name) => {
    const text = selection[name];
    return text === undefined ? [] : [[name, text] as const];
  });
  return {
    from,
    to,
    ...(since === undefined ? {} : { since }),
    ...(until === undefined ? {} : { until }),
    ...Object.fromEntries(texts),
    ...(types === undefined ? {} : { types }),
    ...(subject === undefined ? {} : { subject }),
    ...(ids === undefined ? {} : { ids: [...ids] }),
    ...(withhold === undefined ? {} : { withhold }),
  };
};

const RANGE: ReadonlySet<string> = new Set(['from', 'to', 'since', 'until', 'ids']);

/** More than selections have, and no flood. */
const MOST_LETTERS = 4000;

/** askedText says which events of the range are meant, and what is kept back of them. */
export const askedText = (selection: Selection): string => {
  const asked = Object.entries(selectionData(selection)).filter(([name]) => !RANGE.has(name));
  if (asked.length === 0) return 'all of the range';
  const text = write(Object.fromEntries(asked));
  return harmless(text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)}…` : text);
};

const OTHERS = ['from', 'to', 'since', 'until', 'types', 'subject', 'ids', 'withhold'] as const;
const MEMBERS = new Set<string>([...OTHERS, ...TEXTS]);

const listOf = <T>(
  value: Json | undefined,
  read: (item: Json) => T | undefined,
): readonly T[] | undefined => {
  if (!Array.isArray(value)) return undefined;
  const items = (value as readonly Json[]).map(read).filter((item) => item !== undefined);
  return items.length === value.length ? items : undefined;
};

const textOf = (value: Json | undefined): string | undefined =>
  typeof value === 'string' ? value : undefined;

/**
 * parseSelection reads one, undefined where a member is missing, unknown or not of its form. Ids
 * are those of a subject: without it nobody could tell that none was left out.
 */
export const parseSelection = (value: Json | undefined): Selection | undefined => {
  if (!isObject(value) || Object.keys(value).some((member) => !MEMBERS.has(member)))
    return undefined;
  const [from, to] = [parseSeq(value['from']), parseSeq(value['to'])];
  if (E.isLeft(from) || E.isLeft(to) || from.right > to.right) return undefined;
  const subject = parseEventId(value['subject']);
  const [since, until] = [parseTime(value['since']), parseTime(value['until'])];
  const ids = listOf(value['ids'], textOf);
  const read: Selection = {
    from: from.right,
    to: to.right,
    since: E.isRight(since) ? since.right : undefined,
    until: E.isRight(until) ? until.right : undefined,
    ...Object.fromEntries(TEXTS.map((name) => [name, textOf(value[name])])),
    types: listOf(value['types'], parseTypePattern),
    subject: E.isRight(subject) ? subject.right : undefined,
    ids: ids && new Set(ids),
    withhold: listOf(value['withhold'], parseTypePattern),
  };
  if ((read.subject === undefined) !== (read.ids === undefined)) return undefined;
  const stated = Object.keys(value).length;
  return Object.keys(selectionData(read)).length === stated ? read : undefined;
};
