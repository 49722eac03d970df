/**
 * Tables of cases that a set must decide as they say, so that a set can be tested as a program is.
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
import type { Tier } from '../../ledger/chain/keyring.ts';
import { TIERS } from '../../ledger/chain/keyring.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Draft, DraftRefused } from '../../ledger/event/draft.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { KeyName, Time } from '../../ledger/name.ts';
import { parseKeyName, parseTime } from '../../ledger/name.ts';
import { eventType, name, ruleId, text } from '../document/form.ts';
import type { DocumentProblem } from '../document/problem.ts';
import { readDocument } from '../document/read.ts';
import type { Shape, Shaped } from '../document/shape.ts';
import { integer, judge as judgeShape, list, map, object, oneOf } from '../document/shape.ts';
import type { Contribution } from '../gate/contribution.ts';
import type { Decision } from '../gate/decision.ts';
import { judge } from '../gate/gate.ts';
import { OUTCOMES } from '../outcome.ts';
import { propose } from '../proposal.ts';
import type { PolicySet } from '../set/set.ts';
import type { Surface } from '../surface.ts';
import { SURFACES, surfaceOf } from '../surface.ts';
import { Stage, stagedDraft, stagedKey } from './stage.ts';

const anything: Shape<Json> = (value) => E.right(value);
const keyName = name(parseKeyName, 'the name of a key');
const NOON = '2026-01-01T12:00:00.000Z' as Time;

const event = object(
  { type: eventType },
  { by: keyName, meaning: text('a word', 32), members: anything, payload: anything },
);

const shape = object(
  {
    version: integer(1, 1),
    cases: list(
      object(
        { name: text('a name', 200), event, expect: oneOf(...OUTCOMES) },
        {
          given: list(event, 100),
          rules: list(ruleId, 32),
          surface: oneOf(...(Object.keys(SURFACES) as readonly Surface[])),
        },
      ),
      1000,
    ),
  },
  { keys: map(keyName, oneOf(...TIERS), 100), now: name(parseTime, 'a time') },
);

type Table = Shaped<typeof shape>;
type Case = Table['cases'][number];
type Event = Case['event'];

export interface Result {
  readonly name: string;
  readonly isPassed: boolean;
  readonly expected: string;
  readonly actual: string;
}

/** How often a rule had something against a case, and how often nothing. */
export interface Coverage {
  readonly rule: string;
  readonly spoke: number;
  readonly held: number;
}

export interface Report {
  readonly results: readonly Result[];
  readonly coverage: readonly Coverage[];
}

/** readTable reads a table, or tells all that is wrong with it. */
export const readTable = (
  file: string,
  bytes: Uint8Array,
): E.Either<readonly DocumentProblem[], Table> => {
  const read = readDocument(file, bytes);
  return E.isLeft(read) ? read : judgeShape(read.right, shape);
};

/** What all cases of a table share. */
interface Trial {
  readonly crypto: Crypto;
  readonly set: PolicySet;
  readonly now: Time;
  readonly keys: ReadonlyMap<string, readonly [Signer, Tier]>;
}

const whyNot = ({ problems, value }: DraftRefused): string =>
  [...problems, ...(value === undefined ? [] : [value])]
    .map(({ path, reason }) => `${path === '' ? 'event' : path}: ${reason}`)
    .join('; ');

const draftFor = (
  { crypto, now, keys }: Trial,
  stage: Stage,
  { by, members, ...rest }: Event,
): E.Either<string, Draft> => {
  const signer = by === undefined ? undefined : keys.get(by)?.[0];
  if (by !== undefined && signer === undefined) return E.left(`no key ${by} in the table`);
  const staged = { ...rest, by: signer, members: members as JsonObject | undefined };
  return E.mapLeft(whyNot)(stagedDraft(crypto, staged, stage.view.seq, now));
};

/** The decision about a case, or why there is no case. */
const decideCase = (trial: Trial, { given, event: brought, surface }: Case) => {
  const stage = new Stage(trial.crypto, trial.set, trial.now);
  stage.found([...trial.keys.values()]);
  for (const before of given ?? []) {
    const made = draftFor(trial, stage, before);
    if (E.isLeft(made)) return E.left(`given: ${made.left}`);
    if (!stage.record(made.right)) return E.left(`given: ${before.type} cannot be sealed`);
  }
  return E.map((draft: Draft) => {
    const by = surface ?? surfaceOf(draft.claim.event_type);
    return judge(propose(by, draft), stage.view, trial.set);
  })(draftFor(trial, stage, brought));
};

const show = (outcome: string, rules: readonly string[] | undefined): string =>
  rules === undefined || rules.length === 0 ? outcome : `${outcome} by ${rules.join(', ')}`;

const resultOf = (
  { name: title, expect, rules }: Case,
  decision: E.Either<string, Decision>,
): Result => {
  const expected = show(expect, rules);
  if (E.isLeft(decision))
    return { name: title, isPassed: false, expected, actual: `no case: ${decision.left}` };
  const { outcome, contributing } = decision.right;
  const actual = contributing.map(({ rule }) => rule).toSorted();
  const isPassed =
    outcome === expect && (rules === undefined || rules.toSorted().join() === actual.join());
  return {
    name: title,
    isPassed,
    expected,
    actual: show(outcome, outcome === 'allow' ? [] : actual),
  };
};

/** A rule of the set that no case is about has not been tried, which is what coverage is to tell. */
const coverageOf = (
  { rules }: PolicySet,
  contributions: readonly Contribution[],
): readonly Coverage[] => {
  const counts = new Map<string, Coverage>(
    rules.map((rule) => [rule, { rule, spoke: 0, held: 0 }]),
  );
  for (const { rule, outcome } of contributions) {
    const { spoke, held } = counts.get(rule) ?? { spoke: 0, held: 0 };
    const isHeld = outcome === 'allow';
    counts.set(rule, { rule, spoke: spoke + Number(!isHeld), held: held + Number(isHeld) });
  }
  return [...counts.values()].toSorted((a, b) => (a.rule < b.rule ? -1 : 1));
};

/** runTable tries every case on a stage of its own. */
export const runTable = (crypto: Crypto, table: Table, set: PolicySet): Report => {
  const keys = new Map(
    [...(table.keys ?? [])].map(
      ([key, tier]) => [key, [stagedKey(crypto, key as KeyName), tier] as const] as const,
    ),
  );
  const trial = { crypto, set, now: table.now ?? NOON, keys };
  const tried = table.cases.map((each) => ({ each, decision: decideCase(trial, each) }));
  return {
    results: tried.map(({ each, decision }) => resultOf(each, decision)),
    coverage: coverageOf(
      set,
      tried.flatMap(({ decision }) =>
        E.isLeft(decision) ? [] : [...decision.right.contributing, ...decision.right.discarded],
      ),
    ),
  };
};
