/**
 * What a decision costs as a ledger grows: it is flat.
 */
import { native } from '../../ledger/crypto/native.ts';
import { judge } from '../../policies/gate/gate.ts';
import { loadSet } from '../../policies/set/load.ts';
import { memoryPast } from '../../policies/state/past.ts';
import type { Recorded } from '../../policies/state/past.ts';
import type { View } from '../../policies/view.ts';
import { sound } from '../../properties/arbitrary/key.ts';
import { CAROL, DAVE } from '../../properties/model/gatehouse.ts';
import type { Contender, Row } from './measure.ts';
import { compare } from './measure.ts';
import { CAUSE, TEN, houseOf, remembering } from './policy-house.ts';

const eventAt = (model: Recorded, seq: number): Recorded => ({
  ...model,
  header: { ...model.header, seq: seq as typeof model.header.seq, id: `e:${seq}` as never },
});

/** The same decision with a short past and with a long one. */
export const growthRow = (): Row => {
  const set = sound(loadSet(native, { ten: TEN }));
  const { house, proposal } = houseOf(set);
  const [model] = house.recorded.slice(-1);
  if (model === undefined) throw new Error('a house has a past');
  const viewAt = (size: number): View => {
    const past = memoryPast();
    for (const event of house.recorded) past.take(event);
    for (let seq = house.recorded.length; seq < size; seq++) past.take(eventAt(model, seq));
    const end = { ...house.view.journal, size };
    const seq = size as View['seq'];
    return { ...house.view, crypto: remembering(), past, seq, journal: end, mirror: end };
  };
  const decide = (size: number): Contender => {
    const view = viewAt(size);
    return {
      name: `a decision after ${size} events`,
      run: () => judge(proposal, view, set),
    };
  };
  return compare(decide(50_000), decide(1_000));
};

/** The same correction after few and after many approvals of it that do not count. */
export const approvalRow = (): Row => {
  const set = sound(
    loadSet(native, { one: { version: 1, corrections: { four_eyes: 'operator' } } }),
  );
  const after = (count: number): Contender => {
    const { house, brought } = houseOf(set);
    house.approve(CAUSE, CAROL);
    const [model] = house.recorded.slice(-1);
    if (model === undefined) throw new Error('a house has a past');
    const past = memoryPast();
    for (const event of house.recorded) past.take(event);
    for (let i = 0; i < count; i++) past.take(eventAt(model, house.recorded.length + i));
    const size = house.recorded.length + count;
    const end = { ...house.view.journal, size };
    const at = { past, seq: size as View['seq'], journal: end, mirror: end };
    const view: View = { ...house.view, crypto: remembering(), ...at };
    const by = { ...brought, by: DAVE, author: { supersedes: CAUSE } };
    const proposal = house.propose(by);
    const { outcome } = judge(proposal, view, set);
    if (outcome !== 'reject') throw new Error('approved by whom?');
    return { name: `a correction after ${count} approvals`, run: () => judge(proposal, view, set) };
  };
  return compare(after(50_000), after(10));
};
