/**
 * Receipts as they are printed: a line for each draft, in order.
 *
 *     {"status":"appended","seq":7,"id":"…","event_hash":"…","policy":{"outcome":"allow"}}
 *     {"status":"refused","line":3,"error":{"code":"…","message":"…"},"policy":{…}}
 *     {"status":"held","line":4,"quarantine":"…","policy":{…}}
 */
import type { Policy } from '../../ledger/event/header.ts';
import { visible } from '../../ledger/render/render.ts';
import type { Place, Receipt } from '../usecase/receipt.ts';
import { decisionData } from './decision-text.ts';
import type { LineRefused, NotTaken } from './error.ts';
import { draftText } from './draft-text.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine } from './terminal.ts';

/** What became of a draft, and in which line it stood. */
export interface Outcome {
  readonly line?: number | undefined;
  readonly receipt: Receipt | LineRefused;
}

/** failureOf tells what is against a draft, undefined where it is taken or was not tried. */
export const failureOf = (receipt: Receipt, line?: number): NotTaken | undefined => {
  switch (receipt.status) {
    case 'appended':
    case 'already_recorded':
    case 'not_tried':
      return undefined;
    case 'refused':
    case 'held':
    case 'too_long':
    case 'conflict':
      return { _tag: 'NotTaken', line, receipt };
  }
};

const policyData = ({ outcome, contributing }: Policy): object => ({ outcome, contributing });

const takenData = (status: string, { seq, id, event_hash, policy }: Place): object => ({
  status,
  seq,
  id,
  event_hash,
  policy: policyData(policy),
});

const refusedData = (line: number | undefined, failure: LineRefused | NotTaken): object => {
  const { code, message } = draftText(failure);
  return { status: 'refused', line, error: { code, message } };
};

/** receiptData is what programs are told of a draft; undefined where it was not tried. */
export const receiptData = ({ line, receipt }: Outcome): object | undefined => {
  if ('_tag' in receipt) return refusedData(line, receipt);
  switch (receipt.status) {
    case 'appended':
    case 'already_recorded':
      return takenData(receipt.status, receipt);
    case 'refused':
      return {
        ...refusedData(line, { _tag: 'NotTaken', receipt }),
        policy: decisionData(receipt.decision),
        recorded: receipt.recorded,
      };
    case 'held': {
      const { status, quarantine, decision } = receipt;
      return { status, line, quarantine, policy: decisionData(decision) };
    }
    case 'too_long':
    case 'conflict':
      return refusedData(line, { _tag: 'NotTaken', receipt });
    case 'not_tried':
      return undefined;
  }
};

const textOf = ({ line, receipt }: Outcome): string => {
  const where = line === undefined ? '' : ` line ${line}`;
  if ('_tag' in receipt) return `refused${where}: ${draftText(receipt).message}\n`;
  switch (receipt.status) {
    case 'appended':
    case 'already_recorded':
      return `${receipt.status} ${receipt.seq} ${visible(receipt.id)} ${receipt.event_hash}\n`;
    case 'not_tried':
      return '';
    case 'refused':
    case 'held':
    case 'too_long':
    case 'conflict': {
      const { message } = draftText({ _tag: 'NotTaken', receipt });
      return `${receipt.status}${where}: ${message}\n`;
    }
  }
};

const jsonOf = (outcome: Outcome): string => {
  const data = receiptData(outcome);
  return data === undefined ? '' : jsonLine(data);
};

/** printReceipts prints what became of drafts. */
export const printReceipts = (terminal: Terminal, outcomes: readonly Outcome[]): Promise<void> =>
  terminal.out(outcomes.map(terminal.isJson ? jsonOf : textOf).join(''));
