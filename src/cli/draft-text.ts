/** What is wrong with a draft, and why one was not taken. */
import type { LedgerError } from '../../ledger/render/render.ts';
import { render, visible } from '../../ledger/render/render.ts';
import type { Receipt } from '../usecase/receipt.ts';
import { decisionText, isBadAttestation } from './decision-text.ts';
import type { LineRefused, NotTaken, Untaken } from './error.ts';
import { CONFLICTS } from './error-table.ts';
import { storeText } from './store-text.ts';
import type { Told } from './store-text.ts';

/** kernelText tells what the kernel refuses. */
export const kernelText = (error: LedgerError): Told => {
  const { what: message, next } = render(error);
  const code =
    error._tag === 'Finding'
      ? error.code
      : 'reason' in error
        ? error.reason
        : (error.value?.reason ?? error.problems[0]?.reason ?? 'bad_form');
  return { code, message, next };
};

/** Those that are of no draft which was kept out, by the type of those that are. */
const OTHERS = {
  appended: true,
  already_recorded: true,
  not_tried: true,
} satisfies Record<Exclude<Receipt, Untaken>['status'], true>;

/** isUntaken tells a receipt of a draft that did not enter. */
export const isUntaken = (receipt: Receipt): receipt is Untaken => !(receipt.status in OTHERS);

/** untakenText tells why a draft was not taken. */
export const untakenText = (receipt: Untaken): Told => {
  switch (receipt.status) {
    case 'refused': {
      const { what, next } = decisionText(receipt.decision);
      const code = isBadAttestation(receipt.decision) ? 'signature_invalid' : 'refused';
      return { code, message: `it was refused: ${what}`, next };
    }
    case 'held': {
      const { what } = decisionText(receipt.decision);
      const message = `it is held back as ${receipt.quarantine}: ${what}`;
      return { code: 'held', message, next: 'Have somebody else look at it, and release it.' };
    }
    case 'too_long':
      return kernelText(receipt.error);
    case 'conflict': {
      const { reason, actual, fault } = receipt;
      const { message, next } = CONFLICTS[reason];
      const why = fault === undefined ? `found ${visible(actual)}` : storeText(fault).message;
      return { code: reason, message: `${message} (${why})`, next };
    }
  }
};

const malformed = ({ cause, line }: LineRefused): Told => {
  switch (cause._tag) {
    case 'ReservedType':
      return {
        code: 'reserved_type',
        message: `${visible(cause.type)} is a type that only the ledger's own commands write`,
        next: 'Use the command that writes it, or another type.',
      };
    case 'SignedAlready':
      return {
        code: 'signed_already',
        message: 'it is signed, and what --break-glass names cannot be put into it',
        next: 'Leave out --break-glass: a draft names its authorization before it is signed.',
      };
    case 'LineTooLong':
      return {
        code: 'line_too_long',
        message: `it is longer than ${cause.most} bytes`,
        next: 'Keep the data elsewhere and record its digest.',
      };
    case 'JsonRefused': {
      const told = kernelText(cause);
      const place = `column ${cause.column}: `;
      const bare = told.message.replace(/^line \d+, column \d+: /, '');
      return { ...told, message: line === undefined ? told.message : `${place}${bare}` };
    }
    case 'DraftRefused':
      return kernelText(cause);
  }
};

/** draftText tells what is wrong with a draft, without the line that it stands in. */
export const draftText = (error: LineRefused | NotTaken): Told =>
  error._tag === 'LineRefused' ? malformed(error) : untakenText(error.receipt);

/** placedText tells it with the line that it stands in, and where to go on. */
export const placedText = (error: LineRefused | NotTaken): Told => {
  const told = draftText(error);
  const { line, path } = error;
  const where = path === undefined ? '' : `${visible(path)}: `;
  if (line === undefined) return { ...told, message: `${where}${told.message}` };
  const isSigning = 'isSigning' in error;
  const done = isSigning ? 'signed' : 'taken';
  const message = `${where}line ${line}, ${told.message}; the lines before it are ${done}`;
  // What is held is kept: handed in again without an id, it would be held once more.
  const next = told.code === 'held' ? line + 1 : line;
  const goOn = isSigning ? `Sign the lines from ${line} on` : `Go on with --from-line ${next}`;
  return { ...told, message, next: `${told.next} ${goOn}.` };
};
