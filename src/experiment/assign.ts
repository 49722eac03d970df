/**
 * The arms, session by session: tags first, then what the binding says. A session that began before
 * the plan was sealed does not count, unless the plan says that such do.
 */
import { statementOf } from '../storage/statement.ts';
import type { Steps } from '../storage/steps.ts';
import type { Read } from '../usecase/reader.ts';
import type { Binder, Exclusion } from './bind.ts';
import type { Source } from './pass.ts';
import type { Arm } from './binding-shape.ts';
import type { Story } from './story.ts';

export interface Assigned {
  readonly session: string;
  readonly arm: Arm | undefined;
  /** Why it belongs to none. */
  readonly reason: Exclusion | undefined;
  readonly by: 'tag' | 'binding';
  /** The position of its first event; undefined where there is none yet. */
  readonly began: number | undefined;
}

const FIRST = 'SELECT min(seq) AS seq FROM events WHERE session_id = ? AND seq < ?';
/** Of so many sessions it is asked at a time. */
const STEP = 1000;

/** firstOf reads where sessions begin, by the index of sessions. */
function* firstOf(
  source: Source,
  sessions: readonly string[],
  size: number,
): Steps<Read<readonly (number | undefined)[]>> {
  const firsts: (number | undefined)[] = [];
  for (let from = 0; from < sessions.length; from += STEP) {
    const read = source.look(({ database: { sqlite } }) => {
      for (const session of sessions.slice(from, from + STEP)) {
        const row = statementOf(sqlite, FIRST).get(session, size) as { seq: number | null };
        firsts.push(row.seq ?? undefined);
      }
    });
    if (read._tag === 'Left') return read;
    yield;
  }
  return { _tag: 'Right', right: firsts };
}

/** byName is the order of sessions in all that is told: by code units, whatever the locale. */
export const byName = (a: string, b: string): number => {
  if (a === b) return 0;
  return a < b ? -1 : 1;
};

/** assign gives the arm of each session, in the order of their names. */
export function* assign(
  source: Source,
  { experiment, tags }: Story,
  binder: Binder,
  size: number,
): Steps<Read<readonly Assigned[]>> {
  const isOpen = experiment.status === 'nothing' || experiment.plan.include_earlier;
  const started = 'started' in experiment ? experiment.started.seq : Infinity;
  const sessions = [...new Set([...tags.keys(), ...binder.sessions])].toSorted(byName);
  const firsts = yield* firstOf(source, sessions, size);
  if (firsts._tag === 'Left') return firsts;
  const assigned = sessions.map((session, at): Assigned => {
    const began = firsts.right[at];
    const tag = tags.get(session);
    const told = { session, by: tag === undefined ? 'binding' : 'tag', began } as const;
    const none = (reason: Exclusion): Assigned => ({ ...told, arm: undefined, reason });
    if (began !== undefined && began < started && !isOpen) return none('began_before_start');
    const answer = tag?.variant ?? binder.answer(session);
    if (answer === 'excluded') return none('tagged_excluded');
    return answer === 'control' || answer === 'treatment'
      ? { ...told, arm: answer, reason: undefined }
      : none(answer);
  });
  return { _tag: 'Right', right: assigned };
}
