/**
 * Laws of proof files: what they say is what was written, and no byte of one can be altered.
 */
import fc from 'fast-check';
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Key } from '../../ledger/key/key.ts';
import type { ConsistencyFile } from '../../ledger/note/consistency-file.ts';
import type { ProofFile } from '../../ledger/note/proof-file.ts';
import { bytes, editedText, edits, hash } from '../arbitrary/bytes.ts';
import type { File } from '../arbitrary/note.ts';
import { files } from '../arbitrary/note.ts';
import { firstOpenPlace } from './note.ts';

/** A kind of file: how it is read, written and proved. */
export interface FileForm<A> {
  readonly parse: (text: string) => E.Either<unknown, A>;
  readonly format: (file: A) => string;
  readonly open: (
    crypto: Crypto,
    known: readonly Key[],
    text: string,
  ) => E.Either<unknown, unknown>;
  readonly of: (made: { readonly inclusion: File; readonly consistency: File }) => File;
  readonly whole: fc.Arbitrary<A>;
}

const steps = fc.array(hash, { maxLength: 4 });

export const anyProofFile: fc.Arbitrary<ProofFile> = fc.record({
  extra: bytes,
  index: fc.maxSafeNat(),
  proof: steps,
  note: fc.string({ unit: 'binary' }),
});

export const anyConsistencyFile: fc.Arbitrary<ConsistencyFile> = fc.record({
  old: fc.string({ unit: 'binary' }),
  new: fc.string({ unit: 'binary' }),
  proof: steps,
});

export const fileReadsAsWritten = <A>({ parse, format, whole }: FileForm<A>) =>
  fc.property(whole, (made) => {
    const parsed = parse(format(made));
    return E.isRight(parsed) && format(parsed.right) === format(made);
  });

/** Other ways to write the same, to a reader who is not strict. */
const STYLES = [
  [',', ', '],
  ['{', '{ '],
  ['"kind"', '"\\u006bind"'],
  ['/1"', '\\/1"'],
  [/\n$/, ''],
  [/\n$/, '\n\n'],
  ['index ', 'index 0'],
  ['index ', 'index +'],
  ['\n', '\r\n'],
] as const;

export const fileHasNoAlias = <A>({ parse, format, whole, of }: FileForm<A>) =>
  fc.property(
    fc.oneof(
      whole.map(format),
      files.map((made) => of(made).text),
    ),
    edits,
    (text, changes) => {
      const aliases = STYLES.map(([from, to]) => text.replace(from, to));
      return [editedText(text, changes), ...aliases].every((altered) => {
        const parsed = parse(altered);
        return E.isLeft(parsed) || format(parsed.right) === altered;
      });
    },
  );

export const everyByteOfAFileIsBound = <A>(crypto: Crypto, { open, of }: FileForm<A>) =>
  fc.property(files, fc.integer({ min: 1, max: 255 }), (made, mask) => {
    const { text, key } = of(made);
    const opens = (altered: string): boolean => E.isRight(open(crypto, [key], altered));
    const place = firstOpenPlace(text, mask, opens);
    if (place >= 0) throw new Error(`byte ${place} can be altered`);
    return opens(text);
  });

/** Any edit: bytes put in, taken out, swapped, repeated. */
export const noEditOpens = <A>(crypto: Crypto, { open, of }: FileForm<A>) =>
  fc.property(files, edits, (made, changes) => {
    const { text, key } = of(made);
    const altered = editedText(text, changes);
    const isOpen = E.isRight(open(crypto, [key], altered));
    return isOpen === (altered === text);
  });
