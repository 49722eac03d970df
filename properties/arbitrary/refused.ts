/**
 * Errors of every tag, reason and code that the kernel knows, filled with whatever may stand in
 * them.
 */
import fc from 'fast-check';
import { FINDING_CODES, finding } from '../../ledger/finding.ts';
import type { FindingCode } from '../../ledger/finding.ts';
import type { LedgerError } from '../../ledger/render/render.ts';
import * as T from '../../ledger/render/text.ts';

const keysOf = <K extends string>(table: Readonly<Record<K, unknown>>): fc.Arbitrary<K> =>
  fc.constantFrom(...(Object.keys(table) as K[]));

const text = fc.string({ unit: 'binary', maxLength: 10 });
const maybe = fc.option(text, { nil: undefined });
const problems = fc.array(fc.record({ path: text, reason: keysOf(T.SHAPE_TEXTS) }), {
  maxLength: 3,
});
const reason = keysOf(T.JSON_TEXTS);

const found = fc
  .record({
    code: keysOf<FindingCode>(FINDING_CODES),
    seq: fc.option(fc.maxSafeNat(), { nil: undefined }),
    member: maybe,
    reason: maybe,
    expected: maybe,
    actual: maybe,
  })
  .map(({ code, ...details }) => {
    const stated = Object.entries(details).filter(([, value]) => value !== undefined);
    return finding(code, Object.fromEntries(stated));
  });

const tagged = <Tag extends string, A extends object>(_tag: Tag, rest: fc.Arbitrary<A>) =>
  rest.map((details) => ({ _tag, ...details }));

const place = fc.record({ reason, offset: fc.nat(), line: fc.nat(), column: fc.nat() });

export const refused: fc.Arbitrary<LedgerError> = fc.oneof(
  found,
  tagged('JsonRefused', place),
  tagged('ValueRefused', fc.record({ reason, path: text })),
  tagged('NameRefused', fc.record({ kind: keysOf(T.NAME_FORMS), reason: keysOf(T.NAME_TEXTS) })),
  tagged('DraftRefused', fc.record({ problems })),
  tagged(
    'DraftRefused',
    fc.record({ problems, value: tagged('ValueRefused', fc.record({ reason, path: text })) }),
  ),
  tagged('SealRefused', fc.record({ reason: fc.constant('bad_header' as const), problems })),
  tagged(
    'SealRefused',
    fc.record({
      reason: fc.constantFrom('header_too_long' as const, 'line_too_long' as const),
      bytes: fc.nat(),
    }),
  ),
  tagged('KeyRefused', fc.record({ reason: keysOf(T.KEY_TEXTS) })),
  tagged('NoteRefused', fc.record({ reason: keysOf(T.NOTE_TEXTS) })),
  tagged('CheckpointRefused', fc.record({ reason: keysOf(T.CHECKPOINT_TEXTS) })),
  tagged(
    'ProofRefused',
    fc.record({ reason: fc.constantFrom('out_of_range' as const, 'node_missing' as const) }),
  ),
  tagged(
    'ProofFileRefused',
    fc.record({
      reason: fc.constantFrom('bad_form' as const, 'bad_step' as const, 'not_proved' as const),
    }),
  ),
);
