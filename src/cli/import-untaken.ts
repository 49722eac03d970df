/**
 * Rows that an import could not take, or would not, told one by one as they are met.
 */
import { visible } from '../../ledger/render/render.ts';
import type { Decision } from '../../policies/gate/decision.ts';
import type { OnUntaken, Untaken } from '../usecase/untaken.ts';
import { decisionText, isBadAttestation } from './decision-text.ts';
import { draftText, isUntaken } from './draft-text.ts';
import { errorText } from './error-text.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine } from './terminal.ts';
import type { Told } from './store-text.ts';

const WOULD = { quarantine: ['held', 'held back'], reject: ['refused', 'refused'] } as const;

const STANDS = 'it stands on a row before it that was not taken';

interface Line extends Pick<Told, 'code' | 'message'> {
  readonly status: string;
}

const objectionText = (decision: Decision): Line => {
  const [status, would] = WOULD[decision.outcome === 'quarantine' ? 'quarantine' : 'reject'];
  const code = isBadAttestation(decision) ? 'signature_invalid' : status;
  return { status, code, message: `it would be ${would}: ${decisionText(decision).what}` };
};

const textOf = (receipt: Untaken['receipt']): Line | undefined => {
  if ('_tag' in receipt)
    return receipt._tag === 'Objection'
      ? objectionText(receipt.decision)
      : { status: 'refused', ...errorText(receipt) };
  if (receipt.status === 'not_tried')
    return { status: receipt.status, code: 'not_tried', message: STANDS };
  if (!isUntaken(receipt)) return undefined;
  return { status: receipt.status, ...draftText({ _tag: 'NotTaken', receipt }) };
};

/** tellUntaken tells each of them as it comes. */
export const tellUntaken =
  (terminal: Terminal): OnUntaken =>
  async ({ where, receipt }) => {
    const told = textOf(receipt);
    if (told === undefined) return;
    const { status, code, message } = told;
    terminal.status('');
    await terminal.out(
      terminal.isJson
        ? jsonLine({ status, where, error: { code, message } })
        : `${status} ${visible(where)}: ${message}\n`,
    );
  };
