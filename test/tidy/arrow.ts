/**
 * The arrows between the rooms: `ledger ← policies ← src`, tests import anything, nothing imports
 * tests, and the kernel knows only the few packages named here.
 */
import { posix } from 'node:path';
import type { Import } from './import.ts';
import { importsOf } from './import.ts';
import type { Offence, Rule, SourceFile } from './project.ts';
import { isScript, offenceAt, roomOf } from './project.ts';

const product = ['ledger', 'policies', 'src'];

/** What each room may reach by a relative path. Elsewhere, at the top: the product. */
const reach: Readonly<Record<string, readonly string[]>> = {
  ledger: ['ledger'],
  policies: ['ledger', 'policies'],
  src: product,
  properties: [...product, 'properties'],
  test: [...product, 'properties', 'test'],
};

const fpTs = /^fp-ts\/lib\/[\w/]+\.js$/;
const native = 'ledger/crypto/native.ts';

/** Packages of the policies, each known to one folder, so that it can be exchanged there. */
const homes: Readonly<Record<string, string>> = {
  '@marcbachmann/cel-js': 'policies/expression/',
  re2js: 'policies/pattern/',
  yaml: 'policies/document/',
};

const packageTrouble = (path: string, specifier: string): string | undefined => {
  const room = roomOf(path);
  if (/^fp-ts(?:\/|$)/.test(specifier)) {
    return fpTs.test(specifier) ? undefined : `imports ${specifier}; say fp-ts/lib/<Module>.js`;
  }
  if (room !== 'ledger' && room !== 'policies') return undefined;
  if (specifier === 'node:crypto' && room === 'ledger') {
    return path === native ? undefined : `imports node:crypto, which only ${native} may`;
  }
  if (/^@noble\/(?:hashes\/[\w.-]+|ed25519)$/.test(specifier) && room === 'ledger') {
    return path.startsWith('ledger/crypto/')
      ? undefined
      : `imports ${specifier}, which only ledger/crypto/ may`;
  }
  const home = homes[specifier];
  if (home?.startsWith(`${room}/`) === true)
    return path.startsWith(home) ? undefined : `imports ${specifier}, which only ${home} may`;
  return `imports ${specifier}, which ${room}/ does not know`;
};

const relativeTrouble = (path: string, specifier: string): string | undefined => {
  const target = posix.join(posix.dirname(path), specifier);
  if (!(reach[roomOf(path)] ?? product).includes(roomOf(target))) {
    return `imports ${target}, against the arrows between the rooms`;
  }
  return specifier.endsWith('.ts') ? undefined : `imports ${specifier}, which does not end in .ts`;
};

const trouble = (path: string, { specifier }: Import): string | undefined => {
  if (specifier === undefined) {
    return product.includes(roomOf(path)) ? 'imports a name that is computed' : undefined;
  }
  return specifier.startsWith('.')
    ? relativeTrouble(path, specifier)
    : packageTrouble(path, specifier);
};

export const arrows: Rule = (files) =>
  files.filter(isScript).flatMap((file) =>
    importsOf(file).flatMap((found): readonly Offence[] => {
      const message = trouble(file.path, found);
      return message === undefined ? [] : [offenceAt(file, found.at, message)];
    }),
  );

const sqlite = /^(?:node:sqlite|better-sqlite3)$/;
const fileSystem = /^(?:node:)?fs(?:\/promises)?$/;

const importing = (file: SourceFile, pattern: RegExp): Import | undefined =>
  importsOf(file).find(({ specifier }) => specifier !== undefined && pattern.test(specifier));

/** One file of src may name SQLite and the file system together: the one that wires them. */
export const oneWiring: Rule = (files) => {
  const wirings = files
    .filter((file) => isScript(file) && roomOf(file.path) === 'src')
    .flatMap((file) => {
      const found = importing(file, sqlite);
      return found && importing(file, fileSystem) ? [{ file, at: found.at }] : [];
    });
  const names = wirings.map(({ file }) => file.path).join(', ');
  return wirings.length <= 1
    ? []
    : wirings.map(({ file, at }) =>
        offenceAt(file, at, `SQLite and the file system meet in more than one file: ${names}`),
      );
};
