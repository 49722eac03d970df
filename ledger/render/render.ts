/**
 * Sentences for errors: what happened, where, and what to do next. Errors are data without prose
 * everywhere else; this room is the one place that knows words.
 */
import type { NotProved } from '../chain/verify.ts';
import type { DraftRefused } from '../event/draft.ts';
import type { SealRefused } from '../event/seal.ts';
import type { Problem } from '../event/shape.ts';
import type { Finding } from '../finding.ts';
import type { JsonRefused, ValueRefused } from '../json/value.ts';
import type { KeyRefused } from '../key/key.ts';
import type { NameRefused } from '../name.ts';
import type { CheckpointRefused } from '../note/checkpoint.ts';
import type { NoteRefused } from '../note/note.ts';
import type { ProofFileRefused } from '../note/proof-file.ts';
import { FINDING_TEXTS, NOT_PROVED_TEXTS } from './finding-text.ts';
import * as T from './text.ts';
import type { ProofRefused } from '../tree/proof.ts';

export type LedgerError =
  | JsonRefused
  | ValueRefused
  | NameRefused
  | DraftRefused
  | SealRefused
  | KeyRefused
  | NoteRefused
  | CheckpointRefused
  | ProofRefused
  | ProofFileRefused
  | Finding;

export interface Rendered {
  readonly what: string;
  readonly next: string;
}

/**
 * harmless shows all of a text that came from outside: nothing in it can move a cursor, turn the
 * direction of writing or end a line.
 */
export const harmless = (text: string): string =>
  text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, (character) => {
    const code = character.codePointAt(0) ?? 0;
    return `\\u{${code.toString(16)}}`;
  });

/** visible shows so much of such a text that it floods no screen. */
export const visible = (text: string): string =>
  harmless(text.length > 200 ? `${text.slice(0, 200)}…` : text);

/** So many problems are told one by one; of more than these the number is. */
const MAX_PROBLEMS = 20;

const problems = (found: readonly Problem[]): string =>
  [
    ...found
      .slice(0, MAX_PROBLEMS)
      .map(({ path, reason }) => `${visible(path) || 'the value'}: ${T.SHAPE_TEXTS[reason]}`),
    ...(found.length > MAX_PROBLEMS ? [`and ${found.length - MAX_PROBLEMS} more`] : []),
  ].join('; ');

const draft = ({ problems: found, value }: DraftRefused): string =>
  [
    ...(found.length > 0 ? [problems(found)] : []),
    ...(value === undefined
      ? []
      : [`payload${visible(value.path)}: ${T.JSON_TEXTS[value.reason]}`]),
  ].join('; ');

/** The forms of the members that something is wrong with, each once. */
const forms = (found: readonly Problem[]): string => {
  const members = new Set(found.map(({ path }) => path.replace(/[.[].*$/s, '')));
  const all = Object.entries(T.MEMBER_FORMS).flatMap(([member, form]) =>
    members.has(member) ? [`${form}. `] : [],
  );
  return [...new Set(all)].join('');
};

const CORRECT = 'Correct it and hand it in again.';
const FETCH = 'Fetch the original again, and compare where it came from.';

const renderSeal = (error: SealRefused): Rendered => {
  switch (error.reason) {
    case 'bad_header':
      return { what: problems(error.problems), next: CORRECT };
    case 'header_too_long':
      return {
        what: `the header would be ${error.bytes} bytes; 16384 are the most`,
        next: 'Put into the payload what need not be in the header.',
      };
    case 'line_too_long':
      return {
        what: `the event would be ${error.bytes} bytes; 1048576 are the most`,
        next: 'Keep the data elsewhere and record its digest.',
      };
  }
};

const renderFinding = (found: Finding): Rendered => {
  const { what, next } = FINDING_TEXTS[found.code];
  const where = [
    ...(found.seq === undefined ? [] : [`at ${found.seq}`]),
    ...(found.member === undefined ? [] : [`in ${visible(found.member) || 'the line'}`]),
  ];
  const facts = [
    ...(found.reason === undefined ? [] : [found.reason.replaceAll('_', ' ')]),
    ...(found.expected === undefined ? [] : [`expected ${visible(found.expected)}`]),
    ...(found.actual === undefined ? [] : [`found ${visible(found.actual)}`]),
  ];
  const details = [...where, ...facts].join(', ');
  return { what: details === '' ? what : `${what} (${details})`, next };
};

/** render makes sentences of any error of the kernel. */
export const render = (error: LedgerError): Rendered => {
  switch (error._tag) {
    case 'JsonRefused': {
      const { line, column, reason } = error;
      return { what: `line ${line}, column ${column}: ${T.JSON_TEXTS[reason]}`, next: CORRECT };
    }
    case 'ValueRefused':
      return {
        what: `${visible(error.path) || 'the value'}: ${T.JSON_TEXTS[error.reason]}`,
        next: CORRECT,
      };
    case 'NameRefused':
      return { what: T.NAME_TEXTS[error.reason], next: `${T.NAME_FORMS[error.kind]}.` };
    case 'DraftRefused':
      return { what: draft(error), next: `${forms(error.problems)}${CORRECT}` };
    case 'SealRefused':
      return renderSeal(error);
    case 'KeyRefused':
      return { what: T.KEY_TEXTS[error.reason], next: 'Copy the whole key again, as one line.' };
    case 'NoteRefused':
      return { what: T.NOTE_TEXTS[error.reason], next: FETCH };
    case 'CheckpointRefused':
      return { what: T.CHECKPOINT_TEXTS[error.reason], next: FETCH };
    case 'ProofRefused':
      return { what: T.PROOF_TEXTS[error.reason], next: 'Ask for a position below the size.' };
    case 'ProofFileRefused':
      return { what: T.PROOF_TEXTS[error.reason], next: FETCH };
    case 'Finding':
      return renderFinding(error);
  }
};

/** renderNotProved says what a verification left open, as what comes behind "not proved:". */
export const renderNotProved = (open: NotProved): string => NOT_PROVED_TEXTS[open];
