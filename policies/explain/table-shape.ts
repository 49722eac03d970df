/**
 * Tables of cases that a set must decide as they say.
 *
 *     version: 1
 *     keys: { alice: operator, till: observed }
 *     cases:
 *       - name: a large invoice takes an operator
 *         event: { type: invoice.paid, payload: { total: 5000 }, by: till }
 *         expect: reject
 *         rules: [large-invoices-take-an-operator]
 *
 * `given` lists events that were recorded before; `rules` the contributing ones, all of them.
 */
import * as E from 'fp-ts/lib/Either.js';
import { TIERS } from '../../ledger/chain/keyring.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Time } from '../../ledger/name.ts';
import { FORM, parseKeyName, parseMeaning, parseTime } from '../../ledger/name.ts';
import { editorSchema, eventType, name, ruleId, text } from '../document/form.ts';
import type { Shaped } from '../document/shape.ts';
import {
  anything,
  described,
  integer,
  list,
  map,
  object,
  oneOf,
  shape,
  wrongType,
} from '../document/shape.ts';
import { OUTCOMES } from '../outcome.ts';
import type { Surface } from '../surface.ts';
import { SURFACES } from '../surface.ts';

/** When all of a table happens that states no time. */
export const NOON = '2026-01-01T12:00:00.000Z' as Time;

const keyName = name(parseKeyName, 'the name of a key', FORM.keyName);
const time = name(parseTime, `a time such as ${NOON}`, FORM.time);
const meaning = name(parseMeaning, 'a word such as approved', FORM.meaning);
/** What they are is judged when a draft is made of them. */
const members = shape<JsonObject>({ type: 'object' }, (value, pointer) =>
  isObject(value) ? E.right(value) : wrongType(value, pointer, 'a map'),
);
const surfaces = oneOf(...(Object.keys(SURFACES) as readonly Surface[]));

const event = object(
  { type: described('its type', eventType) },
  {
    by: described('whose key signs it, one of `keys`; nobody signs where it is left out', keyName),
    meaning: described('what the signature means', meaning, 'authored'),
    members: described('other members of the event, such as `source` or `supersedes`', members),
    payload: described('its payload', anything, {}),
  },
);

const aCase = object(
  {
    name: described('what is tried', text('a name', 200)),
    event: described('the event that wants to enter', event),
    expect: described('what must become of it', oneOf(...OUTCOMES)),
  },
  {
    given: described('events that were recorded before', list(event, 100)),
    rules: described('the contributing rules, all of them', list(ruleId, 32)),
    surface: described('by which it comes; that of its type where it is left out', surfaces),
  },
);

export const tableShape = object(
  {
    version: described('of the form of tables', integer(1, 1)),
    cases: described('what is tried', list(aCase, 1000)),
  },
  {
    $schema: described('by which editors complete it; no part of what it says', editorSchema),
    keys: described('tiers of enrolled keys, by name', map(keyName, oneOf(...TIERS), 100)),
    now: described('the time at which all of it happens', time, NOON),
  },
);

export type Table = Shaped<typeof tableShape>;
export type TableCase = Table['cases'][number];
export type TableEvent = TableCase['event'];
