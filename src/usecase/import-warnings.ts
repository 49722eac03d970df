/**
 * What somebody should look at of an import, since the ledger recorded something else before: all
 * of it is counted, the first ones are told.
 */
import type { JsonObject } from '../../ledger/json/value.ts';
import { cutText } from '../import/room.ts';

const MOST_TOLD = 200;

const STRANGE =
  'it was put aside by an import that this ledger does not have, and nothing is taken of it: ' +
  'give it its old name in a folder of its own, and import that';

export interface Warning {
  readonly where: string;
  readonly warning: string;
}

/** What was put aside by an import that the ledger does not have. */
export interface Stranger {
  readonly where: string;
  readonly mark: string;
  /** Whether it stands there once more under its old name: what was put aside is not over yet. */
  readonly isBack: boolean;
}

export class Warnings {
  readonly told: string[] = [];
  count = 0;
  private readonly strangers = new Set<string>();

  constructor(strangers: readonly Stranger[]) {
    for (const { where, mark, isBack } of strangers) {
      this.add({ where, warning: STRANGE });
      if (!isBack) this.strangers.add(mark);
    }
  }

  add({ where, warning }: Warning): void {
    this.count++;
    if (this.told.length < MOST_TOLD) this.told.push(cutText(`${where}: ${warning}`));
  }

  /** What a report says of them; nothing where there are none. */
  report(): JsonObject {
    const { count, told, strangers } = this;
    if (count === 0) return {};
    const marks = [...strangers].toSorted();
    return {
      warnings: { count, told: [...told] },
      ...(marks.length === 0 ? {} : { strangers: marks }),
    };
  }
}
