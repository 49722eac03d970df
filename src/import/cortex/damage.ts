/**
 * What is left of lines that were damaged may read as a row all the same, though more than one
 * stood there: whatever fell out between them stands within one of its texts, or between two of
 * its members.
 */
import type { Fault } from '../defect.ts';
import type { Blake3 } from './hash.ts';
import { payloadHash } from './hash.ts';
import type { Item } from './item.ts';
import type { Envelope } from './row.ts';

/** ROW_BYTES are less than a row has beside one of its texts: members, times and hashes. */
export const ROW_BYTES = 300;
/** No character is longer than `\u0000`. */
const CHARACTER_BYTES = 6;

const isLong = (text: string | null | undefined): boolean =>
  typeof text === 'string' &&
  text.length >= ROW_BYTES / CHARACTER_BYTES &&
  Buffer.byteLength(JSON.stringify(text)) >= ROW_BYTES;

/** Whether a text that no hash covers has room for what stands between two others like it. */
const hasLongText = ({ id, event_type, source, signature, ...row }: Envelope): boolean =>
  [id, event_type, row.trace_id, row.session_id, signature?.key_id].some(isLong) ||
  Object.values(source).some(isLong) ||
  row.domain_tags.some(isLong);

/** isSpoilt tells a line that is not written as a row is, beside its payload. */
export const isSpoilt = ({ isLogged, read: { row, faults } }: Item): boolean =>
  isLogged && row !== undefined && (faults.length > 0 || hasLongText(row.envelope));

/** isDamaged tells a line that may have swallowed others, by what is wrong with its hashes, too. */
export const isDamaged = (item: Item, hashes: readonly Fault[]): boolean =>
  isSpoilt(item) || (item.isLogged && hashes.some(({ name }) => name === 'payload_hash_mismatch'));

/** isDamagedLine tells it of a line whose hashes were not looked at. */
export const isDamagedLine = (item: Item, by?: Blake3): boolean => {
  const { row } = item.read;
  if (!item.isLogged || row === undefined) return item.isLogged;
  return isSpoilt(item) || payloadHash(row.payload, by) !== row.envelope.payload_hash;
};
