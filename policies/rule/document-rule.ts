/**
 * A rule that a document brings: an expression, and what becomes of a proposal that it is true of.
 *
 *     id: large-invoices-take-an-operator          {"event":{"type":…,"id":…,"source":{…},…},
 *     match: [invoice.paid]                         "payload":…,
 *     when: payload.total > 1000.0                  "key":{"id":…,"tier":…,"meaning":…},
 *           && key.tier != "operator"               "state":{"seq":…},
 *     outcome: reject                               "now":"2026-11-21T09:00:00.000Z"}
 *     reason: an invoice of {payload.total} takes an operator
 *
 * The reason is recorded as it is written; what fills its braces is evidence and is not.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { RuleId } from '../../ledger/name.ts';
import type { DocumentProblem } from '../document/problem.ts';
import { shown } from '../document/shown.ts';
import type { Context, Variables } from '../expression/expression.ts';
import { BUDGET, compileCondition } from '../expression/expression.ts';
import type { ExpressionRefused } from '../expression/refusal.ts';
import { compileTemplate } from '../expression/template.ts';
import type { RuleOutcome } from '../outcome.ts';
import type { Purse } from '../pattern/pattern.ts';
import type { Proposal } from '../proposal.ts';
import type { Case, DocumentRule } from './rule.ts';
import { forbids, holds, words } from './rule.ts';

export interface StatedRule {
  readonly id: RuleId | string;
  readonly when: string;
  readonly outcome: Exclude<RuleOutcome, 'allow'>;
  readonly reason: string;
  readonly overridable?: boolean | undefined;
}

type MemberProblem = Pick<DocumentProblem, 'reason' | 'expected' | 'found'> & {
  readonly member: 'when' | 'reason';
  /** What of it stands before the problem. */
  readonly before: string;
};

const END = 'the end';

const problemOf = (
  member: MemberProblem['member'],
  text: string,
  { offset, message }: ExpressionRefused,
): MemberProblem => ({
  member,
  before: text.slice(0, offset),
  reason: member === 'when' ? 'expression' : 'template',
  expected: message,
  found: shown(text.slice(offset).trimStart()) || END,
});

/** What an expression may speak of. A member that an event does not have is not there. */
export const VARIABLES: Variables = {
  event: 'map',
  payload: 'dyn',
  key: 'map',
  state: 'map',
  now: 'string',
};

/** What to do about an expression that failed; the rule itself is the other thing to change. */
const ADVICE: Readonly<Record<string, string>> = {
  no_such_key: 'bring what the rule asks about, or have it ask with has(…)',
  no_such_index: 'bring as many as the rule asks about, or have it ask for the size',
  budget_exceeded: 'bring a smaller payload, or have the rule made simpler',
};

/** The claim, but for what is known by another name, or that no rule has a use for. */
const eventOf = ({ claim, attestation }: Proposal): Context => {
  const {
    domain_tags: tags = [],
    event_type: type,
    payload_hash: _hash,
    schema_version: _version,
    ...others
  } = claim;
  return { ...others, type, tags, attested: attestation !== undefined };
};

/** contextOf is what expressions see of a case. */
export const contextOf = ({ proposal, view, key }: Omit<Case, 'context'>): Context => {
  const { attestation, payload } = proposal;
  return {
    event: eventOf(proposal),
    payload,
    key:
      key === undefined || attestation === undefined
        ? { tier: 'none' }
        : { id: key.key.keyId, tier: key.tier, meaning: attestation.meaning },
    state: { seq: view.seq, head: view.journal.head },
    now: view.now,
  };
};

/** documentRule makes a rule of what a document states, or tells what is wrong with it. */
export const documentRule = (
  stated: StatedRule,
  purse?: Purse,
): E.Either<readonly MemberProblem[], DocumentRule> => {
  const { id, when, outcome, reason, overridable = true } = stated;
  const condition = compileCondition(when, VARIABLES, purse);
  const template = compileTemplate(reason, VARIABLES, purse);
  const problems: MemberProblem[] = [];
  if (E.isLeft(condition)) problems.push(problemOf('when', when, condition.left));
  if (E.isLeft(template)) problems.push(problemOf('reason', reason, template.left));
  if (E.isLeft(condition) || E.isLeft(template)) return E.left(problems);
  const { evaluate } = condition.right;
  const { render } = template.right;
  const isFilled = reason.includes('{');
  return E.right({
    id: id as RuleId,
    when,
    claim: `it is not so that: ${when}`,
    judge: (given) => {
      const context = given.context();
      const share = BUDGET / Math.max(1, given.requirements.rules.length);
      const result = evaluate(context, share);
      if (E.isLeft(result))
        return forbids(`the expression could not be evaluated: ${result.left.reason}`, {
          message: result.left.message,
          failed: result.left.reason,
        });
      if (!result.right) return holds();
      const filled: Json = isFilled ? render(context, share) : reason;
      return { outcome, reason, overridable, evidence: { reason: filled } };
    },
    remedy: ({ failed, message }: JsonObject) =>
      failed === undefined
        ? `change it so that this is no longer true: ${when}`
        : (ADVICE[words(failed)] ?? `bring what the rule can work with; ${words(message)}`),
  });
};
