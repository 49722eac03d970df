/**
 * What the compiling of one expression knows and gathers: the names in reach, and what is wrong.
 */
import type { Purse } from '../pattern/pattern.ts';
import type { ExpressionRefused, FailureReason, RefusalReason } from './refusal.ts';
import { refuse } from './parse.ts';
import type { Binary } from './operation.ts';
import { NO_OVERLOAD } from './operation.ts';
import { messageOf } from './refusal.ts';
import type { Kind, Meter, Result, Type, Value } from './value.ts';
import { ANY, Failed, kindOf, SAMPLES } from './value.ts';

/** One evaluation: the data, the values of the variables that iterate, what is left to spend. */
export interface Frame extends Meter {
  readonly context: Readonly<Record<string, unknown>>;
  readonly slots: Value[];
}

export type Run = (frame: Frame) => Result;

export interface Compiled {
  readonly type: Type;
  readonly run: Run;
}

export interface Scope {
  readonly text: string;
  readonly names: ReadonlyMap<string, Compiled>;
  /** How many variables iterate around here. */
  readonly depth: number;
  readonly refused: ExpressionRefused[];
  /** What is left for patterns. */
  readonly purse: Purse;
}

/** deny notes why an expression is refused; what it gives lets the rest be looked at. */
export const deny = (
  scope: Scope,
  reason: RefusalReason | FailureReason,
  offset: number,
  message: string,
): Compiled => {
  scope.refused.push(refuse(scope.text, reason, offset, message));
  return { type: ANY, run: () => null };
};

export const mayBe = (type: Type, ...kinds: readonly Kind[]): boolean =>
  kinds.some((kind) => type.kinds.includes(kind));

/** What the members of a value are: those of data are data. */
export const within = (type: Type, ofData: Type): Type => (type.isData ? ofData : ANY);

/** A call that is free of charge, to see what an operation does with samples. */
const FREE: Meter = { left: Infinity };

/** resultOf gives the kinds that an operation may give; none where it takes no such values. */
export const resultOf = (a: Type, b: Type, apply: Binary): readonly Kind[] => {
  const given = a.kinds.flatMap((left) =>
    b.kinds.map((right) => apply(SAMPLES[left], SAMPLES[right], FREE)),
  );
  const taken = given.filter((result) => result !== NO_OVERLOAD);
  return [...new Set(taken.flatMap((r) => (r instanceof Failed ? ANY.kinds : kindOf(r))))];
};

/** label names what is known of a value. */
export const label = ({ kinds, isData }: Type): string => {
  if (kinds.length === 1) return kinds[0] ?? '';
  return isData ? 'data' : kinds.join(' or ');
};

/** denyKinds refuses an operation that takes none of the kinds that its operands may have. */
export const denyKinds = (scope: Scope, offset: number, what: string): Compiled =>
  deny(scope, 'no_such_overload', offset, messageOf('no_such_overload', what));
