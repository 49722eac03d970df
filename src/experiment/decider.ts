/**
 * What may happen to an experiment, and what becomes of it then.
 *
 *     nothing --create--> draft --start--> running --conclude--> concluded --archive--> archived
 *                           └----------------archive----------------------------------> archived
 *
 * Where several processes decide at once, each by the same state, one of them records and the
 * others decide anew. An event that could not have been decided, whoever wrote it, changes nothing.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Digest } from '../../ledger/name.ts';
import type { Variant } from './binding-shape.ts';
import type { Happened } from './event.ts';
import { experimentOf, isNote } from './event.ts';
import type { Plan } from './plan.ts';
import { planDigest } from './plan.ts';

/** Where something stands in the ledger. */
export interface At {
  readonly seq: number;
  readonly id: string;
  readonly time: string;
}

interface Planned {
  readonly plan: Plan;
  readonly digest: Digest;
  readonly created: At;
}
type Concluded = Extract<Happened, { kind: 'concluded' }>;
interface Started extends Planned {
  readonly started: At;
}
interface Ended extends Started {
  readonly concluded: At;
  readonly conclusion: Concluded;
}

export type Experiment =
  | { readonly status: 'nothing' }
  | ({ readonly status: 'draft' } & Planned)
  | ({ readonly status: 'running' } & Started)
  | ({ readonly status: 'concluded' } & Ended)
  | ({ readonly status: 'archived'; readonly archived: At } & (Planned | Ended));

export type Status = Experiment['status'];

export interface Tag {
  readonly variant: Variant;
  readonly at: At;
}

/** What is decided by: the experiment, and the tag of the session that a command names. */
export interface Standing {
  readonly experiment: Experiment;
  readonly tag: Tag | undefined;
}

/** What somebody wants to happen is what would be recorded of it. */
export type Command = Exclude<Happened, { kind: 'looked' | 'resolved' }>;
export type CommandKind = Command['kind'];

export interface ExperimentRefused {
  readonly _tag: 'ExperimentRefused';
  readonly reason: 'not_allowed' | 'tagged_otherwise' | 'not_tagged' | 'plan_moved' | 'other_id';
  readonly experiment: string;
  readonly command: CommandKind;
  readonly status: Status;
  readonly allowed: readonly CommandKind[];
  /** The event that stands against it. */
  readonly earlier?: string;
}

const DAY_MS = 86_400_000;

/** isEarly tells whether a moment lies before the end that was planned for it. */
export const isEarly = (experiment: Experiment, atMs: number): boolean =>
  'started' in experiment &&
  atMs < Date.parse(experiment.started.time) + experiment.plan.duration_days * DAY_MS;

export const NOTHING: Experiment = { status: 'nothing' };

/** ALLOWED lists what may happen next. */
export const ALLOWED = {
  nothing: ['created'],
  draft: ['amended', 'started', 'archived'],
  running: ['tagged', 'untagged', 'concluded'],
  concluded: ['archived'],
  archived: [],
} as const satisfies Readonly<Record<Status, readonly CommandKind[]>>;

const objection = (
  crypto: Crypto,
  { experiment, tag }: Standing,
  command: Command,
): Pick<ExperimentRefused, 'reason' | 'earlier'> | undefined => {
  const allowed: readonly CommandKind[] = ALLOWED[experiment.status];
  if (!allowed.includes(command.kind)) return { reason: 'not_allowed' };
  switch (command.kind) {
    case 'amended':
      return experiment.status === 'draft' && experiment.plan.id !== command.plan.id
        ? { reason: 'other_id' }
        : undefined;
    case 'started': {
      if (experiment.status !== 'draft') return undefined;
      const isSame = planDigest(crypto, experiment.plan) === command.plan_digest;
      return isSame ? undefined : { reason: 'plan_moved' };
    }
    case 'tagged':
      return tag !== undefined && tag.variant !== command.variant
        ? { reason: 'tagged_otherwise', earlier: tag.at.id }
        : undefined;
    case 'untagged':
      return tag === undefined ? { reason: 'not_tagged' } : undefined;
    case 'created':
    case 'concluded':
    case 'archived':
      return undefined;
  }
};

const isTold = ({ tag }: Standing, command: Command): boolean =>
  command.kind === 'tagged' && tag?.variant === command.variant;

/** decide gives what is to be recorded: nothing, where it stands there already. */
export const decide = (
  crypto: Crypto,
  standing: Standing,
  command: Command,
): E.Either<ExperimentRefused, readonly Command[]> => {
  const against = objection(crypto, standing, command);
  if (against === undefined) return E.right(isTold(standing, command) ? [] : [command]);
  const { status } = standing.experiment;
  return E.left({
    _tag: 'ExperimentRefused',
    experiment: experimentOf(command),
    command: command.kind,
    status,
    allowed: ALLOWED[status],
    ...against,
  });
};

const follow = (
  crypto: Crypto,
  { experiment, tag }: Standing,
  command: Command,
  at: At,
): Standing => {
  const become = (next: Experiment): Standing => ({ experiment: next, tag });
  switch (command.kind) {
    case 'created': {
      const digest = planDigest(crypto, command.plan);
      return become({ status: 'draft', plan: command.plan, digest, created: at });
    }
    case 'amended': {
      if (experiment.status !== 'draft') return become(experiment);
      const digest = planDigest(crypto, command.plan);
      return become({ ...experiment, plan: command.plan, digest });
    }
    case 'started':
      return experiment.status === 'draft'
        ? become({ ...experiment, status: 'running', started: at })
        : become(experiment);
    case 'tagged':
      return { experiment, tag: { variant: command.variant, at } };
    case 'untagged':
      return { experiment, tag: undefined };
    case 'concluded':
      return experiment.status === 'running'
        ? become({ ...experiment, status: 'concluded', concluded: at, conclusion: command })
        : become(experiment);
    case 'archived':
      return experiment.status === 'draft' || experiment.status === 'concluded'
        ? become({ ...experiment, status: 'archived', archived: at })
        : become(experiment);
  }
};

/** evolve gives what a recorded event makes of it; undefined where it changes nothing. */
export const evolve = (
  crypto: Crypto,
  standing: Standing,
  happened: Happened,
  at: At,
): Standing | undefined => {
  if (isNote(happened)) return undefined;
  const decided = decide(crypto, standing, happened);
  return E.isLeft(decided) || decided.right.length === 0
    ? undefined
    : follow(crypto, standing, happened, at);
};
