/**
 * What the doctor says, read strictly.
 */
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { expect } from 'vitest';
import { realPorts } from '../../../src/wiring.ts';
import type { Ran, Shell } from './shell.ts';

export interface Told {
  readonly check: string;
  readonly state: string;
  readonly message: string;
  readonly next?: string;
}

export const DAY_MS = 86_400_000;
export const SEGMENT = '.ledger/journal/00000000000000000000.jsonl';
/** What depends on the machine that the tests run on. */
export const MACHINE = new Set(['file-system', 'sync', 'space', 'summary']);

export const toldIn = ({ stdout }: Pick<Ran, 'stdout'>): readonly Told[] =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Told);

/** What the doctor finds that is not well, and how it exits. */
export const ills = async (shell: Shell): Promise<readonly string[]> => {
  const ran = await shell.inside(['doctor', '--json']);
  const told = toldIn(ran).filter(({ check }) => !MACHINE.has(check));
  for (const { state, next } of told)
    expect([state, next?.endsWith('.')]).toEqual([state, state === 'ok' ? undefined : true]);
  const found = told.filter(({ state }) => state !== 'ok');
  expect(ran.status).toBe(found.some(({ state }) => state === 'fail') ? 1 : 0);
  return found.map(({ check, state }) => `${state} ${check}`);
};

export const messageOf = async (shell: Shell, name: string): Promise<string> => {
  const told = toldIn(await shell.inside(['doctor', '--json']));
  return told.find(({ check }) => check === name)?.message ?? '';
};

export const must = <T>(either: E.Either<unknown, T>): T => {
  if (E.isLeft(either)) throw new Error(JSON.stringify(either.left));
  return either.right;
};

/** The bytes of every file of the ledger, and who may do what with them. */
export const snapshot = (folder: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((each) => each.isFile() && !/-(?:wal|shm)$/.test(each.name))
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((path) => [path, `${statSync(path).mode} ${readFileSync(path, 'latin1')}`]),
  );

/** Changes the mirror by a statement. */
export const inMirror = (shell: Shell, sql: string): void => {
  const sqlite = new Sqlite(shell.path('.ledger/mirror.db'));
  sqlite.exec(sql);
  sqlite.close();
};

/** What a ledger is written with, so many days ago. */
export const at = (daysAgo: number) => ({ ...realPorts, now: () => Date.now() - daysAgo * DAY_MS });

export const states = (checks: readonly Told[]): string =>
  checks.map(({ state }) => state).join(' ');
