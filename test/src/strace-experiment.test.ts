/**
 * Real commands about an experiment that are killed around each sync of the disk: the state is what
 * the events say, and whoever asks again is answered. `npm run test:deep -- experiment` kills every
 * such command at every system call that it makes of its ledger.
 */
import { beforeAll, expect, it } from 'vitest';
import type { Deed } from '../crash/experiment.ts';
import { DEEDS, Killing } from '../crash/experiment.ts';
import { scratch } from '../crash/scratch.ts';
import type { Call } from '../crash/strace.ts';
import { requireStrace } from '../crash/strace.ts';
import { BIN } from './cli/shell.ts';

beforeAll(requireStrace);

/** Before a sync what was written may be gone; before a write nothing is there. */
const isBoundary = ({ name, path }: Call): boolean =>
  /^f(?:data)?sync$/.test(name) || (name === 'pwrite64' && path.endsWith('.jsonl'));

it.each(Object.entries(DEEDS).filter(([name]) => name === 'tag' || name === 'conclude'))(
  'a command to %s that is killed leaves the state that its events say',
  { timeout: 180_000 },
  async (_: string, deed: Deed) => {
    const killing = await Killing.begin(scratch('ledger-deed-'), BIN, deed);
    expect(killing.calls.length).toBeGreaterThan(200);
    const points = await killing.each(isBoundary);
    expect(points.map(({ fault }) => fault.calls)).toEqual(
      expect.arrayContaining(['pwrite64', 'fdatasync', 'fsync']),
    );
    expect(points.filter(({ status }) => status !== 'SIGKILL')).toEqual([]);
    expect(points.filter(({ violation }) => violation !== undefined)).toEqual([]);
  },
);
