/**
 * Sound chains of lines, with the log keys to sign checkpoints of them.
 */
import fc from 'fast-check';
import { native } from '../../ledger/crypto/native.ts';
import { parseHex } from '../../ledger/encoding/hex.ts';
import { open } from '../../ledger/event/open.ts';
import { withhold } from '../../ledger/event/seal.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { formatVkey } from '../../ledger/key/key.ts';
import type { Digest } from '../../ledger/name.ts';
import { signCheckpoint } from '../../ledger/note/checkpoint.ts';
import { rootOf } from '../model/tree.ts';
import type { Book } from './book.ts';
import { enrol, policySet, record } from './book.ts';
import type { Command } from './command.ts';
import { command, obey } from './command.ts';
import { SIGNERS, signerNamed, sound } from './key.ts';

/** Whom the first event names. Where it names nobody, the first to enrol makes an operator. */
export type Founding = 'all' | 'operator' | 'recovery' | 'nobody';

export interface Chain {
  readonly book: Book;
  readonly lines: readonly Uint8Array[];
  readonly leaves: readonly Uint8Array[];
}

const [OPERATOR, RECOVERY, FIRST] = [
  signerNamed('operator', 50),
  signerNamed('recovery', 51),
  SIGNERS[9],
];

const found = (origin: string, salt: string, founding: Founding): Book => {
  const empty: Book = {
    origin,
    salt,
    written: [],
    keys: [],
    policySet: policySet({ built: 'in' }),
    authorizations: [],
    erased: [],
    at: Date.UTC(2026, 0, 1),
  };
  const log = signerNamed(origin, 52);
  const named = {
    operator_key: founding === 'all' || founding === 'operator' ? formatVkey(OPERATOR) : undefined,
    recovery_key: founding === 'all' || founding === 'recovery' ? formatVkey(RECOVERY) : undefined,
  };
  const payload = {
    format: 1,
    origin,
    log_key: formatVkey(log),
    ...named,
  } as unknown as JsonObject;
  const present = Object.fromEntries(
    Object.entries(payload).filter((entry) => (entry[1] as unknown) !== undefined),
  );
  let book = enrol(
    record(empty, { type: 'ledger.created', payload: present }),
    log,
    'verified',
    'log',
  );
  if (named.operator_key !== undefined) book = enrol(book, OPERATOR, 'operator', 'author');
  if (named.recovery_key !== undefined) book = enrol(book, RECOVERY, 'verified', 'recovery');
  if (founding !== 'nobody' || FIRST === undefined) return book;
  const own = { vkey: formatVkey(FIRST), tier: 'operator', purpose: 'author' };
  book = record(book, { type: 'key.enrolled', payload: own, by: FIRST });
  return enrol(book, FIRST, 'operator', 'author');
};

const withheld = (bytes: Uint8Array): Uint8Array => {
  const { line } = open(native, bytes);
  return line === undefined ? bytes : withhold(line);
};

/** chainOf is the chain that a book was written as, the payloads it erased taken out. */
export const chainOf = (book: Book): Chain => ({
  book,
  lines: book.written.map(({ bytes }, seq) =>
    book.erased.includes(seq) ? withheld(bytes) : bytes,
  ),
  leaves: book.written.map(({ hash }) => parseHex(hash) ?? new Uint8Array()),
});

export interface Story {
  readonly origin: string;
  readonly salt: string;
  readonly founding: Founding;
  readonly commands: readonly Command[];
}

export const told = ({ origin, salt, founding, commands }: Story): Chain =>
  chainOf(commands.reduce(obey, found(origin, salt, founding)));

const storyAt = (origins: readonly string[], least: number, most: number): fc.Arbitrary<Story> =>
  fc.record({
    origin: fc.constantFrom(...origins),
    salt: fc.string(),
    founding: fc.constantFrom(
      'all' as const,
      'all' as const,
      'operator' as const,
      'recovery' as const,
      'nobody' as const,
    ),
    commands: fc.array(command, { minLength: least, maxLength: most, size: '+1' }),
  });

export const story = storyAt(['example.com/payments', 'a', 'Z9._/-x'], 0, 14);
/** A story with at least a beginning, a middle and an end. */
export const longStory = storyAt(['example.com/payments'], 3, 12);
/** A story of some other ledger. */
export const otherStory = storyAt(['example.org/other', 'example.com/payment'], 2, 6);

/** logKeyAt is a log key that may sign the log of a size, undefined where none lived then. */
export const logKeyAt = ({ book }: Chain, size: number) => {
  const end = Math.max(1, size);
  return book.keys.find(
    ({ purpose, from, until }) =>
      purpose === 'log' && from < end && (until === undefined || until >= end),
  );
};

/** checkpointOf signs the log of a size by a key that was live then, undefined where none was. */
export const checkpointOf = (chain: Chain, size: number): string | undefined => {
  const key = logKeyAt(chain, size);
  if (key === undefined) return undefined;
  return sound(signCheckpoint(native, key.signer, size, rootOf(chain.leaves.slice(0, size))));
};

/** checkpointsOf signs the log of every size. */
export const checkpointsOf = (chain: Chain): readonly string[] =>
  [...chain.lines, 0].flatMap((_, size) => checkpointOf(chain, size) ?? []);

export const hashesOf = ({ book }: Chain): readonly Digest[] =>
  book.written.map(({ hash }) => hash);
