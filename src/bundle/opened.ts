/**
 * Opening a bundle where it lies: a folder, an archive of one, or a page that holds one. Nothing is
 * unpacked, no link is followed, and a name that would lead elsewhere is told and not read.
 */
import { isUtf8 } from 'node:buffer';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Entry, Files } from './file.ts';
import { isSafeName } from './file.ts';
import { isFrame } from './page.ts';
import { BEGIN, END, entriesOf, textsIn } from './page-files.ts';
import type { BundleFinding } from './report.ts';
import { against } from './report.ts';
import { BLOCK, paddingOf, tarHeader } from './tar.ts';
import type { Zipped } from './zip.ts';
import { LOCAL_BYTES, crcOf, directoryOf, localHeader, sizesIn } from './zip.ts';

export interface OpenedBundle {
  readonly files: Files;
  readonly findings: readonly BundleFinding[];
  /** What lies there beside the files, and is not looked at. */
  readonly notProved: readonly string[];
}

/** The folder that an archive unpacks into. */
export const TOP = 'bundle/';

const CHUNK = 1 << 20;
/** The only folder in a bundle: any other, however empty, is named by no manifest. */
const DATA = 'data';
/** A bundle has some twenty files. */
const MOST_FILES = 64;

/** Gives the bytes of a file between two places; fewer where it is shorter. */
function* piecesOf(path: string, from: number, to: number): Generator<Uint8Array, void> {
  const fd = fs.openSync(path, 'r');
  try {
    const buffer = new Uint8Array(Math.min(CHUNK, Math.max(0, to - from)));
    for (let at = from; at < to;) {
      const read = fs.readSync(fd, buffer, 0, Math.min(buffer.length, to - at), at);
      if (read === 0) return;
      yield buffer.subarray(0, read);
      at += read;
    }
  } finally {
    fs.closeSync(fd);
  }
}

const bytesAt = (path: string, from: number, length: number): Uint8Array => {
  const bytes = new Uint8Array(length);
  let filled = 0;
  for (const piece of piecesOf(path, from, from + length)) {
    bytes.set(piece, filled);
    filled += piece.length;
  }
  return bytes.subarray(0, filled);
};

const isSame = (a: Uint8Array, b: Uint8Array): boolean => Buffer.compare(a, b) === 0;

const entryOf = (name: string, path: string, from: number, size: number): Entry => ({
  name,
  size,
  read: () => piecesOf(path, from, from + size),
});

/** Systems leave files of such a name in any folder that somebody looks into. */
const isHidden = (name: string): boolean => isSafeName(name.replace(/(?<=^|\/)\.(?=[^/]*$)/, ''));

const filesOf = (entries: readonly Entry[], findings: readonly BundleFinding[]): OpenedBundle => {
  const names = entries.map(({ name }) => name);
  const unsafe = names.filter((name) => !isSafeName(name));
  return {
    files: new Map(
      entries.filter(({ name }) => isSafeName(name)).map((entry) => [entry.name, entry]),
    ),
    findings: [
      ...findings,
      ...unsafe.map((file) => against(isHidden(file) ? 'file_unknown' : 'name_unsafe', { file })),
    ],
    notProved: [],
  };
};

const PAGE_UNPROVED = 'what the page itself shows: its script was not looked at, its files were';
const ALTERED = [against('archive_altered')];

/** One file behind the other, in the order in which an archive is written. */
const archived = (entries: readonly Entry[], isWhole: boolean): OpenedBundle => {
  const names = entries.map(({ name }) => name);
  const misplaced = names.filter((name, at) => name <= (names[at - 1] ?? ''));
  return filesOf(entries, [
    ...(isWhole ? [] : ALTERED),
    ...misplaced.map((file) => against('archive_altered', { file })),
  ]);
};

const folderFiles = (folder: string): OpenedBundle => {
  const entries: Entry[] = [];
  const findings: BundleFinding[] = [];
  const walk = (under: string): void => {
    for (const found of fs.readdirSync(join(folder, under), { withFileTypes: true })) {
      const name = `${under}${found.name}`;
      if (entries.length + findings.length > MOST_FILES) return;
      if (found.isDirectory() && name === DATA) walk(`${name}/`);
      else if (found.isFile()) {
        const path = join(folder, name);
        // A name that is no UTF-8 leads nowhere once it was read.
        const size = isSafeName(name) ? fs.statSync(path).size : 0;
        entries.push(entryOf(name, path, 0, size));
      } else findings.push(against('not_a_file', { file: name }));
    }
  };
  walk('');
  return filesOf(entries, findings);
};

