/**
 * Rows that did not become events: each is told as it is met, all are counted, and one of each kind
 * is remembered.
 */
import type { DraftRefused } from '../../ledger/event/draft.ts';
import type { Decision } from '../../policies/gate/decision.ts';
import type { Receipt } from './receipt.ts';

/** What policies would have against a row that was only tried. */
export interface Objection {
  readonly _tag: 'Objection';
  readonly decision: Decision;
}

/** A row that did not become an event. */
export interface Untaken {
  readonly where: string;
  readonly receipt: Receipt | DraftRefused | Objection;
}

/** Rows were refused or held back; the others are recorded, and nothing seals them. */
export interface RowsRefused {
  readonly _tag: 'RowsRefused';
  readonly count: number;
  /** The first of each kind. */
  readonly rows: readonly Untaken[];
  /** Whether nothing was to be recorded. */
  readonly isTrial?: boolean;
}

export type OnUntaken = (untaken: Untaken) => Promise<void>;

/** So many kinds there are at most; whatever is beyond them is alike. */
const MOST_KINDS = 100;

/** What refuses a row, by the names of the rules where rules do. */
const kindOf = (receipt: Untaken['receipt']): string => {
  const status = '_tag' in receipt ? receipt._tag : receipt.status;
  const rules = 'decision' in receipt ? receipt.decision.contributing : [];
  return [status, ...rules.map(({ rule }) => rule)].join(' ');
};

export class Untakens {
  private readonly onUntaken: OnUntaken | undefined;
  private readonly kinds = new Map<string, Untaken>();
  count = 0;

  constructor(onUntaken: OnUntaken | undefined) {
    this.onUntaken = onUntaken;
  }

  /** add tells a row, and waits until it is told. */
  async add(untaken: Untaken): Promise<void> {
    this.count++;
    const kind = kindOf(untaken.receipt);
    if (!this.kinds.has(kind) && this.kinds.size < MOST_KINDS) this.kinds.set(kind, untaken);
    await this.onUntaken?.(untaken);
  }

  refused(): RowsRefused {
    return { _tag: 'RowsRefused', count: this.count, rows: [...this.kinds.values()] };
  }
}
