/**
 * What a command reads: a file, or stdin where the name is `-`. Whatever is there, no more of it is
 * kept in memory than was asked for.
 */
import * as E from 'fp-ts/lib/Either.js';
import { constants, createReadStream, openSync, statSync } from 'node:fs';
import { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import { decodeUtf8, invalidUtf8At } from '../../ledger/encoding/utf8.ts';
import type { FileRefused, FileUnreadable } from './error.ts';

const CHUNK_BYTES = 1 << 20;

/** errnoOf gives what the system calls it; whatever else was thrown goes on. */
export const errnoOf = (thrown: unknown): string => {
  const code = thrown instanceof Error && 'code' in thrown ? thrown.code : undefined;
  if (typeof code !== 'string') throw thrown;
  return code;
};

const unreadable = (path: string, errno: string): E.Either<FileUnreadable, never> =>
  E.left({ _tag: 'FileUnreadable', path, errno });

/** A pipe that has a name, opened without waiting for somebody who writes to it. */
const pipeAt = (path: string): number | undefined => {
  try {
    const isPipe = statSync(path).isFIFO();
    return isPipe ? openSync(path, constants.O_RDONLY | constants.O_NONBLOCK) : undefined;
  } catch {
    return undefined; // whoever reads it says why
  }
};

/** openInput opens a stream of it; whether it can be read shows when it is. */
export const openInput = (path: string): Readable => {
  if (path === '-') return process.stdin;
  // A thread that waits for a pipe holds up the end of the process.
  const fd = pipeAt(path);
  return fd === undefined
    ? createReadStream(path, { highWaterMark: CHUNK_BYTES })
    : new Socket({ fd, writable: false });
};

/** unreadableBy makes data of what a stream failed with; whatever else was thrown goes on. */
export const unreadableBy = (path: string, thrown: unknown): FileUnreadable => ({
  _tag: 'FileUnreadable',
  path,
  errno: errnoOf(thrown),
});

/** Why a name is no file, undefined where it is one. */
const fault = (path: string): string | undefined => {
  try {
    return statSync(path).isFile() ? undefined : 'NOT_A_FILE';
  } catch (thrown) {
    return errnoOf(thrown);
  }
};

/** sizeOfInput tells how long a file is, undefined where nothing tells that. */
export const sizeOfInput = (path: string): number | undefined => {
  try {
    const stat = statSync(path);
    return path !== '-' && stat.isFile() ? stat.size : undefined;
  } catch {
    return undefined; // whoever reads it says why
  }
};

/** readInput reads all of it, where it is no longer than that. */
export const readInput = async (
  path: string,
  most: number,
): Promise<E.Either<FileUnreadable | FileRefused, Uint8Array>> => {
  // A pipe or a device could keep us waiting for ever; stdin is asked for by its own name.
  const errno = path === '-' ? undefined : fault(path);
  if (errno !== undefined) return unreadable(path, errno);
  const chunks: Uint8Array[] = [];
  let length = 0;
  try {
    for await (const chunk of openInput(path) as AsyncIterable<Uint8Array>) {
      length += chunk.length;
      if (length > most)
        return E.left({ _tag: 'FileRefused', path, reason: 'file_too_long', most });
      chunks.push(chunk);
    }
  } catch (thrown) {
    return E.left(unreadableBy(path, thrown));
  }
  return E.right(Buffer.concat(chunks));
};

/** readTextInput reads text: what is not UTF-8 is refused. */
export const readTextInput = async (
  path: string,
  most: number,
): Promise<E.Either<FileUnreadable | FileRefused, string>> => {
  const bytes = await readInput(path, most);
  if (E.isLeft(bytes)) return bytes;
  return invalidUtf8At(bytes.right) < 0
    ? E.right(decodeUtf8(bytes.right))
    : E.left({ _tag: 'FileRefused', path, reason: 'invalid_utf8' });
};
