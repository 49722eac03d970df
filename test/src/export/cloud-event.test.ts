/**
 * The parent that a CloudEvent names for its trace: no hash makes one of zeros, which names nobody.
 */
import { expect, it } from 'vitest';
import type { Digest, TraceId } from '../../../ledger/name.ts';
import { cloudEvent } from '../../../src/export/cloud-event.ts';
import { one } from './drawn.ts';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';

it.each([
  ['cd'.repeat(32), 'cd'.repeat(8)],
  [`${'0'.repeat(15)}1${'ab'.repeat(24)}`, `${'0'.repeat(15)}1`],
  [`${'0'.repeat(16)}${'ab'.repeat(24)}`, 'ab'.repeat(8)],
])('of an event whose hash is %s is %s', (hash, parent) => {
  const event = one('invoice.paid', {});
  const header = { ...event.header, trace_id: TRACE as TraceId };
  const line = cloudEvent({ ...event, header, event_hash: hash as Digest });
  expect(JSON.parse(line)).toMatchObject({ traceparent: `00-${TRACE}-${parent}-00` });
});
