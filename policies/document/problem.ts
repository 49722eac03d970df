/**
 * What is wrong with a policy document, and where: data, every independent problem of all of them.
 *
 *     {"file":"billing.yaml","line":12,"column":7,"pointer":"/types/0/tier",
 *      "reason":"unknown_value","expected":"one of untrusted, observed, verified, operator",
 *      "found":"admin"}
 */

export type ProblemReason =
  // the text
  | 'too_large'
  | 'not_utf8'
  | 'syntax'
  | 'too_deep'
  | 'repeated_key'
  | 'forbidden_key'
  | 'key_not_text'
  | 'anchor'
  | 'alias'
  | 'tag'
  | 'directive'
  | 'many_documents'
  | 'empty'
  | 'bad_number'
  | 'bad_text'
  // the members
  | 'missing'
  | 'unknown_member'
  | 'wrong_type'
  | 'unknown_value'
  | 'bad_form'
  | 'out_of_range'
  | 'too_long'
  | 'too_many'
  | 'repeated'
  | 'unknown_name'
  | 'stated_twice'
  | 'no_effect'
  // what stands inside a member
  | 'schema'
  | 'pattern'
  | 'expression'
  | 'template';

export interface DocumentProblem {
  readonly file: string;
  /** Line and column count from 1; a column counts characters. */
  readonly line: number;
  readonly column: number;
  /** A JSON pointer (RFC 6901) to the member. */
  readonly pointer: string;
  readonly reason: ProblemReason;
  readonly expected?: string;
  readonly found?: string;
}

/** So many problems of one document are told; whoever has mended them is told the next ones. */
export const MAX_PROBLEMS = 100;

/** What is wrong and at which offset of the text, before it has its file and line. */
export interface Trouble extends Pick<DocumentProblem, 'reason' | 'expected' | 'found'> {
  readonly offset: number;
  readonly pointer: string;
}
