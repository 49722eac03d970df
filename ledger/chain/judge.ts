/**
 * Judging a well-formed line by the state before it: what it must be as the first, what it refers
 * to, whose signature it bears, and what it may govern.
 */
import type { Header } from '../event/header.ts';
import type { Line } from '../event/line.ts';
import { headerOf, payloadOf } from '../event/line.ts';
import type { Finding } from '../finding.ts';
import { finding } from '../finding.ts';
import { isGoverning } from '../name.ts';
import { isGoverned, judgeAttestation, judgeAuthority } from './attested.ts';
import { govern, isUnknownKeyEvent } from './governance.ts';
import type { Governed } from './ruling.ts';
import type { ChainState, Means } from './state.ts';

const CREATED = 'ledger.created';

/** judgeFounding: the first event founds the ledger; no other does. */
export const judgeFounding = (state: ChainState, line: Line): readonly Finding[] => {
  const { seq, event_type: type } = line;
  if (state.lines > 0) return type === CREATED ? [finding('created_again', { seq })] : [];
  const findings: Finding[] = [];
  if (type !== CREATED)
    findings.push(finding('first_event_type', { seq, expected: CREATED, actual: type }));
  if (line.isAttested) findings.push(finding('first_event_attested', { seq }));
  return findings;
};

const judgeSeen = (
  { history }: Means,
  state: ChainState,
  { seen, seq }: Header,
): readonly Finding[] => {
  if (seen === undefined) return [];
  if (seen.seq >= seq) return [finding('seen_not_earlier', { seq, actual: String(seen.seq) })];
  const actual = history.hashAt(seen.seq);
  const wasUnreadable = actual === undefined && state.frontier === undefined;
  if (actual === seen.event_hash || wasUnreadable) return [];
  const found = actual === undefined ? {} : { actual };
  return [finding('seen_mismatch', { seq, expected: seen.event_hash, ...found })];
};

const judgeOverride = ({ history }: Means, header: Header): readonly Finding[] => {
  const { authorization, policy, seq } = header;
  if (policy.outcome !== 'break_glass' || authorization === undefined) return [];
  return history.isAuthorized(authorization)
    ? []
    : [finding('authorization_unknown', { seq, actual: authorization })];
};

export const judgeWithheld = ({ history }: Means, line: Line): readonly Finding[] => {
  if (line.payload !== undefined) return [];
  if (isGoverning(line.event_type)) return [finding('withheld_governing', { seq: line.seq })];
  history.withhold(line.seq, line.event_hash);
  return [];
};

const judgeType = ({ event_type: actual, seq }: Header): readonly Finding[] =>
  isUnknownKeyEvent(actual) ? [finding('key_event_unknown', { seq, actual })] : [];

interface Judgement {
  readonly findings: readonly Finding[];
  readonly after: Governed;
}

/**
 * judgeRare: what only some events bear: signatures, references to the past, overrides, the power
 * to govern.
 */
export const judgeRare = (
  means: Means,
  state: ChainState,
  line: Line,
  isIntact: boolean,
): Judgement => {
  const header = headerOf(line);
  // What other events say is nobody's business here, and long to read.
  const payload = isGoverning(line.event_type) ? payloadOf(line) : undefined;
  const isFirst = state.lines === 0;
  const attested = isFirst
    ? { findings: [], by: undefined }
    : judgeAttestation(means, state.keyring, header, payload);
  const { by } = attested;
  if (by !== undefined && by !== 'self') means.history.use(by.key.keyId, header.recorded_at);
  const authority =
    isGoverned(line.event_type) && !isFirst ? judgeAuthority(header, payload, attested) : [];
  const findings = [
    ...attested.findings,
    ...authority,
    ...judgeSeen(means, state, header),
    ...judgeOverride(means, header),
    ...judgeType(header),
  ];
  // An event that may not govern changes nothing, nor does one whose bytes are not what was sealed.
  const isMute = attested.findings.length > 0 || authority.length > 0 || !isIntact;
  const isCreated = line.event_type === CREATED;
  if (isMute || isCreated !== isFirst || payload === undefined) return { findings, after: state };
  const ruling = govern(means, state, header, payload);
  return { findings: [...findings, ...ruling.findings], after: ruling };
};

export const isRare = (line: Line): boolean =>
  line.isAttested || line.hasSeen || line.outcome === 'break_glass' || isGoverning(line.event_type);
