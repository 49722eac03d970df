/**
 * A bundle that was altered, by somebody who has no key and by somebody who has one: nothing
 * passes. Each alteration begins from a bundle that is good, and is tried on all of it.
 */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { check, share } from '../../../properties/check.ts';
import type { Files } from '../../../src/bundle/file.ts';
import type { Signer } from '../../../ledger/key/key.ts';
import { FILE, OPTIONAL } from '../../../src/bundle/layout.ts';
import type { Told } from './made.ts';
import {
  bundled,
  bytesIn,
  checked,
  codesOf,
  filesOf,
  having,
  keyOf,
  lacking,
  refitted,
  textIn,
  told,
} from './made.ts';

interface Given {
  readonly by: Told;
  readonly whole: Files;
  readonly part: Files;
  readonly other: Files;
  /** Keys of the ledger that may not vouch: one is retired, the other signs checkpoints alone. */
  readonly strange: readonly (readonly [name: string, key: Signer])[];
}

const prepare = async (): Promise<Given> => {
  const by = await told();
  const whole = filesOf(await bundled(by, 'whole', '--parquet', '--withhold', 'secret.noted'));
  await by.shell.told('append --type note.taken --sign alice');
  await by.shell.told('checkpoint');
  const range = ['--parquet', '--after', '3', '--at', '11', '--type', 'invoice.*'];
  range.push('--profile', 'part11');
  const part = filesOf(await bundled(by, 'part', ...range));
  const strange = ['bob', 'example.com/acme'].map((name) => [name, keyOf(by, name)] as const);
  return { by, whole, part, other: filesOf(await bundled(await told(3), 'other')), strange };
};

/** Once made they are in memory; the folders go with the first test. */
let once: Promise<Given> | undefined;
const prepared = (): Promise<Given> => (once ??= prepare());

const named = ({ whole, part }: Given): readonly (readonly [string, Files])[] => [
  ['whole', whole],
  ['part', part],
];

/** What fitting manifests makes anew. */
const REFITTED: ReadonlySet<string> = new Set([FILE.info, FILE.manifest, FILE.tagManifest]);

/** With one line of a file changed or taken away. */
const lineChanged = (
  files: Files,
  name: string,
  at: number,
  change: (line: string) => string,
): Files => {
  const lines = textIn(files, name).split('\n').slice(0, -1);
  const changed = lines.map((line, i) => (i === at ? change(line) : `${line}\n`));
  return having(files, name, changed.join(''));
};

const twice = (line: string): string => `${line}\n${line}\n`;

describe('a bundle', () => {
  it('is verified as it was made, whole and in part, with the key of its log', async () => {
    const { by, whole, part } = await prepared();
    for (const [name, files] of named(await prepared()))
      expect([name, ...codesOf(checked(files, by.vkey))]).toEqual([name, 'verified']);
    expect(checked(whole, by.vkey).withheld).toEqual([{ event_type: 'secret.noted', events: 4 }]);
    expect(textIn(whole, FILE.events)).not.toContain('hunter-');
    expect(textIn(part, FILE.consistency)).toContain('ledger/consistency/1');
    expect(textIn(part, FILE.governing).split('\n')).toHaveLength(5);
    expect(checked(part, by.vkey).notProved.join()).toContain('outside the range');
    expect(checked(whole).notProved.join()).toContain('--vkey');
  });

  it('is not verified with a file taken away, added, renamed, cut or exchanged', async () => {
    const { by } = await prepared();
    for (const [name, files] of named(await prepared())) {
      const names = [...files.keys()];
      for (const file of names) {
        const bytes = bytesIn(files, file);
        const next = names[(names.indexOf(file) + 1) % names.length] ?? '';
        for (const altered of [
          lacking(files, file),
          having(lacking(files, file), `${file}.old`, bytes),
          having(files, file, bytes.length === 0 ? 'x' : ''),
          having(files, file, Buffer.concat([bytes, Buffer.from('\n')])),
          having(files, file, bytes.length < 2 ? 'x' : bytes.subarray(0, -1)),
          having(having(files, file, bytesIn(files, next)), next, bytes),
        ])
          for (const fit of [altered, ...(REFITTED.has(file) ? [] : [refitted(altered)])])
            expect([name, file, checked(fit).verdict]).not.toEqual([name, file, 'verified']);
      }
      const more = having(files, 'data/more.json', '{}');
      for (const fit of [more, refitted(more), refitted(more, by.signer)])
        expect(codesOf(checked(fit))).toContain('file_unknown');
    }
  });

  it('is not verified with any bit turned over', async () => {
    const { whole, part } = await prepared();
    const flip = fc.tuple(
      fc.constantFrom(whole, part),
      fc.nat(),
      fc.nat(),
      fc.nat(7),
      fc.boolean(),
    );
    check(
      fc.property(flip, ([files, which, at, bit, isFitted]) => {
        const full = [...files.keys()].filter((name) => bytesIn(files, name).length > 0);
        const name = full[which % full.length] ?? '';
        const bytes = Buffer.from(bytesIn(files, name));
        const place = at % bytes.length;
        bytes[place] = (bytes[place] ?? 0) ^ (1 << bit);
        const altered = having(files, name, bytes);
        const isNew = isFitted && !REFITTED.has(name);
        return checked(isNew ? refitted(altered) : altered).verdict === 'tampered';
      }),
      { runs: share(1, 20_000) },
    );
  });

  it('is not verified with any row left out or twice, whoever signs it anew', async () => {
    const { by } = await prepared();
    for (const [, files] of named(await prepared()))
      for (const name of [FILE.events, FILE.governing, FILE.proofs, FILE.table, FILE.policies]) {
        const lines = textIn(files, name).split('\n').slice(0, -1);
        for (const at of lines.keys()) {
          for (const change of [() => '', twice])
            expect([
              name,
              at,
              checked(refitted(lineChanged(files, name, at, change), by.signer)).verdict,
            ]).toEqual([name, at, 'tampered']);
        }
        if (lines.length < 2) continue;
        const turned = having(
          files,
          name,
          lines
            .toReversed()
            .map((line) => `${line}\n`)
            .join(''),
        );
        expect(checked(refitted(turned, by.signer)).verdict).toBe('tampered');
      }
  });

  it('is not verified with any word of its claim changed, whoever signs it anew', async () => {
    const { by } = await prepared();
    for (const [, files] of named(await prepared())) {
      const text = textIn(files, FILE.claim);
      const tokens = [...text.matchAll(/\d+|[a-z_]{3,}|[A-Za-z0-9+/]{43}=/g)];
      for (const { index, 0: token } of tokens) {
        const next = /^\d+$/.test(token) ? String(Number(token) + 1) : `b${token.slice(1)}x`;
        const altered = text.slice(0, index) + next + text.slice(index + token.length);
        const report = checked(refitted(having(files, FILE.claim, altered), by.signer), by.vkey);
        expect([token, index, report.verdict]).toEqual([token, index, 'tampered']);
      }
    }
  });
});

