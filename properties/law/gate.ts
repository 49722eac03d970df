/**
 * Laws of the gate: how judgements compose, what no set and no author can bring about, and that
 * what was decided once is decided so again.
 */
import fc from 'fast-check';
import { memoryHistory } from '../../ledger/chain/history.ts';
import { begin } from '../../ledger/chain/state.ts';
import { finish, step } from '../../ledger/chain/verify.ts';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Seq } from '../../ledger/name.ts';
import { replay } from '../../policies/explain/replay.ts';
import type { Contribution } from '../../policies/gate/contribution.ts';
import { sealOf } from '../../policies/gate/decision.ts';
import { caseOf, decide, judge, speak } from '../../policies/gate/gate.ts';
import type { Judgement } from '../../policies/gate/judgement.ts';
import { composed, judgementOf, judgements, weigh } from '../../policies/gate/judgement.ts';
import { compareOutcomes, isBlocking } from '../../policies/outcome.ts';
import { STANDARD } from '../../policies/rule/standard.ts';
import { loadSet } from '../../policies/set/load.ts';
import { readyMade } from '../../policies/set/ready-made.ts';
import type { Recorded } from '../../policies/state/past.ts';
import { erasedOf } from '../../policies/state/past.ts';
import type { Attempt } from '../arbitrary/gate.ts';
import { attempt, attempts, contributions, documents } from '../arbitrary/gate.ts';
import { beginning, steps } from '../model/authorization.ts';
import { sound } from '../arbitrary/key.ts';
import { Gatehouse } from '../model/gatehouse.ts';

const same = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b);
const { concat, empty } = judgements;

/** Nothing is added by the judgement of no rule. */
export const identity = () =>
  fc.property(
    contributions.map(judgementOf),
    (a) => same(concat(a, empty), a) && same(concat(empty, a), a),
  );

export const associativity = () =>
  fc.property(
    contributions.map(judgementOf),
    contributions.map(judgementOf),
    contributions.map(judgementOf),
    (a, b, c) => same(concat(concat(a, b), c), concat(a, concat(b, c))),
  );

export const commutativity = () =>
  fc.property(contributions.map(judgementOf), contributions.map(judgementOf), (a, b) =>
    same(concat(a, b), concat(b, a)),
  );

export const idempotence = () =>
  fc.property(contributions.map(judgementOf), (a) => same(concat(a, a), a));

/** What is gathered in one go is what the judgements of one rule each come to, in any order. */
export const gathering = () =>
  fc.property(contributions, (all) =>
    same(judgementOf(all), composed(all.map((each) => [each]).toReversed())),
  );

const isNeverWeaker = (judgement: Judgement): boolean => {
  const { outcome } = weigh(judgement);
  return judgement.every(
    (each) => outcome !== undefined && compareOutcomes(outcome, each.outcome) >= 0,
  );
};

/** The result is as strong as the strongest, and more contributions never weaken it. */
export const strength = () =>
  fc.property(contributions, contributions, (some, more) => {
    const [few, many] = [weigh(judgementOf(some)), weigh(judgementOf([...some, ...more]))];
    const isMonotone =
      few.outcome === undefined ||
      (many.outcome !== undefined && compareOutcomes(many.outcome, few.outcome) >= 0);
    return isNeverWeaker(judgementOf([...some, ...more])) && isMonotone;
  });

/** Every contribution is told once, on one side or the other. */
export const nothingIsLost = () =>
  fc.property(contributions.map(judgementOf), (judgement) => {
    const { contributing, discarded } = weigh(judgement);
    return same(judgementOf([...contributing, ...discarded]), judgement);
  });

const played = (set: JsonObject, tried: readonly Attempt[]): Gatehouse => {
  const house = new Gatehouse();
  house.adopt(set);
  for (const each of tried) house.bring(each(house));
  return house;
};

