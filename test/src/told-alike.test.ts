/**
 * Whatever is wrong with a ledger, an audit, a plan, a replay and an append say the same of it:
 * what is mended, what is not, and by which code.
 */
import { describe, expect, it } from 'vitest';
import { errorText } from '../../src/cli/error-text.ts';
import { findingText } from '../../src/cli/finding-text.ts';
import { right } from './disk-law.ts';
import { oldest } from '../simulation/chance.ts';
import type { Alter } from './replay-world.ts';
import {
  LAYOUT,
  append,
  at,
  bytesOf,
  change,
  flip,
  leftOf,
  ledgerAt,
  linesOf,
  placeOn,
  replayOn,
  segmentsOf,
  sql,
} from './replay-world.ts';
import {
  REFUSED,
  SIZE,
  all,
  auditOf,
  behind,
  cutTo,
  mirrorOf,
  none,
  toldOf,
  torn,
  unmirrored,
  unread,
  unsigned,
} from './told.ts';

/** Lines that the mirror has not taken, which says that it ends elsewhere. */
const MISPLACED = 'UPDATE ended SET offset = offset - 9';
const ELSEWHERE = 'UPDATE ended SET segment = 99';

describe.concurrent('a mirror that says wrongly where its last line stands', () => {
  it.each<[string, Alter, Alter, readonly number[], readonly string[]]>([
    ['with lines behind it', none, sql(MISPLACED), [22, 0, 0, 0], ['MirrorRebuilt']],
    ['in another file', none, sql(ELSEWHERE), [22, 0, 0, 0], ['MirrorRebuilt']],
    ['with a torn tail', torn, sql(MISPLACED), [21, 0, 0, 0], ['TailSetAside', 'MirrorRebuilt']],
    ['with a line that is none', behind('{}\n'), sql(MISPLACED), REFUSED, []],
    ['with that line gone', cutTo(11), sql(MISPLACED), REFUSED, []],
  ])('%s is mended by all or by none', async (_, tail, alter, exits, mended) => {
    const disk = await unsigned();
    await mirrorOf(disk, 12);
    all(tail, alter)(disk);
    const told = await toldOf(disk);
    expect(told.exits).toEqual(exits);
    expect(told.mended).toEqual(mended);
    if (mended.length === 0) return;
    expect(linesOf(told.appended, LAYOUT)).toHaveLength(SIZE + 1);
    expect((await auditOf(told.appended)).verdict).toBe('verified');
  });
});

/** The journal of one that went on from a common past, and the mirror of another. */
const forked = async (journal: readonly string[], mirror: readonly string[]) => {
  const disk = await unsigned();
  const other = disk.foresee(oldest);
  for (const [each, ids] of [
    [disk, journal],
    [other, mirror],
  ] as const) {
    const ledger = ledgerAt(placeOn(each));
    await append(ledger, ids);
    await ledger.close();
  }
  change(disk, LAYOUT.mirror, () => bytesOf(other, LAYOUT.mirror));
  return disk;
};

describe.concurrent('a mirror that went on otherwise from a common past', () => {
  it.each<[string, readonly string[], readonly string[], Alter]>([
    ['as far as the journal', ['a-1', 'a-2'], ['b-1', 'b-2'], none],
    ['less far', ['a-1', 'a-2', 'a-3'], ['b-1'], none],
    ['further', ['a-1'], ['b-1', 'b-2'], none],
    ['less far, beside a torn tail', ['a-1', 'a-2', 'a-3'], ['b-1'], torn],
  ])('%s is evidence, and gone on beside only where that is said', async (_, a, b, alter) => {
    const disk = await forked(a, b);
    alter(disk);
    const { exits, replay, answer } = await toldOf(disk);
    expect(exits).toEqual(REFUSED);
    for (const each of [leftOf(replay), leftOf(answer)])
      expect(errorText(each).next).toMatch(/--from journal|--to-last-good/);
    if (b.length > a.length) return;
    const held = bytesOf(disk, LAYOUT.mirror);
    right(await replayOn(disk, { from: 'journal' }));
    expect((await auditOf(disk)).verdict).toBe('verified');
    expect(linesOf(disk, LAYOUT)).toHaveLength(SIZE + a.length);
    expect(right(disk.list(LAYOUT.torn))).toContain('mirror.db');
    expect(bytesOf(disk, `${LAYOUT.torn}/mirror.db`)).toHaveLength(held.length);
  });

  it('is told of once by an audit, with what to do', async () => {
    const disk = await forked(['a-1', 'a-2'], ['b-1']);
    const { findings } = await auditOf(disk);
    const found = findings.filter(({ severity }) => severity === 'tampered');
    expect(found.map(({ code, seq }) => [code, seq])).toEqual([['mirror_forked', SIZE]]);
    expect(found.map((each) => findingText(each).next).join()).toContain('--from journal');
  });
});

