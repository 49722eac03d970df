/**
 * Events of many sorts, and queries for them.
 */
import type { JsonObject } from '../../ledger/json/value.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import type { Query } from '../../src/usecase/query.ts';

export const TRACE = 'a'.repeat(32);

/** eventOf: its type, session, tag, source and trace follow from its number. */
export const eventOf = (i: number): JsonObject => ({
  event_type: ['invoice.paid', 'invoice.sent', 'order.made'][i % 3] ?? '',
  id: `e-${i}`,
  payload: { i },
  source: { kind: 'tool', name: i % 2 === 0 ? 'erp' : 'shop' },
  ...(i % 5 === 0 ? { session_id: 's-1' } : {}),
  ...(i % 7 === 0 ? { domain_tags: ['eu', 'late'] } : {}),
  ...(i % 11 === 0 ? { trace_id: TRACE } : {}),
});

export const types = (...patterns: readonly string[]): Query => ({
  types: patterns as TypePattern[],
});
