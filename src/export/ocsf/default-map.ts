/**
 * The map that counts where none is given: what the tool's own events become as OCSF, and a Base
 * Event for all others. `ledger help ocsf-map` prints it as a document to begin with.
 */
import type { JsonObject } from '../../../ledger/json/value.ts';

const LOG = {
  class_uid: 1008,
  class_name: 'Event Log Activity',
  attributes: { log_name: { pointer: '/header/ledger' } },
} as const;
const MANAGED = { class_uid: 3004, class_name: 'Entity Management' } as const;
const BASE = { class_uid: 0, class_name: 'Base Event', activity_id: 99 } as const;

const comment = { pointer: '/payload/reason' } as const;

const entity = (type_id: number, type: string, uid: string): JsonObject => ({
  'entity.type_id': { value: type_id },
  'entity.type': { value: type },
  'entity.uid': { pointer: uid, value: 'unknown' },
});

const FAILED = {
  status_id: { value: 2 },
  status: { value: 'Failure' },
  status_detail: { pointer: '/payload/decision/contributing' },
} as const;

const key = (uid: string): JsonObject => entity(99, 'Key', uid);
const exception = (uid: string): JsonObject => entity(99, 'Exception from policy', uid);

export const DEFAULT_MAP = {
  types: {
    'ledger.created': { ...LOG, activity_id: 6 },
    'ledger.exported': { ...LOG, activity_id: 3, severity_id: 2 },
    'ledger.payload_erased': { ...LOG, activity_id: 99, severity_id: 3 },
    'ledger.*': { ...LOG, activity_id: 99 },
    'key.enrolled': {
      ...MANAGED,
      activity_id: 6,
      severity_id: 2,
      attributes: key('/payload/vkey'),
    },
    'key.retired': {
      ...MANAGED,
      activity_id: 7,
      severity_id: 2,
      attributes: { comment, ...key('/payload/key_id') },
    },
    'key.revoked': {
      ...MANAGED,
      activity_id: 9,
      severity_id: 4,
      attributes: { comment, ...key('/payload/key_id') },
    },
    'policy.adopted': {
      ...MANAGED,
      activity_id: 3,
      severity_id: 3,
      attributes: entity(5, 'Policy', '/header/id'),
    },
    'policy.refused': { ...BASE, severity_id: 3, attributes: FAILED },
    'policy.held': { ...BASE, severity_id: 3, attributes: FAILED },
    'break_glass.authorized': {
      ...MANAGED,
      activity_id: 1,
      severity_id: 4,
      attributes: { comment, ...exception('/header/id') },
    },
    'break_glass.revoked': {
      ...MANAGED,
      activity_id: 9,
      severity_id: 3,
      attributes: { comment, ...exception('/payload/authorization') },
    },
    'break_glass.reviewed': {
      ...MANAGED,
      activity_id: 99,
      severity_id: 2,
      attributes: { comment: { pointer: '/payload/note' }, ...exception('/payload/authorization') },
    },
    '*': BASE,
  },
} as const satisfies JsonObject;
