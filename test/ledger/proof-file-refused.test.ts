/**
 * Proof files whose signatures and steps are good, and which prove nothing all the same.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { parseHex } from '../../ledger/encoding/hex.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { hashHeader } from '../../ledger/event/hash.ts';
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { signCheckpoint } from '../../ledger/note/checkpoint.ts';
import { formatConsistencyFile, openConsistencyFile } from '../../ledger/note/consistency-file.ts';
import { formatProofFile, openProofFile } from '../../ledger/note/proof-file.ts';
import { Ledger, right, signer } from '../build/ledger.ts';

describe('a proof file that joins what does not belong together', () => {
  const [here, there] = [signer('a.example/one'), signer('b.example/two')];
  const header = (changes: JsonObject): Uint8Array => {
    const line = JSON.parse(new Ledger().lines[0] ?? '') as { readonly header: JsonObject };
    return encodeUtf8(write({ ...line.header, ledger: here.name, ...changes }));
  };
  const inclusionOf = (extra: Uint8Array) => {
    const leaf = parseHex(hashHeader(native, extra)) ?? new Uint8Array();
    const note = right(signCheckpoint(native, here, 1, leaf));
    return openProofFile(native, [here], formatProofFile({ extra, index: 0, proof: [], note }));
  };

  it('proves a header of version 1, and none of another version', () => {
    expect(inclusionOf(header({}))).toMatchObject({ right: { header: { seq: 0 } } });
    for (const version of [0, 2, -1])
      expect(inclusionOf(header({ schema_version: version }))).toMatchObject({
        left: { _tag: 'ProofFileRefused', reason: 'bad_header' },
      });
  });

  it('proves no consistency of two origins, however alike their names are', () => {
    const root = native.sha256(encodeUtf8('root'));
    const notes = [here, there].map((by) => right(signCheckpoint(native, by, 1, root)));
    const [one = '', two = ''] = notes;
    const opened = (old: string, fresh: string) =>
      openConsistencyFile(
        native,
        [here, there],
        formatConsistencyFile({ old, new: fresh, proof: [] }),
      );
    expect(here.name.length).toBe(there.name.length);
    expect(opened(one, one)).toMatchObject({ _tag: 'Right' });
    for (const [old, fresh] of [
      [one, two],
      [two, one],
    ] as const)
      expect(opened(old, fresh)).toMatchObject({ left: { reason: 'origin_mismatch' } });
  });
});
