/**
 * The store against a list: whatever is done, in whatever order, is answered as the list has it.
 */
import fc from 'fast-check';
import { test } from 'vitest';
import type { Model, Real } from '../model/store.ts';
import { commands } from '../model/store.ts';
import { World } from '../simulation/world.ts';

const setup = async (): Promise<{ readonly model: Model; readonly real: Real }> => {
  const world = new World();
  await world.found();
  return { model: { events: [] }, real: { world, actor: world.begin() } };
};

test('the store answers as a list would', { timeout: 120_000 }, async () => {
  const seed = Number(process.env['LEDGER_SEED']);
  const numRuns = Math.min(2000, Number(process.env['LEDGER_RUNS']));
  const property = fc.asyncProperty(commands, (each) => fc.asyncModelRun(setup, each));
  await fc.assert(property, { seed, numRuns });
});
