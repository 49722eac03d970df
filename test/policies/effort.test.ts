/**
 * What hostile documents take: a few times the time of a harmless one of the largest size, and
 * little memory; and what is too large next to nothing, since nobody looks at it.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { median } from '../bench/measure.ts';
import type { Effort } from './effort-child.ts';

const CHILD = fileURLToPath(new URL('effort-child.ts', import.meta.url));
const MB = 1024 * 1024;

const efforts = execFileSync(process.execPath, ['--expose-gc', CHILD], { encoding: 'utf8' })
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line) as Effort);
const named = (name: string): readonly Effort[] => efforts.filter((each) => each.name === name);
const baselineMs = median(named('baseline').map(({ cpuMs }) => cpuMs));
const hostile = efforts.filter(({ name }) => !['baseline', 'harmless'].includes(name));
const table = (some: readonly Effort[]) => some.map((each) => [each.name, each] as const);

describe('measured against what the YAML library takes for as much that is harmless', () => {
  it('such a document takes little more', () => {
    expect(named('harmless').map(({ isTaken }) => isTaken)).toEqual([true, true, true]);
    expect(median(named('harmless').map(({ cpuMs }) => cpuMs)) / baselineMs).toBeLessThan(4);
  });

  it.each(table(hostile))('%s takes a few times that, and little memory', (_, effort) => {
    expect(effort.cpuMs / baselineMs).toBeLessThan(5);
    expect(effort.heldBytes).toBeLessThan(150 * MB);
    expect(effort.grownBytes).toBeLessThan(200 * MB);
  });

  it.each(table(hostile.filter(({ name }) => name.startsWith('10 MB'))))(
    '%s is refused before anything is made of it',
    (name, effort) => {
      expect(effort.isTaken).toBe(false);
      expect(effort.cpuMs / baselineMs).toBeLessThan(0.5);
      expect(effort.heldBytes).toBeLessThan(name.includes('text') ? 50 * MB : 10 * MB);
      expect(effort.grownBytes).toBeLessThan(60 * MB);
    },
  );
});
