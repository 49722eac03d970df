/**
 * What can happen to a kaizen between imports, by chance.
 */
import fc from 'fast-check';
import type { Named } from '../../src/import/kaizen/row-name.ts';
import type { Merged } from '../../src/import/kaizen/merge.ts';
import { sourceOf } from '../../src/import/kaizen/origin.ts';
import type { OutboxRow } from '../../src/import/kaizen/outbox-row.ts';
import { outboxDraft } from '../../src/import/kaizen/to-outbox.ts';
import type { Said } from '../../src/import/plan.ts';
import type { Life } from './kaizen-life.ts';

/** What ends so is a payload that is no UTF-8. */
export const NO_TEXT = '\xff';
export const said = (text: string): Pick<OutboxRow, 'payload' | 'bytes'> =>
  text.endsWith(NO_TEXT)
    ? { payload: '', bytes: { payload: Buffer.from(text, 'latin1') } }
    : { payload: text };
export const textOf = ({ payload, bytes }: OutboxRow): string =>
  bytes?.payload === undefined ? payload : Buffer.from(bytes.payload).toString('latin1');

/** eventOf is what a ledger has of a row that was imported. */
export const eventOf = (merged: Merged, named: Named): Said => {
  const place = `row:${merged.row.id} content:${merged.digest}`;
  const { payload = null, event_type: type } = outboxDraft(merged, named);
  const event_type = typeof type === 'string' ? type : '';
  return { id: named.id, event_type, source: sourceOf('a file', 'a digest', place), payload };
};

/** An act names what it does, with which text, and to which row or whether alone. */
export type Act = readonly [name: keyof typeof ACTS, text: string, at: number];
export const ACTS = {
  come: (life: Life, text: string, at: number) => life.come(text, at % 2 === 1),
  early: (life: Life, text: string, at: number) => life.early(text, at % 2 === 1),
  late: (life: Life, text: string, at: number) => life.late(text, at % 2 === 1),
  history: (life: Life, text: string) => life.history(text),
  drain: (life: Life, _: string, at: number) => life.drain(at),
  forget: (life: Life, _: string, at: number) => life.forget(at),
  putAside: (life: Life) => life.putAside(),
  takenElsewhere: (life: Life) => life.takenElsewhere(),
  comeFromElsewhere: (life: Life) => life.comeFromElsewhere(),
  lookBack: (life: Life, _: string, at: number) => life.lookBack(at),
  moveAway: (life: Life, _: string, at: number) => life.moveAway(at),
  send: (life: Life, _: string, at: number) => life.send(at),
  halfway: (life: Life, _: string, at: number) => life.halfway(at),
  rename: (life: Life) => life.rename(),
  hide: (life: Life) => life.hide(),
  migrate: (life: Life) => life.migrate(),
  take: (life: Life, _: string, at: number) => life.take(at),
};
const act: fc.Arbitrary<Act> = fc.tuple(
  fc.constantFrom(...(Object.keys(ACTS) as (keyof typeof ACTS)[]), 'come', 'come', 'migrate'),
  fc.constantFrom('a', 'a', 'b', NO_TEXT),
  fc.nat({ max: 4 }),
);

export const times = fc.array(fc.array(act, { maxLength: 6 }), { maxLength: 6 });
