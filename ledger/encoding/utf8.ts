/**
 * UTF-8 as RFC 3629 has it: no overlong form, no surrogate, nothing past U+10FFFF.
 * Decoding happens only after a walk has found every byte good, so it cannot replace anything.
 */

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * encodeUtf8 writes well-formed text as bytes. Check `text.isWellFormed()` first where it matters.
 */
export const encodeUtf8 = (text: string): Uint8Array => ENCODER.encode(text);

/** encodeUtf8Into writes into a buffer that has room for three bytes a unit; gives the length. */
export const encodeUtf8Into = (text: string, target: Uint8Array): number =>
  ENCODER.encodeInto(text, target).written;

/** decodeUtf8 reads bytes that `invalidUtf8At` found good. */
export const decodeUtf8 = (bytes: Uint8Array): string => DECODER.decode(bytes);

const isContinuation = (byte: number | undefined): boolean =>
  byte !== undefined && (byte & 0xc0) === 0x80;

/** sequenceLength is the length of the well-formed sequence at `at`, 0 where there is none. */
export const sequenceLength = (bytes: Uint8Array, at: number): 0 | 1 | 2 | 3 | 4 => {
  const lead = bytes[at];
  if (lead === undefined) return 0;
  if (lead < 0x80) return 1;
  const second = bytes[at + 1];
  if (second === undefined || !isContinuation(second)) return 0;
  if (lead >= 0xc2 && lead < 0xe0) return 2;
  if (lead >= 0xe0 && lead < 0xf0) {
    const overlong = lead === 0xe0 && second < 0xa0;
    const surrogate = lead === 0xed && second >= 0xa0;
    return overlong || surrogate || !isContinuation(bytes[at + 2]) ? 0 : 3;
  }
  if (lead >= 0xf0 && lead < 0xf5) {
    const overlong = lead === 0xf0 && second < 0x90;
    const beyond = lead === 0xf4 && second >= 0x90;
    if (overlong || beyond || !isContinuation(bytes[at + 2])) return 0;
    return isContinuation(bytes[at + 3]) ? 4 : 0;
  }
  return 0;
};

/** invalidUtf8At is the offset of the first byte that is not well-formed, -1 where all are. */
export const invalidUtf8At = (bytes: Uint8Array): number => {
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at);
    if (length === 0) return at;
    at += length;
  }
  return -1;
};
