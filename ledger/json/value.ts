/**
 * The JSON that a ledger holds: RFC 8785 (JCS) within bounds that every language can keep.
 * What breaks a bound is refused and never repaired, so that text and meaning cannot part.
 */

export type Json = null | boolean | number | string | readonly Json[] | JsonObject;
export interface JsonObject {
  readonly [key: string]: Json;
}

/** The longest text that is looked at: a quarter of a gigabyte, which every runtime can hold. */
export const MAX_TEXT_BYTES = 268_435_456;

/**
 * The most members of an object and items of a list: as many as a line has bytes, so that no line
 * comes near. An engine holds some eight million members in an object and throws beyond.
 */
export const MAX_MEMBERS = 1_048_576;

/** How many containers may stand inside one another: in a payload, and in a line around it. */
export const PAYLOAD_DEPTH = 64;
export const LINE_DEPTH = 65;

export type JsonReason =
  | 'byte_order_mark'
  | 'invalid_utf8'
  | 'syntax'
  | 'unexpected_end'
  | 'trailing_text'
  | 'control_character'
  | 'bad_escape'
  | 'lone_surrogate'
  | 'repeated_key'
  | 'forbidden_key'
  | 'too_deep'
  | 'too_large'
  | 'negative_zero'
  | 'not_finite'
  | 'rounds_to_zero'
  | 'unsafe_integer'
  | 'not_json_data';

/** Why text was refused, and where: line and column count from 1, columns in characters. */
export interface JsonRefused {
  readonly _tag: 'JsonRefused';
  readonly reason: JsonReason;
  readonly offset: number;
  readonly line: number;
  readonly column: number;
}

/** Why a value cannot be written, and where: `path` is a JSON pointer (RFC 6901). */
export interface ValueRefused {
  readonly _tag: 'ValueRefused';
  readonly reason: JsonReason;
  readonly path: string;
}

/** isObject tells a JSON object from the other values. */
export const isObject = (value: Json | undefined): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** refuseNumber says why a number may not stand in a ledger, undefined where it may. */
export const refuseNumber = (value: number): JsonReason | undefined => {
  if (!Number.isFinite(value)) return 'not_finite';
  if (Object.is(value, -0)) return 'negative_zero';
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? 'unsafe_integer' : undefined;
};
