/**
 * Experiments for tests: a plan, and what happened so far, told as a business would tell it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { native } from '../../../ledger/crypto/native.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Command, Standing } from '../../../src/experiment/decider.ts';
import { NOTHING, decide, evolve } from '../../../src/experiment/decider.ts';
import type { Plan } from '../../../src/experiment/plan.ts';
import { planDigest, planShape } from '../../../src/experiment/plan.ts';
import { right } from '../../build/ledger.ts';

export const WRITTEN: JsonObject = {
  id: 'cheaper-cache',
  hypothesis: 'The cache lowers the cost of a session by a tenth.',
  change: 'Cache of tool results, 10 minutes.',
  metric: {
    name: 'cost',
    type: 'session.cost',
    pointer: '/usd',
    aggregate: 'sum',
    better: 'lower',
  },
  criterion: { relative_pct: 10 },
};

/** planOf makes a plan of what is written and of what is different. */
export const planOf = (more: JsonObject = {}): Plan =>
  right(planShape({ ...WRITTEN, ...more }, ''));

export const PLAN = planOf();
const OF = { experiment: PLAN.id };

export const created: Command = { kind: 'created', plan: PLAN };
export const amended = (more: JsonObject): Command => ({ kind: 'amended', plan: planOf(more) });
export const started = (plan = PLAN): Command => ({
  kind: 'started',
  ...OF,
  plan_digest: planDigest(native, plan),
});
export const tagged = (
  session: string,
  variant: 'control' | 'treatment' | 'excluded',
): Command => ({ kind: 'tagged', ...OF, session, variant });
export const untagged = (session: string): Command => ({
  kind: 'untagged',
  ...OF,
  session,
  reason: 'a test run',
});
export const concluded: Command = { kind: 'concluded', ...OF, early: false, verdict: 'met' };
export const archived: Command = { kind: 'archived', ...OF };

/** A world of one experiment: its tags are kept for all sessions. */
export class World {
  private experiment: Standing['experiment'] = NOTHING;
  private readonly tags = new Map<string, Standing['tag']>();
  private seq = 0;

  standing(command: Command): Standing {
    const tag = 'session' in command ? this.tags.get(command.session) : undefined;
    return { experiment: this.experiment, tag };
  }

  /** Has it recorded, whether or not it was decided; gives whether it changed anything. */
  record(command: Command): boolean {
    this.seq++;
    const at = { seq: this.seq, id: `event-${this.seq}`, time: '2026-11-20T09:00:00.000Z' };
    const next = evolve(native, this.standing(command), command, at);
    if (next === undefined) return false;
    this.experiment = next.experiment;
    if ('session' in command) this.tags.set(command.session, next.tag);
    return true;
  }

  get status(): string {
    return this.experiment.status;
  }
}

/** given tells what happened; `when` what somebody wants, and `then` what comes of it. */
export const given = (...before: readonly Command[]) => {
  const world = new World();
  for (const each of before) if (!world.record(each)) throw new Error(`not so: ${each.kind}`);
  return {
    when: (wanted: Command) => {
      const decided = decide(native, world.standing(wanted), wanted);
      return E.isLeft(decided)
        ? { refused: decided.left }
        : { recorded: decided.right.map(({ kind }) => kind) };
    },
  };
};
