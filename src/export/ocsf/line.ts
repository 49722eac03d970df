/**
 * Events as OCSF, a line of JSON for each.
 *
 *     {"class_uid":3004,"activity_id":6,"type_uid":300406,"category_uid":3,"severity_id":1,
 *      "time":1763712000000,"metadata":{"version":"1.8.0","uid":"<event hash>","sequence":7,
 *      "logged_time":1763712000120, …},"actor":{"user":{"uid":"alice+c9c082b4", …}}, …,
 *      "unmapped":{…,"payload":{…}}}
 *
 * `time` is when it happened, `metadata.logged_time` when it was recorded, `metadata.uid` the hash
 * of the event and `metadata.original_event_uid` its id. A user is named only where a key signed.
 * Whatever has no place stands in `unmapped`: of a line the whole event can be made again.
 */
import type { Json } from '../../../ledger/json/value.ts';
import type { Event } from '../event.ts';
import { valueAt } from '../pointer.ts';
import type { As, OcsfMap, OcsfRule, Taken } from './map.ts';
import { OCSF_VERSION, ruleFor } from './map.ts';

type Members = Record<string, Json>;

/** Without a zone a time would be another one on another machine. */
const MOMENT = /^\d{4}-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d))?$/;

const CONVERT: Readonly<Record<As, (value: Json) => Json | undefined>> = {
  text: (value) => (typeof value === 'string' ? value : JSON.stringify(value)),
  integer: (value) => (Number.isSafeInteger(value) ? value : undefined),
  time: (value) => {
    const isMoment = typeof value === 'string' && MOMENT.test(value);
    const time = isMoment ? Date.parse(value) : Number.NaN;
    return Number.isNaN(time) ? undefined : time;
  },
  json: (value) => value,
};

const valueOf = ({ pointer, as = 'text', value: always }: Taken, event: Json): Json | undefined => {
  const found = pointer && valueAt(pointer, event);
  return (found === undefined ? undefined : CONVERT[as](found)) ?? always;
};

/** Puts a value where its path leads, through objects that are made on the way. */
const put = (into: Members, [step = '', ...rest]: readonly string[], value: Json): void => {
  if (rest.length === 0) {
    into[step] = value;
    return;
  }
  const inner = Object.hasOwn(into, step) ? (into[step] as Members) : {};
  into[step] = inner;
  put(inner, rest, value);
};

const attributesOf = (rule: OcsfRule, { header, payloadText }: Event): Members => {
  const made: Members = {};
  if (rule.attributes === undefined) return made;
  const payload = payloadText === undefined ? {} : { payload: JSON.parse(payloadText) as Json };
  const event = { header: header as unknown as Json, ...payload };
  for (const [path, taken] of rule.attributes) {
    const value = valueOf(taken, event);
    if (value !== undefined) put(made, path.split('.'), value);
  }
  return made;
};

/** Of a class of an extension the category stands behind the number of the extension. */
const categoryOf = (uid: number): number => Math.floor(uid / 1000) % 100;

const metadataOf = ({ header, event_hash: uid }: Event): Members => {
  const { source, domain_tags: labels, trace_id: trace } = header;
  return {
    version: OCSF_VERSION,
    product: { name: 'sealed-ledger', vendor_name: 'sealed-ledger' },
    profiles: ['host'],
    uid,
    original_event_uid: header.id,
    event_code: header.event_type,
    sequence: header.seq,
    logged_time: Date.parse(header.recorded_at),
    original_time: header.observed_at,
    log_name: header.ledger,
    log_version: String(header.schema_version),
    source: `${source.kind}:${source.name}`,
    ...(trace === undefined ? {} : { correlation_uid: trace }),
    ...(labels === undefined ? {} : { labels }),
  };
};

const actorOf = ({ header }: Event): Members => {
  const { attestation, session_id: session } = header;
  const key = attestation?.key_id;
  const user = key && { name: key.slice(0, key.lastIndexOf('+')), uid: key };
  return {
    ...(user === undefined ? {} : { user }),
    ...(session === undefined ? {} : { session: { uid: session } }),
  };
};

/** Numbers that OCSF gives to what can be looked for. */
const HASH = { type_id: 8, type: 'Hash' };
const USER = { type_id: 31, type: 'User Object: uid' };

const observablesOf = ({ header, event_hash: hash }: Event): readonly Members[] => {
  const key = header.attestation?.key_id;
  return [
    { name: 'metadata.uid', ...HASH, value: hash },
    { name: 'unmapped.prev_event_hash', ...HASH, value: header.prev_event_hash },
    { name: 'unmapped.payload_hash', ...HASH, value: header.payload_hash },
    ...(key === undefined ? [] : [{ name: 'actor.user.uid', ...USER, value: key }]),
  ];
};

const unmappedOf = ({ header, salt, payloadText }: Event): object => {
  const { prev_event_hash, payload_hash, policy, source, attestation, seen } = header;
  const { authorization, causation_id, supersedes } = header;
  return {
    prev_event_hash,
    payload_hash,
    policy,
    source,
    attestation,
    seen,
    authorization,
    causation_id,
    supersedes,
    ...(payloadText === undefined ? { withheld: true } : { salt }),
  };
};

/** ocsfLine is the line of an event. */
export const ocsfLine = (event: Event, rules: OcsfMap): string => {
  const { header, payloadText } = event;
  const rule = ruleFor(rules, header.event_type);
  const { class_uid, class_name, activity_id, severity_id = 1 } = rule;
  const actor = actorOf(event);
  const text = JSON.stringify({
    class_uid,
    ...(class_name === undefined ? {} : { class_name }),
    activity_id,
    ...(activity_id === 99 ? { activity_name: header.event_type } : {}),
    category_uid: categoryOf(class_uid),
    type_uid: class_uid * 100 + activity_id,
    severity_id,
    time: Date.parse(header.observed_at),
    metadata: metadataOf(event),
    ...(Object.keys(actor).length === 0 ? {} : { actor }),
    ...attributesOf(rule, event),
    observables: observablesOf(event),
    unmapped: unmappedOf(event),
  });
  // What is stored is written as it stands, into the last of the objects.
  return payloadText === undefined
    ? `${text}\n`
    : `${text.slice(0, -'}}'.length)},"payload":${payloadText}}}\n`;
};
