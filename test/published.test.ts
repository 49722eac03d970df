/**
 * Answers that others published, run through the kernel on both implementations. The data and its
 * sources stand in `test/published`.
 */
import { readFileSync } from 'node:fs';
import * as E from 'fp-ts/lib/Either.js';
import { describe, expect, it } from 'vitest';
import type { Crypto } from '../ledger/crypto/port.ts';
import { native } from '../ledger/crypto/native.ts';
import { noble } from '../ledger/crypto/noble.ts';
import { formatBase64 } from '../ledger/encoding/base64.ts';
import { formatHex, parseHex } from '../ledger/encoding/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../ledger/encoding/utf8.ts';
import { format, write } from '../ledger/json/format.ts';
import { parseString } from '../ledger/json/parse.ts';
import { isCanonical } from '../ledger/json/scan.ts';
import { formatSkey, formatVkey, parseSkey, parseVkey } from '../ledger/key/key.ts';
import { parseOrigin } from '../ledger/name.ts';
import { formatCheckpoint, parseCheckpoint } from '../ledger/note/checkpoint.ts';
import { formatNote, openNote, signNote } from '../ledger/note/note.ts';
import { formatProofFile, parseProofFile } from '../ledger/note/proof-file.ts';
import { proveConsistency, proveInclusion } from '../ledger/tree/proof.ts';
import { EMPTY, append, root } from '../ledger/tree/tree.ts';
import { verifyConsistency, verifyInclusion } from '../ledger/tree/verify.ts';
import { right } from './build/ledger.ts';

const load = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`published/${name}`, import.meta.url), 'utf8'));
const hex = (text: string): Uint8Array => parseHex(text) ?? new Uint8Array();

interface Signed {
  readonly public: string;
  readonly message: string;
  readonly signature: string;
}
const verify = (crypto: Crypto, { public: key, message, signature }: Signed): boolean =>
  crypto.verify(hex(key), hex(message), hex(signature));

const both = [
  ['native', native],
  ['noble', noble],
] as const;

describe('RFC 8785', () => {
  const data = load('rfc8785.json') as {
    readonly accept: readonly { input: string; canonical: string; utf8: string; why: string }[];
    readonly refuse: readonly { input: string; why: string }[];
    readonly numbers: readonly {
      ieee: string;
      text: string | null;
      refused: boolean;
      why: string;
    }[];
  };
  it.each(data.accept)('is canonical as published: $why', ({ input, canonical, utf8 }) => {
    const bytes = encodeUtf8(write(right(parseString(input))));
    expect(decodeUtf8(bytes)).toBe(canonical);
    expect(formatHex(bytes)).toBe(utf8);
    expect(isCanonical(bytes)).toBe(true);
  });
  it.each(data.refuse)('is refused by this format: $why', ({ input }) => {
    expect(E.isLeft(parseString(input))).toBe(true);
  });
  it.each(data.numbers)('the number $ieee is written $text, or refused ($refused)', (each) => {
    const value = new DataView(hex(each.ieee).slice().buffer).getFloat64(0);
    expect(format(value)).toEqual(
      each.refused ? expect.objectContaining({ _tag: 'Left' }) : E.right(each.text),
    );
  });
});

describe.each(both)('Ed25519 with %s', (_, crypto) => {
  const rfc = load('rfc8032.json') as {
    vectors: readonly (Signed & { name: string; seed: string })[];
  };
  it.each(rfc.vectors)('RFC 8032 section 7.1, $name', (each) => {
    expect(formatHex(crypto.publicKey(hex(each.seed)))).toBe(each.public);
    expect(formatHex(crypto.sign(hex(each.seed), hex(each.message)))).toBe(each.signature);
    expect(verify(crypto, each)).toBe(true);
  });
  const speccheck = load('speccheck.json') as {
    cases: readonly (Signed & { number: number; about: string; strict: boolean })[];
  };
  it.each(speccheck.cases)('Taming the many EdDSAs, case $number: strict is $strict', (each) => {
    expect(verify(crypto, each)).toBe(each.strict);
  });
  it('Wycheproof: every answer is the published one', () => {
    const { vectors } = load('wycheproof-ed25519.json') as {
      vectors: readonly (Signed & { valid: boolean })[];
    };
    expect(vectors.filter((each) => verify(crypto, each) !== each.valid)).toEqual([]);
    expect(vectors.length).toBe(151);
  });
  it('the edge cases of points and scalars: every answer is the strict one', () => {
    const { vectors, zip215 } = load('ed25519-edge.json') as Record<
      'vectors' | 'zip215',
      readonly (Signed & { strict: boolean })[]
    >;
    const all = [...vectors, ...zip215];
    expect(all.filter((each) => verify(crypto, each) !== each.strict)).toEqual([]);
    expect(all.length).toBe(964);
  });
});

