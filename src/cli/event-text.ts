/**
 * An event as people read it alone: first what it means, in sentences, then every member of it as
 * it is recorded. Every part of it is made harmless.
 */
import { visible } from '../../ledger/render/render.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { Found } from '../usecase/query.ts';
import { agoText } from './ago.ts';
import type { Enrolled } from './enrolled.ts';

/** What the ledger knows of an event beside what stands in it. */
export interface About {
  /** Whose key signed it, as that key is now. */
  readonly key: Enrolled | undefined;
  /** The size of the first checkpoint that covers it, undefined where none does. */
  readonly checkpoint: number | undefined;
  /** The ids of the events that correct it. */
  readonly correctedBy: readonly string[];
  /** Where it says that the payload is erased. */
  readonly erasedBy: number | undefined;
  readonly now: number;
}

type Header = ReturnType<typeof recordedOf>['header'];

const sourceText = ({ source }: Header): string =>
  [`${source.kind}:${source.name}`, source.version, source.model, source.instance]
    .filter((part) => part !== undefined)
    .join(', ');

const signedText = ({ attestation }: Header, key: Enrolled | undefined): string => {
  if (attestation === undefined) return 'nobody signed it';
  const { key_id: id, meaning, signed_at: at } = attestation;
  const known =
    key === undefined
      ? 'a key that is not enrolled'
      : `a key of tier ${key.tier}, ${key.state} since event ${key.since_seq}`;
  return `signed by ${id} (${known}), as ${meaning}, at ${at}`;
};

const policyText = ({ policy, authorization }: Header): string => {
  const rules = policy.contributing ?? [];
  const by = rules.length === 0 ? '' : ` because of ${rules.join(', ')}`;
  const glass = authorization === undefined ? '' : `, with the authorization ${authorization}`;
  const set = policy.policy_set.slice(0, 12);
  return `the policies said ${policy.outcome}${by}${glass} (set ${set}…)`;
};

const sentences = (header: Header, { key, checkpoint, correctedBy, erasedBy, now }: About) => [
  `event ${header.seq} of ${header.ledger}: ${header.event_type}, by ${sourceText(header)}`,
  `recorded ${agoText(now - Date.parse(header.recorded_at))}; it happened at ${header.observed_at}`,
  signedText(header, key),
  policyText(header),
  checkpoint === undefined
    ? 'no checkpoint covers it yet: ledger checkpoint'
    : `the checkpoint of size ${checkpoint} covers it: ledger prove ${header.seq}`,
  ...(header.causation_id === undefined ? [] : [`caused by ${header.causation_id}`]),
  ...(header.supersedes === undefined ? [] : [`corrects ${header.supersedes}`]),
  ...correctedBy.map((id) => `corrected by ${id}: ledger show ${id}`),
  ...(erasedBy === undefined ? [] : [`what it said was erased: ledger show ${erasedBy}`]),
];

/** fullText is all of an event. */
export const fullText = ({ line }: Found, about: About): string => {
  const { event_hash, header, payload } = recordedOf(line);
  const { attestation, policy, ...rest } = header;
  const members: Readonly<Record<string, unknown>> = { event_hash, ...rest, policy, attestation };
  const rows = Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return `${name}: ${visible(text)}`;
    });
  const shown = payload === undefined ? undefined : JSON.stringify(payload, undefined, 2);
  const payloadLines = (shown ?? '(withheld)').split('\n').map(visible);
  return [
    ...sentences(header, about).map(visible),
    '',
    ...rows,
    'payload:',
    ...payloadLines.map((each) => `  ${each}`),
    '',
  ].join('\n');
};