const resigning =
  ({ by }: Given) =>
  (files: Files): readonly string[] =>
    codesOf(checked(refitted(files, by.signer), by.vkey));

describe('whoever signs what is not so', () => {
  it('is found out by what the events say', async () => {
    const given = await prepared();
    const resigned = resigning(given);
    const { whole, part } = given;
    const cut = lineChanged(
      whole,
      FILE.events,
      4,
      (line) => `${line.slice(0, line.indexOf(',"payload":'))}}\n`,
    );
    expect(resigned(cut)).toEqual([
      'tampered',
      'payload_left_out',
      'table_differs',
      'claim_differs',
    ]);
    const open = textIn(part, FILE.claim).replace('["invoice.*"]', '["note.*"]');
    expect(resigned(having(part, FILE.claim, open))).toContain('payload_unasked');
    for (const [name, from, to] of [
      [FILE.keyring, 'operator', 'observed'],
      [FILE.policies, 'signed', 'signet'],
      [FILE.table, 'invoice.paid', 'invoice.sent'],
      [FILE.readme, '20 or newer', '18 or newer'],
    ] as const)
      expect([name, resigned(having(whole, name, textIn(whole, name).replace(from, to)))]).toEqual([
        name,
        ['tampered', 'table_differs'],
      ]);
    // What is told typed is told of other events.
    expect(resigned(having(whole, FILE.parquet, bytesIn(part, FILE.parquet)))).toEqual([
      'tampered',
      'table_differs',
    ]);
    const audit = textIn(whole, FILE.verify).replace('"verified"', '"drift"');
    expect(resigned(having(whole, FILE.verify, audit))).toEqual(['incomplete', 'audit_failed']);
    // What it is told of is the log of the checkpoint, and no other.
    const { size, head, root } = JSON.parse(textIn(whole, FILE.verify)) as {
      readonly size: number;
      readonly head: string;
      readonly root: string;
    };
    for (const [from, to] of [
      [`"size":${size}`, `"size":${size + 1}`],
      [head, root],
      [`"root":"${root}"`, `"root":"${head}"`],
    ] as const)
      expect(
        resigned(having(whole, FILE.verify, textIn(whole, FILE.verify).replace(from, to))),
      ).toEqual(['tampered', 'claim_differs']);
  });

  it('cannot bring evidence of another ledger', async () => {
    const given = await prepared();
    const resigned = resigning(given);
    const { by, whole, part, other } = given;
    for (const name of [FILE.checkpoint, FILE.events, FILE.claim, FILE.proofs, FILE.keyring])
      expect(resigned(having(whole, name, bytesIn(other, name)))[0]).toBe('tampered');
    const both = having(
      having(whole, FILE.checkpoint, bytesIn(other, FILE.checkpoint)),
      FILE.claim,
      bytesIn(other, FILE.claim),
    );
    expect(resigned(both)).toContain('checkpoint_refused');
    expect(codesOf(checked(other))).toEqual(['verified']);
    expect(codesOf(checked(other, by.vkey))).toEqual(['incomplete', 'vkey_differs']);
    const stated = having(
      part,
      FILE.consistency,
      textIn(part, FILE.consistency).replace('"old"', '"old "'),
    );
    expect(resigned(stated)).toContain('consistency_refused');
  });

  it('must have a live key in the ledger', async () => {
    const { by, whole, other, strange } = await prepared();
    expect(codesOf(checked(refitted(other, by.signer)))).toEqual(['tampered', 'signer_unknown']);
    for (const [name, key] of strange) {
      const codes = codesOf(checked(refitted(whole, key)));
      expect([name, ...codes]).toEqual([name, 'tampered', 'signer_unknown']);
    }
    const { signer } = by;
    const forged = { ...signer, seed: signer.seed.map((byte) => byte ^ 1) };
    expect(codesOf(checked(refitted(whole, forged)))).toEqual(['tampered', 'statement_signature']);
    const garbled = having(whole, FILE.statement, '{}\n');
    expect(codesOf(checked(refitted(garbled)))).toEqual(['tampered', 'statement_refused']);
  });

  it('may leave a later checkpoint out, which only adds to what is proved', async () => {
    const given = await prepared();
    const resigned = resigning(given);
    const { part } = given;
    expect([...OPTIONAL]).toContain(FILE.consistency);
    expect(resigned(lacking(part, FILE.consistency))).toEqual(['verified']);
  });
});
