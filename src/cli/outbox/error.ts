/**
 * What keeps delivery from going on, and what cannot be done about it.
 */
import type { Replaced } from '../../delivery/book.ts';
import type { Stands } from '../../delivery/item-state.ts';
import type { ItemState } from '../../delivery/list.ts';
import type { SecretMissing } from '../../delivery/secret.ts';
import type { ToMove } from '../../delivery/whole.ts';

/** Items wait that could not be delivered now. */
export interface Undelivered {
  readonly _tag: 'Undelivered';
  readonly late: readonly [Late, ...Late[]];
  /** In all of them; of a probe nothing waits. */
  readonly waiting: number;
}

/** Where, and why. */
export interface Late {
  readonly destination: string;
  readonly reason: string | undefined;
  /** Whether it asked to be left alone for now. */
  readonly isAsked: boolean;
}

/** A destination that refuses us, until somebody mends what is said. */
export interface DestinationStopped {
  readonly _tag: 'DestinationStopped';
  readonly destination: string;
  readonly reason: string;
  /** What leads on once it is mended; where it is stopped, that it is resumed. */
  readonly word?: 'test' | 'resume' | 'set';
}

/** A secret that a destination names. */
export interface NoSecret extends SecretMissing {
  readonly destination: string;
}

/** Nothing can be said of a destination that is over. */
export interface DestinationRetired {
  readonly _tag: 'DestinationRetired';
  readonly destination: string;
}

/** One that has begun does not begin anew: it has passed what lies before. */
export interface DestinationBegun {
  readonly _tag: 'DestinationBegun';
  readonly destination: string;
  readonly cursor: number;
}

/** Batches are under way in another format, and would leave for the wrong receiver, or unsigned. */
export interface DestinationPlanned {
  readonly _tag: 'DestinationPlanned';
  readonly destination: string;
  readonly format: string;
  readonly items: number;
}

/** An item that is in a state from which it cannot be moved so. */
export interface ItemElsewhere {
  readonly _tag: 'ItemElsewhere';
  readonly item: string;
  readonly state: ItemState;
  /** The destination that was named: what is told to do is done there alone. */
  readonly to?: string | undefined;
  readonly batch?: ToMove | undefined;
  /** The destination that takes it no more. */
  readonly untaken?: string | undefined;
  /** It, or another of its batch, for which a later one stands, and whether that can be dropped. */
  readonly stands?: (Stands & { readonly isIt: boolean; readonly isParked: boolean }) | undefined;
}

/** One that would come in behind a later one, and take its place. */
export interface SaidLater {
  readonly _tag: 'SaidLater';
  /** How it speaks of a destination; undefined of an item. */
  readonly how: string | undefined;
  readonly by: string;
}

export type OutboxError =
  | Undelivered
  | DestinationStopped
  | DestinationRetired
  | DestinationBegun
  | DestinationPlanned
  | NoSecret
  | ItemElsewhere
  | SaidLater
  | Replaced;
