/**
 * What a policy document says. Every section may be left out; a set is one document or several, in
 * the order of their names.
 *
 *     version: 1
 *     types:
 *       - match: invoice.*
 *         attested: true
 *         tier: verified
 *         schema: invoice
 *     schemas:
 *       invoice: { type: object, required: [total] }
 *     rules:
 *       - id: large-invoices-take-an-operator
 *         match: invoice.paid
 *         when: payload.total > 1000.0 && key.tier != "operator"
 *         outcome: reject
 *         reason: an invoice of {payload.total} takes an operator
 */
import * as E from 'fp-ts/lib/Either.js';
import { TIERS } from '../../ledger/chain/keyring.ts';
import { SOURCE_KINDS } from '../../ledger/event/header.ts';
import type { Json } from '../../ledger/json/value.ts';
import { duration, ruleId, text, typePattern } from '../document/form.ts';
import type { Shape, Shaped } from '../document/shape.ts';
import { boolean, integer, list, map, object, oneOf } from '../document/shape.ts';
import { RULE_OUTCOMES } from '../outcome.ts';

export const MAX_DOCUMENTS = 16;
export const MAX_ENTRIES = 200;
export const MAX_RULES = 100;
const MAX_EVENTS = 1_000_000;

/** What stands there is read by somebody else. */
const anything: Shape<Json> = (value) => E.right(value);

const tier = oneOf(...TIERS);
const patterns = list(typePattern, 32);
const schemaName = text('a name such as invoice', 64, /^[a-z][a-z0-9_-]*$/);

const entry = object(
  { match: typePattern },
  {
    attested: boolean,
    four_eyes: tier,
    max_bytes: integer(1, 1_048_576),
    max_depth: integer(0, 64),
    rate: object({ events: integer(1, MAX_EVENTS), window: integer(1, MAX_EVENTS) }, {}),
    schema: schemaName,
    sources: list(oneOf(...SOURCE_KINDS), SOURCE_KINDS.length),
    tier,
  },
);

const rule = object(
  {
    id: ruleId,
    match: patterns,
    outcome: oneOf(...RULE_OUTCOMES.filter((each) => each !== 'allow')),
    reason: text('a sentence', 200),
    when: text('a CEL expression', 2000),
  },
  { overridable: boolean },
);

const secrets = object(
  { find: boolean },
  {
    patterns: list(
      object({ name: schemaName, pattern: text('a regular expression (RE2)', 1000) }, {}),
      32,
    ),
  },
);

export const documentShape = object(
  { version: integer(1, 1) },
  {
    name: text('a name', 200),
    clocks: object({}, { ahead: duration, behind: duration }),
    corrections: object({ four_eyes: tier }, {}),
    exceptions: object({}, { review_within: duration, separate: boolean }),
    operators: integer(1, 100),
    quarantine: object({ release_tier: tier }, {}),
    references: object({}, { causes_exist: boolean, corrections_exist: boolean }),
    refusals: object(
      { record: oneOf('all', 'attested', 'none') },
      { per_source: integer(1, 10_000), window: integer(1, MAX_EVENTS) },
    ),
    rules: list(rule, MAX_RULES),
    schemas: map(schemaName, anything, 100),
    secrets,
    types: list(entry, MAX_ENTRIES),
  },
);

export type PolicyDocument = Shaped<typeof documentShape>;
