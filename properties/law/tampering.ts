/**
 * Laws of tampering: whatever is done to a chain is found. What a chain alone cannot show, that its
 * tail was cut off or that all of it was rewritten, any checkpoint kept elsewhere can.
 */
import fc from 'fast-check';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { open } from '../../ledger/event/open.ts';
import { withhold } from '../../ledger/event/seal.ts';
import { flipped, isSame } from '../arbitrary/bytes.ts';
import type { Chain } from '../arbitrary/chain.ts';
import { checkpointOf, logKeyAt, longStory, otherStory, told } from '../arbitrary/chain.ts';
import { offences, verified } from '../model/fold.ts';

type Lines = readonly Uint8Array[];

/** A journal is split behind every LF, and what is left over is a line too. */
const split = (journal: Uint8Array): Lines => {
  const lines: Uint8Array[] = [];
  for (let at = 0; at < journal.length;) {
    const end = journal.indexOf(0x0a, at);
    lines.push(journal.subarray(at, end < 0 ? journal.length : end + 1));
    at = end < 0 ? journal.length : end + 1;
  }
  return lines;
};

const isFound = (crypto: Crypto, lines: Lines, notes: readonly string[] = []): boolean =>
  offences(verified(crypto, lines, notes)).length > 0;

/** One bit anywhere in the journal, also where it makes two lines of one or one of two. */
export const findsAnyFlippedBit = (crypto: Crypto) =>
  fc.property(longStory, fc.nat(), fc.nat(), (tale, one, other) => {
    const journal = Buffer.concat(told(tale).lines);
    return [one, other, journal.length * 8 - 1 - (one % 8)].every((bit) =>
      isFound(crypto, split(flipped(journal, bit % (journal.length * 8)))),
    );
  });

/** Every bit of one line in its chain. */
export const findsEveryFlippedBit = (crypto: Crypto) =>
  fc.property(longStory, fc.nat(), (tale, at) => {
    const { lines } = told({ ...tale, commands: tale.commands.slice(0, 3) });
    const place = at % lines.length;
    const line = lines[place] ?? new Uint8Array();
    for (let bit = 0; bit < line.length * 8; bit++)
      if (!isFound(crypto, lines.with(place, flipped(line, bit))))
        throw new Error(`bit ${bit} of line ${place} can be turned over`);
    return true;
  });

const takeOut = (bytes: Uint8Array, crypto: Crypto): Uint8Array => {
  const { line } = open(crypto, bytes);
  return line === undefined ? bytes : withhold(line);
};

/** Lines cut short, swapped, repeated, deleted, brought in from elsewhere, or emptied. */
export const findsAnyMovedLine = (crypto: Crypto) =>
  fc.property(longStory, otherStory, fc.nat(), fc.nat(), fc.nat(), (tale, foreign, a, b, at) => {
    const { lines } = told(tale);
    const strange = told(foreign).lines;
    const [i, j] = [a % lines.length, b % lines.length];
    const [line, other] = [lines[i] ?? new Uint8Array(), lines[j] ?? new Uint8Array()];
    const inner = i % (lines.length - 1);
    const emptied = takeOut(line, crypto);
    const altered: readonly Lines[] = [
      lines.with(i, line.subarray(0, at % line.length)),
      lines.with(i, line.subarray(1 + (at % line.length))),
      // Cut within the last line: without any of it a chain is sound, as below.
      split(Buffer.concat(lines).subarray(0, -1 - (at % ((lines.at(-1)?.length ?? 2) - 1)))),
      // A line swapped with itself is where it was.
      ...(i === j ? [] : [lines.with(i, other).with(j, line)]),
      lines.toSpliced(j + 1, 0, line),
      // Without its last line a chain is sound: that takes a checkpoint, below.
      lines.toSpliced(inner, 1),
      lines.toSpliced(inner, 1 + (at % (lines.length - 1 - inner))),
      lines.toSpliced(a % (lines.length + 1), 0, strange[at % strange.length] ?? line),
      lines.with(i, strange[at % strange.length] ?? other),
      [...lines, ...strange],
      [...strange, ...lines],
      // A line that an erasure names may be empty: it was, or becomes, what `withhold` leaves.
      ...(isSame(emptied, line) || isErased(told(tale), i) ? [] : [lines.with(i, emptied)]),
    ];
    const missed = altered.findIndex((each) => sameLines(each, lines) || !isFound(crypto, each));
    if (missed >= 0) throw new Error(`alteration ${missed} was not found`);
    return true;
  });

const sameLines = (a: Lines, b: Lines): boolean => isSame(Buffer.concat(a), Buffer.concat(b));

/** Whether some erasure names the position, be the payload gone or not. */
const isErased = ({ lines, book }: Chain, seq: number): boolean =>
  lines.some((line, at) => {
    if (book.written[at]?.type !== 'ledger.payload_erased') return false;
    const { payload } = JSON.parse(Buffer.from(line).toString()) as { payload: { seq: number } };
    return payload.seq === seq;
  });

/**
 * A truncation is found against any later checkpoint: for what it is, where the lines that are left
 * tell of the key that signed.
 */
export const findsATruncation = (crypto: Crypto) =>
  fc.property(longStory, fc.nat(), fc.nat(), (tale, a, b) => {
    const chain = told(tale);
    const size = 1 + (a % chain.lines.length);
    const key = logKeyAt(chain, size);
    const note = checkpointOf(chain, size);
    if (key === undefined || note === undefined) return true;
    const end = b % size;
    const verdict = verified(crypto, chain.lines.slice(0, end), [note]);
    const code = key.from < end ? 'checkpoint_beyond_end' : 'checkpoint_refused';
    return offences(verdict).some((found) => found.code === code);
  });

/** A history written anew from some event on is found against any checkpoint beyond it. */
export const findsARewrite = (crypto: Crypto) =>
  fc.property(longStory, fc.nat(), fc.nat(), (tale, a, b) => {
    const place = a % tale.commands.length;
    const command = tale.commands[place];
    if (command === undefined) return false;
    const payload = { rewritten: command.payload };
    const changed = { ...command, kind: 'plain' as const, payload };
    const [chain, forged] = [
      told(tale),
      told({ ...tale, commands: tale.commands.with(place, changed) }),
    ];
    const first = chain.leaves.findIndex((leaf, i) => !isSame(leaf, forged.leaves[i] ?? leaf));
    const size = first + 1 + (b % (chain.lines.length - first));
    const note = checkpointOf(chain, size);
    const isSoundAlone = !isFound(crypto, forged.lines);
    // One event replaced, with hashes of its own, does not link to what follows.
    const replaced = chain.lines.with(first, forged.lines[first] ?? new Uint8Array());
    if (first < chain.lines.length - 1 && !isFound(crypto, replaced)) return false;
    return (
      first > 0 && isSoundAlone && (note === undefined || isFound(crypto, forged.lines, [note]))
    );
  });
