/**
 * Names: every parser against the table of forms, and the calendar.
 */
import { describe } from 'vitest';
import * as N from '../ledger/name.ts';
import { all, law } from './check.ts';
import * as L from './law/name.ts';
import type { ModelledName } from './model/name.ts';

const PARSERS: Readonly<Record<ModelledName, (value: unknown) => N.Named<unknown>>> = {
  origin: N.parseOrigin,
  event_id: N.parseEventId,
  event_type: N.parseEventType,
  key_name: N.parseKeyName,
  key_id: N.parseKeyId,
  digest: N.parseDigest,
  salt: N.parseSalt,
  trace_id: N.parseTraceId,
  tag: N.parseTag,
  rule_id: N.parseRuleId,
  label: N.parseLabel,
  meaning: N.parseMeaning,
  time: N.parseTime,
};

const runs = { runs: all };

describe.each(Object.entries(PARSERS))('%s', (name, parse) => {
  const kind = name as ModelledName;
  law('a name is taken as it stands', () => L.takesItsNames(parse, kind), runs);
  law('text is a name where the table says so', () => L.agreesWithTheTable(parse, kind), runs);
  law('any value has an answer', () => L.hasAnAnswerToAnything(parse), runs);
});

describe('time and position', () => {
  law('a moment is one that the calendar has', () => L.agreesWithTheCalendar(N.parseTime), runs);
  law('months end where they end', () => L.everyMonthEndsWhereItEnds(N.parseTime), runs);
  law('times sort as text', () => L.timesSortAsText(N.parseTime), runs);
  law('positions are whole numbers from 0 on', () => L.positionsAreWhole(N.parseSeq), runs);
});
