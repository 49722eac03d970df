/**
 * Where an event of kaizen was taken from. What it became has a form of its own, in which there is
 * no room for that, so its source bears it.
 */
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { asLabel } from '../room.ts';

/** shortDigest names texts by their content. */
export const shortDigest = (...texts: readonly string[]): string =>
  createHash('sha256').update(JSON.stringify(texts)).digest('hex').slice(0, 32);

/** shortDigestOf names one text by its content, in pieces of well-formed text. */
export const shortDigestOf = (pieces: Iterable<string>): string => {
  const hash = createHash('sha256').update('["');
  for (const piece of pieces) hash.update(JSON.stringify(piece).slice(1, -1));
  return hash.update('"]').digest('hex').slice(0, 32);
};

/** sourceOf names a place in a file of kaizen as the source of an event. */
export const sourceOf = (file: string, sha256: string, place: string): JsonObject => ({
  kind: 'external',
  name: 'kaizen',
  instance: asLabel(`${file} sha256:${sha256} ${place}`.slice(0, 256)),
});
