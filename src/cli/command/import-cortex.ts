/**
 * `ledger import cortex PATH`: a log of cortex, its database, or the folder of both, with what
 * stands beside them.
 */
import * as E from 'fp-ts/lib/Either.js';
import { resolve, sep } from 'node:path';
import { formatHex } from '../../../ledger/encoding/hex.ts';
import { decodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import { loadBlake3 } from '../../import/cortex/hash.ts';
import { surveyCortex } from '../../import/cortex/survey.ts';
import type { Command } from '../command.ts';
import type { CliError } from '../error.ts';
import type { Given } from '../given.ts';
import { IMPORTING, WORLD, runImport } from '../importing.ts';
import { readInput } from '../input.ts';

const KEY_BYTES = 32;
const DIGITS = /^[0-9a-f]{64}$/;
/** Digits, and a line end behind them. */
const MOST_BYTES = 66;
/** A row that names its key by a label alone is tried with each of them. */
const MOST_KEYS = 100;

/** The key that a file holds, as its bytes or as its digits. */
const keyIn = (bytes: Uint8Array): string | undefined => {
  if (bytes.length === KEY_BYTES) return formatHex(bytes);
  const text = decodeUtf8(bytes).replace(/\r?\n$/, '');
  return DIGITS.test(text) ? text : undefined;
};

/** Keys are given in hexadecimal, or as files. */
const keysOf = async (given: Given): Promise<E.Either<CliError, readonly string[]>> => {
  if (given.list('key').length > MOST_KEYS)
    return given.usage(`--key can be given ${MOST_KEYS} times, and no more`);
  const keys: string[] = [];
  for (const text of given.list('key')) {
    if (DIGITS.test(text)) {
      keys.push(text);
      continue;
    }
    const bytes = await readInput(text, MOST_BYTES);
    if (E.isLeft(bytes)) return bytes;
    const key = keyIn(bytes.right);
    if (key === undefined)
      return given.usage(
        `--key takes 64 hexadecimal digits, or a file of these or of 32 bytes, not ${text}`,
      );
    keys.push(key);
  }
  return E.right(keys);
};

const kindOf = (path: string): string | undefined => {
  const stat = WORLD.disk.stat(path);
  return E.isRight(stat) ? stat.right?.kind : undefined;
};

/** A link to a folder is that folder, as it is where every file is named in it. */
const folderBehind = (path: string): string => {
  const inside = `${path}${sep}.`;
  return kindOf(path) === 'link' && kindOf(inside) === 'folder' ? inside : path;
};

export const command: Command = {
  options: {
    from: {
      type: 'text',
      describe: 'where rows are taken from, if both are there (jsonl)',
      choices: ['jsonl', 'sqlite', 'both'],
    },
    key: { type: 'list', describe: 'a public key that is trusted: 64 digits, or its file' },
    stem: { type: 'text', describe: 'the name of the log when its rows were signed (events)' },
    ...IMPORTING,
  },
  examples: [
    ['import cortex old/ --dry-run', 'what would be taken, and what is wrong with it'],
    ['import cortex old/ --key operator.pub', 'all of it, and the key is trusted'],
    ['import cortex old/events.jsonl --accept torn_tail', 'a log whose last line is cut off'],
  ],
  run: async (given, terminal) => {
    const keys = await keysOf(given);
    if (E.isLeft(keys)) return keys;
    const from = given.text('from') as 'jsonl' | 'sqlite' | 'both' | undefined;
    const options = { from, keys: keys.right, stem: given.text('stem') };
    const blake3 = await loadBlake3();
    const path = folderBehind(resolve(given.word(0)));
    return runImport(given, terminal, { tool: 'cortex', path }, (onBytes) =>
      surveyCortex({ ...WORLD, blake3 }, path, { ...options, onBytes }),
    );
  },
};
