/**
 * A receiver that asks for a moment each time, and never takes anything: it is left alone for that,
 * and tried less and less often; what does not change is not told again.
 */
import { expect, it } from 'vitest';
import { deliver, payloadsOf, withEvents } from '../../outbox/ground.ts';

const HOURS_MS = 6 * 3_600_000;

/** What comes of hours in which whoever delivers goes on whenever it is time. */
const hoursOf = async (headers: Readonly<Record<string, string>>) => {
  const at: number[] = [];
  const g = await withEvents(2, () => ({ status: 429, headers }));
  g.receiver.script = () => {
    at.push(g.world.now());
    return { status: 429, headers };
  };
  const end = g.world.now() + HOURS_MS;
  while (g.world.now() < end) {
    const { retryAt = 0 } = await deliver(g.world, { isPatient: true });
    await g.world.sleep(Math.max(1, retryAt - g.world.now()));
  }
  const gaps = at.slice(1).map((each, i) => each - (at[i] ?? 0));
  return { gaps, told: payloadsOf(g, 'outbox.retry_later').length, health: g.health };
};

it('one that always asks for a second is told once and tried ever more rarely', async () => {
  const [asked, plain] = [await hoursOf({ 'retry-after': '1' }), await hoursOf({})];
  expect(asked.health).toMatchObject([{ destination: 'hooks', reason: 'status_429' }]);
  expect(asked.told).toBeLessThanOrEqual(plain.told);
  expect(asked.gaps.length).toBeLessThanOrEqual(plain.gaps.length);
  expect(Math.min(...asked.gaps)).toBeGreaterThanOrEqual(1000);
  // The last are as far apart as they get.
  expect(asked.gaps.at(-1)).toBe(1_800_000);
});

it('a receiver that always asks for half a minute is recorded no more often for that', async () => {
  const [asked, plain] = [await hoursOf({ 'retry-after': '30' }), await hoursOf({})];
  expect(asked.told).toBeLessThanOrEqual(plain.told);
  expect(Math.min(...asked.gaps)).toBeGreaterThanOrEqual(30_000);
});
