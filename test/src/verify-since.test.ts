/**
 * Verifying from a mark on: what is said of the whole is the same, what stands before it is not
 * read again, and a mark that the ledger does not go on from is found.
 */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { native } from '../../ledger/crypto/native.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { EMPTY } from '../../ledger/tree/tree.ts';
import type { VerifyOptions } from '../../src/ledger.ts';
import { formatMark, parseMark } from '../../src/verify/mark.ts';
import type { Mark } from '../../src/verify/mark.ts';
import type { Open } from '../../src/verify/report.ts';
import type { Report } from '../../src/verify/verify.ts';
import { ALICE, right } from '../build/ledger.ts';
import type { Site } from '../build/site.ts';
import {
  EVENTS,
  auditOf,
  build,
  codes,
  event,
  flip,
  openAt,
  removeMirror,
  segmentsOf,
  sql,
} from '../build/site.ts';

let site: Site;
let mark: string;
/** The ledger as it was when the mark was made. */
let earlier: string;
let size = 0;

const NEW = 30;

const appendMore = async (folder: string, drafts: readonly JsonObject[]): Promise<void> => {
  const ledger = openAt(folder);
  right(await ledger.append(drafts, { sign: { key: ALICE } }));
  await ledger.close();
};

beforeAll(async () => {
  site = await build();
  earlier = join(site.home, 'earlier');
  const report = await auditOf(site);
  mark = report.mark ?? '';
  size = report.size;
  fs.cpSync(site.base, earlier, { recursive: true });
  await appendMore(
    site.base,
    Array.from({ length: NEW }, (_, i) => event(EVENTS + i)),
  );
});
afterAll(() => fs.rmSync(site.home, { recursive: true }));

const audit = (alter?: (folder: string) => unknown, options?: VerifyOptions) =>
  auditOf(site, alter, options);
const since = (alter?: (folder: string) => unknown, options: VerifyOptions = {}) =>
  audit(alter, { since: mark, ...options });
const marked = (): Mark => right(parseMark(native, mark));
const remade = (change: Partial<Mark>): string => formatMark(native, { ...marked(), ...change });
const names = ({ notProved }: Report): readonly string[] =>
  notProved.map((open: Open) => (typeof open === 'string' ? open : open.open));

describe('a mark', () => {
  it('is read as it was written, and not where a byte of it differs', () => {
    expect(formatMark(native, marked())).toBe(mark);
    const bytes = Buffer.from(mark);
    for (let at = 0; at < bytes.length; at += 7) {
      const other = Buffer.from(bytes);
      other[at] = (other[at] ?? 0) ^ 1;
      expect(parseMark(native, other.toString('latin1'))._tag, `byte ${at}`).toBe('Left');
    }
    for (const text of ['', '{', mark.slice(0, -1), `${mark}\n`, mark.slice(0, 200), 'null\n'])
      expect(parseMark(native, text)._tag).toBe('Left');
  });

  it('that holds together is none where its tree is not of its size', () => {
    for (const change of [{ size: size + 2 }, { size: 0, frontier: EMPTY }])
      expect(parseMark(native, remade(change))._tag).toBe('Left');
  });

  it('is made of what is verified, and of nothing else', async () => {
    expect((await audit((folder) => flip(segmentsOf(folder)[1] ?? '', 5000))).mark).toBe(undefined);
    expect((await audit(removeMirror)).mark).toBe(undefined);
    expect((await audit(undefined, { maxMs: 0 })).mark).toBe(undefined);
  });
});

