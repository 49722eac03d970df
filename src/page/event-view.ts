/**
 * One event: who, what, by which rules, and its way up the tree to the root that was signed.
 */
import { noble } from '../../ledger/crypto/noble.ts';
import { parseBase64 } from '../../ledger/encoding/base64.ts';
import { formatHex, parseHex } from '../../ledger/encoding/hex.ts';
import type { Header } from '../../ledger/event/header.ts';
import { nodeHash } from '../../ledger/tree/tree.ts';
import { element, pairs } from './element.ts';

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

/** The nodes from the event up, each with the neighbour that it is joined with. */
const wayUp = (seq: number, size: number, hash: string, proof: readonly string[]): string => {
  let node = parseHex(hash) ?? new Uint8Array(32);
  let [index, last] = [seq, size - 1];
  const lines = [`event ${seq}  ${hash}`];
  for (const text of proof) {
    const other = parseBase64(text) ?? new Uint8Array(32);
    while (index % 2 === 0 && index === last && last > 0)
      [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
    const isRight = index % 2 === 1;
    node = isRight ? nodeHash(noble, other, node) : nodeHash(noble, node, other);
    lines.push(`${isRight ? 'left of it ' : 'right of it'}  ${formatHex(other)}`);
    lines.push(`  = node     ${formatHex(node)}`);
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  return `${lines.join('\n')}  the root`;
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
  const way =
    proof === undefined
      ? element('p', {}, 'It is part of the chain, and was not asked for: no proof of its own.')
      : element('pre', { tabIndex: 0 }, wayUp(seq, size, shown.event_hash, proof));
  return element(
    'section',
    { className: 'event', ariaLabel: `Event ${seq}` },
    element('h3', {}, `Event ${seq}`),
    pairs(facts(shown)),
    element('h4', {}, 'Content'),
    payload,
    element('h4', {}, 'Its way up the tree'),
    way,
  );
};
