/**
 * What the events of a session come to in one metric.
 */
import type { Recorded } from '../../policies/state/past.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { isOfType } from '../../policies/type-pattern.ts';
import type { Metric } from './metric.ts';
import { isMeasure, leadTo, numberOf, stepsOf } from './reading.ts';

/** A value that is there and cannot be counted with. */
export interface Unreadable {
  readonly seq: number;
  readonly metric: string;
  readonly reason: 'no_session' | 'withheld' | 'no_value' | 'not_a_number' | 'out_of_range';
}

interface Sum {
  count: number;
  sum: number;
  least: number;
  most: number;
  last: number;
  lastSeq: number;
  over: number;
  /** Whether some of it could not be read. */
  isPart: boolean;
}

const empty = (): Sum => ({
  count: 0,
  sum: 0,
  least: Infinity,
  most: -Infinity,
  last: 0,
  lastSeq: -1,
  over: 0,
  isPart: false,
});

const divided = (sum: number, by: number): number | undefined => (by === 0 ? undefined : sum / by);

const valueOf = ({ aggregate, over }: Metric, sum: Sum): number | undefined => {
  const { count } = sum;
  switch (aggregate) {
    case 'count':
      return count === 0 ? undefined : count;
    case 'any':
      return count === 0 ? undefined : Number(sum.most > 0 || sum.least < 0);
    case 'sum':
      return count === 0 ? undefined : sum.sum;
    case 'mean':
      return divided(sum.sum, count);
    case 'min':
      return count === 0 ? undefined : sum.least;
    case 'max':
      return count === 0 ? undefined : sum.most;
    case 'last':
      return count === 0 ? undefined : sum.last;
    case 'ratio':
      if (over === undefined) return divided(sum.sum, count);
      // No event is nothing of it; one that cannot be read is not known.
      return count === 0 && sum.isPart ? undefined : divided(sum.sum, sum.over);
  }
};

type Takes = (event: Recorded) => number | Unreadable['reason'] | undefined;

const reading = (pattern: string, pointer: string | undefined, isCount = false): Takes => {
  const steps = stepsOf(pointer);
  return ({ header, payload }) => {
    if (!isOfType(pattern as TypePattern, header.event_type)) return undefined;
    if (header.session_id === undefined) return 'no_session';
    if (pointer === undefined) return 1;
    if (payload === undefined) return 'withheld';
    const found = leadTo(payload, steps);
    if (isCount) return found === undefined ? undefined : 1;
    if (found === undefined) return 'no_value';
    const value = numberOf(found);
    if (value === undefined) return 'not_a_number';
    return isMeasure(value) ? value : 'out_of_range';
  };
};

/** One metric over all sessions. Events come in any order of types, each type by position. */
export class Tally {
  readonly metric: Metric;
  readonly unreadable: Unreadable[] = [];
  private readonly sums = new Map<string, Sum>();
  private readonly takes: Takes;
  private readonly takesOver: Takes | undefined;

  constructor(metric: Metric) {
    this.metric = metric;
    this.takes = reading(metric.type, metric.pointer, metric.aggregate === 'count');
    const { over } = metric;
    this.takesOver = over === undefined ? undefined : reading(over.type, over.pointer);
  }

  /** The patterns of types that it reads. */
  get patterns(): readonly string[] {
    const { type, over } = this.metric;
    return over === undefined ? [type] : [type, over.type];
  }

  private sumOf(session: string): Sum {
    const known = this.sums.get(session);
    if (known !== undefined) return known;
    const made = empty();
    this.sums.set(session, made);
    return made;
  }

  private fault(seq: number, reason: Unreadable['reason']): void {
    this.unreadable.push({ seq, metric: this.metric.name, reason });
  }

  take(event: Recorded): void {
    const { seq, session_id: session = '' } = event.header;
    const value = this.takes(event);
    if (typeof value === 'string') {
      this.fault(seq, value);
      if (value !== 'no_session') this.sumOf(session).isPart = true;
    } else if (value !== undefined) {
      const sum = this.sumOf(session);
      sum.count++;
      sum.sum += value;
      sum.least = Math.min(sum.least, value);
      sum.most = Math.max(sum.most, value);
      if (seq > sum.lastSeq) [sum.last, sum.lastSeq] = [value, seq];
    }
    const over = this.takesOver?.(event);
    if (typeof over === 'string') this.fault(seq, over);
    else if (over !== undefined) this.sumOf(session).over += over;
  }

  /** The number of a session; undefined where it has none. */
  value(session: string): number | undefined {
    const sum = this.sums.get(session);
    const value = valueOf(this.metric, sum ?? empty());
    return value ?? (this.metric.missing === 'zero' ? 0 : undefined);
  }
}