const middle: Alter = (disk) => flip(disk, at(disk, 0), 1500);

describe.concurrent('a mirror of another history', () => {
  it.each<[string, readonly string[], readonly string[], Alter, string]>([
    ['where the journal is damaged', ['a-1', 'a-2'], ['b-1'], middle, 'member_invalid'],
    ['where the mirror holds more', ['a-1'], ['b-1', 'b-2'], none, 'mirror_ahead'],
  ])('is not told of once more %s', async (_, a, b, alter, code) => {
    const disk = await forked(a, b);
    alter(disk);
    const { findings, verdict } = await auditOf(disk);
    const codes = findings.map((each) => each.code);
    expect(verdict).toBe('tampered');
    expect(codes).toContain(code);
    expect(codes).not.toContain('mirror_forked');
  });
});

describe.concurrent('a mirror of others', () => {
  const foreign = sql("UPDATE ended SET origin = 'example.com/elsewhere'");
  const newer = sql('PRAGMA user_version = 99');
  const OTHERS = [22, 22, 22, 22];

  it.each<[string, Alter, Alter, readonly number[]]>([
    ['another ledger', foreign, none, OTHERS],
    ['another ledger, as long as none', foreign, cutTo(13), OTHERS],
    ['another ledger, beside a torn tail', foreign, torn, OTHERS],
    ['another ledger, beside a line that is none', foreign, behind('\0\n'), [20, 20, 20, 22]],
    ['a later version', newer, none, OTHERS],
    ['a later version, beside a torn tail', newer, torn, OTHERS],
    ['a later version, beside a journal that lost lines', newer, cutTo(13), [20, 20, 20, 22]],
  ])('%s is replaced only where that is asked for', async (_, alter, tail, exits) => {
    const disk = await unsigned();
    all(alter, tail)(disk);
    const told = await toldOf(disk);
    expect(told.exits).toEqual(exits);
    expect(errorText(leftOf(told.answer)).next).toContain('--from journal');
    if (exits !== OTHERS) return;
    const { findings } = await auditOf(disk);
    for (const { severity } of findings) expect(['drift', 'warning']).toContain(severity);
    expect(findings.map((each) => findingText(each).next).join()).toContain('--from journal');
    right(await replayOn(disk, { from: 'journal' }));
    expect((await auditOf(disk)).verdict).toBe('verified');
    expect(right(disk.list(LAYOUT.torn))).toContain('mirror.db');
  });
});

it('a projection that gates rest on is begun anew as a refused append says', async () => {
  const disk = await unsigned();
  sql("UPDATE projections SET stopped = 'because', size = 5 WHERE name = 'keyring'")(disk);
  const { exits, answer, replayed } = await toldOf(disk);
  expect(exits).toEqual([22, 0, 0, 22]);
  expect(errorText(leftOf(answer)).next).toContain('ledger replay');
  const ledger = ledgerAt(placeOn(replayed));
  await append(ledger, ['more']);
  await ledger.close();
});

it.each<[string, Alter]>([
  ['missing', unmirrored],
  ['none that can be read', unread],
])('a ledger without an event is told of in one way, its mirror %s', async (_, alter) => {
  const disk = await unsigned();
  for (const path of segmentsOf(disk, LAYOUT)) right(disk.remove(path));
  alter(disk);
  expect((await auditOf(disk)).verdict).toBe('incomplete');
  right(await replayOn(disk));
  expect((await auditOf(disk)).verdict).toBe('incomplete');
});

describe.concurrent('one cause', () => {
  it('that is in what a mirror says of its end is not told of its rows, too', async () => {
    const disk = await unsigned();
    await mirrorOf(disk, 12);
    // As many peaks as before: the row holds together.
    sql('UPDATE ended SET size = 17')(disk);
    const { findings } = await auditOf(disk);
    expect(findings.map(({ code }) => code)).toEqual(['mirror_ahead']);
  });

  it('that repeats a line is not told as lines that are lost', async () => {
    const disk = await unsigned();
    behind(linesOf(disk, LAYOUT).at(-2) ?? '')(disk);
    sql('DROP TRIGGER event_stays')(disk);
    sql("UPDATE events SET line = replace(line, 'tool', 'toll') WHERE seq = 13")(disk);
    const codes = (await auditOf(disk)).findings.map(({ code }) => code);
    expect(codes).toContain('seq_mismatch');
    expect(codes).not.toContain('mirror_ahead');
    expect(codes).not.toContain('mirror_behind');
  });
});
