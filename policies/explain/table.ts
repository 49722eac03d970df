/**
 * Running tables of cases that a set must decide as they say, so that a set can be tested as a
 * program is: each case on a stage of its own. What a table looks like says `table-shape.ts`.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Tier } from '../../ledger/chain/keyring.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Draft, DraftRefused } from '../../ledger/event/draft.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { KeyName, Time } from '../../ledger/name.ts';
import type { DocumentProblem } from '../document/problem.ts';
import { readDocument } from '../document/read.ts';
import { judge as judgeShape } from '../document/shape.ts';
import type { Contribution } from '../gate/contribution.ts';
import type { Decision } from '../gate/decision.ts';
import { judge } from '../gate/gate.ts';
import { propose } from '../proposal.ts';
import type { PolicySet } from '../set/set.ts';
import { surfaceOf } from '../surface.ts';
import { Stage, stagedDraft, stagedKey } from './stage.ts';
import type { Table, TableCase, TableEvent } from './table-shape.ts';
import { NOON, tableShape } from './table-shape.ts';

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
  return E.isLeft(read) ? read : judgeShape(read.right, tableShape);
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
  { by, members, ...rest }: TableEvent,
): E.Either<string, Draft> => {
  const signer = by === undefined ? undefined : keys.get(by)?.[0];
  if (by !== undefined && signer === undefined) return E.left(`no key ${by} in the table`);
  const staged = { ...rest, by: signer, members: members as JsonObject | undefined };
  return E.mapLeft(whyNot)(stagedDraft(crypto, staged, stage.view.seq, now));
};

/** The decision about a case, or why there is no case. */
const decideCase = (trial: Trial, { given, event: brought, surface }: TableCase) => {
  const stage = new Stage(trial.crypto, trial.set, trial.now);
  stage.found([...trial.keys.values()]);
  for (const before of given ?? []) {
    const made = draftFor(trial, stage, before);
    if (E.isLeft(made)) return E.left(`given: ${made.left}`);
    if (!stage.record(made.right)) return E.left(`given: ${before.type} cannot be sealed`);
  }
  return E.map((draft: Draft) => {
    const by = surface ?? surfaceOf(draft.claim.event_type);
    return judge(propose(trial.crypto, by, draft), stage.view, trial.set);
  })(draftFor(trial, stage, brought));
};

const show = (outcome: string, rules: readonly string[] | undefined): string =>
  rules === undefined || rules.length === 0 ? outcome : `${outcome} by ${rules.join(', ')}`;

const resultOf = (
  { name: title, expect, rules }: TableCase,
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

/** A rule of the set that no case is about was not tried, which is what coverage is to tell. */
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
