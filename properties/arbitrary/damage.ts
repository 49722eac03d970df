/**
 * Journals of several segments, and what may be done to them: bits, bytes, lines and segments
 * changed, moved, repeated, taken away or brought in.
 */
import fc from 'fast-check';
import { open } from '../../ledger/event/open.ts';
import { withhold } from '../../ledger/event/seal.ts';
import { native } from '../../ledger/crypto/native.ts';
import type { Edit } from './bytes.ts';
import { edited, edits, flipped } from './bytes.ts';
import { resealed } from './line.ts';

export interface Damage {
  readonly kind: (typeof KINDS)[number];
  readonly at: number;
  readonly other: number;
  readonly edits: readonly Edit[];
  readonly line: Uint8Array;
}

const KINDS = [
  'flip',
  'edit',
  'cut',
  'swap',
  'repeat',
  'delete',
  'insert',
  'move',
  'withhold',
  'blank',
  'crlf',
  'unend',
  'nul',
  'resign',
] as const;

export const damage: fc.Arbitrary<Damage> = fc.record({
  kind: fc.constantFrom(...KINDS),
  at: fc.nat(),
  other: fc.nat(),
  edits,
  line: resealed,
});

type Lines = readonly Uint8Array[];

const emptied = (bytes: Uint8Array): Uint8Array => {
  const { line } = open(native, bytes);
  return line === undefined ? bytes : withhold(line);
};

/** Another signature of the same form, everything else as it was and every hash made wrong. */
const resigned = (bytes: Uint8Array): Uint8Array =>
  Buffer.from(
    Buffer.from(bytes)
      .toString('latin1')
      .replace(/"signature":"../, '"signature":"zz'),
    'latin1',
  );

/** damaged does one thing to the lines of a journal. */
export const damaged = (lines: Lines, { kind, at, other, edits: changes, line }: Damage): Lines => {
  if (lines.length === 0) return [line];
  const [i, j] = [at % lines.length, other % lines.length];
  const own = lines[i] ?? line;
  switch (kind) {
    case 'flip':
      return lines.with(i, flipped(own, other % (own.length * 8 || 1)));
    case 'edit':
      return lines.with(i, edited(own, changes));
    case 'cut':
      return lines.with(i, own.subarray(0, other % (own.length || 1)));
    case 'swap':
      return lines.with(i, lines[j] ?? line).with(j, own);
    case 'repeat':
      return lines.toSpliced(j + 1, 0, own);
    case 'delete':
      return lines.toSpliced(i, 1 + (other % 2));
    case 'insert':
      return lines.toSpliced(i, 0, line);
    case 'move':
      return lines.toSpliced(i, 1).toSpliced(j, 0, own);
    case 'withhold':
      return lines.with(i, emptied(own));
    case 'blank':
      return lines.toSpliced(i, 0, Uint8Array.of(0x0a));
    case 'crlf':
      return lines.with(i, Buffer.concat([own.subarray(0, -1), Buffer.from('\r\n')]));
    case 'unend':
      return lines.with(i, own.subarray(0, -1));
    case 'nul':
      return lines.with(i, Buffer.concat([own, new Uint8Array(1 + (other % 600))]));
    case 'resign':
      return lines.with(i, resigned(own));
  }
};
