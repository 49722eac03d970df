/**
 * Hashes and the digits they are written with, compared and read where they stand; nothing is made
 * on the way.
 */
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { HASH_BYTES } from '../../ledger/tree/tree.ts';

const DIGITS = encodeUtf8('0123456789abcdef');
const NIBBLE = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = DIGITS.indexOf(code);
  return value < 0 ? 255 : value;
});
/** The two digits of a byte, as one number. */
const PAIRS = Uint16Array.from(
  { length: 256 },
  (_, byte) => ((DIGITS[byte >> 4] ?? 0) << 8) | (DIGITS[byte & 15] ?? 0),
);

/** areDigitsOf says whether the digits at `at` are those of the hash at `from`. */
export const areDigitsOf = (
  hashes: Uint8Array,
  from: number,
  view: DataView,
  at: number,
): boolean => {
  for (let i = 0; i < HASH_BYTES; i += 2) {
    const high = PAIRS[hashes[from + i] ?? 0] ?? 0;
    const low = PAIRS[hashes[from + i + 1] ?? 0] ?? 0;
    if (view.getInt32(at + 2 * i) !== ((high << 16) | low)) return false;
  }
  return true;
};

/** putHex puts bytes to `to` as the digits at `at` say, and says whether all were digits. */
export const putHex = (
  bytes: Uint8Array,
  at: number,
  into: Uint8Array,
  to: number,
  count: number,
): boolean => {
  let seen = 0;
  for (let i = 0; i < count; i++) {
    const high = NIBBLE[bytes[at + 2 * i] ?? 0] ?? 255;
    const low = NIBBLE[bytes[at + 2 * i + 1] ?? 0] ?? 255;
    seen |= high | low;
    into[to + i] = (high << 4) | low;
  }
  return (seen & 0xf0) === 0;
};
