/**
 * A copy of a ledger that is to be edited, and chance to decide how; what most edits need of both.
 */
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Chance } from '../simulation/chance.ts';
import type { Ground } from './ground.ts';

export interface Scene {
  readonly folder: string;
  readonly ground: Ground;
  readonly chance: Chance;
}

export interface Edit {
  readonly name: string;
  /** Whether all was rewritten, so that only what is kept elsewhere can tell. */
  readonly isWhole?: boolean;
  /** Gives false where there was nothing to do it to. */
  readonly apply: (scene: Scene) => boolean | Promise<boolean>;
}

export const pick = <T>(chance: Chance, list: readonly T[]): T | undefined =>
  list[chance(Math.max(1, list.length))];

/** The plain files of the journal, in order. */
export const segmentsOf = ({ folder }: Scene): readonly string[] => {
  const journal = join(folder, 'journal');
  if (!existsSync(journal) || !lstatSync(journal).isDirectory()) return [];
  return readdirSync(journal)
    .filter((name) => /^\d{20}\.jsonl$/.test(name))
    .toSorted()
    .map((name) => join(journal, name))
    .filter((path) => lstatSync(path).isFile());
};

/** nameOf names the segment that begins with an event. */
export const nameOf = (first: number): string => `${String(first).padStart(20, '0')}.jsonl`;

/** changeFile gives a file other bytes; false where there is none, or nothing to change. */
export const changeFile = (
  path: string | undefined,
  change: (bytes: Buffer) => Buffer | undefined,
): boolean => {
  if (path === undefined || !existsSync(path) || !lstatSync(path).isFile()) return false;
  const after = change(readFileSync(path));
  if (after === undefined) return false;
  writeFileSync(path, after);
  return true;
};

/** One segment with its lines, each with its LF but perhaps the last. */
export interface Lines {
  readonly path: string;
  readonly lines: string[];
}

/** Byte for byte: a character for each. */
export const readLines = (scene: Scene): readonly Lines[] =>
  segmentsOf(scene).map((path) => ({
    path,
    lines: readFileSync(path, 'latin1')
      .split(/(?<=\n)/)
      .filter((line) => line !== ''),
  }));

export const writeLines = (all: readonly Lines[]): true => {
  for (const { path, lines } of all) writeFileSync(path, lines.join(''), 'latin1');
  return true;
};

/** One line of them all, with where it stands. */
export const pickLine = (scene: Scene, all: readonly Lines[]) => {
  const segment = pick(
    scene.chance,
    all.filter(({ lines }) => lines.length > 0),
  );
  if (segment === undefined) return undefined;
  // Now and then the first or the last one: what is at an edge is judged by itself.
  const { length } = segment.lines;
  const at = pick(scene.chance, [0, length - 1, scene.chance(length), scene.chance(length)]) ?? 0;
  return { segment, at, line: segment.lines[at] ?? '' };
};

/** writeJournal puts lines into segments of about as many as there were before. */
export const writeJournal = (scene: Scene, lines: readonly string[]): true => {
  const before = readLines(scene).map((each) => each.lines.length);
  const journal = join(scene.folder, 'journal');
  rmSync(journal, { recursive: true, force: true });
  mkdirSync(journal);
  let from = 0;
  for (const [index, count] of before.entries()) {
    const to = index === before.length - 1 ? lines.length : Math.min(lines.length, from + count);
    if (to > from || from === 0)
      writeFileSync(join(journal, nameOf(from)), lines.slice(from, to).join(''), 'latin1');
    from = to;
  }
  return true;
};
