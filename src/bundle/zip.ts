/**
 * A bundle as a zip archive: every file stored as it is, none compressed, so that nothing is larger
 * than it looks. Times are the same for all (1980-01-01, where zip begins), so that the same files
 * are the same archive. Read is only what would be written.
 */
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';

export interface Zipped {
  readonly name: string;
  readonly size: number;
  readonly crc: number;
  /** Where its header begins. */
  readonly offset: number;
}

/** What 32 bits hold, as every field of an archive without extensions does. */
export const MAX_ZIP_BYTES = 0xffff_fffe;
export const LOCAL_BYTES = 30;

const VERSION = 20;
const FIRST_DAY = 0x21;

const TABLE = Uint32Array.from({ length: 256 }, (_, index) => {
  let value = index;
  for (let bit = 0; bit < 8; bit++)
    value = (value & 1) === 1 ? (value >>> 1) ^ 0xedb8_8320 : value >>> 1;
  return value;
});

/** crcOf goes on with a CRC-32; it begins with 0. */
export const crcOf = (bytes: Uint8Array, before: number): number => {
  let crc = ~before;
  for (const byte of bytes) crc = (TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return ~crc >>> 0;
};

/** Numbers of two or four bytes, little-endian, and texts. */
const bytesOf = (...fields: readonly (readonly [number, 2 | 4] | string)[]): Uint8Array => {
  const bytes: number[] = [];
  for (const field of fields)
    if (typeof field === 'string') bytes.push(...encodeUtf8(field));
    else for (let i = 0; i < field[1]; i++) bytes.push(Math.floor(field[0] / 256 ** i) & 0xff);
  return Uint8Array.from(bytes);
};

const commonOf = ({ name, size, crc }: Zipped) =>
  [
    [VERSION, 2],
    [0, 2], // no flag
    [0, 2], // stored
    [0, 2],
    [FIRST_DAY, 2],
    [crc, 4],
    [size, 4],
    [size, 4],
    [name.length, 2],
    [0, 2], // no extra field
  ] as const;

/** localHeader stands before a file. */
export const localHeader = (file: Zipped): Uint8Array =>
  bytesOf('PK\x03\x04', ...commonOf(file), file.name);

/** directoryOf stands behind all of them. */
export const directoryOf = (files: readonly Zipped[], offset: number): Uint8Array => {
  const records = files.map((file) =>
    bytesOf(
      'PK\x01\x02',
      [VERSION, 2],
      ...commonOf(file),
      [0, 2], // no comment
      [0, 2],
      [0, 2],
      [0, 4],
      [file.offset, 4],
      file.name,
    ),
  );
  const length = records.reduce((sum, record) => sum + record.length, 0);
  const [count, none] = [[files.length, 2] as const, [0, 2] as const];
  const end = bytesOf('PK\x05\x06', none, none, count, count, [length, 4], [offset, 4], none);
  const all = new Uint8Array(length + end.length);
  let at = 0;
  for (const record of [...records, end]) {
    all.set(record, at);
    at += record.length;
  }
  return all;
};

/** sizesIn reads of a local header how long the file and its name are, and its CRC. */
export const sizesIn = (header: Uint8Array) => {
  const view = new DataView(header.buffer, header.byteOffset, header.length);
  return {
    isLocal: view.getUint32(0) === 0x504b_0304,
    crc: view.getUint32(14, true),
    size: view.getUint32(18, true),
    nameLength: view.getUint16(26, true),
  };
};