describe.each(both)('RFC 6962 trees with %s', (_, crypto) => {
  interface Probe {
    readonly index: string;
    readonly old: string;
    readonly size: string;
    readonly leaf: string;
    readonly root: string;
    readonly old_root: string;
    readonly proof: readonly string[];
    readonly valid: boolean;
  }
  const data = load('rfc6962.json') as {
    readonly leaves: readonly string[];
    readonly roots: readonly string[];
    readonly inclusion: readonly { index: number; size: number; proof: readonly string[] }[];
    readonly consistency: readonly { old: number; size: number; proof: readonly string[] }[];
    readonly probes: Record<'inclusion' | 'consistency', readonly Probe[]>;
  };
  const nodes = new Map<string, Uint8Array>();
  const nodeAt = (height: number, index: number) => nodes.get(`${height}/${index}`);
  let frontier = EMPTY;
  const roots = [formatHex(root(crypto, frontier))];
  for (const leaf of data.leaves) {
    const hash = crypto.sha256(Uint8Array.of(0, ...hex(leaf)));
    frontier = append(crypto, frontier, hash, (height, index, node) =>
      nodes.set(`${height}/${index}`, node),
    );
    roots.push(formatHex(root(crypto, frontier)));
  }
  it('roots, inclusion and consistency proofs are the published ones', () => {
    expect(roots).toEqual(data.roots);
    for (const { index, size, proof } of data.inclusion)
      expect(right(proveInclusion(crypto, nodeAt, index, size)).map(formatHex)).toEqual(proof);
    for (const { old, size, proof } of data.consistency)
      expect(right(proveConsistency(crypto, nodeAt, old, size)).map(formatHex)).toEqual(proof);
  });
  it('every published probe of an inclusion proof is judged as published', () => {
    const judged = data.probes.inclusion.map((p) =>
      verifyInclusion(
        crypto,
        BigInt(p.index),
        BigInt(p.size),
        hex(p.leaf),
        hex(p.root),
        p.proof.map(hex),
      ),
    );
    expect(judged).toEqual(data.probes.inclusion.map(({ valid }) => valid));
  });
  it('every published probe of a consistency proof is judged as published', () => {
    const judged = data.probes.consistency.map((p) =>
      verifyConsistency(
        crypto,
        BigInt(p.old),
        BigInt(p.size),
        hex(p.old_root),
        hex(p.root),
        p.proof.map(hex),
      ),
    );
    expect(judged).toEqual(data.probes.consistency.map(({ valid }) => valid));
  });
});

describe.each(both)('signed notes with %s', (_, crypto) => {
  const data = load('c2sp-notes.json') as {
    readonly notes: readonly {
      note: string;
      vkeys: string[];
      accept: boolean;
      signers: string[];
      why: string;
    }[];
    readonly vkeys: readonly {
      vkey: string;
      accept: boolean;
      name: string;
      id: string;
      why: string;
    }[];
    readonly skeys: readonly {
      skey: string;
      vkey: string;
      text: string;
      note: string;
      why: string;
    }[];
    readonly checkpoints: readonly {
      note: string;
      origin: string;
      size: number;
      root_base64: string;
      vkey?: string;
    }[];
    readonly bodies: readonly {
      text: string;
      accept: boolean;
      origin: string;
      size: number;
      root_base64: string;
      why: string;
    }[];
    readonly proofs: readonly {
      text: string;
      accept: boolean;
      extra_base64: string | null;
      why: string;
    }[];
  };
  const keysOf = (vkeys: readonly string[]) =>
    vkeys
      .map((vkey) => parseVkey(crypto, vkey))
      .flatMap((key) => (E.isRight(key) ? [key.right] : []));

  it.each(data.notes)(
    'a note is accepted or refused as published: $why',
    ({ note, vkeys, accept, signers }) => {
      const opened = openNote(crypto, keysOf(vkeys), note);
      expect(E.isRight(opened)).toBe(accept);
      if (E.isRight(opened)) {
        expect(opened.right.signers.map(({ name }) => name as string)).toEqual(signers);
        expect(formatNote(opened.right)).toBe(note);
      }
    },
  );
  it('every verifier key is read or refused as published', () => {
    for (const { vkey, accept, name, id } of data.vkeys) {
      const key = parseVkey(crypto, vkey);
      expect([vkey, E.isRight(key)]).toEqual([vkey, accept]);
      if (E.isRight(key)) {
        expect(key.right.keyId).toBe(`${name}+${id}`);
        expect(formatVkey(key.right)).toBe(vkey);
      }
    }
  });
  it('every signer key makes the published verifier key and note', () => {
    for (const { skey, vkey, text, note } of data.skeys) {
      const signer = right(parseSkey(crypto, skey));
      expect(formatSkey(signer)).toBe(skey);
      expect(formatVkey(signer)).toBe(vkey);
      if (note) expect(formatNote(right(signNote(crypto, signer, { text })))).toBe(note);
    }
  });
  it('checkpoint texts are read as published where the origin is of our form', () => {
    for (const { text, accept, size, root_base64: encoded, origin } of data.bodies) {
      const checkpoint = parseCheckpoint(crypto, text);
      expect([text, E.isRight(checkpoint)]).toEqual([
        text,
        accept && E.isRight(parseOrigin(origin)),
      ]);
      if (E.isRight(checkpoint)) {
        expect(checkpoint.right.size).toBe(size);
        expect(formatBase64(checkpoint.right.root)).toBe(encoded);
        expect(formatCheckpoint(checkpoint.right)).toBe(text);
      }
    }
  });
  it('the checkpoints of the Go checksum database verify as notes', () => {
    const signed = data.checkpoints.filter(({ vkey }) => vkey !== undefined);
    expect(signed.length).toBeGreaterThan(0);
    for (const { note, vkey = '' } of signed)
      expect(E.isRight(openNote(crypto, keysOf([vkey]), note))).toBe(true);
  });
  it('proof files with a header are read or refused as published, others are refused', () => {
    for (const { text, accept, extra_base64: extra } of data.proofs) {
      const file = parseProofFile(text);
      expect([text, E.isRight(file)]).toEqual([text, accept && extra !== null]);
      if (E.isRight(file)) expect(formatProofFile(file.right)).toBe(text);
    }
  });
});
