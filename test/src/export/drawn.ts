/**
 * Events to be written as OCSF, and the schema that its makers publish (test/published/ocsf.json).
 */
import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { native } from '../../../ledger/crypto/native.ts';
import { open } from '../../../ledger/event/open.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import { sealed, sealing } from '../../../properties/arbitrary/draft.ts';
import type { Event } from '../../../src/export/event.ts';
import { eventOf } from '../../../src/export/event.ts';
import { DEFAULT_MAP } from '../../../src/export/ocsf/default-map.ts';
import { ocsfLine } from '../../../src/export/ocsf/line.ts';
import type { OcsfMap } from '../../../src/export/ocsf/map.ts';
import { OCSF_VERSION, defaultMap } from '../../../src/export/ocsf/map.ts';
import { cut } from '../../../src/export/read.ts';

const { schemas } = JSON.parse(
  readFileSync(new URL('../../published/ocsf.json', import.meta.url), 'utf8'),
) as { readonly schemas: readonly (JsonObject & { readonly $id: string })[] };

const ajv = new Ajv2020({ strict: false, schemas: [...schemas] });
export const NAMES: Readonly<Record<number, string>> = {
  0: 'base_event',
  1008: 'event_log_actvity',
  3004: 'entity_management',
};

/** isPublished holds an event against the schema of its class. */
export const isPublished = (value: JsonObject): boolean => {
  const name = NAMES[Number(value['class_uid'])] ?? 'none';
  const id = `https://schema.ocsf.io/schema/${OCSF_VERSION}/classes/${name}?profiles=host`;
  return ajv.getSchema(id)?.(value) === true;
};

/** Payloads as the tool's own events have them. */
export const PAYLOADS: readonly JsonObject[] = [
  { vkey: 'bot+1f3a9c2e+AbqWoTU3', tier: 'verified', purpose: 'author' },
  { key_id: 'bot+1f3a9c2e', reason: 'lost' },
  { authorization: 'a-1', note: 'it was right' },
  { decision: { outcome: 'reject', contributing: [{ rule: 'a-rule', outcome: 'reject' }] } },
];

export const TYPES = Object.keys(DEFAULT_MAP.types).map((pattern) =>
  pattern === '*' ? 'invoice.paid' : pattern.replace('*', 'verified'),
);

/** Of every type that the default map names, signed or not, whole or withheld. */
export const events = fc
  .record({
    made: sealing,
    type: fc.constantFrom(...TYPES),
    payload: fc.option(fc.constantFrom(...PAYLOADS)),
    isCut: fc.boolean(),
  })
  .map(({ made, type, payload, isCut }): Event => {
    const own = payload === null ? {} : { payload };
    const { bytes } = sealed(native, { ...made, flat: { ...made.flat, event_type: type, ...own } });
    const { line } = open(native, bytes);
    if (line === undefined) throw new Error('what was sealed does not open');
    return eventOf(isCut ? cut(line).line : line);
  });

export const told = (event: Event, map: OcsfMap = defaultMap()): JsonObject =>
  JSON.parse(ocsfLine(event, map)) as JsonObject;

/** one gives an event of a type, with a payload. */
export const one = (type: string, payload: JsonObject): Event => {
  const [event] = fc.sample(events, { numRuns: 1, seed: 7 });
  if (event === undefined) throw new Error('nothing was drawn');
  const header = { ...event.header, event_type: type } as Event['header'];
  return { ...event, header, payloadText: JSON.stringify(payload), salt: 'ab'.repeat(16) };
};
