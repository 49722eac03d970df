/**
 * Which policy set is meant: documents in files and folders, or one that is ready-made.
 */
import * as E from 'fp-ts/lib/Either.js';
import { readdirSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import { MAX_DOCUMENT } from '../../policies/document/text.ts';
import type { File } from '../../policies/set/load.ts';
import { readSet } from '../../policies/set/load.ts';
import { READY_MADE, readyMade } from '../../policies/set/ready-made.ts';
import type { ReadyMade } from '../../policies/set/ready-made.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import { realPorts } from '../wiring.ts';
import type { Options } from './command.ts';
import type { CliError, FileUnreadable } from './error.ts';
import type { Given } from './given.ts';
import { readInput, unreadableBy } from './input.ts';

const READY = Object.keys(READY_MADE) as readonly ReadyMade[];

export const READY_MADE_SET: Options = {
  set: { type: 'text', describe: 'a ready-made set', choices: READY },
};

export const OTHER_SET: Options = {
  with: { type: 'list', describe: 'documents of another set than that in force; may be repeated' },
  ...READY_MADE_SET,
};

/** The set that every ledger begins with. */
export const beginning = (): PolicySet => readyMade(realPorts.crypto, 'open');

/** Tables that test a set lie beside it, and what is hidden; they are no part of it. */
const isDocument = (name: string): boolean =>
  /^[^.].*\.(?:ya?ml|json)$/.test(name) && !/\.test\.(?:ya?ml|json)$/.test(name);

const filesIn = (path: string): E.Either<FileUnreadable, readonly string[]> => {
  try {
    if (!statSync(path).isDirectory()) return E.right([path]);
    const names = readdirSync(path).filter(isDocument).toSorted();
    return E.right(names.map((name) => join(path, name)));
  } catch (thrown) {
    return E.left(unreadableBy(path, thrown));
  }
};

const documentsIn = async (paths: readonly string[]): Promise<E.Either<CliError, PolicySet>> => {
  const files: File[] = [];
  for (const path of paths) {
    const named = filesIn(path);
    if (E.isLeft(named)) return named;
    for (const file of named.right) {
      const bytes = await readInput(file, MAX_DOCUMENT);
      if (E.isLeft(bytes)) return bytes;
      files.push({ file: basename(file), bytes: bytes.right });
    }
  }
  // Where there is no document, what was named in its place is at fault.
  const named = paths.join(', ');
  return E.mapLeft((problems: Problems): CliError => ({
    _tag: 'PolicyRefused',
    problems: problems.map((each) => (each.file === '' ? { ...each, file: named } : each)),
  }))(readSet(realPorts.crypto, files));
};

type Problems = Extract<ReturnType<typeof readSet>, { _tag: 'Left' }>['left'];

/** setMeant reads the set that a command names, undefined where it names none. */
export const setMeant = async (
  given: Given,
  paths: readonly string[],
): Promise<E.Either<CliError, PolicySet | undefined>> => {
  const ready = READY.find((name) => name === given.text('set'));
  if (ready !== undefined && paths.length > 0)
    return given.usage('name documents or --set NAME, not both');
  if (ready !== undefined) return E.right(readyMade(realPorts.crypto, ready));
  return paths.length === 0 ? E.right(undefined) : documentsIn(paths);
};
