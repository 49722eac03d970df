/**
 * Bytes that are no UTF-8 inside a string: neither canonical JSON nor part of a line, even where
 * every hash over them is right.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { hashHeader, hashPayload } from '../../ledger/event/hash.ts';
import { open } from '../../ledger/event/open.ts';
import { isCanonical } from '../../ledger/json/scan.ts';
import { Ledger } from '../build/ledger.ts';

const BROKEN: readonly (readonly number[])[] = [
  [0x80],
  [0xff],
  [0xc0, 0x80],
  [0xc2],
  [0xe0, 0x80, 0x80],
  [0xed, 0xa0, 0x80],
  [0xe2, 0x82],
  [0xf0, 0x80, 0x80, 0x80],
  [0xf4, 0x90, 0x80, 0x80],
  [0xf5, 0x80, 0x80, 0x80],
];

const quoted = (bytes: readonly number[]): Uint8Array => Uint8Array.of(0x22, ...bytes, 0x22);

/** A line whose payload is any bytes at all, with the hashes that it should have. */
const lineOf = (payload: Uint8Array): Uint8Array => {
  const { line } = new Ledger().make('a.b', 1);
  const { header, salt } = JSON.parse(line) as { readonly header: object; readonly salt: string };
  const hash = hashPayload(native, Buffer.from(salt, 'hex'), payload);
  const text = JSON.stringify({ ...header, payload_hash: hash });
  const eventHash = hashHeader(native, encodeUtf8(text));
  return Uint8Array.of(
    ...encodeUtf8(`{"event_hash":"${eventHash}","header":${text},"payload":`),
    ...payload,
    ...encodeUtf8(`,"salt":"${salt}"}\n`),
  );
};

describe('a string of bytes', () => {
  it.each(BROKEN.map((bytes) => [bytes]))('is refused where they are %j', (bytes) => {
    expect(isCanonical(quoted(bytes))).toBe(false);
    const { line, findings } = open(native, lineOf(quoted(bytes)));
    expect(line).toBe(undefined);
    expect(findings.map(({ code, reason }) => [code, reason])).toEqual([
      ['not_json', 'invalid_utf8'],
    ]);
  });

  it.each(['é', '€', '\u{10ffff}', '~'])('is accepted where they are those of %s', (text) => {
    const bytes = encodeUtf8(`"${text}"`);
    expect(isCanonical(bytes)).toBe(true);
    expect(open(native, lineOf(bytes)).findings).toEqual([]);
  });
});
