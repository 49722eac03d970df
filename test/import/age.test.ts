/**
 * Of which age files are: marks are compared as wholes, though a row has room for the beginning of
 * one alone.
 */
import { describe, expect, it } from 'vitest';
import { Age } from '../../src/import/kaizen/age.ts';
import { NOTHING } from '../../src/import/plan.ts';

const mark = (start: string, end: string): string => `kaizen-${start.padEnd(31, '0')}${end}`;
const FILES = [{ name: 'kaizen.db', bytes: 1, sha256: 'new' }];

describe('an age', () => {
  it('began with what was put aside last, whatever else has a mark that begins so', () => {
    const marks = [mark('aaaaaa', '0'), mark('bbbbbb', '0'), mark('aaaaaa', '1')];
    const seals = () => marks.map((each) => ({ mark: each, strangers: [], files: [] }));
    const ages = marks.map((each) => {
      const asides = [{ mark: each, isBack: false }];
      return new Age({ ...NOTHING, seals }, { asides, files: FILES });
    });
    const names = ages.map(({ name }) => name);
    expect(names).toEqual(['aaaaaa', 'bbbbbb', 'aaaaaa']);
    expect(ages.map((age) => age.has('bbbbbb'))).toEqual([true, true, false]);
    expect(ages.map((age) => age.has(age.name))).toEqual([true, true, true]);
    expect(ages.map((age) => age.has(undefined))).toEqual([false, false, false]);
  });

  it('goes on where all of the files are those of a seal, and nothing less', () => {
    const own = { name: 'kaizen.db', bytes: 9, sha256: 'own' };
    const log = { name: 'kaizen.db-wal', bytes: 9, sha256: 'log' };
    const none = { ...log, bytes: 0 };
    const [older, younger] = [mark('aaaaaa', ''), mark('bbbbbb', '')];
    const ageOf = (sealed: typeof FILES, files: typeof FILES): string | undefined => {
      const seals = () => [
        { mark: older, strangers: [], files: sealed },
        { mark: younger, strangers: [], files: FILES },
      ];
      const asides = [{ mark: younger, isBack: false }];
      return new Age({ ...NOTHING, seals }, { asides, files }).name;
    };
    expect(ageOf([own], [own])).toBe(undefined);
    expect(ageOf([own], [own, none])).toBe(undefined);
    expect(ageOf([own, log], [own, log])).toBe(undefined);
    expect(ageOf([own, log], [own])).toBe('bbbbbb');
    expect(ageOf([own], [own, log])).toBe('bbbbbb');
    expect(ageOf([own], [own, { ...own, name: 'outbox.redb' }])).toBe('bbbbbb');
    expect(ageOf([own], [{ ...own, bytes: 0 }])).toBe('bbbbbb');
    expect(ageOf([own], [])).toBe('bbbbbb');
  });
});
