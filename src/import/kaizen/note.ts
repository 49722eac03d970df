/**
 * What is odd about rows that are taken all the same: counted by name, the first ones told.
 */
import type { JsonObject } from '../../../ledger/json/value.ts';
import { cutText } from '../room.ts';
import { Scratch } from '../scratch.ts';
import type { Merged } from './merge.ts';
import { pairOf } from './merge.ts';
import { isReplacing, odditiesOf } from './outbox-row.ts';

const MOST_TOLD = 500;

export class Notes {
  readonly told: string[] = [];
  rows = 0;
  private readonly byName = new Map<string, number>();
  private readonly byFate = new Map<string, number>();
  private readonly scratch = new Scratch();

  add(name: string, text: string): void {
    this.byName.set(name, (this.byName.get(name) ?? 0) + 1);
    if (this.told.length < MOST_TOLD) this.told.push(cutText(`${name}: ${text}`));
  }

  /** row notes what becomes of a row and what is odd about it. */
  row(merged: Merged, where: string): void {
    const { row, fate } = merged;
    this.rows++;
    this.byFate.set(fate, (this.byFate.get(fate) ?? 0) + 1);
    if (fate !== 'pending') {
      if (fate !== 'sent') this.add(fate, where);
      return;
    }
    for (const oddity of odditiesOf(row)) this.add(oddity, where);
    if (row.bytes !== undefined) this.add('undeliverable', where);
    if (!isReplacing(row)) return;
    const isFirst = this.scratch.keep('', pairOf(row));
    if (!isFirst) this.add('supersedes', `${where} takes the place of an earlier row`);
  }

  counts(): JsonObject {
    return Object.fromEntries(this.byName);
  }

  fates(): JsonObject {
    return Object.fromEntries(this.byFate);
  }
}