const named = (name: string): string =>
  name.startsWith(TOP) ? name.slice(TOP.length) : `../${name}`;

const tarFiles = (path: string, size: number): OpenedBundle => {
  const entries: Entry[] = [];
  let at = 0;
  while (entries.length <= MOST_FILES) {
    const header = bytesAt(path, at, BLOCK);
    if (header.every((byte) => byte === 0)) break;
    const name = decodeUtf8(header.subarray(0, 100)).replace(/\0+$/, '');
    const length = Number.parseInt(decodeUtf8(header.subarray(124, 135)), 8);
    const end = at + BLOCK + length;
    // A minus is no octal digit, and yet a number.
    if (!(length >= 0 && end <= size) || !isSame(header, tarHeader(name, length)))
      return filesOf([], ALTERED);
    if (!bytesAt(path, end, paddingOf(length)).every((byte) => byte === 0))
      return filesOf([], ALTERED);
    entries.push(entryOf(named(name), path, at + BLOCK, length));
    at = end + paddingOf(length);
  }
  const rest = bytesAt(path, at, 2 * BLOCK);
  const isEnded = rest.every((byte) => byte === 0) && size === at + 2 * BLOCK;
  return archived(entries, isEnded);
};

const zipFiles = (path: string, size: number): OpenedBundle => {
  const files: Zipped[] = [];
  let at = 0;
  while (files.length <= MOST_FILES) {
    const header = bytesAt(path, at, LOCAL_BYTES);
    if (header.length < LOCAL_BYTES) break;
    const { isLocal, crc, size: length, nameLength } = sizesIn(header);
    if (!isLocal) break;
    const name = decodeUtf8(bytesAt(path, at + LOCAL_BYTES, nameLength));
    const file = { name, size: length, crc, offset: at };
    const begin = at + LOCAL_BYTES + nameLength;
    const isAsWritten = isSame(bytesAt(path, at, LOCAL_BYTES + nameLength), localHeader(file));
    if (begin + length > size || !isAsWritten) return filesOf([], ALTERED);
    files.push(file);
    at = begin + length;
  }
  const entries = files.map(({ name, size: length, offset }) =>
    entryOf(named(name), path, offset + LOCAL_BYTES + name.length, length),
  );
  const directory = directoryOf(files, at);
  const isWhole = size === at + directory.length && isSame(bytesAt(path, at, size - at), directory);
  const isRight = (entry: Entry, i: number): boolean => {
    let crc = 0;
    for (const piece of entry.read()) crc = crcOf(piece, crc);
    return crc === files[i]?.crc;
  };
  return archived(entries, isWhole && entries.every(isRight));
};

/** Text of more bytes than this Node may not hold as one. */
const MOST_PAGE = 1 << 29;
const DOCTYPE = encodeUtf8('<!doctype html>');

const pageFiles = (path: string, size: number): OpenedBundle => {
  if (size >= MOST_PAGE)
    throw Object.assign(new Error(`${path} is too large for a page`), { code: 'EFBIG' });
  const bytes = bytesAt(path, 0, size);
  if (!isUtf8(bytes)) return filesOf([], ALTERED);
  const text = decodeUtf8(bytes);
  const from = text.indexOf(BEGIN) + BEGIN.length;
  const to = text.indexOf(END, from);
  // A second place could be the one that is shown.
  const isOne = from >= BEGIN.length && to >= 0 && text.indexOf(BEGIN, to) < 0;
  const texts = isOne ? textsIn(text.slice(from, to)) : undefined;
  if (texts === undefined) return filesOf([], ALTERED);
  const isKnown = isFrame(text.slice(0, from), text.slice(to));
  const findings = isKnown ? [] : [against('page_unknown')];
  return { ...filesOf(entriesOf(texts), findings), notProved: [PAGE_UNPROVED] };
};

/** openBundle opens what lies at a path. A file that cannot be read throws as Node does. */
export const openBundle = (path: string): OpenedBundle => {
  const stat = fs.statSync(path);
  if (stat.isDirectory()) return folderFiles(path);
  // To open a pipe would wait for ever, and hear no signal.
  if (!stat.isFile()) throw Object.assign(new Error(`${path} is no file`), { code: 'NOT_A_FILE' });
  const begun = new Uint8Array(LOCAL_BYTES);
  begun.set(bytesAt(path, 0, LOCAL_BYTES));
  if (isSame(begun.subarray(0, DOCTYPE.length), DOCTYPE)) return pageFiles(path, stat.size);
  return sizesIn(begun).isLocal ? zipFiles(path, stat.size) : tarFiles(path, stat.size);
};
