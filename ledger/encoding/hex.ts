/**
 * Lower-case hexadecimal, the text form of digests and salts.
 *
 *     [0xab, 0x01]  <=>  "ab01"
 */

const DIGITS = '0123456789abcdef';
const PAIRS = Array.from(
  { length: 256 },
  (_, byte) => DIGITS.charAt(byte >> 4) + DIGITS.charAt(byte & 15),
);

/** The value of a lower-case hexadecimal digit by its character code; 255 for any other byte. */
const NIBBLE = Uint8Array.from({ length: 256 }, (_, code) => {
  const value = code < 128 ? DIGITS.indexOf(String.fromCharCode(code)) : -1;
  return value < 0 ? 255 : value;
});

/** formatHex writes bytes as lower-case digits. */
export const formatHex = (bytes: Uint8Array): string => {
  let text = '';
  for (const byte of bytes) text += PAIRS[byte];
  return text;
};

/** readHex reads `length` bytes from the digits at `at`, undefined where others stand there. */
export const readHex = (digits: Uint8Array, at: number, length: number): Uint8Array | undefined => {
  if (at + 2 * length > digits.length) return undefined;
  const bytes = new Uint8Array(length);
  for (let i = 0; i < length; i++) {
    const high = NIBBLE[digits[at + 2 * i] ?? 0] ?? 255;
    const low = NIBBLE[digits[at + 2 * i + 1] ?? 0] ?? 255;
    if ((high | low) === 255) return undefined;
    bytes[i] = (high << 4) | low;
  }
  return bytes;
};

/** parseHex reads what formatHex writes, and nothing else. */
export const parseHex = (text: string): Uint8Array | undefined => {
  if (text.length % 2 !== 0) return undefined;
  const bytes = new Uint8Array(text.length / 2);
  for (let i = 0; i < bytes.length; i++) {
    const high = NIBBLE[text.charCodeAt(2 * i)] ?? 255;
    const low = NIBBLE[text.charCodeAt(2 * i + 1)] ?? 255;
    if ((high | low) === 255) return undefined;
    bytes[i] = (high << 4) | low;
  }
  return bytes;
};
