/**
 * One event: who, what, by which rules, and its way up the tree to the root that was signed.
 */
import type { Header } from '../../ledger/event/header.ts';
import { element, pairs } from './element.ts';
import { wayDrawing } from './way-drawing.ts';
import { wayText, wayUp } from './way.ts';

export interface Shown {
  readonly event_hash: string;
  readonly header: Header;
  readonly payload?: unknown;
  readonly isWithheld: boolean;
}

const facts = ({ header, event_hash: hash }: Shown): readonly (readonly [string, string])[] => {
  const { source, attestation, policy, session_id: session, supersedes, seen } = header;
  const by = attestation === undefined ? 'nobody signed it' : attestation.key_id;
  return [
    ['type', header.event_type],
    ['id', header.id],
    ['recorded', header.recorded_at],
    ['observed', header.observed_at],
    ['source', `${source.kind}: ${source.name}`],
    ['signed by', by],
    ...(attestation === undefined
      ? []
      : ([['as', `${attestation.meaning}, ${attestation.signed_at}`]] as const)),
    ['policy', `${policy.outcome} ${policy.contributing?.join(', ') ?? ''}`],
    ['policy set', policy.policy_set],
    ...(session === undefined ? [] : ([['session', session]] as const)),
    ...(supersedes === undefined ? [] : ([['corrects', supersedes]] as const)),
    ...(seen === undefined ? [] : ([['had seen', `event ${seen.seq}`]] as const)),
    ['hash', hash],
    ['hash before', header.prev_event_hash],
  ];
};

/** eventView shows an event. */
export const eventView = (
  shown: Shown,
  proof: readonly string[] | undefined,
  size: number,
): HTMLElement => {
  const { seq } = shown.header;
  const payload = shown.isWithheld
    ? element('p', {}, 'The content is withheld. That the event is there is proved.')
    : element('pre', { tabIndex: 0 }, JSON.stringify(shown.payload, null, 1));
  const hash = shown.event_hash;
  const steps = proof && wayUp(seq, size, hash, proof);
  const way =
    steps === undefined
      ? [element('p', {}, 'It is part of the chain, and was not asked for: no proof of its own.')]
      : [wayDrawing(seq, hash, steps), element('pre', { tabIndex: 0 }, wayText(seq, hash, steps))];
  return element(
    'section',
    { className: 'event', ariaLabel: `Event ${seq}` },
    element('h3', {}, `Event ${seq}`),
    pairs(facts(shown)),
    element('h4', {}, 'Content'),
    payload,
    element('h4', {}, 'Its way up the tree'),
    ...way,
  );
};
