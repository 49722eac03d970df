/**
 * How many events of which type a bundle holds, and how many of them are signed.
 */
import type { Line } from '../../../ledger/event/line.ts';
import { headerOf } from '../../../ledger/event/line.ts';
import type { EventType } from '../../../ledger/name.ts';
import type { TypePattern } from '../../../policies/type-pattern.ts';
import { isOfType } from '../../../policies/type-pattern.ts';

export interface Count {
  readonly events: number;
  readonly signed: number;
}

const NONE: Count = { events: 0, signed: 0 };

export class Tally {
  private readonly counts = new Map<EventType, Count>();

  /** Counts an event. */
  add(line: Line): void {
    const { events, signed } = this.counts.get(line.event_type) ?? NONE;
    const more = headerOf(line).attestation === undefined ? 0 : 1;
    this.counts.set(line.event_type, { events: events + 1, signed: signed + more });
  }

  /** Those of a pattern. */
  of(pattern: string): Count {
    let sum = NONE;
    for (const [type, { events, signed }] of this.counts)
      if (isOfType(pattern as TypePattern, type))
        sum = { events: sum.events + events, signed: sum.signed + signed };
    return sum;
  }
}
