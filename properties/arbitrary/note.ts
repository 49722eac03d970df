/**
 * Notes, checkpoints and proof files, signed by known keys, with nothing in them that is not bound.
 */
import fc from 'fast-check';
import { native } from '../../ledger/crypto/native.ts';
import type { Key, Signer } from '../../ledger/key/key.ts';
import { formatConsistencyFile } from '../../ledger/note/consistency-file.ts';
import type { Note } from '../../ledger/note/note.ts';
import { formatProofFile } from '../../ledger/note/proof-file.ts';
import { proveConsistency, proveInclusion } from '../../ledger/tree/proof.ts';
import { open } from '../../ledger/event/open.ts';
import { hash } from './bytes.ts';
import { checkpointOf, story, told } from './chain.ts';
import { signer, sound } from './key.ts';
import { grown } from './tree.ts';

const lineCharacter = fc.constantFrom(...Array.from('aB0 +/=\u2014\u00e9\u{1f600}.-'));
const line = fc.string({ unit: lineCharacter, maxLength: 20 });

/** Text that a note may bear: lines, blank ones too. */
export const noteText = fc
  .array(line, { minLength: 1, maxLength: 5 })
  .map((lines) => lines.map((each) => `${each}\n`).join(''));

const signerName = fc.string({
  unit: fc.constantFrom(...Array.from('aZ0._/@-\u00e9\u2014')),
  minLength: 1,
  maxLength: 12,
});

/** Notes of any form, signed by anybody or nobody known. */
export const anyNote: fc.Arbitrary<Note> = fc.record({
  text: noteText,
  signatures: fc.array(
    fc.record({ name: signerName, bytes: fc.uint8Array({ minLength: 5, maxLength: 80 }) }),
    { minLength: 1, maxLength: 5 },
  ),
});

export const signers: fc.Arbitrary<readonly Signer[]> = fc.uniqueArray(signer, {
  minLength: 1,
  maxLength: 3,
  selector: ({ keyId }) => keyId,
});

const extension = fc.string({ unit: lineCharacter, minLength: 1, maxLength: 12 });

export const checkpoint = fc.record({
  origin: fc.constantFrom('example.com/payments', 'a', 'bob'),
  size: fc.oneof(
    fc.integer({ min: 1, max: 100 }),
    fc.maxSafeNat().filter((size) => size > 0),
  ),
  root: hash,
  extensions: fc.array(extension, { maxLength: 2 }),
});

/** A file, and the one key that whoever opens it knows. */
export interface File {
  readonly text: string;
  readonly key: Key;
}

/** Files that prove an event of a chain, and that one size of it begins with another. */
export const files: fc.Arbitrary<{ readonly inclusion: File; readonly consistency: File }> = fc
  .tuple(story, fc.nat(), fc.nat(), fc.nat())
  .map(([tale, a, b, c]) => {
    // A chain without governors ends no log key: the first one signs every size.
    const plain = tale.commands.map((command) => ({ ...command, kind: 'plain' as const }));
    const chain = told({ ...tale, commands: plain });
    const { nodeAt } = grown(native, chain.leaves);
    const [one, other] = [a, b].map((n) => 1 + (n % chain.lines.length)).toSorted((x, y) => x - y);
    const [old, size] = [one ?? 1, other ?? 1];
    const index = c % size;
    const note = (of: number): string => checkpointOf(chain, of) ?? '';
    const { line: event } = open(native, chain.lines[index] ?? new Uint8Array());
    const [log] = chain.book.keys;
    if (log === undefined || event === undefined) throw new Error('a chain names its log key');
    const inclusion = formatProofFile({
      extra: Buffer.from(event.headerText),
      index,
      proof: sound(proveInclusion(native, nodeAt, index, size)),
      note: note(size),
    });
    const consistency = formatConsistencyFile({
      old: note(old),
      new: note(size),
      proof: sound(proveConsistency(native, nodeAt, old, size)),
    });
    const key = log.signer;
    return { inclusion: { text: inclusion, key }, consistency: { text: consistency, key } };
  });
