/**
 * Laws of a line: what is sealed opens as what it was, the quick way and the plain way see the
 * same, and no bit of it can be turned over.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import { isDeepStrictEqual } from 'node:util';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { draftOf, flatOf } from '../../ledger/event/draft.ts';
import { headerOf, payloadOf } from '../../ledger/event/line.ts';
import { open } from '../../ledger/event/open.ts';
import { openPlainly } from '../../ledger/event/plain.ts';
import { scanLine } from '../../ledger/event/scan.ts';
import { seal, unseal, withhold } from '../../ledger/event/seal.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Origin } from '../../ledger/name.ts';
import { edited, edits, flipped, isSame } from '../arbitrary/bytes.ts';
import { drafted, plainSealing, sealed, sealing } from '../arbitrary/draft.ts';
import { key } from '../arbitrary/json.ts';
import { resealed } from '../arbitrary/line.ts';
import { plainText } from '../model/canonical.ts';

const isSameJson = (a: unknown, b: unknown): boolean =>
  plainText(a as Json) === plainText(b as Json);

/** Draft, line, and draft again: nothing is lost, nothing is added. */
export const opensAsItWasSealed = (crypto: Crypto) =>
  fc.property(sealing, (made) => {
    const draft = drafted(crypto, made);
    const line = sealed(crypto, made);
    const opened = open(crypto, line.bytes);
    if (opened.line === undefined || opened.findings.length > 0) return false;
    const again = unseal(opened.line);
    return (
      isSameJson(headerOf(opened.line), line.header) &&
      isSameJson(payloadOf(opened.line) ?? null, made.flat['payload'] ?? null) &&
      Buffer.from(opened.line.salt ?? []).toString('hex') === made.flat['salt'] &&
      opened.line.event_hash === line.event_hash &&
      again !== undefined &&
      isSameJson(again, draft) &&
      isSameJson(flatOf(again), flatOf(draft))
    );
  });

/** The flat form of a draft is what it was made of. */
export const draftKeepsItsForm = (crypto: Crypto) =>
  fc.property(sealing, (made) => {
    const flat = flatOf(drafted(crypto, made));
    const { attestation: _attestation, ...author } = flat;
    const again = draftOf(crypto, flat);
    return (
      isSameJson(author, made.flat) && E.isRight(again) && isSameJson(flatOf(again.right), flat)
    );
  });

/** A withheld line still says all that its header says, and bears the same hash. */
export const withheldKeepsItsHeader = (crypto: Crypto) =>
  fc.property(sealing, (made) => {
    const { line } = open(crypto, sealed(crypto, made).bytes);
    if (line === undefined) return false;
    const bare = open(crypto, withhold(line));
    return (
      bare.findings.length === 0 &&
      bare.line?.payload === undefined &&
      bare.line?.salt === undefined &&
      bare.line?.headerText === line.headerText &&
      bare.line.event_hash === line.event_hash &&
      unseal(bare.line) === undefined
    );
  });

const bare = (bytes: Uint8Array | undefined): Buffer | undefined =>
  bytes === undefined ? undefined : Buffer.from(bytes);

const agree = (crypto: Crypto, bytes: Uint8Array): boolean => {
  const quick = scanLine(crypto, bytes);
  if (quick === undefined) return true;
  const plain = openPlainly(crypto, bytes);
  const comparable = (line: typeof quick): unknown => ({
    ...line,
    payload: bare(line.payload),
    salt: bare(line.salt),
  });
  return (
    plain.findings.length === 0 &&
    plain.line !== undefined &&
    isDeepStrictEqual(comparable(quick), comparable(plain.line))
  );
};

/** Whatever the quick way answers, the plain way answers likewise and finds nothing against. */
export const waysAgree = (crypto: Crypto) =>
  fc.property(sealing, edits, fc.boolean(), (made, changes, isWithheld) => {
    const line = sealed(crypto, made);
    const opened = open(crypto, line.bytes);
    const bytes = isWithheld && opened.line !== undefined ? withhold(opened.line) : line.bytes;
    return agree(crypto, bytes) && agree(crypto, edited(bytes, changes));
  });

/**
 * A line altered by somebody who can hash is judged by its form alone. There the two ways are one:
 * the quick way answers for a plain header exactly where the plain way finds nothing.
 */
export const waysAgreeOnForgeries = (crypto: Crypto) =>
  fc.property(resealed, (bytes) => {
    const plain = openPlainly(crypto, bytes);
    const isQuick = scanLine(crypto, bytes) !== undefined;
    const text = plain.line?.headerText ?? '';
    // What the quick way leaves to the plain one: characters that need a look, positions of 16
    // digits.
    const isPlain = !/[^ -~]|\\|"seq":\d{16}/.test(text);
    return agree(crypto, bytes) && (!isPlain || isQuick === (plain.findings.length === 0));
  });

/** The quick way is not idle: it answers for every sound line with a plain header. */
export const quickWayAnswers = (crypto: Crypto) =>
  fc.property(plainSealing, (made) => {
    const { bytes } = sealed(crypto, made);
    const line = scanLine(crypto, bytes);
    return line !== undefined && scanLine(crypto, withhold(line)) !== undefined;
  });

/** Every bit of a line, its LF included, and of the line withheld. */
export const findsEveryFlippedBit = (crypto: Crypto, lines = plainSealing) =>
  fc.property(lines, (made) => {
    const { bytes } = sealed(crypto, made);
    const { line } = open(crypto, bytes);
    if (line === undefined) return false;
    for (const whole of [bytes, withhold(line)])
      for (let bit = 0; bit < whole.length * 8; bit++)
        if (open(crypto, flipped(whole, bit)).findings.length === 0)
          throw new Error(`bit ${bit} can be turned over`);
    return true;
  });