/** A decision without an authorization is no weaker than anything that a rule has said. */
export const noWeakerThanRules = () =>
  fc.property(documents, attempts, attempt, (set, tried, last) => {
    const house = played(set, tried);
    const given = caseOf(house.propose(last(house)), house.view, house.ground.set);
    const judgement = speak(given);
    const { outcome, authorization } = decide(judgement, given);
    const isOverridden = outcome === 'break_glass' && authorization !== undefined;
    return judgement.every(
      (each) => compareOutcomes(outcome, each.outcome) >= 0 || (isOverridden && each.overridable),
    );
  });

/** Without a required rule nothing enters, and the rule is named. */
export const requiredRules = () =>
  fc.property(documents, attempt, fc.constantFrom(...STANDARD), (set, last, left) => {
    const house = played(set, []);
    const given = caseOf(house.propose(last(house)), house.view, house.ground.set);
    const whole = decide(speak(given), given);
    const without = decide(
      speak(
        given,
        STANDARD.filter((rule) => rule !== left),
      ),
      given,
    );
    if (!whole.required.includes(left.name)) return true;
    const isNamed = without.contributing.some(({ rule }) => rule === (left.name as string));
    return without.outcome === 'reject' && isNamed && !without.required.includes(left.name);
  });

const names = (all: readonly Contribution[]) => all.map(({ rule }) => rule as string);

/** The glass breaks by a valid authorization alone, and never what may not be overridden. */
export const brokenGlass = () =>
  fc.property(documents, attempts, attempt, (set, tried, last) => {
    const house = played(set, tried);
    const proposal = house.propose(last(house));
    const decision = judge(proposal, house.view, house.ground.set);
    if (decision.outcome !== 'break_glass') return decision.authorization === undefined;
    const { authorizations } = house.ground.standing;
    const used = authorizations.get(proposal.claim.authorization ?? '');
    const blocking = [...decision.contributing, ...decision.discarded].filter((each) =>
      isBlocking(each.outcome),
    );
    return (
      used !== undefined &&
      used.revokedBy === undefined &&
      used.used.length < used.scope.uses &&
      house.now < used.scope.expires_at &&
      blocking.length > 0 &&
      blocking.every(({ overridable }) => overridable) &&
      names(blocking).every((name) => used.scope.rules.some((rule) => rule === name))
    );
  });

/** The same proposal in the same state is decided alike, to the byte. */
export const sameAgain = () =>
  fc.property(documents, attempts, attempt, (set, tried, last) => {
    const [one, two] = [played(set, tried), played(set, tried)];
    return same(
      judge(one.propose(last(one)), one.view, one.ground.set),
      judge(two.propose(last(two)), two.view, two.ground.set),
    );
  });

const IDLE: readonly JsonObject[] = [
  { session_id: 'root' },
  { trace_id: '0'.repeat(31) + '1' },
  { domain_tags: ['admin', 'trusted'] },
  { source: { kind: 'tool', name: 'ledger' } },
  { source: { kind: 'tool', name: 'test', version: '9', model: 'm', instance: 'i' } },
];

/** Of the latest few events no author has written more than this; it bites soon. */
const RATED = { version: 1, types: [{ match: '*', rate: { events: 2, window: 5 } }] };

/** What an author may state freely moves no decision, of one who is near to the limit either. */
export const idleWords = () => {
  const before = fc.integer({ min: 1, max: 3 });
  const idles = fc.constantFrom(...IDLE);
  return fc.property(
    documents,
    attempt,
    idles,
    before,
    fc.boolean(),
    (set, last, idle, n, isBare) => {
      const house = new Gatehouse();
      const source = { kind: 'tool', name: 'test' };
      for (let i = 0; i < n; i++) house.enter({ type: 'note.taken', author: { source } });
      house.adopt({ ...set, rated: RATED });
      const tried = last(house);
      const by = isBare ? undefined : tried.by;
      const author = { ...tried.author, source };
      const decided = (words: JsonObject) => {
        const proposal = house.propose({ ...tried, by, author: { ...author, ...words } });
        return judge(proposal, house.view, house.ground.set);
      };
      return same(decided({}), decided(idle));
    },
  );
};

