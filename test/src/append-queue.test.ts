/**
 * Callers wait while too many drafts do, so that what is in memory is bounded.
 */
import { describe, expect, it } from 'vitest';
import type { JsonObject } from '../../ledger/json/value.ts';
import { house, one, take } from '../build/house.ts';
import { draftOf } from '../simulation/world.ts';

describe('a caller', () => {
  it.each([
    [19_999, 1],
    [20_000, 2],
  ])('behind %i others that wait is in transaction %i', async (others, transaction) => {
    const { ledger, disk } = await house();
    await one(ledger, draftOf('a'));
    let begun = 0;
    disk.follow(({ call }) => void (call === 'begin' && begun++));
    const before = take(ledger, Array<JsonObject>(others).fill(draftOf('a')));
    expect(await one(ledger, draftOf('b'))).toMatchObject({ status: 'appended', seq: 2 });
    expect([(await before).length, begun]).toEqual([others, transaction]);
  });
});