/** Another payload, or another salt, however well-formed, is not the one that was sealed. */
export const findsAnExchange = (crypto: Crypto) =>
  fc.property(sealing, sealing, (made, other) => {
    const { line } = open(crypto, sealed(crypto, made).bytes);
    if (line === undefined) return false;
    const head = Buffer.from(withhold(line)).toString().slice(0, -2);
    const own = plainText(made.flat['payload'] ?? null);
    const strange = plainText(other.flat['payload'] ?? null);
    const codes = (payload: string, salt: string): string =>
      open(crypto, Buffer.from(`${head},"payload":${payload},"salt":"${salt}"}\n`))
        .findings.map(({ code }) => code)
        .join();
    return (
      codes(own, made.salt) === '' &&
      (own === strange || codes(strange, made.salt) === 'payload_hash_mismatch') &&
      (made.salt === other.salt || codes(own, other.salt) === 'payload_hash_mismatch')
    );
  });

/** Every beginning of a line, however little is missing, its LF first of all. */
export const findsEveryCut = (crypto: Crypto) =>
  fc.property(sealing, (made) => {
    const { bytes } = sealed(crypto, made);
    return bytes.every((_, at) => open(crypto, bytes.subarray(0, at)).findings.length > 0);
  });

/** One bit here, one edit there: quicker than all bits, so that more lines are tried. */
export const findsAnyEdit = (crypto: Crypto) =>
  fc.property(sealing, edits, fc.nat(), (made, changes, bit) => {
    const { bytes } = sealed(crypto, made);
    const altered = edited(bytes, changes);
    const isFound = (each: Uint8Array): boolean => open(crypto, each).findings.length > 0;
    return (
      isFound(flipped(bytes, bit % (bytes.length * 8))) &&
      isFound(altered) !== isSame(altered, bytes)
    );
  });

/** The bounds of a header and of a line hold for the writer and the reader alike. */
export const boundsHoldForBoth = (crypto: Crypto) =>
  fc.property(sealing, fc.integer({ min: -2, max: 2 }), (made, over) => {
    const lengthOf = (fill: number): number => {
      const line = seal(crypto, drafted(crypto, padded(fill)), made.position);
      return E.isRight(line) ? line.right.bytes.length : -1;
    };
    const padded = (fill: number): typeof made => ({
      ...made,
      flat: { ...made.flat, payload: 'x'.repeat(fill) },
    });
    const room = 1_048_576 - lengthOf(0);
    const draft = drafted(crypto, padded(room + over));
    const line = seal(crypto, draft, made.position);
    if (over > 0) return E.isLeft(line) && line.left.reason === 'line_too_long';
    return E.isRight(line) && open(crypto, line.right.bytes).findings.length === 0;
  });

const PLACE = /^(?:ledger|seq|prev_event_hash)_mismatch$|^recorded_at_backwards$/;

/** What is wrong with the form of a line hides nothing of what is wrong with its place. */
export const formHidesNoPlace = (crypto: Crypto) =>
  fc.property(resealed, sealing, (bytes, other) => {
    const { claims } = openPlainly(crypto, bytes);
    const { ledger } = other.flat;
    const { seq, prev_event_hash: prev, recorded_at: notBefore } = other.position;
    const expected = { ledger: ledger as Origin, seq, prev_event_hash: prev, notBefore };
    const codes = open(crypto, bytes, expected).findings.map(({ code }) => code);
    const isEarlier = claims.recorded_at !== undefined && claims.recorded_at < notBefore;
    const due = [
      ...((claims.ledger ?? ledger) === ledger ? [] : ['ledger_mismatch']),
      ...((claims.seq ?? seq) === seq ? [] : ['seq_mismatch']),
      ...((claims.prev_event_hash ?? prev) === prev ? [] : ['prev_event_hash_mismatch']),
      ...(isEarlier ? ['recorded_at_backwards'] : []),
    ];
    return isDeepStrictEqual(
      codes.filter((code) => PLACE.test(code)),
      due,
    );
  });

/** Members that are well-formed are what a line claims, whatever is wrong with others. */
export const claimsWhatItStates = (crypto: Crypto) =>
  fc.property(plainSealing, key, (made, name) => {
    const { header } = sealed(crypto, made);
    const { attestation: _attestation, ...members } = { ...header, [`${name}?`]: null };
    const { claims } = openPlainly(crypto, Buffer.from(plainText({ header: members } as never)));
    const { seq, id, ledger, recorded_at, prev_event_hash } = header;
    return isDeepStrictEqual(claims, { seq, id, ledger, recorded_at, prev_event_hash });
  });

/** What is sealed bears every member of its header, and a member that nobody knows is refused. */
export const sealsAllOrNothing = (crypto: Crypto) =>
  fc.property(sealing, key, fc.constantFrom('', 'policy', 'source'), (made, name, at) => {
    const draft = drafted(crypto, made);
    const stranger = { [`${name}?`]: 1 };
    const { policy } = made.position;
    const { source } = draft.claim;
    const position = {
      ...made.position,
      policy: { ...policy, ...(at === 'policy' ? stranger : {}) },
    };
    const claim = {
      ...draft.claim,
      ...(at === '' ? stranger : {}),
      source: { ...source, ...(at === 'source' ? stranger : {}) },
    };
    const refused = seal(crypto, { ...draft, claim }, position);
    return (
      E.isLeft(refused) &&
      refused.left.reason === 'bad_header' &&
      refused.left.problems.every(({ reason }) => reason === 'unknown_member')
    );
  });
