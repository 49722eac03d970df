/**
 * Exceptions that nobody has reviewed in the time that the policies in force allow for it.
 */
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Origin } from '../../ledger/name.ts';
import { overdue } from '../../policies/rule/exceptions-are-reviewed.ts';
import type { Ground } from '../../policies/state/ground.ts';
import { viewOf } from '../../policies/state/ground.ts';
import { timeOf } from '../usecase/fill.ts';
import type { ReportFinding } from './report.ts';
import { found } from './report.ts';

/** exceptionFindings warns of them, as they stand at a moment. */
export const exceptionFindings = (
  crypto: Crypto,
  ground: Ground,
  ledger: Origin,
  nowMs: number,
): readonly ReportFinding[] => {
  const { reviewWithinMs: withinMs } = ground.set.exceptions;
  if (withinMs === undefined) return [];
  const { authorizations } = overdue(viewOf(crypto, ground, ledger, timeOf(nowMs)), withinMs);
  return authorizations.map((id) => found('exception_unreviewed', { id }));
};
