/**
 * What could be proved of a cortex log, row by row, and what could not.
 */
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Defects } from '../defect.ts';
import type { ForeignDatabase } from '../foreign-database.ts';
import { cutText } from '../room.ts';
import type { Chain } from './chain.ts';
import { countOf } from './fit.ts';
import type { Rows } from './item.ts';

/** What cortex's hashes never covered. */
const NOT_PROTECTED = [
  'no hash covers what a row holds beside its payload: id, schema_version, observed_at, ' +
    'recorded_at, source, event_type, trace_id, session_id, domain_tags',
  'a signature covers id, source and session_id besides the payload, and nothing else of these: ' +
    'not schema_version, observed_at, recorded_at, event_type, trace_id and domain_tags',
  'of signed_at a signature covers the first six digits of the fraction, and of key_id nothing: ' +
    'one that is no key is a label, whatever it says',
  'rows behind the last anchor could be cut off without a trace',
];

/** So many keys are told one by one. */
const MOST_TOLD = 100;

/** A database holds no signatures; whether there are any, the log alone would say. */
const nobody = (count: number, isLogRead: boolean): readonly string[] => {
  if (count === 0) return [];
  if (isLogRead) return [`who wrote the ${count} rows that nobody signed`];
  return [`who wrote the ${count} rows: a signature stands in the log alone, and none was read`];
};

/** How many rows are lost, and how many of them may not be. */
const lost = ({ places: { unread }, pieces }: Chain): readonly string[] => {
  if (unread.most <= 0) return [];
  const apart = pieces === 0 ? '' : `; rows beside the chain that may be of them: ${pieces}`;
  return [`rows that are lost: ${countOf(unread)}${apart}`];
};

const unproved = (chain: Chain, isLogRead: boolean): readonly string[] => {
  const { signatures, places } = chain;
  const { unplaced } = chain.attestations;
  const strangers = signatures.signers().filter(({ isGiven }) => !isGiven);
  return [
    ...nobody(chain.unsigned, isLogRead),
    ...(signatures.unchecked.count > 0
      ? [`${signatures.unchecked.count} signatures by a key that nobody named: give it with --key`]
      : []),
    ...(signatures.unproved > 0
      ? [`${signatures.unproved} signatures behind what is lost, which nothing shows to be good`]
      : []),
    ...[...signatures.found]
      .slice(0, MOST_TOLD)
      .map((key) => `that ${key} took over behind what is lost: no change of keys says so`),
    ...strangers
      .slice(0, MOST_TOLD)
      .map(({ key }) => `that ${key} is to be trusted: give it with --key if it is`),
    ...lost(chain),
    ...(unplaced > 0
      ? [`${unplaced} attestations of rows whose place is not known, or that may be lost`]
      : []),
    ...(places.unreadable > 0
      ? [`${places.unreadable} anchors, which may be of rows that are lost`]
      : []),
    ...(places.matched === 0
      ? ['that the log was not rewritten as a whole: no anchor matches it']
      : []),
  ];
};

/** What stands beside a log and is taken without being checked. */
const UNREAD: Readonly<Record<string, string>> = {
  'operator-attestation.json': 'that the operator attested the migration: how is not known',
  BACKUP_MANIFEST: 'that the files were backed up as BACKUP_MANIFEST says',
};

/** What says of a migration when it was. */
const MIGRATED = ['POST_V2_MIGRATE_MANIFEST', 'operator-attestation.json'];

const unread = (beside: ReadonlySet<string>, { mayHaveMigrated }: Chain): readonly string[] => [
  ...Object.entries(UNREAD).flatMap(([name, text]) => (beside.has(name) ? [text] : [])),
  ...MIGRATED.filter((name) => mayHaveMigrated && beside.has(name)).map(
    (name) => `that the log was migrated as ${name} says: the row of it may be lost`,
  ),
];

/** reportOf tells what the rows themselves prove. */
export const reportOf = (
  chain: Chain,
  defects: Defects,
  beside: ReadonlySet<string>,
  { from, foreign }: Pick<Rows, 'from'> & { readonly foreign: ForeignDatabase | undefined },
): JsonObject => ({
  rows: chain.rows + chain.beside,
  head: chain.head,
  schema_versions: Object.fromEntries(
    [...chain.versions].map(([each, count]) => [`${each}`, count]),
  ),
  ...(chain.boundary === undefined
    ? {}
    : { boundary: { ...chain.boundary, before: cutText(chain.boundary.before) } }),
  proved: {
    hashes_and_links: chain.hashed.rows() as unknown as JsonObject,
    signatures: chain.signatures.verified.rows() as unknown as JsonObject,
    attestations: chain.attestations.attested.rows() as unknown as JsonObject,
    anchors: chain.places.matched,
    rotations: chain.signatures.rotations,
    keys: chain.signatures
      .signers()
      .slice(0, MOST_TOLD)
      .map(({ key, isGiven }) => ({ key, given: isGiven })),
  },
  unproved: [
    ...unproved(chain, from !== 'sqlite'),
    ...unread(beside, chain),
    ...(foreign?.unproved ?? []),
  ],
  not_protected: NOT_PROTECTED,
  sound: defects.total === 0,
});

/** untakenOf names the log or the database: rows of it are taken from the other alone, or not. */
export const untakenOf = (
  { from, log, databaseName }: Rows,
  defects: Defects,
): string | undefined => {
  if (from === 'sqlite') return log?.name;
  return from === 'jsonl' && defects.counts.has('missing_in_jsonl') ? databaseName : undefined;
};
