/**
 * A destination: where events go, which of them, as what, and within which bounds. It is the
 * payload of `outbox.destination_set`, whole each time. Secrets are named, never written here.
 *
 *     {"format": "cloudevents", "from": "start", "name": "hooks", "types": ["invoice.*"],
 *      "limits": {"attempts": 12, "bytes": 1000000, "items": 500, "timeout_ms": 10000,
 *                 "wait_ms": 300000}, "url": "https://example.com/in"}
 */
import type { Check } from '../../ledger/event/shape.ts';
import { also, listOf, name, object, oneOf } from '../../ledger/event/shape.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { parseTag } from '../../ledger/name.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import { parseTypePattern } from '../../policies/type-pattern.ts';
import { NAME, PROSE, WHOLE, either, mapOf, text, whole } from './check.ts';
import { PRESETS, presetOf } from './preset/preset.ts';
import type { Redaction } from './redaction.ts';
import { REDACTION } from './redaction.ts';
import type { SecretName } from './secret-name.ts';
import { SECRET } from './secret-name.ts';

export interface Limits {
  /** Of a batch. */
  readonly items: number;
  readonly bytes: number;
  /** Of one attempt, from the first byte to the last. */
  readonly timeout_ms: number;
  /** Of one batch, before it is left for later. */
  readonly attempts: number;
  readonly wait_ms: number;
}

export const LIMITS: Limits = {
  items: 500,
  bytes: 1_000_000,
  timeout_ms: 10_000,
  attempts: 12,
  wait_ms: 300_000,
};

export interface Group {
  readonly name: string;
  readonly mode: 'fail_open' | 'fail_closed';
}

export interface Destination {
  readonly name: string;
  readonly url: string;
  readonly format: string;
  readonly limits: Limits;
  /** All but the outbox's own, where nothing is stated. */
  readonly types?: readonly TypePattern[];
  /** Events with one of these. */
  readonly tags?: readonly string[];
  /** Explicit items of these kinds. */
  readonly kinds?: readonly string[];
  /** Where it begins; where it was before, if it is set again and nothing is stated. */
  readonly from?: 'start' | 'head' | number;
  readonly headers?: Readonly<Record<string, SecretName>>;
  /** What messages are signed with. */
  readonly secret?: SecretName;
  readonly settings?: Readonly<Record<string, string>>;
  readonly gzip?: boolean;
  readonly order?: 'owner' | 'none';
  readonly concurrency?: number;
  readonly group?: Group;
  readonly redaction?: Redaction;
}

const HEADER = /^[A-Za-z0-9!#$%&'*+.^_`|~-]{1,64}$/;
/** Headers that say what is sent, or how: they are ours. */
const OWN = new RegExp(
  '^(?:host|content-.*|transfer-encoding|connection|expect|te|upgrade|trailer|accept.*|' +
    '.*idempotency-key|webhook-.*)$',
  'i',
);

/** Whoever reads the ledger would read a password in it. */
const URL_CHECK: Check = (value, path) => {
  const form = text(/^https?:\/\/[^\s\p{Cc}\p{Cs}]+$/u, 2048)(value, path);
  if (form.length > 0 || typeof value !== 'string') return form;
  if (!URL.canParse(value)) return [{ path, reason: 'bad_form' }];
  const { username, password, hash } = new URL(value);
  return username === '' && password === '' && hash === ''
    ? []
    : [{ path, reason: 'not_permitted' }];
};

const TYPE: Check = (value, path) =>
  parseTypePattern(value) === undefined ? [{ path, reason: 'bad_form' }] : [];

const OWN_HEADER: Check = (value, path) =>
  isObject(value)
    ? Object.keys(value)
        .filter((each) => OWN.test(each))
        .map((each) => ({ path: `${path}.${each}`, reason: 'not_permitted' as const }))
    : [];

const SETTING = text(/^[^\p{Cc}\p{Cs}]{1,256}$/u);

/** What the format asks of it. */
const OF_FORMAT: Check = (value, path) => {
  const format = isObject(value) ? value['format'] : undefined;
  const preset = typeof format === 'string' ? presetOf(format) : undefined;
  if (!isObject(value) || preset === undefined) return [];
  const at = (member: string): string => (path === '' ? member : `${path}.${member}`);
  const settings = isObject(value['settings']) ? Object.keys(value['settings']) : [];
  return [
    ...(preset.isSigned && value['secret'] === undefined
      ? [{ path: at('secret'), reason: 'missing' as const }]
      : []),
    ...settings
      .filter((each) => !preset.settings.includes(each))
      .map((each) => ({ path: at(`settings.${each}`), reason: 'unknown_member' as const })),
  ];
};

const MEMBERS = object(
  {
    name: NAME,
    url: URL_CHECK,
    format: oneOf(...PRESETS.map((each) => each.name)),
    limits: object(
      {
        items: whole(1, 5000),
        bytes: whole(1, 64_000_000),
        timeout_ms: whole(1, 600_000),
        attempts: whole(1, 1000),
        wait_ms: whole(0, 86_400_000),
      },
      {},
    ),
  },
  {
    types: listOf(TYPE, 100),
    tags: listOf(name(parseTag), 100),
    kinds: listOf(PROSE, 100),
    from: either(oneOf('start', 'head'), WHOLE),
    headers: also(mapOf(HEADER, SECRET, 50), OWN_HEADER),
    secret: SECRET,
    settings: mapOf(/^[a-z][a-z0-9_]{0,62}$/, SETTING, 20),
    gzip: oneOf(true, false),
    order: oneOf('owner', 'none'),
    concurrency: whole(1, 16),
    group: object({ name: NAME, mode: oneOf('fail_open', 'fail_closed') }, {}),
    redaction: REDACTION,
  },
);

/** DESTINATION checks one. */
export const DESTINATION = also(MEMBERS, OF_FORMAT);

const FILTERS = ['types', 'tags', 'kinds'] as const;

/** isSameFilter says whether two take the same items, in whatever order that is written down. */
export const isSameFilter = (one: Destination, other: Destination): boolean =>
  FILTERS.every((each) => one[each]?.toSorted().join('\n') === other[each]?.toSorted().join('\n'));

/** isDestination says whether a payload is one. */
export const isDestination = (value: Json | undefined): boolean =>
  value !== undefined && DESTINATION(value, '').length === 0;
