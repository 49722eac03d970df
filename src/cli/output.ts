/**
 * A file that a command hands out: whole at its place, or not there.
 */
import * as E from 'fp-ts/lib/Either.js';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { DiskFailed } from '../storage/disk.ts';
import { partOf } from '../export/sink.ts';
import { clearFile, closing, putUnder, writeAll } from '../storage/whole-file.ts';
import { realPorts } from '../wiring.ts';
import type { Answer } from './command.ts';
import type { PlaceRefused, Usage } from './error.ts';
import type { Given } from './given.ts';
import { outside } from './outside.ts';
import { atPlace } from './place.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine } from './terminal.ts';

const { disk } = realPorts;

/** putBeside puts a file among those of somebody: whatever is beside it stays. */
export const putBeside = (path: string, text: string): E.Either<DiskFailed, void> => {
  const part = partOf(path);
  const put = putUnder(disk, part, path, encodeUtf8(text));
  if (E.isLeft(put)) clearFile(disk, part);
  return put;
};

/** handOutFault says why a file cannot be handed out, before anything is signed or recorded. */
export const handOutFault = (
  given: Given,
  option: string,
  ledger: string,
  read?: readonly string[],
): E.Either<Usage | PlaceRefused | DiskFailed, void> => {
  const place = outside(given, option, ledger, read);
  const path = given.text(option);
  if (E.isLeft(place) || path === undefined || path === '-') return place;
  const there = atPlace(path)(disk.stat(path));
  if (E.isLeft(there)) return there;
  const { kind = 'file' } = there.right ?? {};
  if (kind === 'file' || kind === 'other') return E.right(undefined);
  return E.left({ _tag: 'PlaceRefused', path, errno: kind === 'folder' ? 'EISDIR' : 'ELOOP' });
};

/** writeFileWhole puts a text there; a device is written to, and never replaced by a file. */
export const writeFileWhole = (
  path: string,
  text: string,
): E.Either<DiskFailed | PlaceRefused, void> => atPlace(path)(write(path, text));

const write = (path: string, text: string): E.Either<DiskFailed, void> => {
  const there = disk.stat(path);
  if (E.isLeft(there)) return there;
  if (there.right === undefined || there.right.kind === 'file') return putBeside(path, text);
  const file = disk.open(path, 'write');
  return E.isLeft(file) ? file : closing(file.right, writeAll(file.right, encodeUtf8(text), 0));
};

/** handOut writes a text to the file that was asked for, else to stdout. */
export const handOut = async (
  terminal: Terminal,
  path: string | undefined,
  text: string,
  about: Readonly<Record<string, string | number>>,
): Answer => {
  const isFile = path !== undefined && path !== '-';
  const written = isFile ? writeFileWhole(path, text) : E.right(undefined);
  if (E.isLeft(written)) return written;
  if (terminal.isJson)
    await terminal.out(jsonLine({ ...about, file: isFile ? path : undefined, text }));
  else if (!isFile) await terminal.out(text);
  return E.right(undefined);
};
