/**
 * The table of faults: what it names is there. Whether each test fails without the line of code
 * that is named beside it takes long, and is a deep check: `node test/fault/run.ts`.
 */
import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { Fault } from './fault/fault.ts';
import { FAULTS } from './fault/table.ts';

const textOf = (path: string): string => {
  const url = new URL(`../${path}`, import.meta.url);
  return existsSync(url) ? readFileSync(url, 'utf8') : '';
};

/** What is wrong with an entry of the table. */
const wrongWith = ({ test: [file, under, title], defect }: Fault): readonly string[] => {
  const [tests, code] = [textOf(file), textOf(defect.file)];
  const isNamed = (name: string): boolean => name === '' || tests.includes(`'${name}'`);
  return [
    ...(isNamed(under) && isNamed(title) ? [] : [`${file} has no '${under}', '${title}'`]),
    ...(code.split(defect.from).length === 2 ? [] : [`not once in ${defect.file}: ${defect.from}`]),
    ...(defect.from === defect.to ? ['the defect is none'] : []),
  ];
};

describe('the table of faults', () => {
  it('names tests that there are, and lines of code that stand once in their files', () => {
    expect(FAULTS.flatMap(wrongWith)).toEqual([]);
  });

  it('finds an entry that names nothing', () => {
    const [fault] = FAULTS;
    if (fault === undefined) throw new Error('there is no entry');
    const { test, defect } = fault;
    for (const each of [
      { ...fault, test: [test[0], test[1], 'none of that title'] as const },
      { ...fault, test: ['test/none.test.ts', test[1], test[2]] as const },
      { ...fault, defect: { ...defect, from: 'none of that text' } },
      { ...fault, defect: { ...defect, to: defect.from } },
    ])
      expect(wrongWith(each)).toHaveLength(1);
  });

  it('has an entry for each fault', () => {
    const numbers = new Set(FAULTS.map(({ number }) => number));
    const expected = Array.from({ length: 68 }, (_, i) => i + 1).filter(
      (number) => number <= 44 || number >= 51,
    );
    expect([...numbers].toSorted((a, b) => a - b)).toEqual(expected);
    expect(new Set(FAULTS.map(({ name }) => name)).size).toBe(FAULTS.length);
  });
});
