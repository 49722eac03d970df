/**
 * Which sessions belong to which arm, by each kind of binding.
 */
import { describe, expect, it } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import { noble } from '../../../ledger/crypto/noble.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Recorded } from '../../../policies/state/past.ts';
import { Binder, drawn } from '../../../src/experiment/bind.ts';
import { planOf, tagged, untagged } from './given.ts';
import { House, began, cost, event } from './house.ts';

const where = { type: 'session.started', pointer: '/is' };

const time = (ms: string): string => `2026-01-01T12:00:00.${ms}Z`;

/** The arms that sessions come to, or why to none. */
const armsOf = async (binding: JsonObject, drafts: readonly JsonObject[]) => {
  const house = await House.running({ binding });
  await house.append(drafts);
  return Object.fromEntries(
    house.report().sample.assigned.map(({ session, arm, reason }) => [session, arm ?? reason]),
  ) as Readonly<Record<string, string>>;
};

describe('a binding', () => {
  it('by value takes any of the values, and excludes who has others, or both', async () => {
    const value = { ...where, control: ['a', '1'], treatment: ['b', 'true'] };
    const said = ['a', 1, 'b', true, 'c', null].map((is, n) => began(`s-${n}`, is));
    const both = [began('s-6', 'a'), began('s-6', 'b'), began('s-7', 'a'), began('s-7', 'c')];
    const plain = [began('s-8', 'a'), event('session.started', 's-8', {})];
    expect(await armsOf({ value }, [...said, ...both, ...plain])).toEqual({
      's-0': 'control',
      's-1': 'control',
      's-2': 'treatment',
      's-3': 'treatment',
      's-4': 'matches_neither_arm',
      's-5': 'nothing_to_bind_by',
      's-6': 'moves_between_arms',
      's-7': 'matches_neither_arm',
      's-8': 'control',
    });
  });

  it('excludes for the same reason whatever a session says first', async () => {
    const value = { ...where, control: ['a'], treatment: ['b'] };
    const orders = ['abc', 'acb', 'bac', 'bca', 'cab', 'cba', 'ac', 'ca'];
    const said = orders.flatMap((order) => Array.from(order, (is) => began(order, is)));
    expect(Object.values(await armsOf({ value }, said)).toSorted()).toEqual([
      ...Array.from({ length: 2 }, () => 'matches_neither_arm'),
      ...Array.from({ length: 6 }, () => 'moves_between_arms'),
    ]);
  });

  it('by branch takes the one name', async () => {
    const branch = { ...where, control: 'main', treatment: 'try' };
    const said = ['main', 'try', 'tries'].map((is, n) => began(`s-${n}`, is));
    expect(await armsOf({ branch }, said)).toEqual({
      's-0': 'control',
      's-1': 'treatment',
      's-2': 'matches_neither_arm',
    });
  });

  it('by time takes the moment of recording, and excludes who is in both spans', async () => {
    const [past, future] = ['2020-01-01T00:00:00.000Z', '9000-01-01T00:00:00.000Z'];
    const { type } = where;
    const spans = (control: JsonObject, treatment: JsonObject) => ({
      window: { control, treatment, type },
    });
    const one = [began('s', 1)];
    expect(await armsOf(spans({ until: past }, { from: past }), one)).toEqual({ s: 'treatment' });
    expect(await armsOf(spans({ until: future }, { from: future }), one)).toEqual({ s: 'control' });
    expect(await armsOf(spans({ from: past }, { until: future }), one)).toEqual({
      s: 'matches_both_arms',
    });
    expect(await armsOf(spans({ until: past }, { from: future }), one)).toEqual({
      s: 'matches_neither_arm',
    });
  });

  it('by time takes a span from its first moment on, and its end no more', () => {
    const window = {
      type: where.type,
      control: { from: time('001'), until: time('003') },
      treatment: { from: time('003'), until: time('004') },
    };
    const { binding } = planOf({ binding: { window } });
    const arms = ['000', '001', '002', '003', '004'].map((ms) => {
      const binder = new Binder(native, 'x', binding, new Map());
      const header = { event_type: where.type, session_id: 's', recorded_at: time(ms) };
      binder.take({ header, payload: {} } as unknown as Recorded);
      return binder.answer('s');
    });
    const none = 'matches_neither_arm';
    expect(arms).toEqual([none, 'control', 'control', 'treatment', none]);
  });

  it('by hash draws the shares that are asked for, the same for ever', async () => {
    const split = { type: where.type, shares: { control: 0.25, treatment: 0.75 } };
    const names = Array.from({ length: 400 }, (_, n) => `s-${n}`);
    const arms = await armsOf(
      { split },
      names.map((name) => began(name, 1)),
    );
    const count = Object.values(arms).filter((arm) => arm === 'control').length;
    expect(Math.abs(count - 100)).toBeLessThan(40);
    expect(arms['s-1']).toBe(drawn(native, 'cheaper-cache', 's-1', 0.25));
    expect(drawn(noble, 'salt', 's-1', 0.25)).toBe(drawn(native, 'salt', 's-1', 0.25));
    const others = names.filter(
      (name) => drawn(native, 'salt', name, 0.5) !== drawn(native, 'pepper', name, 0.5),
    );
    expect(Math.abs(others.length - 200)).toBeLessThan(60);
  });

  it('gives way to a tag, and comes back when the tag is taken back', async () => {
    const value = { ...where, control: ['a'], treatment: ['b'] };
    const house = await House.running({ binding: { value } });
    await house.append([began('s', 'a'), cost('s', 1)]);
    const arm = () => house.report().sample.assigned[0]?.arm;
    expect(arm()).toBe('control');
    await house.happen(tagged('s', 'treatment'));
    expect(arm()).toBe('treatment');
    await house.happen(untagged('s'));
    expect(arm()).toBe('control');
  });

  it('counts who began before the start where the plan says so', async () => {
    for (const [include_earlier, n] of [
      [false, 0],
      [true, 1],
    ] as const) {
      const house = await House.found();
      await house.append([cost('s', 1)]);
      await house.begin(planOf({ include_earlier }));
      await house.happen(tagged('s', 'control'));
      expect(house.report().report.arms.control.n).toBe(n);
    }
  });
});
