/**
 * Many that tag the same sessions at once, in one process and in eight: of each session one tag is
 * recorded, and whoever came too late is told of it. One of them is killed in the middle.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import { storyOf } from '../../../src/experiment/story.ts';
import { right } from '../../build/ledger.ts';
import { tagged } from './given.ts';
import { House } from './house.ts';

const SESSIONS = 12;

/** How many tags the ledger holds, and how many of them count. */
const tagsIn = (house: House): readonly [recorded: number, counted: number] => {
  const story = right(storyOf(native, house.ledger.reader, 'cheaper-cache', house.size));
  const recorded = story.moments.filter(({ happened }) => happened.kind === 'tagged');
  return [recorded.length, recorded.filter(({ hasCounted }) => hasCounted).length];
};

it('callers of one process leave one tag, and the others are told', async () => {
  const house = await House.running();
  const variants = ['control', 'treatment', 'control', 'treatment', 'control'] as const;
  const told = await Promise.all(variants.map((each) => house.happen(tagged('s', each))));
  expect(told).toEqual(['appended', 'tagged_otherwise', 'told', 'tagged_otherwise', 'told']);
  expect(tagsIn(house)).toEqual([1, 1]);
});

it('eight processes leave one tag of each session, and one may be killed', async () => {
  const house = await House.running();
  const script = fileURLToPath(new URL('tagger.ts', import.meta.url));
  const children = Array.from({ length: 8 }, (_, n) => {
    const variant = n % 2 === 0 ? 'control' : 'treatment';
    const args = [script, join(house.folder, 'ledger'), variant, String(SESSIONS)];
    const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
    onTestFinished(() => void child.kill('SIGKILL'));
    return { child, lines: createInterface({ input: child.stdout })[Symbol.asyncIterator]() };
  });
  for (const { lines } of children) expect((await lines.next()).value).toBe('ready');
  for (const { child } of children) child.stdin.write('go\n');
  const said = await Promise.all(
    children.map(async ({ child, lines }, n) => {
      const all: string[] = [];
      for (let next = await lines.next(); next.done !== true; next = await lines.next()) {
        all.push(next.value);
        if (n === 7 && all.length === 3) child.kill('SIGKILL');
      }
      if (child.exitCode === null && child.signalCode === null) await once(child, 'close');
      return all;
    }),
  );
  const lines = said.flat();
  for (let n = 0; n < SESSIONS; n++) {
    const of = lines.filter((line) => line.startsWith(`s-${n} `));
    const taken = of.filter((line) => line.endsWith('appended'));
    expect([n, taken.length <= 1]).toEqual([n, true]);
    const isControl = of.some((line) => /control (?:appended|told)$/.test(line));
    const isTreatment = of.some((line) => /treatment (?:appended|told)$/.test(line));
    expect([n, isControl && isTreatment]).toEqual([n, false]);
  }
  expect(lines.filter((line) => line.endsWith('ExperimentRefused')).length).toBeGreaterThan(0);
  expect(tagsIn(house)).toEqual([SESSIONS, SESSIONS]);
  const { verdict, findings } = right(await house.ledger.verify({ workers: 1 }));
  expect([verdict, findings]).toEqual(['verified', []]);
});
