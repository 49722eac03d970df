/**
 * What somebody should look at: of many texts, and of long ones, so much is told as the event that
 * seals an import has room for.
 */
import { describe, expect, it } from 'vitest';
import { cutText } from '../../src/import/room.ts';
import { Warnings } from '../../src/usecase/import-warnings.ts';

describe('a text that a source says of itself', () => {
  it.each(['x', 'é', '😀', '\u0001', '"', '\u2028'])('of many %j has no more bytes', (each) => {
    const short = each.repeat(20);
    expect(cutText(short)).toBe(short);
    for (let length = 90; length < 700; length += 7) {
      const cut = cutText(each.repeat(length));
      expect(Buffer.byteLength(JSON.stringify(cut))).toBeLessThanOrEqual(600);
      expect(cut.isWellFormed()).toBe(true);
    }
  });
});

describe('warnings', () => {
  it('are all counted, and the first ones told, each cut', () => {
    const warning = '😀'.repeat(1000);
    const before = Array.from({ length: 150 }, (_, at) => ({ where: `row ${at}`, warning }));
    const warnings = new Warnings([
      { where: 'a file', mark: 'kaizen-b', isBack: false },
      { where: 'another one', mark: 'kaizen-c', isBack: true },
    ]);
    for (const each of before) warnings.add(each);
    for (const each of before) warnings.add(each);
    const { count, told } = warnings.report()['warnings'] as { count: number; told: string[] };
    expect([count, told.length]).toEqual([302, 200]);
    expect(warnings.report()['strangers']).toEqual(['kaizen-b']);
    expect(told.at(-1)).toMatch(/^row 47: /);
    for (const each of told) expect(Buffer.byteLength(each)).toBeLessThanOrEqual(600);
    expect(new Warnings([]).report()).toEqual({});
  });
});