describe('going on from a mark', () => {
  it.each([1, 2])('says of the whole what reading all of it does (%i at work)', async (workers) => {
    for (const journalOnly of workers === 1 ? [false, true] : [true]) {
      const whole = await audit(undefined, { journalOnly, workers });
      const rest = await since(undefined, { journalOnly, workers });
      expect(rest.findings).toEqual([]);
      const { verdict, size: events, head, root, mark: next } = whole;
      const { checkpoints: _own, ...members } = JSON.parse(rest.mark ?? '') as JsonObject;
      expect(rest).toMatchObject({ verdict, size: events, head, root });
      expect({ ...members, digest: 0 }).toEqual({
        ...(JSON.parse(next ?? '') as JsonObject),
        checkpoints: undefined,
        digest: 0,
      });
      expect(rest.checked.journal.events).toBe(NEW);
      expect(rest.checked.attestations).toEqual({ verified: NEW, unsigned: 0 });
    }
  });

  it('reads none of the bytes before it, and says so', async () => {
    const before = fs.readFileSync(segmentsOf(site.base)[0] ?? '').length;
    const rest = await since((folder) => {
      const [first = ''] = segmentsOf(folder);
      fs.writeFileSync(first, Buffer.alloc(before));
    });
    expect(rest.verdict).toBe('verified');
    expect(rest.notProved).toContainEqual({
      open: 'bytes_before_the_mark',
      bytes: marked().bytes,
      before: size,
    });
    expect(rest.checked.mirror).toEqual({ rows: NEW });
    expect(names(rest)).toEqual(expect.arrayContaining(['ids_before_the_mark', 'mirror_before']));
    const total = segmentsOf(site.base).reduce((sum, path) => sum + fs.statSync(path).size, 0);
    expect(marked().bytes + rest.checked.journal.bytes).toBe(total);
  });

  it('finds what is wrong behind it', async () => {
    const at = fs.statSync(segmentsOf(site.base).at(-1) ?? '').size - 300;
    const { verdict, mark: none } = await since((folder) =>
      flip(segmentsOf(folder).at(-1) ?? '', at),
    );
    expect([verdict, none]).toEqual(['tampered', undefined]);
  });

  it('again and again comes to the same, where nothing is new too', async () => {
    const second = await since();
    const third = await audit(undefined, { since: second.mark ?? '' });
    expect(third).toMatchObject({ verdict: 'verified', size: size + NEW, mark: second.mark });
    expect(third.checked.journal).toMatchObject({ events: 0, bytes: 0 });
  });

  it('finds a mirror that differs behind it, or lost what its tree goes on by', async () => {
    const unguarded = ['DROP TRIGGER event_stays'];
    const line = sql(
      ...unguarded,
      `UPDATE events SET line = replace(line, 'xx', 'xy') WHERE seq = ${size + 3}`,
    );
    expect(codes(await since(line))).toEqual(['mirror_line', 'mirror_schema']);
    expect(codes(await since(sql(`DELETE FROM tags WHERE seq >= ${size}`)))).toEqual([
      'mirror_tags',
    ]);
    expect(codes(await since(sql('DELETE FROM nodes')))).toEqual(['mirror_node']);
    expect(codes(await since(removeMirror))).toEqual(['mirror_missing']);
  });
});

const rename = (id: string, ...more: readonly string[]) =>
  sql(
    'DROP TRIGGER event_stays',
    ...more,
    `UPDATE events SET id = '${id}' WHERE seq = 6`,
    'CREATE TRIGGER event_stays BEFORE UPDATE ON events\n' +
      "BEGIN SELECT raise(ABORT, 'an event is never changed'); END",
  );

// A mirror that was made to forget lets the id in once more.
const forget = async (folder: string): Promise<void> => {
  rename('e-other')(folder);
  await appendMore(folder, [{ ...event(5), payload: 'another' }]);
};

const seenAt = (seq: number): JsonObject => {
  const lines = segmentsOf(site.base).flatMap((path) =>
    fs.readFileSync(path, 'utf8').split('\n').slice(0, -1),
  );
  const { event_hash } = JSON.parse(lines[seq] ?? '') as { readonly event_hash: string };
  return { ...event(900), seen: { event_hash, seq } };
};

const withSeen = (seq: number) => (folder: string) => appendMore(folder, [seenAt(seq)]);

