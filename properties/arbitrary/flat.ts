/**
 * JSON objects that are nearly drafts or headers, or are nothing of the kind.
 */
import fc from 'fast-check';
import type { JsonObject } from '../../ledger/json/value.ts';
import { flat } from './draft.ts';
import { json, nested, object } from './json.ts';
import { nearlyName } from './name.ts';

const MEMBERS = [
  'source',
  'seen',
  'attestation',
  'domain_tags',
  'policy',
  'payload',
  'salt',
  'id',
  'seq',
];

export const flatForm: fc.Arbitrary<JsonObject> = fc.oneof(
  object,
  flat,
  fc
    .tuple(flat, fc.constantFrom(...MEMBERS), fc.oneof(json, nearlyName, nested(70)), fc.boolean())
    .map(([form, member, value, isInside]) => ({
      ...form,
      [member]: isInside ? { [member]: value } : value,
    })),
  fc.constant(JSON.parse('{"__proto__":{"id":"a"},"source":{"__proto__":1}}') as JsonObject),
);
