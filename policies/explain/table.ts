/**
 * Running tables of cases that a set must decide as they say, so that a set can be tested as a
 * program is: each case on a stage of its own. What a table looks like says `table-shape.ts`.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Tier } from '../../ledger/chain/keyring.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Draft, DraftRefused } from '../../ledger/event/draft.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { KeyName, Time } from '../../ledger/name.ts';
import type { DocumentProblem } from '../document/problem.ts';
import { readDocument } from '../document/read.ts';
import { judge as judgeShape } from '../document/shape.ts';
import type { Contribution } from '../gate/contribution.ts';
import type { Decision } from '../gate/decision.ts';
import { caseOf, decide, speak } from '../gate/gate.ts';
import { isBlocking } from '../outcome.ts';
import { propose } from '../proposal.ts';
import type { PolicySet } from '../set/set.ts';
import { surfaceOf } from '../surface.ts';
import type { Coverage, Tried } from './coverage.ts';
import { coverageOf } from './coverage.ts';
import { Stage, stagedDraft, stagedKey } from './stage.ts';
import type { Table, TableCase, TableEvent } from './table-shape.ts';
import { NOON, tableShape } from './table-shape.ts';

export interface Result {
  readonly name: string;
  readonly isPassed: boolean;
  readonly expected: string;
  readonly actual: string;
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
  const staged = { ...rest, by: signer, members };
  return E.mapLeft(whyNot)(stagedDraft(crypto, staged, stage.view.seq, now));
};

const show = (outcome: string, rules: readonly string[] | undefined): string =>
  rules === undefined || rules.length === 0 ? outcome : `${outcome} by ${rules.join(', ')}`;

const namesOf = (contributions: readonly Contribution[]): readonly string[] =>
  contributions.map(({ rule }) => rule).toSorted();

const shown = ({ outcome, contributing }: Decision): string =>
  show(outcome, outcome === 'allow' ? [] : namesOf(contributing));

/** What becomes of a case, or why there is none. */
const tryCase = (
  trial: Trial,
  { given, event: brought, surface }: TableCase,
): E.Either<string, Tried> => {
  const stage = new Stage(trial.crypto, trial.set, trial.now);
  stage.found([...trial.keys.values()]);
  for (const before of given ?? []) {
    const made = draftFor(trial, stage, before);
    if (E.isLeft(made)) return E.left(`given: ${made.left}`);
    const decision = stage.bring(made.right);
    if (decision === undefined) return E.left(`given: ${before.type} cannot be sealed`);
    if (isBlocking(decision.outcome))
      return E.left(`given: ${before.type} does not enter: ${shown(decision)}`);
  }
  return E.map((draft: Draft) => {
    const by = surface ?? surfaceOf(draft.claim.event_type);
    const asked = caseOf(propose(trial.crypto, by, draft), stage.view, trial.set);
    return { given: asked, decision: decide(speak(asked), asked) };
  })(draftFor(trial, stage, brought));
};

const resultOf = (
  { name: title, expect, rules }: TableCase,
  tried: E.Either<string, Tried>,
): Result => {
  const expected = show(expect, rules);
  if (E.isLeft(tried))
    return { name: title, isPassed: false, expected, actual: `no case: ${tried.left}` };
  const { outcome, contributing } = tried.right.decision;
  // Where it enters unhindered no rule made the outcome.
  const actual = outcome === 'allow' ? [] : namesOf(contributing);
  const isPassed =
    outcome === expect && (rules === undefined || rules.toSorted().join() === actual.join());
  return {
    name: title,
    isPassed,
    expected,
    actual: shown(tried.right.decision),
  };
};

/** runTable tries every case on a stage of its own. */
export const runTable = (crypto: Crypto, table: Table, set: PolicySet): Report => {
  const keys = new Map(
    [...(table.keys ?? [])].map(
      ([key, tier]) => [key, [stagedKey(crypto, key as KeyName), tier] as const] as const,
    ),
  );
  const trial = { crypto, set, now: table.now ?? NOON, keys };
  const tried = table.cases.map((each) => [each, tryCase(trial, each)] as const);
  return {
    results: tried.map(([each, outcome]) => resultOf(each, outcome)),
    coverage: coverageOf(
      set,
      tried.flatMap(([, outcome]) => (E.isLeft(outcome) ? [] : [outcome.right])),
    ),
  };
};