describe('what events behind a mark say of those before it', () => {
  it('is proved by the mirror, that need not be believed', async () => {
    const report = await since(withSeen(7));
    expect(report.findings).toEqual([]);
    expect(names(report)).not.toContain('references_before_the_mark');
  });

  it('is left open where nobody can prove it, the head of the mark apart', async () => {
    const report = await since(withSeen(7), { journalOnly: true });
    expect([report.verdict, names(report).includes('references_before_the_mark')]).toEqual([
      'verified',
      true,
    ]);
    expect(names(await since(withSeen(size - 1), { journalOnly: true }))).not.toContain(
      'references_before_the_mark',
    );
    const wrong = await since(async (folder) => {
      await withSeen(7)(folder);
      sql(
        'DROP TRIGGER event_stays',
        'UPDATE events SET event_hash = zeroblob(32) WHERE seq = 6',
      )(folder);
    });
    expect(names(wrong)).toContain('references_before_the_mark');
  });

  it('an id that was borne before is found by a mirror that knows it', async () => {
    const report = await since(async (folder) => {
      await forget(folder);
      rename('e-5', 'DROP INDEX event_id')(folder);
    });
    expect([report.verdict, codes(report)]).toEqual([
      'tampered',
      expect.arrayContaining(['id_repeated']),
    ]);
    const blind = await since(forget);
    expect(blind.verdict).toBe('verified');
    expect(names(blind)).toContain('ids_before_the_mark');
  });
});

const codesOf = async (text: string, alter?: (folder: string) => unknown) => {
  const report = await audit(alter, { since: text, workers: 1 });
  return [report.verdict, ...codes(report)];
};

const moved = (folder: string): void => {
  removeMirror(folder);
  const [first = '', ...rest] = segmentsOf(folder);
  for (const path of rest) {
    fs.appendFileSync(first, fs.readFileSync(path));
    fs.rmSync(path);
  }
};

describe('a mark that the ledger does not go on from', () => {
  it('is told by what differs', async () => {
    const other = 'ab'.repeat(32) as Mark['head'];
    expect(await codesOf(remade({ origin: 'example.com/other' as Mark['origin'] }))).toEqual([
      'tampered',
      'mark_origin',
    ]);
    expect(await codesOf(remade({ head: other }))).toEqual(['tampered', 'mark_mismatch']);
    const later = (await audit()).mark ?? '';
    const report = await auditOf({ ...site, base: earlier }, undefined, { since: later });
    expect([report.verdict, ...codes(report)]).toEqual(['tampered', 'mark_beyond_end']);
    expect(report.findings[0]).toMatchObject({ expected: `${size + NEW}`, actual: `${size}` });
  });

  it('is found in a ledger that forked before it', async () => {
    const fork = join(site.home, 'fork');
    fs.cpSync(earlier, fork, { recursive: true });
    await appendMore(fork, [event(5000), event(5001)]);
    const forked = (await auditOf({ ...site, base: fork })).mark ?? '';
    expect(await codesOf(forked)).toEqual(['tampered', 'mark_mismatch']);
  });

  it('is a warning where the same events lie in other files', async () => {
    const report = await audit(moved, { since: mark, journalOnly: true });
    expect([report.verdict, ...codes(report)]).toEqual(['verified', 'mark_moved']);
    expect(report.checked.journal.events).toBe(size + NEW);
  });
});

const noteIn = (folder: string): string => fs.readFileSync(join(folder, 'checkpoint'), 'utf8');

const kept = (): readonly string[] => {
  const folder = join(site.base, 'checkpoints');
  return fs.readdirSync(folder).map((name) => fs.readFileSync(join(folder, name), 'utf8'));
};

describe('checkpoints and a mark', () => {
  it('that lie before it are proved by the tree of the mirror', async () => {
    const report = await since(undefined, { checkpoints: kept() });
    expect([report.verdict, report.findings]).toEqual(['verified', []]);
    expect(report.checked.checkpoints.matched).toBe(kept().length + 1);
  });

  it('that were matched before it are known to it, without a mirror too', async () => {
    const first = await audit(undefined, { checkpoints: [noteIn(earlier)] });
    const options = { journalOnly: true, checkpoints: [noteIn(earlier)] };
    const report = await audit(undefined, { since: first.mark, ...options });
    expect([report.verdict, report.findings]).toEqual(['verified', []]);
    const [oldest = ''] = kept();
    const older = (folder: string): void => fs.writeFileSync(join(folder, 'checkpoint'), oldest);
    const open = await audit(older, { journalOnly: true, since: mark });
    expect(open.verdict).toBe('verified');
    expect(names(open)).toContain('checkpoint_before_the_mark');
    const unknown = await audit(undefined, {
      ...options,
      since: first.mark,
      checkpoints: [oldest],
    });
    expect([unknown.verdict, ...codes(unknown)]).toEqual(['incomplete', 'checkpoint_not_reached']);
  });
});
