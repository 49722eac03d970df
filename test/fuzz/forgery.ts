/**
 * Lines as whoever knows the format makes them: read, and sealed with the right hashes whatever
 * they say.
 */
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { rehash } from '../build/ledger.ts';

/** The text of a line in UTF-8, without its LF. */
export const textOf = (line: string): string =>
  Buffer.from(line, 'latin1').toString('utf8').trimEnd();
export const lineOf = (text: string): string => Buffer.from(text, 'utf8').toString('latin1');

export const parsed = (line: string): JsonObject | undefined => {
  try {
    const value = JSON.parse(textOf(line)) as JsonObject;
    return typeof value['header'] === 'object' ? value : undefined;
  } catch {
    return undefined;
  }
};

export type Header = Readonly<Record<string, unknown>>;

export const PAYLOAD = { i: 0, text: 'altered', list: [] };

export const sealed = (header: Header, payload: unknown, salt: unknown): string =>
  lineOf(rehash(header as JsonObject, payload as JsonObject, String(salt)).line);

export const hashOf = (salt: unknown, payload: JsonObject): string => {
  const text = JSON.stringify(payload, Object.keys(payload).toSorted());
  const parts = [Buffer.from('ledger/payload/1\n'), Buffer.from(String(salt), 'hex')];
  return native.digest(Buffer.concat([...parts, Buffer.from(text)]));
};

export const hashIn = (line: string): string => {
  const hash = parsed(line)?.['event_hash'];
  return typeof hash === 'string' ? hash : '';
};
