/**
 * The ids of rows of an outbox, from which it is read what is recorded of them.
 *
 *     kaizen:row:CONTENT:FILE[.AGE]:NUMBER:FATE[:FILE[.AGE]:NUMBER]
 *
 * AGE is that of the files (age.ts).
 */
import type { Merged } from './merge.ts';

/** The id of a row, and of what it was recorded as where it waited before it was moved. */
export interface Named {
  readonly id: string;
  readonly as?: string;
  /** Whether it was kept before, and not enqueued. */
  readonly isKept?: boolean;
}

export const under = (digest: string): string => `kaizen:row:${digest.slice(0, 32)}:`;
export const PLACE = /^(?<file>[a-z]+)(?:\.(?<age>[0-9a-f]{6}))?:(?<number>-?\d+):(?<rest>.+)$/;
export const CLAIM = /:(?<file>[a-z]+)(?:\.[0-9a-f]{6})?:(?<number>-?\d+)$/;

export const ALIAS: Readonly<Record<string, string>> = {
  redb: 'archive',
  archive: 'redb',
  migrated: 'sqlite',
};
export const LIVE: ReadonlySet<string> = new Set(['waits', 'moved', 'sent', 'ended']);

/** What is told of a row, and what where it is another's that waited before. */
export const FATES: Readonly<Record<Merged['fate'], readonly [now: string, later?: string]>> = {
  pending: ['waits', 'moved'],
  sent: ['sent', 'ended'],
  equal: ['equal'],
  replaced: ['replaced'],
};

export const isLive = ({ fate }: Merged): boolean => fate === 'pending' || fate === 'sent';

/** The name of a place without the age of its file. */
export const nameIn = ({ file, number }: Readonly<Record<string, string>>): string =>
  `${file}:${number}`;

/** The file of a place, behind the digest of its row. */
export const fileIn = (place: string): string =>
  place.slice(place.indexOf(' '), place.indexOf(':'));
