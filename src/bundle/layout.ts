/**
 * What lies where in a bundle. It is a bag as RFC 8493 (BagIt) has it: evidence under `data/`, and
 * beside it what says what the evidence is.
 *
 *     README.txt  check.mjs  bagit.txt  bag-info.txt  manifest-sha256.txt  tagmanifest-sha256.txt
 *     statement.dsse.json         who vouches for all of it
 *     data/bundle.json            what this export is about: see claim.ts
 *     data/events.ndjson          every event of the range, as stored; some without their payload
 *     data/events.csv             those that are meant, as a table
 *     data/events.parquet         the same table, typed, where it was asked for
 *     data/governing.ndjson       events outside the range on which its events rest, and those that
 *                                 show where the times end that were asked for
 *     data/proofs.ndjson          a line for each event that is meant, and each outside the range
 *     data/checkpoint             the log that all of them stand in, signed
 *     data/consistency.json       that the log of a later checkpoint begins with it
 *     data/keyring.json           the keys as of the checkpoint
 *     data/policies.ndjson        the policy sets that were adopted
 *     data/verify.json            what the audit said of the log up to there
 *     data/profile.json           which requirements of a regime it has to do with, and how far
 *     data/profile.md             the same for people, of these events
 */

export const FILE = {
  bagit: 'bagit.txt',
  info: 'bag-info.txt',
  manifest: 'manifest-sha256.txt',
  tagManifest: 'tagmanifest-sha256.txt',
  statement: 'statement.dsse.json',
  readme: 'README.txt',
  check: 'check.mjs',
  claim: 'data/bundle.json',
  events: 'data/events.ndjson',
  table: 'data/events.csv',
  parquet: 'data/events.parquet',
  governing: 'data/governing.ndjson',
  proofs: 'data/proofs.ndjson',
  checkpoint: 'data/checkpoint',
  consistency: 'data/consistency.json',
  keyring: 'data/keyring.json',
  policies: 'data/policies.ndjson',
  verify: 'data/verify.json',
  profile: 'data/profile.json',
  profileText: 'data/profile.md',
} as const;

/** Whatever a bundle holds else is not known, and refused. */
export const OPTIONAL: ReadonlySet<string> = new Set([
  FILE.consistency,
  FILE.parquet,
  FILE.profile,
  FILE.profileText,
]);

/** isPayload tells the evidence from what is said about it. */
export const isPayload = (name: string): boolean => name.startsWith('data/');
