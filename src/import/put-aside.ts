/**
 * What earlier imports put aside in the folder of a source, or began to, as the names there tell;
 * and which files a sealing event says that they were.
 */
import * as E from 'fp-ts/lib/Either.js';
import { basename, dirname, join } from 'node:path';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Disk, Done } from '../storage/disk.ts';
import type { Tool } from './plan.ts';
import type { Named, Seen } from './source-file.ts';
import { digestFile, sourceFile } from './source-file.ts';

/** Where files lie, and the one that was named, unless it was the folder. */
export interface Whereabouts {
  readonly tool: Tool;
  readonly folder: string;
  readonly only?: string;
}

export interface Trace {
  readonly path: string;
  /** The name that the file had. */
  readonly name: string;
  /** Names the event that sealed the import. */
  readonly mark: string;
  /** Whether it is but what stood beside that file. */
  readonly isBeside: boolean;
}

/** whereabouts tells where the files of a source lie. */
export const whereabouts = (disk: Disk, tool: Tool, path: string): Done<Whereabouts> =>
  E.map((stat: { readonly kind: string } | undefined): Whereabouts =>
    tool === 'kaizen' || stat?.kind === 'folder'
      ? { tool, folder: path }
      : { tool, folder: dirname(path), only: basename(path) },
  )(disk.stat(path));

/** kaizen keeps its old outbox in a folder of its own. */
const HOT = 'hot';

const pathOf = ({ tool, folder }: Whereabouts, name: string): string =>
  tool === 'kaizen' && name.startsWith('outbox.redb')
    ? join(folder, HOT, name)
    : join(folder, name);

/** In what is not there, or may not be listed, no archive could be begun. */
const NOTHING = /^(?:ENOENT|ENOTDIR|ENAMETOOLONG|EACCES)$/;

/** tracesOf finds what is on its way (`importing`) or was put aside (`imported`). */
export const tracesOf = (
  disk: Disk,
  { tool, folder }: Whereabouts,
  word: 'importing' | 'imported',
): Done<readonly Trace[]> => {
  const pattern = new RegExp(`^(.+)\\.${word}-(${tool}-[0-9a-f]{32})(-wal|-journal|-shm)?$`, 's');
  const traces = new Map<string, Trace>();
  for (const each of tool === 'kaizen' ? [folder, join(folder, HOT)] : [folder]) {
    const names = disk.list(each);
    if (E.isLeft(names)) {
      if (NOTHING.test(names.left.errno)) continue;
      return names;
    }
    for (const entry of names.right) {
      const [, name, mark, suffix] = pattern.exec(entry) ?? [];
      if (name === undefined || mark === undefined) continue;
      const [key, isBeside] = [`${mark} ${name}`, suffix !== undefined];
      if (!isBeside || !traces.has(key))
        traces.set(key, { path: join(each, entry), name, mark, isBeside });
    }
  }
  return E.right([...traces.values()]);
};

/** An import whose source was put aside. */
export interface Aside {
  /** Names the event that sealed it. */
  readonly mark: string;
  /** Whether all that stands there is what was put aside then, with the same bytes. */
  readonly isBack: boolean;
}

/** Whether a file is the one at a path; one that holds nothing is as none. */
const isSame = (disk: Disk, file: Seen | undefined, path: string): Done<boolean> => {
  const aside = sourceFile(disk, path);
  if (E.isLeft(aside)) return aside;
  const bytes = aside.right?.bytes ?? 0;
  if (aside.right === undefined || bytes === 0 || bytes !== file?.bytes)
    return E.right(bytes === (file?.bytes ?? 0));
  return E.map(({ sha256 }: Seen) => sha256 === file.sha256)(digestFile(disk, aside.right));
};

const LOG = '-wal';

/** asidesOf tells of which imports there is something aside in a folder. */
export const asidesOf = (
  disk: Disk,
  place: Whereabouts,
  files: readonly Seen[],
): Done<readonly Aside[]> => {
  const traces = tracesOf(disk, place, 'imported');
  if (E.isLeft(traces)) return traces;
  const whole = traces.right.filter(({ isBeside }) => !isBeside);
  const named = new Map(files.map((file) => [file.name, file]));
  const own = files.filter(({ name }) => !name.endsWith(LOG));
  const asides: Aside[] = [];
  for (const mark of new Set(whole.map((each) => each.mark))) {
    let isBack = own.length > 0;
    // A database in which nothing was brought from its log yet is like any other.
    for (const { name } of own) {
      const aside = whole.find((each) => each.mark === mark && each.name === name);
      isBack &&= aside !== undefined;
      if (aside === undefined) continue;
      for (const end of ['', LOG]) {
        const same = isSame(disk, named.get(`${name}${end}`), `${aside.path}${end}`);
        if (E.isLeft(same)) return same;
        isBack &&= same.right;
      }
    }
    asides.push({ mark, isBack });
  }
  return E.right(asides);
};

/** What a file holds; one that holds nothing is as none. */
const digestIn = (all: readonly Named[], named: string): string | undefined =>
  all.find(({ name, bytes }) => name === named && bytes > 0)?.sha256;

/** areOf tells that all that stands there is of what an event names, with the same bytes. */
export const areOf = (files: readonly Named[], sealed: readonly Named[]): boolean => {
  const own = files.filter(({ name }) => !name.endsWith(LOG));
  const names = own.flatMap(({ name }) => [name, `${name}${LOG}`]);
  return (
    own.some(({ bytes }) => bytes > 0) &&
    names.every((name) => digestIn(files, name) === digestIn(sealed, name))
  );
};

/** namedFiles reads the files that a sealing event names; undefined where they are none. */
export const namedFiles = (files: Json | undefined): readonly Named[] | undefined => {
  if (!Array.isArray(files)) return undefined;
  const named = (files as readonly Json[]).flatMap((file): readonly Named[] => {
    if (!isObject(file)) return [];
    const { name, bytes, sha256 } = file;
    if (typeof name !== 'string' || typeof bytes !== 'number' || typeof sha256 !== 'string')
      return [];
    // Whatever an event says, nothing outside of the folder is looked at.
    return /^\.{0,2}$|[/\\\0]/.test(name) ? [] : [{ name, bytes, sha256 }];
  });
  return named.length === files.length ? named : undefined;
};

/** sealedFiles tells where the files of a sealing event lie. */
export const sealedFiles = (
  place: Whereabouts,
  files: Json | undefined,
): readonly Seen[] | undefined =>
  namedFiles(files)?.map((each) => ({ ...each, path: pathOf(place, each.name) }));
