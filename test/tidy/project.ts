/**
 * The project as the tidiness rules see it: every file that belongs to it, with its text.
 *
 * In a checkout git says what belongs; in an unpacked archive a walk does, past what is installed
 * or built. A rule is a pure function of files, so that samples serve as well as the project.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

export type SourceFile = { readonly path: string; readonly text: string };
export type Offence = { readonly path: string; readonly line: number; readonly message: string };
export type Rule = (files: readonly SourceFile[]) => readonly Offence[];

const notOurs = new Set(['node_modules', 'dist', 'coverage', 'reports', '.git', '.stryker-tmp']);

const walk = (root: string, folder: string): readonly string[] =>
  readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    if (notOurs.has(entry.name) || entry.name.endsWith('.tgz')) return [];
    const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
    return entry.isDirectory() ? walk(root, path) : [path];
  });

/** Undefined where git does not answer: no checkout, no git, or a folder it does not trust. */
const tracked = (root: string): readonly string[] | undefined => {
  if (!existsSync(join(root, '.git'))) return undefined;
  const args = ['ls-files', '-z', '--cached', '--others', '--exclude-standard'];
  const run = spawnSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 26 });
  if (run.status !== 0) return undefined;
  return [...new Set(run.stdout.split('\0'))].filter((path) => path !== '');
};

/** Data files are listed without their text: no rule reads them. */
const isRead = (path: string): boolean =>
  /\.(?:ts|mts|mjs|md|py)$/.test(path) || path === 'package.json';

export const readProject = (root: string): readonly SourceFile[] =>
  [...(tracked(root) ?? walk(root, ''))]
    .filter((path) => existsSync(join(root, path)))
    .toSorted()
    .map((path) => ({ path, text: isRead(path) ? readFileSync(join(root, path), 'utf8') : '' }));

export const isScript = (file: SourceFile): boolean => /\.(?:ts|mts|mjs)$/.test(file.path);
export const isProse = (file: SourceFile): boolean => file.path.endsWith('.md');

/** The first folder of a path: `ledger`, `src`, …; empty for a file at the top. */
export const roomOf = (path: string): string =>
  path.includes('/') ? path.slice(0, path.indexOf('/')) : '';

export const offenceAt = (file: SourceFile, offset: number, message: string): Offence => ({
  path: file.path,
  line: file.text.slice(0, offset).split('\n').length,
  message,
});

/** One offence per match; `view` is the file's text with parts of it blanked, offsets unchanged. */
export const offencesIn = (
  file: SourceFile,
  view: string,
  pattern: RegExp,
  message: (found: string) => string,
): readonly Offence[] =>
  [...view.matchAll(pattern)].map((match) =>
    offenceAt(file, match.index, message(match[0].trim().replaceAll(/\s+/g, ' '))),
  );

export const print = ({ path, line, message }: Offence): string => `${path}:${line}: ${message}`;
