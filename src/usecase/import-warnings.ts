/**
 * What somebody should look at of an import, since the ledger recorded something else before: all
 * of it is counted, the first ones are told.
 */
import type { JsonObject } from '../../ledger/json/value.ts';
import { cutText } from '../import/room.ts';

const MOST_TOLD = 200;

export interface Warning {
  readonly where: string;
  readonly warning: string;
}

export class Warnings {
  readonly told: string[] = [];
  count = 0;

  constructor(before: readonly Warning[]) {
    for (const each of before) this.add(each);
  }

  add({ where, warning }: Warning): void {
    this.count++;
    if (this.told.length < MOST_TOLD) this.told.push(cutText(`${where}: ${warning}`));
  }

  /** What a report says of them; nothing where there are none. */
  report(): JsonObject {
    const { count, told } = this;
    return count === 0 ? {} : { warnings: { count, told: [...told] } };
  }
}
