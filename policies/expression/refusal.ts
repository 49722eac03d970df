/**
 * Why an expression was refused when it was read, or failed on what it was asked about. The codes
 * are stable. No message holds a value of the data: a payload may be confidential.
 */

export type RefusalReason =
  | 'too_long'
  | 'too_large'
  | 'too_deep'
  | 'bad_text'
  | 'syntax'
  | 'unknown_name'
  | 'unknown_function'
  | 'not_permitted'
  | 'bad_argument'
  | 'bad_pattern'
  | 'no_such_overload'
  | 'not_bool'
  | 'out_of_range'
  | 'too_many';

export type FailureReason =
  | 'budget_exceeded'
  | 'unknown_name'
  | 'no_such_key'
  | 'no_such_index'
  | 'no_such_overload'
  | 'not_bool'
  | 'overflow'
  | 'division_by_zero'
  | 'bad_number'
  | 'bad_timestamp'
  | 'bad_duration';

/** Where: the offset counts UTF-16 units, line and column count from 1, a column characters. */
export interface Place {
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

export interface ExpressionRefused extends Place {
  readonly _tag: 'ExpressionRefused';
  readonly reason: RefusalReason | FailureReason;
  readonly message: string;
}

export interface ExpressionFailed extends Place {
  readonly _tag: 'ExpressionFailed';
  readonly reason: FailureReason;
  readonly message: string;
}

const MESSAGES: Readonly<Record<FailureReason, string>> = {
  budget_exceeded: 'it takes more steps than an expression may',
  unknown_name: 'nothing of that name was given',
  no_such_key: 'there is no such member; ask has(…) first',
  no_such_index: 'the list has no element there',
  no_such_overload: 'there is no such operation on these kinds of values',
  not_bool: 'this must be true or false',
  overflow: 'the result is out of range',
  division_by_zero: 'an integer is divided by zero',
  bad_number: 'this is no number of the kind asked for',
  bad_timestamp: 'this is no time such as 2026-11-20T15:04:05Z',
  bad_duration: 'this is no duration such as 1h30m or 250ms',
};

const HINT = 'a number in JSON is a double: write 1.0 rather than 1, or int(…) around the double';

/** A double beside an integer, and the remainder, which integers alone have. */
const MIXED = /\b(?:double|data)\b.*(?:\bint\b|%)|(?:\bint\b|%).*\b(?:double|data)\b/;

/** messageOf says a failure to a person. */
export const messageOf = (reason: FailureReason, what: string): string => {
  const isMixed = reason === 'no_such_overload' && MIXED.test(what);
  const message = isMixed ? `${MESSAGES[reason]}; ${HINT}` : MESSAGES[reason];
  return what === '' ? message : `${what}: ${message}`;
};

/** placeOf finds line and column of an offset. */
export const placeOf = (text: string, offset: number): Place => {
  const before = text.slice(0, offset);
  const start = before.lastIndexOf('\n') + 1;
  const line = before.split('\n').length;
  return { offset, line, column: Array.from(before.slice(start)).length + 1 };
};
