/**
 * Receipts that do not fit the plans that they are about, as the outbox folds them.
 */
import { OUTBOX_FAULTS } from '../projection/outbox-table.ts';
import type { Row } from '../projection/projection.ts';
import type { ReportFinding } from './report.ts';
import { found } from './report.ts';

/** deliveryFindings makes findings of the rows that say so. */
export const deliveryFindings = (faults: readonly Row[]): readonly ReportFinding[] =>
  faults.flatMap(({ seq, code, key }) =>
    OUTBOX_FAULTS.filter((each) => each === code).map((each) =>
      found(each, { seq: Number(seq), actual: String(key) }),
    ),
  );
