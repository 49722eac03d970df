/**
 * Where an event of a line was taken from. Its payload is what the mapping says, of any form, and
 * so may be the name of its source: the instance of the source bears the origin.
 *
 *     ndjson orders.ndjson sha256:9f86d081… line 12 row:60303ae2…
 */
import type { JsonObject } from '../../../ledger/json/value.ts';
import { asLabel } from '../room.ts';

/** A line of a file. */
export interface Origin {
  readonly file: string;
  readonly fileSha256: string;
  readonly line: number;
  readonly rowSha256: string;
}

/** There is room for so many characters of a name; the sealing event has all of it. */
const MOST_NAME = 80;

const nameOf = (file: string): string => Array.from(asLabel(file)).slice(0, MOST_NAME).join('');

/** instanceOf names a line as the instance of a source. */
export const instanceOf = ({ file, fileSha256, line, rowSha256 }: Origin): string =>
  `ndjson ${nameOf(file)} sha256:${fileSha256} line ${line} row:${rowSha256}`;

const ROW = /^ndjson .* row:([0-9a-f]{64})$/s;

/** rowOf is the digest of the line that an event was taken from; undefined where there was none. */
export const rowOf = (source: Partial<JsonObject>): string | undefined => {
  const { instance } = source;
  return typeof instance === 'string' ? ROW.exec(instance)?.[1] : undefined;
};
