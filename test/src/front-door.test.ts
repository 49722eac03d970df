/**
 * A ledger that is open, as whoever uses the library has it: followed while it grows and while its
 * mirror is replaced, proved, shared by two in one process, and closed in the middle of anything.
 */
import * as E from 'fp-ts/lib/Either.js';
import { copyFileSync, mkdtempSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import { openLedger, readKey } from '../../src/front-door.ts';
import type { Ledger, Options } from '../../src/ledger.ts';
import { keepKey } from '../../src/storage/key-file.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import { checkProof } from '../../src/usecase/check-proof.ts';
import type { Following } from '../../src/usecase/follow.ts';
import type { Query } from '../../src/usecase/query.ts';
import { realPorts } from '../../src/wiring.ts';
import { LOG, append, found } from '../crash/ground.ts';
import { ALICE, right, signer } from '../build/ledger.ts';
import { ORIGIN, draftOf } from '../simulation/world.ts';

const root = mkdtempSync(join(tmpdir(), 'ledger-door-'));
afterAll(() => rmSync(root, { recursive: true }));

let folder = '';
let count = 0;
beforeEach(async () => {
  folder = join(root, String(count++));
  await found(folder, ['a', 'b']);
});

const open = (options: Options = {}): Ledger => right(openLedger(folder, options));
const mirror = (): string => layoutOf(folder).mirror;

const idOf = (line: string): string =>
  (JSON.parse(line) as { readonly header: { readonly id: string } }).header.id;

/** So long that only what wakes a follower can be what it was woken by. */
const NEVER_MS = 1_000_000;

/** Ids of what a follower is given, as it is given; an error by its tag. */
const following = (ledger: Ledger, query: Query = {}, options: Following = {}) => {
  const events = ledger.follow(query, { pollMs: NEVER_MS, ...options });
  return {
    next: async (): Promise<string | undefined> => {
      const { done, value } = await events.next();
      if (done === true) return undefined;
      return E.isRight(value) ? idOf(value.right.line) : value.left._tag;
    },
  };
};

describe('a follower', () => {
  it('is given what stands there, and woken by what comes', async () => {
    const [one, two] = [open(), open()];
    const follower = following(two, { after: 0 });
    expect([await follower.next(), await follower.next()]).toEqual(['a', 'b']);
    const next = follower.next();
    await append(one, ['c']);
    expect(await next).toBe('c');
    await append(two, ['d', 'e']);
    expect([await follower.next(), await follower.next()]).toEqual(['d', 'e']);
    for (const ledger of [one, two]) await ledger.close();
  });

  it('of a query is given what it finds alone, and no more than was asked for', async () => {
    const ledger = open();
    const follower = following(ledger, { tag: 'third', limit: 2 });
    const first = follower.next();
    await append(ledger, ['c', 'x3', 'd', 'y3', 'z3']);
    expect([await first, await follower.next()]).toEqual(['x3', 'y3']);
    expect(await follower.next()).toBeUndefined();
    await ledger.close();
  });

  it('goes on where the mirror is made anew, or is away and comes back', async () => {
    const [ledger, other] = [open(), open()];
    const follower = following(ledger, { after: 1 }, { pollMs: 100 });
    expect(await follower.next()).toBe('b');
    rmSync(mirror());
    right(await other.replay());
    await append(other, ['c']);
    expect(await follower.next()).toBe('c');
    rmSync(mirror());
    const next = follower.next();
    await append(other, ['d']);
    expect(await next).toBe('d');
    await append(other, ['e']);
    expect(await follower.next()).toBe('e');
    for (const each of [ledger, other]) await each.close();
  });

  it('is told once of what stands in its way for long, and given what comes after', async () => {
    const ledger = open();
    const follower = following(ledger, { after: 2 }, { pollMs: 2 });
    const next = follower.next();
    renameSync(mirror(), `${mirror()}.away`);
    expect(await next).toBe('DatabaseFailed');
    const further = follower.next();
    renameSync(`${mirror()}.away`, mirror());
    await append(ledger, ['c']);
    expect(await further).toBe('c');
    const again = follower.next();
    renameSync(mirror(), `${mirror()}.away`);
    expect(await again).toBe('DatabaseFailed');
    await ledger.close();
  });

  it('is told where the ledger went back behind what it was given', async () => {
    const ledger = open();
    const copy = `${mirror()}.earlier`;
    await ledger.close();
    copyFileSync(mirror(), copy);
    const [reader, writer] = [open(), open()];
    await append(writer, ['c']);
    const follower = following(reader, { after: 2 }, { pollMs: 2 });
    expect(await follower.next()).toBe('c');
    const next = follower.next();
    await writer.close();
    for (const end of ['-wal', '-shm']) rmSync(`${mirror()}${end}`, { force: true });
    renameSync(copy, mirror());
    expect(await next).toBe('WentBack');
    await reader.close();
  });

  it('ends with its signal, and with the ledger', async () => {
    const ledger = open();
    const ending = new AbortController();
    const [one, two] = [
      following(ledger, { after: 1 }, { signal: ending.signal }),
      following(ledger, { after: 0 }),
    ];
    expect(await one.next()).toBe('b');
    const next = one.next();
    ending.abort();
    expect(await next).toBeUndefined();
    expect(await following(ledger, {}, { signal: ending.signal }).next()).toBeUndefined();
    expect(await two.next()).toBe('a');
    await ledger.close();
    expect(await two.next()).toBeUndefined();
    expect(await following(ledger).next()).toBeUndefined();
  });
});

describe('two of one ledger in one process', () => {
  it('are of that one, however it was named and wherever the program goes on', async () => {
    const before = process.cwd();
    const by = right(openLedger(relative(before, folder)));
    const other = open();
    const follower = following(other, { after: 2 });
    const next = follower.next();
    await append(by, ['c']);
    expect(await next).toBe('c');
    process.chdir(root);
    try {
      await append(by, ['d']);
      expect([...by.read({ after: 3 })].map((read) => idOf(right(read).line))).toEqual(['d']);
    } finally {
      process.chdir(before);
    }
    for (const each of [by, other]) await each.close();
  });

  it('append in turns, answer alike, and outlive each other', async () => {
    const [one, two] = [open({ logKey: LOG }), open()];
    const ids = Array.from({ length: 60 }, (_, i) => `e-${i}`);
    const drafts = ids.map(draftOf);
    const answers = await Promise.all(
      drafts.flatMap((draft) => [one.append([draft]), two.append([draft])]),
    );
    const receipts = answers.flatMap((each) => right(each));
    expect(receipts.filter(({ status }) => status === 'appended')).toHaveLength(60);
    expect(receipts.filter(({ status }) => status === 'already_recorded')).toHaveLength(60);
    expect([...two.read({ after: 2 })].map((each) => idOf(right(each).line)).toSorted()).toEqual(
      ids.toSorted(),
    );
    const last = one.append([draftOf('last')]);
    await two.close();
    expect(right(await last)).toMatchObject([{ status: 'appended', seq: 63 }]);
    expect(right(await one.verify({ workers: 1 })).verdict).toBe('verified');
    await one.close();
  });
});

describe('a ledger that is closed', () => {
  it('has answered whatever was asked before', async () => {
    const ledger = open({ logKey: LOG });
    const asked = Promise.all([
      ledger.append([draftOf('c')]),
      ledger.checkpoint(),
      ledger.verify({ workers: 1 }),
      ledger.prove(1),
      ledger.replay(),
    ]);
    let isClosed = false;
    const closed = ledger.close().then(() => (isClosed = true));
    const answers = await asked;
    expect(isClosed).toBe(false);
    expect(answers.map(({ _tag }) => _tag)).toEqual(answers.map(() => 'Right'));
    await closed;
  });

  it('answers everything by that it is closed, and is closed again at once', async () => {
    const ledger = open({ logKey: LOG });
    const events = ledger.read();
    expect(events.next().value?._tag).toBe('Right');
    const closing = ledger.close();
    const answer = await ledger.append([draftOf('c')]);
    expect(answer).toMatchObject({ left: { _tag: 'AppendFailed', cause: { _tag: 'Closed' } } });
    await closing;
    await ledger.close();
    for (const each of [
      await ledger.checkpoint(),
      await ledger.verify(),
      await ledger.prove(1),
      await ledger.proveGrown(''),
      await ledger.replay(),
      ledger.projection('overview', 'counted'),
      ledger.status(),
      ledger.digests(),
      ...ledger.read(),
    ])
      expect(each).toEqual({ _tag: 'Left', left: { _tag: 'Closed' } });
    const again = open();
    expect([...again.read()]).toHaveLength(3);
    await again.close();
  });
});

/** What keeps a proof from being made; of a checkpoint that differs, in what. */
const faultOf = async (proof: ReturnType<Ledger['prove']>): Promise<string> => {
  const answer = await proof;
  if (E.isRight(answer)) return 'right';
  const { left } = answer;
  return left._tag === 'CheckpointDiffers' ? left.cause.code : left._tag;
};

describe('a key', () => {
  it('that is kept with the ledger is read by its name, and no other one is', () => {
    const { keys } = layoutOf(folder);
    right(keepKey(realPorts.disk, keys, ALICE));
    for (const name of ['alice', ALICE.keyId])
      expect(right(readKey(folder, name)).keyId).toBe(ALICE.keyId);
    expect(readKey(folder, 'bob')).toMatchObject({ left: { reason: 'missing' } });
    right(keepKey(realPorts.disk, keys, signer('alice', 'another')));
    expect(readKey(folder, 'alice')).toMatchObject({ left: { _tag: 'KeyAmbiguous' } });
  });
});

describe('a proof', () => {
  it('holds for whoever has the log key alone, of events and of checkpoints', async () => {
    const ledger = open({ logKey: LOG });
    const held = right(await ledger.checkpoint());
    await append(ledger, ['c']);
    for (const name of [3, '3', 'c']) {
      const { text, about } = right(await ledger.prove(name));
      expect(about).toMatchObject({ proof: 'inclusion', seq: 3, size: 4 });
      expect(checkProof(native, [LOG], text)._tag).toBe('Right');
      const other = text.replace('index 3', 'index 2');
      expect(checkProof(native, [LOG], other)._tag).toBe('Left');
    }
    const { text, about } = right(await ledger.proveGrown(held));
    expect(about).toMatchObject({ proof: 'consistency', old_size: 3, size: 4 });
    expect(checkProof(native, [LOG], text)._tag).toBe('Right');
    await ledger.close();
  });

  it('is refused by name of what is not there or differs', async () => {
    const ledger = open();
    const keyed = open({ logKey: LOG });
    expect(await faultOf(ledger.prove(9))).toBe('NoSuchEvent');
    expect(await faultOf(ledger.prove(2))).toBe('NoLogKey');
    const held = right(await keyed.checkpoint());
    expect(await faultOf(ledger.prove(2))).toBe('right');
    expect(await faultOf(ledger.proveGrown('nothing'))).toBe('NoteRefused');
    expect(await faultOf(ledger.proveGrown(held))).toBe('right');
    const foreign = held.replaceAll(ORIGIN, 'example.com/other');
    expect(await faultOf(ledger.proveGrown(foreign))).toBe('checkpoint_origin');
    const copy = join(root, `${count++}`);
    await found(copy, ['a', 'x', 'y']);
    const other = right(openLedger(copy, { logKey: LOG }));
    const theirs = right(await other.checkpoint());
    expect(await faultOf(ledger.proveGrown(theirs))).toBe('checkpoint_beyond_end');
    await append(ledger, ['c']);
    expect(await faultOf(ledger.proveGrown(theirs))).toBe('checkpoint_root_mismatch');
    const strange = open({ logKey: signer(ORIGIN, 'another') });
    expect(await strange.checkpoint()).toMatchObject({ left: { _tag: 'Unsigned' } });
    for (const each of [ledger, keyed, other, strange]) await each.close();
  });
});
