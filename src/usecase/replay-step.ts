/**
 * The steps of a replay, as a plan names them.
 */
import type { Remake } from './replay-journal.ts';

export type Step =
  | { readonly step: 'rebuild_mirror'; readonly reason: string; readonly events: number }
  | { readonly step: 'set_mirror_aside'; readonly reason: string }
  | { readonly step: 'begin_projection'; readonly reason: string; readonly projection: string }
  | {
      readonly step: 'adopt_lines';
      readonly reason: 'behind_recorded_end';
      readonly from: number;
      readonly events: number;
    }
  | {
      readonly step: 'set_aside';
      readonly reason: 'torn_tail' | 'beyond_last_good' | 'replaced';
      readonly segment: string;
      readonly offset: number;
      readonly bytes: number;
    }
  | {
      readonly step: 'write_lines';
      readonly reason: 'journal_missing' | 'journal_damaged';
      readonly from: number;
      readonly events: number;
    }
  | {
      readonly step: 'move_checkpoints';
      readonly reason: 'beyond_last_good';
      readonly size: number;
    }
  | {
      readonly step: 'restore_checkpoint';
      readonly reason: 'missing' | 'older' | 'beyond_last_good';
      readonly size: number;
    }
  | { readonly step: 'replace_log_key'; readonly reason: 'checkpoint_undone' }
  | {
      readonly step: 'record_recovery';
      readonly reason: 'beyond_last_good';
      readonly size: number;
    };

/** Which lines no segment holds that may stay. */
const missingIn = ({ size, intact }: Remake): readonly (readonly [from: number, to: number])[] => {
  const gaps: (readonly [number, number])[] = [];
  let from = 0;
  for (const [first, end] of [...intact].toSorted(([a], [b]) => a - b)) {
    if (first > from) gaps.push([from, first]);
    from = end;
  }
  return from < size ? [...gaps, [from, size]] : gaps;
};

/** fromMirrorSteps are those of a journal that is made anew of the mirror. */
export const fromMirrorSteps = (remake: Remake): readonly Step[] => {
  const { segments, size, intact } = remake;
  const reason = segments.length === 0 ? 'journal_missing' : 'journal_damaged';
  const replaced = segments.filter(({ first, bytes }) => !intact.has(first) && bytes > 0);
  return [
    ...replaced.map(({ name: segment, bytes }): Step => {
      return { step: 'set_aside', reason: 'replaced', segment, offset: 0, bytes };
    }),
    ...missingIn(remake).map(([from, to]): Step => {
      return { step: 'write_lines', reason, from, events: to - from };
    }),
    { step: 'rebuild_mirror', reason, events: size },
  ];
};

/**
 * projectionsSteps are those of projections that are begun anew, all of them. The mirror is opened
 * for that as for an append: what that mends comes first, and one that cannot be is made anew.
 */
export const projectionsSteps = (
  projections: readonly { readonly name: string }[],
  all: readonly Step[],
  isThere: boolean,
): readonly Step[] => [
  ...all.filter(({ step }) =>
    isThere ? step === 'set_aside' || step === 'adopt_lines' : step !== 'begin_projection',
  ),
  ...projections.map(({ name }): Step => {
    return { step: 'begin_projection', reason: 'asked', projection: name };
  }),
];
