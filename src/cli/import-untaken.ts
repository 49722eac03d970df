/**
 * Rows that an import could not take, told one by one as they are met.
 */
import { visible } from '../../ledger/render/render.ts';
import type { OnUntaken, Untaken } from '../usecase/untaken.ts';
import { draftText, errorText } from './error-text.ts';
import { isUntaken } from './receipt.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine } from './terminal.ts';
import type { Told } from './store-text.ts';

const textOf = (receipt: Untaken['receipt']): (Told & { readonly status: string }) | undefined => {
  if ('_tag' in receipt) return { status: 'refused', ...errorText(receipt) };
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
