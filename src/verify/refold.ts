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
import { outbox } from '../projection/outbox.ts';
import type { Projection } from '../projection/projection.ts';
import type { ProjectionStatus } from '../storage/mirror/live.ts';
import { Fold } from '../storage/mirror/fold.ts';
import type { Mirror } from '../storage/mirror/mirror.ts';
import { createTables } from '../storage/mirror/schema.ts';
import { deliveryFindings } from './delivery.ts';
import type { ReportFinding } from './report.ts';
import { found } from './report.ts';

/** Rows that were changed are written so often. */
const EVERY = 10_000;

/** The projection as it was once it had taken so many events: what comes later changes nothing. */
const upTo = (projection: Projection, size: number): Projection => ({
  ...projection,
  evolve: (state, event) => {
    if (event.header.seq < size) projection.evolve(state, event);
  },
});

/** The projections, each compared as it ought to be where it says that it stands. */
export class ProjectionCheck {
  private readonly mirror: Mirror;
  private readonly projections: readonly Projection[];
  private readonly standing: readonly ProjectionStatus[];
  private readonly size: number;
  private readonly fresh = new Sqlite(':memory:');
  private readonly fold: Fold;
  /** Whether every event goes by; else nothing is folded, and nothing compared. */
  private readonly hasAll: boolean;
  readonly hasUnknown: boolean;

  constructor(mirror: Mirror, projections: readonly Projection[], hasAll: boolean) {
    this.hasAll = hasAll;
    this.mirror = mirror;
    this.projections = projections;
    mirror.fold.attach(projections);
    this.standing = mirror.fold.status();
    const known = new Set(projections.map(({ name }) => name));
    this.hasUnknown = [...mirror.fold.versions().keys()].some((name) => !known.has(name));
    this.size = mirror.ended()?.size ?? 0;
    createTables(this.fresh, '', ZERO_HASH);
    this.fold = new Fold(this.fresh);
    // One that stopped is given the event at which it did, too.
    const sizes = new Map(
      this.standing.map(({ name, size, stopped }) => [
        name,
        stopped === undefined ? size : size + 1,
      ]),
    );
    const compared = hasAll ? projections.filter(({ name }) => sizes.has(name)) : [];
    this.fold.register(compared.map((each) => upTo(each, sizes.get(each.name) ?? 0)));
  }

  take(event: Recorded): void {
    const { seq } = event.header;
    if (seq >= this.size) return;
    this.fold.take(event);
    if (seq % EVERY === 0) this.fold.flush();
  }

  /** Compares what came of the events, where all that the mirror has taken went by. */
  finish(crypto: Crypto, hasAll: boolean): Checked {
    const { standing, size } = this;
    const digests = this.hasAll ? this.mirror.fold.digests(crypto) : {};
    const expected = hasAll ? this.fold.digests(crypto) : {};
    const again = new Map(this.fold.status().map((each) => [each.name, each.stopped]));
    const findings = standing.flatMap(({ name, stopped, size: come }): readonly ReportFinding[] => {
      const [ought, is] = [expected[name], digests[name]];
      const isOther = ought !== is && ought !== undefined && is !== undefined;
      const about = { member: name, seq: come };
      // Where the mirror cannot tell its end, that is what is told.
      const isAhead = come > size && size > 0;
      // What stops a projection is an event, and it stops at that one again.
      const isGoing = come >= size || (hasAll && again.get(name) === undefined);
      const isNoStop = stopped !== undefined && isGoing && !isAhead;
      return [
        ...(stopped === undefined
          ? []
          : [found('projection_stopped', { ...about, reason: stopped })]),
        ...(stopped === undefined && come < size ? [found('projection_lags', about)] : []),
        // Of events that are still to come it has taken none, and would take none of them.
        ...(isAhead ? [found('projection_differs', { ...about, expected: String(size) })] : []),
        ...(isNoStop ? [found('projection_differs', { ...about, actual: 'stopped' })] : []),
        ...(isOther && come <= size && !isNoStop
          ? [found('projection_differs', { member: name, expected: ought, actual: is })]
          : []),
      ];
    });
    const missing = this.mirror.fold.missing();
    const lost = missing.map((sql) => found('mirror_schema', { expected: sql }));
    return {
      findings: [...findings, ...lost, ...this.unknown(), ...this.delivery(hasAll)],
      digests,
    };
  }

  /** What is there of another version, or not at all: nothing of it was compared. */
  private unknown(): readonly ReportFinding[] {
    const versions = this.mirror.fold.versions();
    const there = new Set(this.standing.map(({ name }) => name));
    return this.projections
      .filter(({ name }) => !there.has(name))
      .map(({ name: member, version }) => {
        const actual = versions.get(member);
        if (actual === undefined) return found('projection_lags', { member, seq: 0 });
        const about = { expected: `version ${version}`, actual: `version ${actual}` };
        return found('projection_differs', { member, ...about });
      });
  }

  /** Of what was folded here: the mirror may say anything. */
  private delivery(hasAll: boolean): readonly ReportFinding[] {
    const faults = hasAll ? this.fold.rows(outbox.name, 'fault') : undefined;
    return faults === undefined ? [] : deliveryFindings(faults);
  }

  /** How many events the mirror has taken. */
  get taken(): number {
    return this.size;
  }

  close(): void {
    this.fresh.close();
  }
}

export interface Checked {
  readonly findings: readonly ReportFinding[];
  readonly digests: Readonly<Record<string, string>>;
}

/** Judges decisions again, in order, as the lines go by. */
export class DecisionCheck {
  readonly findings: ReportFinding[] = [];
  /** Whether every event so far was judged: not one that turns on what is withheld. */
  isWhole = true;
  /** Behind an event that cannot be read none can be judged. */
  private isRead = true;
  private readonly crypto: Crypto;
  /** What the events so far have come to. */
  ground: Ground;

  constructor(crypto: Crypto, builtIn: PolicySet) {
    this.crypto = crypto;
    this.ground = groundOf(builtIn);
  }

  take(event: Recorded | undefined): void {
    if (event === undefined) {
      this.isRead = false;
      this.isWhole = false;
    }
    if (event === undefined || !this.isRead) return;
    const { isSame, again } = judgeAgain(this.crypto, this.ground, event);
    if (isSame === undefined) this.isWhole = false;
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
