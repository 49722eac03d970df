/**
 * What a process is about to do to a ledger when something happens to it.
 */
import { appendFileSync, copyFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { append, found, opening } from './ground.ts';
import { removeMirror } from './oracle.ts';

export interface Scenario {
  readonly name: string;
  /** What the ledger holds already. */
  readonly before: readonly string[];
  /** What is appended to it. */
  readonly ids: readonly string[];
  readonly together?: boolean;
  readonly make: (folder: string) => Promise<void>;
}

const before = (count: number): readonly string[] =>
  Array.from({ length: count }, (_, i) => `b-${i}`);

const lastSegment = (folder: string): string => {
  const journal = join(folder, 'journal');
  return join(journal, readdirSync(journal).toSorted().at(-1) ?? '');
};

/** The next event begins a segment, and is the one at which a checkpoint is due. */
const rotation: Scenario = {
  name: 'an append that begins a segment and signs a checkpoint',
  before: before(6),
  ids: ['a'],
  make: (folder) => found(folder, before(6), { segment_bytes: 5500, checkpoint_events: 8 }),
};

/** The same, and another append, which shows whether the writer still trusts the disk. */
const trusting: Scenario = { ...rotation, ids: ['a', 'b'] };

/** What the disk holds when the writer dies between the journal's sync and the mirror's commit. */
const withMirrorBehind = async (folder: string, whole: readonly string[]): Promise<void> => {
  await found(folder, whole.slice(0, -2));
  copyFileSync(join(folder, 'mirror.db'), join(folder, 'kept'));
  await opening(folder, (ledger) => append(ledger, whole.slice(-2)));
  removeMirror(folder);
  copyFileSync(join(folder, 'kept'), join(folder, 'mirror.db'));
};

const others: readonly Scenario[] = [
  {
    name: 'the first append',
    before: [],
    ids: ['a'],
    make: (folder) => found(folder, []),
  },
  {
    name: 'a batch and its successor',
    before: before(2),
    ids: ['a', 'b', 'c'],
    together: true,
    make: (folder) => found(folder, before(2)),
  },
  {
    name: 'an append behind a torn tail',
    before: before(3),
    ids: ['a'],
    make: async (folder) => {
      await found(folder, before(3));
      appendFileSync(lastSegment(folder), '{"event_hash":"0123');
    },
  },
  {
    name: 'an append to a journal that is ahead of its mirror',
    before: before(5),
    ids: ['a'],
    make: (folder) => withMirrorBehind(folder, before(5)),
  },
  {
    name: 'an append to a ledger without a mirror',
    before: before(5),
    ids: ['a'],
    make: async (folder) => {
      await found(folder, before(5));
      removeMirror(folder);
    },
  },
  {
    name: 'an append to a ledger whose mirror is none, and whose tail is torn',
    before: before(5),
    ids: ['a'],
    make: async (folder) => {
      await found(folder, before(5));
      writeFileSync(join(folder, 'mirror.db'), 'x'.repeat(8192));
      appendFileSync(lastSegment(folder), '{"event_hash":"0123');
    },
  },
];

export const ROTATION = rotation;
export const TRUST = trusting;
export const SCENARIOS: readonly Scenario[] = [rotation, ...others];
