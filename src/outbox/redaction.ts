/**
 * What is taken out of an item before it leaves. A redaction that cannot be made is a refusal: the
 * item stays here.
 *
 *     {"allow": ["/customer", "/total"], "drop": ["/customer/phone"], "mask": ["/card"],
 *      "hash": {"pointers": ["/customer/id"], "secret": "env:PSEUDONYMS"}, "owner": "hash",
 *      "patterns": [{"find": "[0-9]{16}", "replace": "(a card)"}]}
 *
 * In this order: what is not allowed goes, then what is dropped; identifiers become keyed hashes,
 * the same for the same; what is masked shows that it was there; patterns are looked for in every
 * text and number that is left. Pointers lead into the payload; `owner` is about whose item it is.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Check } from '../../ledger/event/shape.ts';
import { listOf, object, oneOf } from '../../ledger/event/shape.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Pattern } from '../../policies/pattern/pattern.ts';
import { compilePattern, newPurse } from '../../policies/pattern/pattern.ts';
import { PROSE, text } from './check.ts';
import type { Change, Pointer } from './pointer.ts';
import { ASTRAY, Astray, POINTER, changed, only, parsePointer } from './pointer.ts';
import type { SecretName } from './secret-name.ts';
import { SECRET } from './secret-name.ts';

export interface Redaction {
  readonly allow?: readonly string[];
  readonly drop?: readonly string[];
  readonly mask?: readonly string[];
  readonly hash?: { readonly pointers?: readonly string[]; readonly secret: SecretName };
  readonly patterns?: readonly { readonly find: string; readonly replace: string }[];
  readonly owner?: 'hash' | 'drop';
}

/** HMAC-SHA-256 with the secret that the redaction names, in hexadecimal. */
export type KeyedHash = (text: string) => string;

export type Redacting = (
  payload: Json,
) => E.Either<'redaction_failed', { readonly payload: Json | undefined }>;

export interface Redactor {
  readonly redact: Redacting;
  /** Whose item it is, as the receiver is told. */
  readonly owner: (owner: string) => string;
}

const POINTERS = listOf(POINTER, 200);
const PATTERN: Check = (value, path) =>
  typeof value === 'string' && E.isRight(compilePattern(value))
    ? []
    : [{ path, reason: 'bad_form' }];

const MEMBERS = object(
  {},
  {
    allow: POINTERS,
    drop: POINTERS,
    mask: POINTERS,
    hash: object({ secret: SECRET }, { pointers: POINTERS }),
    patterns: listOf(object({ find: text(/^[^]+$/, 1000), replace: PROSE }, {}), 50),
    owner: oneOf('hash', 'drop'),
  },
);

/** REDACTION checks a redaction; patterns are compiled within what all of them may take. */
export const REDACTION: Check = (value, path) => {
  const problems = MEMBERS(value, path);
  if (problems.length > 0) return problems;
  const { patterns = [], owner, hash } = value as Redaction;
  if (owner === 'hash' && hash === undefined) return [{ path: `${path}.hash`, reason: 'missing' }];
  const purse = newPurse();
  return patterns.flatMap(({ find }, at) =>
    PATTERN(find, `${path}.patterns[${at}].find`).length > 0 ||
    E.isLeft(compilePattern(find, purse))
      ? [{ path: `${path}.patterns[${at}].find`, reason: 'bad_form' as const }]
      : [],
  );
};

const MASKED = '***';

interface Cleaning {
  readonly pattern: Pattern;
  readonly replace: string;
}

/** By so much an item may grow: what stands for what was found may be longer. */
const MOST_GROWTH = 1_048_576;

/** What patterns leave of a value; undefined where that is too much, or two names become one. */
const cleaned = (value: Json, cleanings: readonly Cleaning[]): Json | undefined => {
  let [left, isGood] = [MOST_GROWTH, true];
  const inText = (found: string): string => {
    let now = found;
    for (const { pattern, replace } of cleanings) {
      const next = pattern.replaced(now, replace, now.length + left);
      isGood &&= next !== undefined;
      if (next === undefined) return '';
      left -= Math.max(0, next.length - now.length);
      now = next;
    }
    return now;
  };
  const inside = (each: Json): Json => {
    if (typeof each === 'string') return inText(each);
    if (typeof each === 'number') {
      const said = inText(String(each));
      return said === String(each) ? each : said;
    }
    if (Array.isArray(each)) return (each as readonly Json[]).map(inside);
    if (!isObject(each)) return each;
    // A name can tell as much as what stands under it.
    const members = Object.entries(each).map(([name, it]) => [inText(name), inside(it)] as const);
    isGood &&= new Set(members.map(([name]) => name)).size === members.length;
    return Object.fromEntries(members);
  };
  const made = inside(value);
  return isGood ? made : undefined;
};

const pointersOf = (texts: readonly string[] = []): readonly Pointer[] =>
  texts.flatMap((each) => {
    const pointer = parsePointer(each);
    return pointer === undefined ? [] : [pointer];
  });

/** redactorOf prepares a redaction that was checked; the hash has its secret already. */
export const redactorOf = (redaction: Redaction, keyed: KeyedHash): Redactor => {
  const { allow, drop, mask, hash, patterns = [], owner } = redaction;
  const kept = allow === undefined ? undefined : pointersOf(allow);
  const [dropped, masked] = [pointersOf(drop), pointersOf(mask)];
  const hashed = pointersOf(hash?.pointers);
  const compiled = patterns.flatMap(({ find, replace }) => {
    const pattern: E.Either<unknown, Pattern> = compilePattern(find);
    return E.isLeft(pattern) ? [] : [{ pattern: pattern.right, replace }];
  });
  const redact: Redacting = (payload) => {
    // A pattern that is gone would let through what it was to find.
    if (compiled.length < patterns.length) return E.left('redaction_failed');
    const allowed = kept === undefined ? payload : only(payload, kept);
    if (allowed === undefined) return E.right({ payload: undefined });
    let now: Json | Astray = allowed;
    const apply = (pointers: readonly Pointer[], by: Change): void => {
      for (const each of pointers) if (!(now instanceof Astray)) now = changed(now, each, by);
    };
    apply(dropped, () => undefined);
    apply(hashed, (value) => {
      if (typeof value === 'string' || typeof value === 'number') return keyed(String(value));
      // A container is no identifier; to leave it as it is would be to send what was to be hidden.
      return value === null ? value : ASTRAY;
    });
    apply(masked, () => MASKED);
    const redacted = now as Json | Astray;
    if (redacted instanceof Astray) return E.left('redaction_failed');
    const left = compiled.length === 0 ? redacted : cleaned(redacted, compiled);
    return left === undefined ? E.left('redaction_failed') : E.right({ payload: left });
  };
  return {
    redact,
    owner: (of) => {
      if (of === '' || owner === 'drop') return '';
      if (owner === 'hash') return keyed(of);
      const left = cleaned(of, compiled);
      return typeof left === 'string' ? left : '';
    },
  };
};
