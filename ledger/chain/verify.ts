/**
 * Verifying a chain as a fold over its lines: state and line in, state and findings out. Behind an
 * offence the fold goes on from what the line states, so that one offence is not found again in
 * every line after it.
 */
import type { Line } from '../event/line.ts';
import { open } from '../event/open.ts';
import type { Claims, Opened } from '../event/plain.ts';
import { parseHex } from '../encoding/hex.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';
import type { Digest, Seq } from '../name.ts';
import { isGoverning } from '../name.ts';
import { append } from '../tree/tree.ts';
import { judgeHeld, judgeUnmet } from './checkpoint.ts';
import { isRare, judgeFounding, judgeRare, judgeWithheld } from './judge.ts';
import type { Governed } from './ruling.ts';
import type { ChainState, Means } from './state.ts';

export interface Step {
  readonly state: ChainState;
  readonly findings: readonly Finding[];
  readonly line: Line | undefined;
}

/** Whether the hashes are right: whether the line is the one that was sealed. */
const isSealed = ({ findings }: Opened): boolean =>
  findings.every(({ code }) => code !== 'event_hash_mismatch' && code !== 'payload_hash_mismatch');

const link = (means: Means, state: ChainState, hash: Digest | undefined): ChainState => {
  const leaf = hash === undefined ? undefined : parseHex(hash);
  const frontier =
    leaf === undefined || state.frontier === undefined
      ? undefined
      : append(means.crypto, state.frontier, leaf, means.onNode);
  return { ...state, lines: state.lines + 1, head: hash, frontier };
};

/** Whether the id is a new one; it counts as used from here on. */
const judgeId = (means: Means, state: ChainState, { id, seq }: Claims): readonly Finding[] => {
  const earlier = id === undefined ? undefined : means.history.claimId(id, state.lines);
  if (id === undefined || earlier === undefined) return [];
  const at = seq === undefined ? {} : { seq };
  return [finding('id_repeated', { ...at, expected: `first at ${earlier}`, actual: id })];
};

/** A line whose hash is not its own has lost its claim to a position: it stands where it stands. */
const placeOf = (state: ChainState, opened: Opened): Seq => {
  const { seq, event_hash: hash } = opened.claims;
  return seq !== undefined && hash !== undefined && isSealed(opened) ? seq : (state.seq as Seq);
};

/** Takes a line that is not well-formed: what it states otherwise is believed where it can be. */
const skip = (means: Means, state: ChainState, opened: Opened): Step => {
  const { claims, line } = opened;
  const seq = placeOf(state, opened);
  const findings = [...opened.findings, ...judgeId(means, state, claims)];
  if (claims.event_hash !== undefined) means.history.record(seq, claims.event_hash, false);
  return {
    line,
    findings,
    state: {
      ...link(means, state, claims.event_hash),
      seq: seq + 1,
      origin: state.origin ?? claims.ledger,
      recordedAt: claims.recorded_at ?? state.recordedAt,
      unsigned: state.unsigned + 1,
    },
  };
};

const take = (means: Means, state: ChainState, line: Line, opened: Opened): Step => {
  const isIntact = isSealed(opened);
  const { seq, policy_set: policySet } = line;
  const findings = [
    ...opened.findings,
    ...judgeFounding(state, line),
    ...judgeId(means, state, line),
  ];
  if (state.policySet !== undefined && policySet !== state.policySet)
    findings.push(
      finding('policy_set_mismatch', { seq, expected: state.policySet, actual: policySet }),
    );
  let after: Governed = state;
  if (isRare(line)) {
    const judged = judgeRare(means, state, line, isIntact);
    findings.push(...judged.findings);
    after = judged.after;
  }
  findings.push(...judgeWithheld(means, line));
  const position = placeOf(state, opened);
  means.history.record(position, line.event_hash, isGoverning(line.event_type));
  return {
    line,
    findings,
    state: {
      ...link(means, state, line.event_hash),
      seq: position + 1,
      origin: state.origin ?? line.ledger,
      recordedAt: line.recorded_at,
      keyring: after.keyring,
      policySet: after.policySet,
      attested: state.attested + (line.isAttested ? 1 : 0),
      unsigned: state.unsigned + (line.isAttested ? 0 : 1),
      withheld: state.withheld + (line.payload === undefined ? 1 : 0),
    },
  };
};

/** step takes the next line, LF included. The state it was given must not be used again. */
export const step = (means: Means, state: ChainState, bytes: Uint8Array): Step => {
  const opened = open(means.crypto, bytes, {
    ledger: state.origin,
    seq: state.seq,
    prev_event_hash: state.head,
    notBefore: state.recordedAt,
  });
  const { line } = opened;
  const taken = line === undefined ? skip(means, state, opened) : take(means, state, line, opened);
  const torn = state.isTorn ? [finding('line_after_torn_line', { seq: state.seq })] : [];
  const isTorn = bytes[bytes.length - 1] !== 0x0a;
  const judged = judgeHeld(means.crypto, { ...taken.state, isTorn });
  return { line, state: judged.state, findings: [...torn, ...taken.findings, ...judged.findings] };
};

/** What a verification of a chain left open. */
export type NotProved =
  | 'nothing_to_check'
  | 'no_checkpoint_matched'
  | 'events_behind_last_checkpoint'
  | 'withheld_payloads'
  | 'policy_sets_before_adoption'
  | 'policy_decisions';

export interface End {
  readonly findings: readonly Finding[];
  readonly notProved: readonly NotProved[];
}

/** finish judges what can only be judged at the end. */
export const finish = ({ crypto, history }: Means, state: ChainState): End => {
  const withheld = Array.from(history.withheld(), ([seq, hash]) =>
    finding('withheld_not_erased', { seq, actual: hash }),
  );
  const unmet = state.held.map((held) => judgeUnmet(crypto, state, held));
  const { lines, matched, matchedSize } = state;
  const each: readonly (readonly [NotProved, boolean])[] = [
    ['nothing_to_check', lines === 0],
    ['no_checkpoint_matched', matched === 0],
    ['events_behind_last_checkpoint', matched > 0 && matchedSize < lines],
    ['withheld_payloads', state.withheld > 0],
    ['policy_sets_before_adoption', true],
    ['policy_decisions', true],
  ];
  const notProved = each.flatMap(([name, isOpen]) => (isOpen ? [name] : []));
  return { findings: [...withheld, ...unmet], notProved };
};
