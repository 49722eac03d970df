/**
 * Folding everything once more, beside what stands: the projections into a database of their own,
 * and the decisions by the rules that were in force. What comes of it must be what is there.
 */
import Sqlite from 'better-sqlite3';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { ZERO_HASH } from '../../ledger/event/header.ts';
import { judgeAgain } from '../../policies/explain/replay.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import type { Ground } from '../../policies/state/ground.ts';
import { follow, groundOf } from '../../policies/state/ground.ts';
import type { Recorded } from '../../policies/state/past.ts';
import type { Projection } from '../projection/projection.ts';
import { Fold } from '../storage/mirror/fold.ts';
import type { Mirror } from '../storage/mirror/mirror.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import { createTables } from '../storage/mirror/schema.ts';
import type { ReportFinding } from './report.ts';
import { found } from './report.ts';

/** Rows that were changed are written so often. */
const EVERY = 10_000;

/** projectionFindings folds the events of a mirror anew and compares digests. */
export const projectionFindings = (
  mirror: Mirror,
  crypto: Crypto,
  projections: readonly Projection[],
): {
  readonly findings: readonly ReportFinding[];
  readonly digests: Readonly<Record<string, string>>;
} => {
  mirror.fold.attach(projections);
  const standing = mirror.fold.status();
  const size = mirror.ended()?.size ?? 0;
  const whole = standing.filter((each) => each.stopped === undefined && each.size === size);
  const fresh = new Sqlite(':memory:');
  createTables(fresh, '', ZERO_HASH);
  const fold = new Fold(fresh);
  fold.register(projections.filter(({ name }) => whole.some((each) => each.name === name)));
  for (const line of mirror.linesBetween(0, size)) {
    const event = recordedOf(line);
    fold.take(event);
    if (event.header.seq % EVERY === 0) fold.flush();
  }
  const [expected, digests] = [fold.digests(crypto), mirror.fold.digests(crypto)];
  fresh.close();
  const findings = standing.flatMap(({ name, stopped, size: come }): readonly ReportFinding[] => {
    if (stopped !== undefined)
      return [found('projection_stopped', { member: name, seq: come, reason: stopped })];
    if (come < size) return [found('projection_lags', { member: name, seq: come })];
    const [ought, is] = [expected[name], digests[name]];
    return ought === is || ought === undefined || is === undefined
      ? []
      : [found('projection_differs', { member: name, expected: ought, actual: is })];
  });
  return { findings, digests };
};

/** Judges decisions again, in order, as the lines go by. */
export class DecisionCheck {
  readonly findings: ReportFinding[] = [];
  private readonly crypto: Crypto;
  private ground: Ground;
  unjudged = 0;

  constructor(crypto: Crypto, builtIn: PolicySet) {
    this.crypto = crypto;
    this.ground = groundOf(builtIn);
  }

  take(event: Recorded): void {
    const { isSame, again } = judgeAgain(this.crypto, this.ground, event);
    if (isSame === undefined) this.unjudged++;
    if (isSame === false)
      this.findings.push(
        found('decision_differs', {
          seq: event.header.seq,
          expected: again?.outcome ?? '',
          actual: event.header.policy.outcome,
        }),
      );
    this.ground = follow(this.crypto, this.ground, event);
  }
}