/** By which of the ordinary ways an event comes moves no decision. */
export const ordinaryWays = () =>
  fc.property(documents, attempt, (set, last) => {
    const house = played(set, []);
    const [append, signed, imported] = (['append', 'append_signed', 'import'] as const).map(
      (surface) => {
        const proposal = house.propose({ ...last(house), surface });
        const { outcome, contributing } = judge(proposal, house.view, house.ground.set);
        return { outcome, rules: names(contributing) };
      },
    );
    return same(append, signed) && same(append, imported);
  });

/** A verifier finds nothing in the lines but what it warns of. */
const isSound = (lines: readonly Uint8Array[]): boolean => {
  const means = { crypto: native, history: memoryHistory(native, new Uint8Array(32)) };
  let state = begin();
  for (const line of lines) {
    const next = step(means, state, line);
    if (next.findings.some(({ severity }) => severity !== 'warning')) return false;
    state = next.state;
  }
  return finish(means, state).findings.length === 0;
};

const withoutPayload = ({ event_hash, header }: Recorded): Uint8Array =>
  encodeUtf8(`${write({ event_hash, header: header as unknown as JsonObject })}\n`);

/**
 * What the gate lets in a verifier finds sound, and a replay decides again byte for byte. So they
 * do with what was erased withheld, but that a replay leaves open what turns on it.
 */
export const soundAndSame = () =>
  fc.property(documents, attempts, fc.nat(), (set, tried, some) => {
    const { lines, recorded } = played(set, tried);
    const builtIn = readyMade(native, 'open');
    const isGone = ({ header: { seq } }: Recorded): boolean =>
      (some >> (seq % 31)) % 2 === 0 && recorded.some((each) => erasedOf(each) === seq);
    const disclosed = recorded.map((event) =>
      isGone(event) ? { ...event, payload: undefined } : event,
    );
    const isHidden = (until: Seq): boolean =>
      disclosed.some(
        ({ header: { seq, event_type: type }, payload }) =>
          payload === undefined && seq < until && (type as string) === 'review.approved',
      );
    return (
      isSound(lines) &&
      [...replay(native, recorded, builtIn)].every(({ isSame }) => isSame === true) &&
      isSound(
        lines.map((line, i) => {
          const event = recorded[i];
          return event !== undefined && isGone(event) ? withoutPayload(event) : line;
        }),
      ) &&
      [...replay(native, disclosed, builtIn)].every(({ isSame, again, seq }) =>
        isSame === undefined ? again === undefined || isHidden(seq) : isSame,
      )
    );
  });

/** A set that asks for more lets nothing in that one which asks for less keeps out. */
export const entriesAddUp = () =>
  fc.property(
    documents,
    attempt,
    fc.constantFrom<JsonObject>(
      { match: '*', attested: true },
      { match: 'invoice.*', tier: 'operator' },
      { match: '*', max_bytes: 3 },
      { match: 'deploy.forced', sources: ['user'] },
    ),
    (base, last, entry) => {
      const more = { ...base, more: { version: 1, types: [entry] } };
      const house = played(base, []);
      const proposal = house.propose(last(house));
      const [a, b] = [base, more].map((each) =>
        judge(proposal, house.view, sound(loadSet(native, each))),
      );
      return a !== undefined && b !== undefined && compareOutcomes(b.outcome, a.outcome) >= 0;
    },
  );

/** What may not enter has no seal, and what has one may enter. */
export const seals = () =>
  fc.property(documents, attempts, attempt, (set, tried, last) => {
    const house = played(set, tried);
    const decision = judge(house.propose(last(house)), house.view, house.ground.set);
    const seal = sealOf(decision);
    return isBlocking(decision.outcome) ? seal === undefined : seal?.outcome === decision.outcome;
  });

/**
 * Authorizations live as the model says, whatever is done to them in whatever order by whomever.
 */
export const authorizationsLive = () =>
  fc.property(steps, fc.boolean(), (commands, isSeparate) =>
    fc.modelRun(beginning(isSeparate), commands),
  );
