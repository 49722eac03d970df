/**
 * What a policy document says. Every section may be left out; a set is one document or several, in
 * the order of their names.
 *
 *     version: 1
 *     types:
 *       - match: invoice.*
 *         attested: [agent, tool]
 *         tier: verified
 *         schema: invoice
 *     schemas:
 *       invoice: { type: object, required: [total] }
 *     rules:
 *       - id: large-invoices-take-an-operator
 *         match: [invoice.paid]
 *         when: payload.total > 1000.0 && key.tier != "operator"
 *         outcome: reject
 *         reason: an invoice of {payload.total} takes an operator
 */
import * as E from 'fp-ts/lib/Either.js';
import { TIERS } from '../../ledger/chain/keyring.ts';
import type { SourceKind } from '../../ledger/event/header.ts';
import { SOURCE_KINDS } from '../../ledger/event/header.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { RuleId } from '../../ledger/name.ts';
import { duration, editorSchema, ruleId, text, typePattern } from '../document/form.ts';
import type { Shaped } from '../document/shape.ts';
import {
  boolean,
  described,
  integer,
  list,
  map,
  object,
  oneOf,
  shape,
  wrong,
  wrongType,
} from '../document/shape.ts';
import { RULE_OUTCOMES } from '../outcome.ts';
import { GATE_NAMES, RULE_NAMES } from '../rule/name.ts';

export const MAX_DOCUMENTS = 16;
export const MAX_ENTRIES = 200;
export const MAX_RULES = 100;
const MAX_EVENTS = 1_000_000;

const tier = oneOf(...TIERS);
const schemaName = text('a name such as invoice', 64, /^[a-z][a-z0-9_-]*$/);
const source = oneOf(...SOURCE_KINDS);

const RESERVED: readonly string[] = [...RULE_NAMES, ...GATE_NAMES];

/** What the rules of the gate are called no rule of a document is. */
const ownRuleId = shape({ ...ruleId.schema, not: { enum: RESERVED } }, (value, pointer) =>
  E.flatMap((id: RuleId) =>
    RESERVED.includes(id)
      ? wrong({ pointer, reason: 'repeated', expected: 'a name that no other rule has', found: id })
      : E.right(id),
  )(ruleId(value, pointer)),
);

/** Only its kind is looked at here. */
const jsonSchema = shape<Json>(
  { title: 'a JSON Schema', anyOf: [{ type: 'object' }, { type: 'boolean' }] },
  (value, pointer) =>
    typeof value === 'boolean' || isObject(value)
      ? E.right(value)
      : wrongType(value, pointer, 'a JSON Schema'),
);

const sources = list(source, SOURCE_KINDS.length, 1);

/** Of all, of none, or of what some kinds of source write. */
const ATTESTED = 'true, false, or a list of kinds of source';
const attested = shape<boolean | readonly SourceKind[]>(
  { title: ATTESTED, anyOf: [boolean.schema, sources.schema] },
  (value, pointer) => {
    if (typeof value === 'boolean') return E.right(value);
    return Array.isArray(value) ? sources(value, pointer) : wrongType(value, pointer, ATTESTED);
  },
);

const rate = object(
  {
    events: described('so many events of one source at most', integer(1, MAX_EVENTS)),
    window: described('within so many of the latest events of all', integer(1, MAX_EVENTS)),
  },
  {},
);

const entry = object(
  { match: described('the event types that it is about', typePattern) },
  {
    attested: described('whether somebody must have signed, or of which sources', attested, false),
    four_eyes: described('the tier of the other person who must have approved before', tier),
    max_bytes: described('the most bytes of a payload', integer(1, 1_048_576)),
    max_depth: described('the most containers inside one another', integer(0, 64)),
    rate: described('how much one source may write', rate),
    schema: described('the schema that a payload must match, one of `schemas`', schemaName),
    sources: described('the kinds of source that may write', sources),
    tier: described('the least tier of the key that must have signed', tier),
  },
);

const rule = object(
  {
    id: described('its name, which no other rule has', ownRuleId),
    match: described('the event types that it speaks about', list(typePattern, 32, 1)),
    outcome: described(
      'what becomes of an event that it is true of',
      oneOf(...RULE_OUTCOMES.filter((each) => each !== 'allow')),
    ),
    reason: described(
      'what to say then; `{payload.total}` is filled in where it is shown',
      text('a sentence', 200),
    ),
    when: described('what is wrong with an event', text('a CEL expression', 2000)),
  },
  { overridable: described('whether an authorization may let it pass', boolean, true) },
);

const ownPattern = object(
  {
    name: described('its name', schemaName),
    pattern: described('what such a secret looks like', text('a regular expression (RE2)', 1000)),
  },
  {},
);

const clocks = object(
  {},
  {
    ahead: described('how far an author’s clock may be ahead', duration),
    behind: described('how far it may be behind', duration),
  },
);

const exceptions = object(
  {},
  {
    review_within: described('how long a review of a broken glass may take', duration),
    separate: described('whether giving, using and reviewing one takes three keys', boolean, false),
  },
);

const references = object(
  {},
  {
    causes_exist: described('whether `causation_id` must be an event here', boolean, false),
    corrections_exist: described('whether `supersedes` must be an event here', boolean, false),
  },
);

const refusals = object(
  { record: described('whose refusals are recorded', oneOf('all', 'attested', 'none')) },
  {
    per_source: described('the most that are recorded of one source', integer(1, 10_000), 100),
    window: described('within so many of the latest events', integer(1, MAX_EVENTS), 10_000),
  },
);

const exports = object({ record: described('whether an event tells of each', boolean) }, {});
const secrets = object(
  { find: described('whether payloads are searched for secrets', boolean) },
  { patterns: described('secrets of your own', list(ownPattern, 32)) },
);

const fourEyes = object(
  { four_eyes: described('the tier of the other person who must have approved any', tier) },
  {},
);

const quarantine = object(
  { release_tier: described('the tier of a key that may release', tier, 'operator') },
  {},
);

export const documentShape = object(
  { version: described('of the form of documents', integer(1, 1)) },
  {
    $schema: described('by which editors complete it; no part of what it says', editorSchema),
    name: described('what people call it', text('a name', 200)),
    clocks: described('how far clocks may be off', clocks),
    corrections: described('what corrections take', fourEyes),
    exceptions: described('what authorizations take', exceptions),
    exports: described('what the ledger keeps of exports', exports),
    operators: described('how many operators must be enrolled to adopt it', integer(1, 100), 1),
    quarantine: described('what the release of held events takes', quarantine),
    references: described('which references must lead to an event', references),
    refusals: described('which refusals are recorded', refusals),
    rules: described('rules of your own', list(rule, MAX_RULES)),
    schemas: described('JSON Schemas by name', map(schemaName, jsonSchema, 100)),
    secrets: described('the search for secrets', secrets),
    types: described('what is asked of events, by their type', list(entry, MAX_ENTRIES)),
  },
);

export type PolicyDocument = Shaped<typeof documentShape>;
