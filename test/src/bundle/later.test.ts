/**
 * What a bundle says beyond its range: of a later checkpoint, of the keys of its log, and of what
 * was asked for. Whoever makes one may sign what is not so; then it is refused, or not said.
 */
import * as E from 'fp-ts/lib/Either.js';
import { expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import { parseHex } from '../../../ledger/encoding/hex.ts';
import type { Signer } from '../../../ledger/key/key.ts';
import { signCheckpoint } from '../../../ledger/note/checkpoint.ts';
import { formatConsistencyFile } from '../../../ledger/note/consistency-file.ts';
import { proveConsistency } from '../../../ledger/tree/proof.ts';
import { EMPTY, append, nodeHash, root } from '../../../ledger/tree/tree.ts';
import type { Files } from '../../../src/bundle/file.ts';
import { FILE } from '../../../src/bundle/layout.ts';
import { withBillingAdopted } from '../cli/billing.ts';
import { withLedger } from '../cli/shell.ts';
import {
  bundled,
  checked,
  codesOf,
  filesOf,
  having,
  keyOf,
  refitted,
  textIn,
  told,
} from './made.ts';

const made = <T>(each: E.Either<unknown, T>): T => {
  if (E.isLeft(each)) throw new Error(JSON.stringify(each.left));
  return each.right;
};

/** A proof that a log of five more events, which nobody recorded, begins with the bundle's. */
const grown = (lines: readonly string[], note: string, signer: Signer): string => {
  const size = Number(note.split('\n')[1]);
  const leaves = lines
    .slice(0, size)
    .map((line) => (JSON.parse(line) as { readonly event_hash: string }).event_hash)
    .map((hash) => parseHex(hash) ?? new Uint8Array())
    .concat(Array.from({ length: 5 }, (_, at) => native.sha256(Buffer.from(`invented ${at}`))));
  const nodeAt = (height: number, at: number): Uint8Array | undefined => {
    if (height === 0) return leaves[at];
    const [left, right] = [nodeAt(height - 1, 2 * at), nodeAt(height - 1, 2 * at + 1)];
    return left && right && nodeHash(native, left, right);
  };
  const hash = root(
    native,
    leaves.reduce((tree, leaf) => append(native, tree, leaf), EMPTY),
  );
  return formatConsistencyFile({
    old: note,
    new: made(signCheckpoint(native, signer, leaves.length, hash)),
    proof: made(proveConsistency(native, nodeAt, size, leaves.length)),
  });
};

const refused = (reason: string) => ['tampered', 'consistency_refused', reason];

const LATER = 'a later checkpoint is of a log that begins with this one';

it('a later checkpoint is one by a log key that was not ended, and is of more events', async () => {
  const by = await told(3);
  const { shell } = by;
  const old = keyOf(by, by.vkey.name);
  const another = async (purpose: string): Promise<Signer> => {
    const [key] = await shell.told('key new example.com/acme');
    const enrolment = ['key', 'enroll', key?.vkey ?? '', '--tier', 'verified'];
    await shell.told([...enrolment, '--purpose', purpose, '--sign', 'alice']);
    return keyOf(by, key?.key_id?.toString() ?? '');
  };
  const [fresh, author] = [await another('log'), await another('author')];
  const judged = (files: Files, text: string) => {
    const report = checked(refitted(having(files, FILE.consistency, text), by.signer));
    return [...codesOf(report), ...report.findings.map(({ reason }) => reason)].concat(
      report.proved.filter((said) => said === LATER),
    );
  };
  const both = filesOf(await bundled(by, 'both'));
  const note = textIn(both, FILE.checkpoint);
  for (const signer of [old, fresh])
    expect(judged(both, grown(shell.journal(), note, signer))).toEqual(['verified', LATER]);
  expect(judged(both, formatConsistencyFile({ old: note, new: note, proof: [] }))).toEqual(
    refused('not_later'),
  );
  // A key for authors is no log's, whatever its name.
  expect(judged(both, grown(shell.journal(), note, author))).toEqual(refused('no_known_signer'));
  const ending = ['--reason', 'stolen', '--compromised-at', '2020-01-01T00:00:00.000Z'];
  await shell.told(['key', 'revoke', old.keyId, ...ending, '--sign', 'alice']);
  await shell.told(['append', '--type', 'note.taken', '--id', 'more', '--sign', 'alice']);
  await shell.told('checkpoint');
  const whole = filesOf(await bundled(by, 'whole'));
  expect(codesOf(checked(whole))).toEqual(['verified']);
  const now = textIn(whole, FILE.checkpoint);
  expect(judged(whole, grown(shell.journal(), now, fresh))).toEqual(['verified', LATER]);
  expect(judged(whole, grown(shell.journal(), now, old))).toEqual(refused('no_known_signer'));
  // The keyring tells all of a key that the events tell.
  const { keys } = JSON.parse(textIn(whole, FILE.keyring)) as { readonly keys: readonly object[] };
  expect(keys).toContainEqual({
    vkey: by.vkeyText,
    tier: 'verified',
    purpose: 'log',
    state: 'revoked',
    enrolled_at: 0,
    revoked_at: shell.journal().findIndex((line) => line.includes('key.revoked')),
    compromised_at: '2020-01-01T00:00:00.000Z',
  });
});

it('says from where on the end of the log’s key could be left out', async () => {
  const shell = withLedger();
  for (const id of ['n-1', 'n-2'])
    await shell.told(`append --type note.taken --id ${id} --sign alice`);
  await shell.told('checkpoint');
  const by = { shell } as Parameters<typeof bundled>[0];
  const open = async (after: string): Promise<readonly string[]> => {
    const report = checked(filesOf(await bundled(by, after, '--after', after, '--at', '2')));
    expect(codesOf(report)).toEqual(['verified']);
    return report.notProved.filter((text) => text.includes('was not ended before event 3'));
  };
  expect([await open('0'), await open('1')]).toEqual([[], [expect.stringContaining('acme+')]]);
});

it('says what was asked for, what is referred to, and what an id was before', async () => {
  const by = await told(3);
  const { shell } = by;
  const known = shell.journal().findIndex((line) => line.includes('"id":"e-0"'));
  const { event_hash } = JSON.parse(shell.journal()[known] ?? '') as { event_hash: string };
  const source = { kind: 'user', name: 'alice' };
  const draft = { event_type: 'note.fixed', payload: {}, seen: { event_hash, seq: known }, source };
  await shell.told([
    'append',
    shell.write('draft', `${JSON.stringify(draft)}\n`),
    '--sign',
    'alice',
  ]);
  const last = shell.journal().length - 1;
  const filter = ['--after', `${last - 1}`, '--at', `${last}`, '--type', 'note.*'];
  const { proved, notProved } = checked(
    filesOf(await bundled(by, 'part', ...filter, '--withhold', 'secret.*')),
  );
  expect(proved.join('\n')).toContain(
    'asked for, {"types":["note.*"],"withhold":["secret.*"]}; each has a proof',
  );
  expect(notProved).toContain('1 references to events that are not in the bundle');
  expect(notProved).toContain('that no id of the range was used before it');
  const whole = checked(filesOf(await bundled(by, 'whole')));
  expect(whole.proved.join('\n')).toContain('asked for, all of the range; each has');
});

it('takes what an audit said of no other ledger', async () => {
  const by = await told(3);
  const files = filesOf(await bundled(by, 'whole'));
  const other = textIn(files, FILE.verify).replace('example.com/acme', 'example.com/other');
  const report = checked(refitted(having(files, FILE.verify, other), by.signer));
  expect(codesOf(report)).toEqual(['incomplete', 'audit_failed']);
});

it('ships what broke the glass, wherever it stands', async () => {
  const shell = await withBillingAdopted();
  const line =
    'break-glass authorize --type invoice.* --rule large-discounts-wait ' +
    '--reason-code operator_correction --reason agreed --expires 1h --sign alice';
  await shell.told(line);
  const at = shell.journal().length;
  for (const each of ['a', 'b'])
    await shell.told(`append --type note.taken --id ${each} --sign alice`);
  await shell.told('checkpoint');
  const by = { shell } as Parameters<typeof bundled>[0];
  const files = filesOf(await bundled(by, 'behind', '--after', `${at}`));
  expect(codesOf(checked(files))).toEqual(['verified']);
  expect(textIn(files, FILE.governing)).toContain('"event_type":"break_glass.authorized"');
});
