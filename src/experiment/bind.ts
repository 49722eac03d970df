/**
 * To which arm each session belongs. What the events of a session say is gathered in the one pass
 * over them; a tag set by hand wins over it. A session that belongs to no arm, or to more than one,
 * is excluded and says why.
 */
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Recorded } from '../../policies/state/past.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { isOfType } from '../../policies/type-pattern.ts';
import type { Arm, Binding } from './binding-shape.ts';
import { leadTo, stepsOf, wordOf } from './reading.ts';
import type { CommitAnswer } from './story.ts';

export type Exclusion =
  | 'tagged_excluded'
  | 'began_before_start'
  | 'matches_both_arms'
  | 'moves_between_arms'
  | 'matches_neither_arm'
  | 'nothing_to_bind_by'
  | 'commit_unresolved'
  | Exclude<CommitAnswer, Arm>;

/** What one event says of its session. */
type Answer = Arm | Exclusion;

const COMMIT = /^[0-9a-f]{7,64}$/;

const inSpan = (time: string, { from = '', until = '\uffff' }: Span): boolean =>
  time >= from && time < until;
interface Span {
  readonly from?: string;
  readonly until?: string;
}

const byMatch = (isControl: boolean, isTreatment: boolean): Answer => {
  if (isControl && isTreatment) return 'matches_both_arms';
  if (isControl) return 'control';
  return isTreatment ? 'treatment' : 'matches_neither_arm';
};

/** drawn gives the arm that a hash draws: the first 48 bits, as a fraction, against the share. */
export const drawn = (crypto: Crypto, salt: string, session: string, share: number): Arm => {
  const text = `ledger/experiment_split/1\n${salt}\n${session}`;
  const fraction = parseInt(crypto.digest(encodeUtf8(text)).slice(0, 12), 16) / 2 ** 48;
  return fraction < share ? 'control' : 'treatment';
};

type Said = (event: Recorded, session: string) => Answer;

const wordAt = (pointer: string): ((event: Recorded) => string | undefined) => {
  const steps = stepsOf(pointer);
  return ({ payload }) => {
    const found = leadTo(payload, steps);
    return found === undefined ? undefined : wordOf(found);
  };
};

const saidBy = (
  crypto: Crypto,
  id: string,
  { commit, branch, value, window, split }: Binding,
  commits: ReadonlyMap<string, CommitAnswer>,
  noteCommit: (commit: string) => void,
): { readonly type: string; readonly said: Said } | undefined => {
  if (commit !== undefined) {
    const at = wordAt(commit.pointer);
    const said: Said = (event) => {
      const word = at(event);
      if (word === undefined) return 'nothing_to_bind_by';
      if (!COMMIT.test(word)) return 'commit_unknown';
      noteCommit(word);
      return commits.get(word) ?? 'commit_unresolved';
    };
    return { type: commit.type, said };
  }
  if (branch !== undefined || value !== undefined) {
    const { type, pointer } = branch ?? value ?? { type: '', pointer: '' };
    const at = wordAt(pointer);
    const of = (arm: Arm): ReadonlySet<string> =>
      new Set(branch === undefined ? (value?.[arm] ?? []) : [branch[arm]]);
    const [control, treatment] = [of('control'), of('treatment')];
    const said: Said = (event) => {
      const word = at(event);
      if (word === undefined) return 'nothing_to_bind_by';
      return byMatch(control.has(word), treatment.has(word));
    };
    return { type, said };
  }
  if (window !== undefined) {
    const { control, treatment, type } = window;
    const said: Said = ({ header: { recorded_at: time } }) =>
      byMatch(inSpan(time, control), inSpan(time, treatment));
    return { type, said };
  }
  if (split === undefined) return undefined;
  const { salt = id, shares, type } = split;
  return { type, said: (_, session) => drawn(crypto, salt, session, shares.control) };
};

/** Gathers what events say of sessions. */
export class Binder {
  /** The commits that were met. */
  readonly commits = new Set<string>();
  /** What was said of each session, each answer once. */
  private readonly said = new Map<string, readonly Answer[]>();
  private readonly by: ReturnType<typeof saidBy>;

  constructor(
    crypto: Crypto,
    id: string,
    binding: Binding,
    commits: ReadonlyMap<string, CommitAnswer>,
  ) {
    this.by = saidBy(crypto, id, binding, commits, (commit) => void this.commits.add(commit));
  }

  get patterns(): readonly string[] {
    return this.by === undefined ? [] : [this.by.type];
  }

  take(event: Recorded): void {
    const { by } = this;
    const { session_id: session, event_type: type } = event.header;
    if (by === undefined || session === undefined) return;
    if (!isOfType(by.type as TypePattern, type)) return;
    const before = this.said.get(session) ?? [];
    const now = by.said(event, session);
    if (!before.includes(now)) this.said.set(session, [...before, now]);
  }

  /** The sessions of which something was said. */
  get sessions(): Iterable<string> {
    return this.said.keys();
  }

  answer(session: string): Answer {
    return together(this.said.get(session) ?? []);
  }
}

const isArm = (answer: Answer): answer is Arm => answer === 'control' || answer === 'treatment';

/** What events say together that differ, whichever of them came first. */
export const together = (said: readonly Answer[]): Answer => {
  const [arm, other] = said.filter(isArm);
  if (other !== undefined) return 'moves_between_arms';
  // An event that says nothing leaves it to the others; anything else against an arm excludes.
  const [reason] = said.filter((each) => !isArm(each) && each !== 'nothing_to_bind_by').toSorted();
  return reason ?? arm ?? 'nothing_to_bind_by';
};
