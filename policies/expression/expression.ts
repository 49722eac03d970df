/**
 * Expressions that users write: CEL over JSON, bounded in size, depth and cost.
 *
 *     payload.total > 1000 && !(event.source.name in ['till', 'shop'])
 *
 * What an expression gives is a function of its text and its data alone, and takes a bounded time:
 * every operation pays in steps before or as it works, and an expression that has spent all of them
 * fails. Numbers in JSON are doubles: `payload.total > 100` compares across kinds, arithmetic does
 * not, so `payload.n + 1` is refused and `payload.n + 1.0` is taken. A member that is absent fails
 * with `no_such_key` unless `has(payload.n)` was asked first. Objects hold what is their own.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Purse } from '../pattern/pattern.ts';
import { newPurse } from '../pattern/pattern.ts';
import { compile } from './compile.ts';
import { parse, refuse } from './parse.ts';
import type { ExpressionFailed, ExpressionRefused } from './refusal.ts';
import { messageOf, placeOf } from './refusal.ts';
import type { Compiled, Frame, Run } from './scope.ts';
import { label, mayBe } from './scope.ts';
import type { Kind, Value } from './value.ts';
import { DATA, Failed } from './value.ts';

/**
 * How many steps all rules that speak about one event may take together: some 20 ms of work, 0.3 s
 * at worst (measured).
 */
export const BUDGET = 1_000_000;

/** The names that may be used, and what they hold. */
export type Variables = Readonly<Record<string, Kind | 'dyn'>>;

export type Context = Readonly<Record<string, unknown>>;

/** Expression gives a value, or says why there is none; the context is JSON. */
export interface Expression<A = Value> {
  readonly source: string;
  readonly evaluate: (context: Context, budget?: number) => E.Either<ExpressionFailed, A>;
}

/** variable reads what the context has under a name. */
export const variable = (name: string, kind: Kind | 'dyn'): Compiled => {
  const run: Run = (frame) => {
    frame.left -= 1;
    const value = Object.hasOwn(frame.context, name) ? frame.context[name] : undefined;
    return value === undefined ? new Failed('unknown_name', 0, name) : (value as Value);
  };
  return {
    type: kind === 'dyn' ? DATA : { kinds: [kind], isData: kind === 'map' || kind === 'list' },
    run,
  };
};

const failure = (source: string, { reason, offset, what }: Failed): ExpressionFailed => ({
  _tag: 'ExpressionFailed',
  reason,
  message: messageOf(reason, what),
  ...placeOf(source, offset),
});

const evaluate =
  (source: string, run: Run) =>
  (context: Context, budget = BUDGET): E.Either<ExpressionFailed, Value> => {
    const frame: Frame = { context, slots: [], left: budget };
    const given = run(frame);
    // What was passed by on the way may have been the lack of steps, so no value counts then.
    if (frame.left < 0) return E.left(failure(source, new Failed('budget_exceeded')));
    return given instanceof Failed ? E.left(failure(source, given)) : E.right(given);
  };

const read = (
  source: string,
  variables: Variables,
  purse: Purse,
): E.Either<ExpressionRefused, Compiled> => {
  const tree = parse(source);
  if (E.isLeft(tree)) return tree;
  const refused: ExpressionRefused[] = [];
  const names = new Map(
    Object.entries(variables).map(([name, kind]) => [name, variable(name, kind)]),
  );
  const made = compile(tree.right, { text: source, names, depth: 0, refused, purse });
  const [first] = refused;
  return first === undefined ? E.right(made) : E.left(first);
};

/** compileExpression reads an expression of any kind. */
export const compileExpression = (
  source: string,
  variables: Variables,
  purse: Purse = newPurse(),
): E.Either<ExpressionRefused, Expression> => {
  const made = read(source, variables, purse);
  if (E.isLeft(made)) return made;
  return E.right({ source, evaluate: evaluate(source, made.right.run) });
};

/** compileCondition reads an expression that is true or false. */
export const compileCondition = (
  source: string,
  variables: Variables,
  purse: Purse = newPurse(),
): E.Either<ExpressionRefused, Expression<boolean>> => {
  const made = read(source, variables, purse);
  if (E.isLeft(made)) return made;
  if (!mayBe(made.right.type, 'bool'))
    return E.left(refuse(source, 'not_bool', 0, messageOf('not_bool', label(made.right.type))));
  const judge = evaluate(source, made.right.run);
  return E.right({
    source,
    evaluate: (context, budget) => {
      const given = judge(context, budget);
      if (E.isLeft(given)) return given;
      if (typeof given.right === 'boolean') return E.right(given.right);
      return E.left(failure(source, new Failed('not_bool')));
    },
  });
};
