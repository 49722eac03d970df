/**
 * A bundle as a tar archive: POSIX ustar, headers of 512 bytes, contents padded to that, two empty
 * blocks at the end. Owner, rights and times are the same for all, so that the same files are the
 * same archive. Read is only what would be written.
 */
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';

export const BLOCK = 512;
/** What eleven octal digits hold. */
export const MAX_TAR_BYTES = 8 ** 11 - 1;

const octal = (value: number, digits: number): string => value.toString(8).padStart(digits, '0');

/** tarHeader writes the header of a file. */
export const tarHeader = (name: string, size: number): Uint8Array => {
  const block = new Uint8Array(BLOCK);
  const put = (at: number, text: string): void => block.set(encodeUtf8(text), at);
  put(0, name);
  put(100, `${octal(0o644, 7)}\0${octal(0, 7)}\0${octal(0, 7)}\0`);
  put(124, `${octal(size, 11)}\0${octal(0, 11)}\0`);
  put(148, ' '.repeat(8));
  put(156, '0');
  put(257, 'ustar\x0000');
  put(
    148,
    `${octal(
      block.reduce((sum, byte) => sum + byte, 0),
      6,
    )}\0 `,
  );
  return block;
};

/** paddingOf tells how many bytes fill the last block of a file. */
export const paddingOf = (size: number): number => (BLOCK - (size % BLOCK)) % BLOCK;
