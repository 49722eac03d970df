/**
 * What delivery needs of the world.
 */
import type { Ledger } from '../ledger.ts';
import type { Ports } from '../usecase/ports.ts';
import type { Post } from './post.ts';
import type { Secrets } from './secret.ts';

export interface World {
  readonly ledger: Ledger;
  readonly ports: Pick<Ports, 'crypto' | 'disk' | 'lock'>;
  readonly post: Post;
  readonly secrets: Secrets;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  /** The signal ends it earlier. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<unknown>;
  /** From 0, below 1. */
  readonly random: () => number;
  /** Told of whatever changes how a destination stands. */
  readonly onHealth: (health: Health) => void;
}

/** How a destination does, when that changes. */
export interface Health {
  readonly destination: string;
  readonly reason: string;
  readonly until?: number;
}

/** How long is gone on with, and what ends it all before that. */
export interface Patience {
  /** How long to go on with a batch that fails; as the destination has it, where left out. */
  readonly maxWaitMs?: number | undefined;
  /** Leave alone those that are to be tried later. */
  readonly isPatient?: boolean | undefined;
  /** Ends it: what was sent is waited for and recorded, nothing else is begun. */
  readonly signal?: AbortSignal | undefined;
}
