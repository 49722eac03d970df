/**
 * Checks of members that only the outbox has: texts of a form, whole numbers and maps.
 */
import type { Check } from '../../ledger/event/shape.ts';
import { isObject } from '../../ledger/json/value.ts';

/** text checks a text of a form. */
export const text =
  (form: RegExp, most = 4096): Check =>
  (value, path) => {
    if (typeof value !== 'string') return [{ path, reason: 'not_text' }];
    if (value.length > most) return [{ path, reason: 'too_long' }];
    return form.test(value) ? [] : [{ path, reason: 'bad_form' }];
  };

/** whole checks a whole number within bounds. */
export const whole =
  (least: number, most: number): Check =>
  (value, path) =>
    typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most
      ? []
      : [{ path, reason: 'out_of_range' }];

/** mapOf checks an object whose members have names of a form. */
export const mapOf =
  (name: RegExp, item: Check, most: number): Check =>
  (value, path) => {
    if (!isObject(value)) return [{ path, reason: 'not_object' }];
    const members = Object.entries(value);
    if (members.length > most) return [{ path, reason: 'too_many' }];
    return members.flatMap(([member, inner]) =>
      name.test(member)
        ? item(inner, `${path}.${member}`)
        : [{ path: `${path}.${member}`, reason: 'bad_form' }],
    );
  };

/** either checks a value that may be of one kind or of another. */
export const either =
  (first: Check, second: Check): Check =>
  (value, path) =>
    first(value, path).length === 0 ? [] : second(value, path);

export const WHOLE = whole(0, Number.MAX_SAFE_INTEGER);
export const DIGEST = text(/^[0-9a-f]{64}$/);
/** A name of a destination or a group: what may also name a folder, on any system. */
export const NAME = text(/^[a-z][a-z0-9_-]{0,62}$/);
/** What people write. */
export const PROSE = text(/^[^\p{Cc}\p{Cs}]*$/u);
