/**
 * Telling people what is wrong with a document, a line for a problem:
 *
 *     billing.yaml:12:7: /types/0/tier: not one of the values; expected one of …; found admin
 */
import { visible } from '../../ledger/render/render.ts';
import type { DocumentProblem, ProblemReason } from './problem.ts';

const WHAT: Readonly<Record<ProblemReason, string>> = {
  too_large: 'too large',
  not_utf8: 'not UTF-8',
  syntax: 'not well-formed',
  too_deep: 'nested too deep',
  repeated_key: 'the key stands there twice',
  forbidden_key: 'this key may not stand there',
  key_not_text: 'a key must be text; put it in quotes',
  anchor: 'anchors are not taken; write it out',
  alias: 'aliases are not taken; write it out',
  tag: 'tags are not taken',
  directive: 'directives are not taken',
  many_documents: 'more than one document in a file',
  empty: 'nothing there',
  bad_number: 'not a number that a ledger holds',
  bad_text: 'not text that can be kept',
  missing: 'missing',
  unknown_member: 'no such member',
  wrong_type: 'of another kind',
  unknown_value: 'not one of the values',
  bad_form: 'of another form',
  out_of_range: 'out of range',
  too_long: 'too long',
  too_many: 'too many',
  repeated: 'stands there twice',
  unknown_name: 'nothing has this name',
  stated_twice: 'stated twice',
  no_effect: 'without effect',
  schema: 'not a JSON Schema that is taken',
  pattern: 'not a pattern (RE2)',
  expression: 'not an expression (CEL)',
  template: 'not a sentence that can be filled',
};

/** tellProblem makes a line of a problem; what it quotes is escaped. */
export const tellProblem = (problem: DocumentProblem): string => {
  const { file, line, column, pointer, reason, expected, found } = problem;
  const at = pointer === '' ? '' : `${visible(pointer)}: `;
  const parts = [
    `${visible(file)}:${line}:${column}: ${at}${WHAT[reason]}`,
    ...(expected === undefined ? [] : [`expected ${visible(expected)}`]),
    ...(found === undefined ? [] : [`found ${visible(found)}`]),
  ];
  return parts.join('; ');
};
