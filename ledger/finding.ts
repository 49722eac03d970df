/**
 * What a verifier found: data with stable codes, one finding for every independent offence.
 *
 *     {"code":"payload_hash_mismatch","severity":"tampered","seq":3,"expected":"…","actual":"…"}
 *
 * Severity says what the finding means for the whole: `tampered` fails it closed, `torn_tail` is an
 * unfinished last line, `incomplete` could not be checked, `warning` changes no verdict.
 */

export const FINDING_CODES = {
  // one line by itself
  line_too_long: 'tampered',
  line_not_terminated: 'torn_tail',
  not_json: 'tampered',
  not_canonical: 'tampered',
  member_missing: 'tampered',
  member_unknown: 'tampered',
  member_invalid: 'tampered',
  schema_version_unknown: 'tampered',
  header_too_long: 'tampered',
  salt_missing: 'tampered',
  payload_missing: 'tampered',
  event_hash_mismatch: 'tampered',
  payload_hash_mismatch: 'tampered',
  // a line in its place
  ledger_mismatch: 'tampered',
  seq_mismatch: 'tampered',
  prev_event_hash_mismatch: 'tampered',
  recorded_at_backwards: 'tampered',
  id_repeated: 'tampered',
  seen_not_earlier: 'tampered',
  seen_mismatch: 'tampered',
  policy_set_mismatch: 'tampered',
  authorization_unknown: 'tampered',
  first_event_type: 'tampered',
  first_event_attested: 'tampered',
  created_again: 'tampered',
  line_after_torn_line: 'tampered',
  // signatures and keys
  signature_invalid: 'tampered',
  key_unknown: 'tampered',
  key_retired: 'tampered',
  key_revoked: 'tampered',
  key_purpose: 'tampered',
  attestation_missing: 'tampered',
  not_authorised: 'tampered',
  payload_invalid: 'tampered',
  key_event_unknown: 'tampered',
  key_enrolled_before: 'tampered',
  log_key_name: 'tampered',
  key_not_live: 'tampered',
  last_operator: 'tampered',
  last_recovery: 'tampered',
  key_distrusted: 'warning',
  // erasure
  withheld_governing: 'tampered',
  withheld_not_erased: 'tampered',
  erasure_mismatch: 'tampered',
  erasure_of_governing: 'tampered',
  // checkpoints
  checkpoint_refused: 'tampered',
  checkpoint_origin: 'tampered',
  checkpoint_root_mismatch: 'tampered',
  checkpoint_beyond_end: 'tampered',
  checkpoint_not_reached: 'incomplete',
} as const satisfies Record<string, Severity>;

export type Severity = 'tampered' | 'torn_tail' | 'incomplete' | 'warning';
export type FindingCode = keyof typeof FINDING_CODES;

export interface Finding {
  readonly _tag: 'Finding';
  readonly code: FindingCode;
  readonly severity: Severity;
  /** The position the line claims or, where it claims none, the one it stands at. */
  readonly seq?: number;
  readonly member?: string;
  readonly reason?: string;
  readonly expected?: string;
  readonly actual?: string;
}

/** finding makes one, its severity as the table has it. */
export const finding = (
  code: FindingCode,
  details: Omit<Finding, '_tag' | 'code' | 'severity'> = {},
): Finding => ({ _tag: 'Finding', code, severity: FINDING_CODES[code], ...details });
