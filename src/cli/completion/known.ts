/**
 * Names that a ledger knows, for completion. Whoever presses a key does not wait and reads no
 * errors: what cannot be had at once is left out, and no more is read than can be shown.
 */
import type Sqlite from 'better-sqlite3';
import * as E from 'fp-ts/lib/Either.js';
import { attempt } from '../../storage/attempt.ts';
import { listKeys } from '../../storage/key-file.ts';
import type { Layout } from '../../storage/layout.ts';
import { openFile } from '../../storage/sqlite.ts';
import { realPorts } from '../../wiring.ts';
import { Given } from '../given.ts';
import { findLedger } from '../open.ts';

const MOST = 100;
const WAIT_MS = 100;

/** A shell would act on other letters when the line is run. */
const HARMLESS = /^[\p{L}\p{N}][\p{L}\p{N}_.+/:@%-]*$/u;

const harmless = (names: readonly string[], prefix: string): readonly string[] =>
  names.filter((name) => name.startsWith(prefix) && HARMLESS.test(name)).slice(0, MOST);

/** Names from a table of the mirror, from the prefix on. */
const inMirror = ({ mirror }: Layout, sql: string, prefix: string): readonly string[] => {
  const opened = openFile(mirror, { readonly: true, fileMustExist: true, timeout: WAIT_MS });
  if (E.isLeft(opened)) return [];
  const read = attempt(mirror, () => {
    opened.right.pragma('trusted_schema = OFF');
    const found: Sqlite.Statement = opened.right.prepare(`${sql} LIMIT ${MOST}`).pluck();
    return found.all(prefix).map(String);
  });
  opened.right.close();
  return E.isLeft(read) ? [] : read.right;
};

const KEYS = 'SELECT key_id FROM keyring__key WHERE key_id >= ? ORDER BY key_id';
const TYPES = "SELECT name FROM overview__counted WHERE kind = 'type' AND name >= ? ORDER BY name";
const EXPERIMENTS = 'SELECT id FROM experiment__experiment WHERE id >= ? ORDER BY id';

/** From each to the next by the index: a session has as many rows as it has events. */
const SESSIONS = `
WITH RECURSIVE session (id) AS (
  SELECT min(session_id) FROM events WHERE session_id >= ?
  UNION ALL
  SELECT (SELECT min(session_id) FROM events WHERE session_id > session.id)
  FROM session WHERE id NOT NULL
)
SELECT id FROM session WHERE id NOT NULL`;

const DESTINATIONS = 'SELECT name FROM outbox__destination WHERE name >= ? ORDER BY name';

const signers = ({ keys }: Layout): readonly string[] =>
  E.getOrElse((): readonly string[] => [])(listKeys(realPorts.disk, keys));

export type Kind = 'signer' | 'key' | 'type' | 'session' | 'destination' | 'experiment';

/** known lists the names of a kind in the ledger at hand that begin so. */
export const known = (
  folder: string | undefined,
  kind: Kind,
  prefix: string,
): readonly string[] => {
  const found = findLedger(new Given('completion', { ledger: folder }, []));
  if (E.isLeft(found)) return [];
  const layout = found.right;
  switch (kind) {
    case 'signer':
      return harmless(signers(layout), prefix);
    case 'key':
      return harmless(inMirror(layout, KEYS, prefix), prefix);
    case 'experiment':
      return harmless(inMirror(layout, EXPERIMENTS, prefix), prefix);
    case 'type':
      return harmless(inMirror(layout, TYPES, prefix), prefix);
    case 'session':
      return harmless(inMirror(layout, SESSIONS, prefix), prefix);
    case 'destination':
      return harmless(inMirror(layout, DESTINATIONS, prefix), prefix);
  }
};
