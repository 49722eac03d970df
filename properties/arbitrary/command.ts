/**
 * What may happen to a ledger next: plain, signed and seen events, overrides, erasures, and all
 * that governs.
 */
import fc from 'fast-check';
import { formatVkey } from '../../ledger/key/key.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import type { Book, Enrolled } from './book.ts';
import { end, enrol, isLive, isOperator, policySet, record } from './book.ts';
import { object } from './json.ts';
import { SIGNERS, signerNamed } from './key.ts';
import { isGoverningType } from '../model/fold.ts';

export interface Command {
  readonly kind: keyof typeof COMMANDS;
  readonly pick: number;
  readonly isOne: boolean;
  readonly later: number;
  readonly payload: Json;
  readonly documents: JsonObject;
}

const pickOf = <A>(list: readonly A[], pick: number): A | undefined =>
  list[pick % Math.max(1, list.length)];

const operatorOf = (book: Book): Enrolled | undefined =>
  book.keys.find((key) => isLive(key) && isOperator(key));

/** Whoever may sign key events: an operator, or a recovery key. */
const keyMasters = (book: Book): readonly Enrolled[] =>
  book.keys.filter((key) => isLive(key) && (isOperator(key) || key.purpose === 'recovery'));

const plain = (book: Book, { payload, later, isOne }: Command): Book =>
  record(book, {
    type: 'note.taken',
    payload,
    later,
    ...(isOne ? { outcome: 'warn' as const } : {}),
  });

type Act = (book: Book, command: Command) => Book | undefined;

const signed: Act = (book, { pick, payload, later }) => {
  const by = pickOf(
    book.keys.filter((key) => isLive(key) && key.purpose === 'author'),
    pick,
  );
  return by && record(book, { type: 'note.signed', payload, later, by: by.signer });
};

const seen: Act = (book, { pick, payload, later, isOne }) => {
  const seq = pick % book.written.length;
  const by = isOne ? operatorOf(book)?.signer : undefined;
  const members = { seen: { event_hash: book.written[seq]?.hash ?? '', seq } };
  return record(book, { type: 'note.seen', payload, later, by, members });
};

const TIERS = ['untrusted', 'observed', 'verified', 'operator'];

const enrolled: Act = (book, { pick, later, isOne }) => {
  const purpose = pickOf(['author', 'author', 'log', 'recovery'], pick) ?? '';
  const tier = pickOf(TIERS, pick >> 2) ?? '';
  const number = book.keys.length;
  const signer = purpose === 'log' ? signerNamed(book.origin, 100 + number) : SIGNERS[number];
  const by = pickOf(keyMasters(book), isOne ? 0 : pick);
  if (signer === undefined || by === undefined) return undefined;
  const payload = { vkey: formatVkey(signer), tier, purpose, comment: 'ignored' };
  return enrol(
    record(book, { type: 'key.enrolled', payload, later, by: by.signer }),
    signer,
    tier,
    purpose,
  );
};

/** Keys that can fall without anybody's being left to govern. */
const canFall = (book: Book, key: Enrolled): boolean =>
  !keyMasters(book).includes(key) || keyMasters(book).length > 1;

const retired: Act = (book, { pick, later, isOne }) => {
  const key = pickOf(
    book.keys.filter((each) => isLive(each) && canFall(book, each)),
    pick,
  );
  const masters = keyMasters(book);
  const by = isOne && key?.purpose === 'author' ? key : pickOf(masters, pick);
  if (key === undefined || by === undefined) return undefined;
  const payload = { key_id: key.signer.keyId, reason: 'rotated' };
  return end(record(book, { type: 'key.retired', payload, later, by: by.signer }), key, false);
};

const revoked: Act = (book, { pick, later, isOne }) => {
  const open = book.keys.filter(
    (key) => key.isRevoked !== true && (!isLive(key) || canFall(book, key)),
  );
  const key = pickOf(open, pick);
  const by = pickOf(keyMasters(book), pick);
  if (key === undefined || by === undefined) return undefined;
  const since = isOne ? { compromised_at: new Date(book.at - pick).toISOString() } : {};
  const payload = { key_id: key.signer.keyId, reason: 'lost', ...since };
  return end(record(book, { type: 'key.revoked', payload, later, by: by.signer }), key, true);
};

const adopted: Act = (book, { documents, later }) => {
  const by = operatorOf(book)?.signer;
  if (by === undefined) return undefined;
  const after = record(book, { type: 'policy.adopted', payload: { documents }, later, by });
  return { ...after, policySet: policySet(documents) };
};

const authorized: Act = (book, { payload, later }) => {
  const by = operatorOf(book)?.signer;
  if (by === undefined) return undefined;
  const after = record(book, { type: 'break_glass.authorized', payload, later, by });
  return { ...after, authorizations: [...book.authorizations, `event:${book.written.length}`] };
};

const overridden: Act = (book, { pick, payload, later }) => {
  const authorization = pickOf(book.authorizations, pick);
  if (authorization === undefined) return undefined;
  return record(book, {
    type: 'note.forced',
    payload,
    later,
    outcome: 'break_glass',
    members: { authorization },
  });
};

const erased: Act = (book, { pick, later, isOne }) => {
  const by = operatorOf(book)?.signer;
  const places = book.written.flatMap(({ type }, seq) => (isGoverningType(type) ? [] : [seq]));
  const seq = pickOf(places, pick);
  if (by === undefined || seq === undefined) return undefined;
  const payload = { seq, event_hash: book.written[seq]?.hash ?? '' };
  const after = record(book, { type: 'ledger.payload_erased', payload, later, by });
  // The event comes first; whether the payload is gone by now is another matter.
  return isOne ? { ...after, erased: [...book.erased, seq] } : after;
};

const COMMANDS = {
  plain,
  signed,
  seen,
  enrolled,
  retired,
  revoked,
  adopted,
  authorized,
  overridden,
  erased,
} as const satisfies Record<string, Act>;

/** obey carries a command out, or records a plain event where the rules do not permit it. */
export const obey = (book: Book, command: Command): Book =>
  COMMANDS[command.kind](book, command) ?? plain(book, command);

export const command: fc.Arbitrary<Command> = fc.record({
  kind: fc.constantFrom(
    ...(Object.keys(COMMANDS) as (keyof typeof COMMANDS)[]),
    'enrolled' as const,
  ),
  pick: fc.nat(9999),
  isOne: fc.boolean(),
  later: fc.oneof(fc.constant(0), fc.nat(100_000)),
  payload: fc.oneof(object, fc.string(), fc.constant(null)),
  documents: object,
});
