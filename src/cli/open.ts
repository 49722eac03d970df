/**
 * Finding the ledger that a command is about, and opening it: `-C`, `LEDGER_DIR`, else the nearest
 * folder above with a `.ledger`.
 */
import * as E from 'fp-ts/lib/Either.js';
import { existsSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { openLedger } from '../front-door.ts';
import type { Ledger } from '../ledger.ts';
import type { NoLedger, OpenError } from '../storage/settings-file.ts';
import { readSettings } from '../storage/settings-file.ts';
import type { Layout, Settings } from '../storage/layout.ts';
import { layoutOf } from '../storage/layout.ts';
import { realPorts } from '../wiring.ts';
import type { Answer } from './command.ts';
import type { Usage } from './error.ts';
import { errorText } from './error-text.ts';
import type { Given } from './given.ts';
import { logKeyOf } from './log-key.ts';
import { repairText } from './store-text.ts';
import type { Terminal } from './terminal.ts';

const FOLDER = '.ledger';

/** What may not be looked at may be a folder: whoever reads in it says what is wrong. */
const mayBeFolder = (path: string): boolean => {
  try {
    return statSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return true;
  }
};

const nearest = (from: string): string | undefined => {
  if (mayBeFolder(join(from, FOLDER))) return join(from, FOLDER);
  const above = dirname(from);
  return above === from ? undefined : nearest(above);
};

const named = (given: Given): string | undefined =>
  given.text('ledger') ?? (process.env['LEDGER_DIR'] || undefined);

/** newName tells how the folder was named in which a ledger is to be made. */
export const newName = (given: Given): string => named(given) ?? FOLDER;

/** newFolder tells where a ledger is to be made. */
export const newFolder = (given: Given): string => resolve(newName(given));

/** One in a folder, as somebody may have meant who named that. */
const insideOf = (folder: string): string | undefined => {
  const inside = join(folder, FOLDER);
  return existsSync(layoutOf(inside).settings) ? inside : undefined;
};

/** findLedger tells where the ledger lies. */
export const findLedger = (given: Given): E.Either<NoLedger, Layout> => {
  const here = process.cwd();
  const folder = named(given) ?? nearest(here);
  if (folder === undefined) return E.left({ _tag: 'NoLedger', folder: here });
  const layout = layoutOf(resolve(folder));
  const inside = existsSync(layout.settings) ? undefined : insideOf(folder);
  return inside === undefined
    ? E.right(layout)
    : E.left({ _tag: 'NoLedger', folder: layout.folder, inside });
};

/** settingsFor reads how such a ledger is kept; where there is none, it says what named it. */
export const settingsFor = (given: Given, layout: Layout): E.Either<OpenError, Settings> => {
  const isByVariable = given.text('ledger') === undefined && named(given) !== undefined;
  return E.mapLeft((error: OpenError): OpenError =>
    error._tag === 'NoLedger' && isByVariable ? { ...error, by: 'LEDGER_DIR' } : error,
  )(readSettings(realPorts, layout));
};

/** asBackup tells of what is none by the option that named it. */
export const asBackup =
  (typed: string) =>
  <L extends { readonly _tag: string }, T>(made: E.Either<L, T>): E.Either<L | NoLedger, T> =>
    E.isLeft(made) && made.left._tag === 'NoLedger'
      ? E.left({ _tag: 'NoLedger', folder: typed, inside: insideOf(typed), by: '--from' })
      : made;

export const LOCK_WAIT = {
  'lock-wait': { type: 'text', describe: 'how long to wait for another writer (30s)' },
} as const;

/** openFor opens the ledger for a command that may write; what is mended is told. */
export const openFor = (given: Given, terminal: Terminal): E.Either<Usage | OpenError, Ledger> => {
  const layout = findLedger(given);
  if (E.isLeft(layout)) return layout;
  const lockWaitMs = given.duration('lock-wait');
  if (E.isLeft(lockWaitMs)) return lockWaitMs;
  const settings = settingsFor(given, layout.right);
  if (E.isLeft(settings)) return settings;
  const logKey = logKeyOf(layout.right, settings.right.origin);
  // An append needs no log key: it says what is wrong with this one and goes on.
  if (E.isLeft(logKey))
    terminal.note(`no checkpoint can be signed: ${errorText(logKey.left).message}`);
  return openLedger(layout.right.folder, {
    lockWaitMs: lockWaitMs.right,
    logKey: E.isRight(logKey) ? logKey.right : undefined,
    onRepair: (repair) => terminal.note(repairText(repair)),
  });
};

/** withLedger opens the ledger for a command, and closes it whatever comes of that. */
export const withLedger = async (
  given: Given,
  terminal: Terminal,
  run: (ledger: Ledger) => Answer,
): Answer => {
  const ledger = openFor(given, terminal);
  if (E.isLeft(ledger)) return ledger;
  try {
    return await run(ledger.right);
  } finally {
    await ledger.right.close();
  }
};
