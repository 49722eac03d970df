/**
 * Sentences for findings, every code with what to do next, and for what a verification left open.
 */
import type { NotProved } from '../chain/verify.ts';
import type { FindingCode } from '../finding.ts';

interface Text {
  readonly what: string;
  readonly next: string;
}

const RESTORE = 'Do not append. Compare with an earlier copy, and keep this one as evidence.';
const REPAIR = 'The next append or a replay sets the unfinished bytes aside.';
const ASK = 'Find out whose doing this is before you trust anything behind it.';
const tampered = (what: string): Text => ({ what, next: RESTORE });
const unlawful = (what: string): Text => ({ what, next: ASK });

export const FINDING_TEXTS: Record<FindingCode, Text> = {
  line_too_long: tampered('the line is longer than a line may be'),
  line_not_terminated: { what: 'the last line is unfinished', next: REPAIR },
  not_json: tampered('the line is not JSON that a ledger holds'),
  not_canonical: tampered('the line is not in canonical form'),
  member_missing: tampered('a member is missing'),
  member_unknown: tampered('there is a member that the format does not know'),
  member_invalid: tampered('a member is not of its form'),
  schema_version_unknown: {
    what: 'the event is of a version that this program does not know',
    next: 'Use a newer release; if there is none that knows it, treat the line as altered.',
  },
  header_too_long: tampered('the header is longer than a header may be'),
  salt_missing: tampered('there is a payload without its salt'),
  payload_missing: tampered('there is a salt without its payload'),
  event_hash_mismatch: tampered('the header is not the one that was sealed'),
  payload_hash_mismatch: tampered('the payload is not the one that was sealed'),
  ledger_mismatch: tampered('the event belongs to another ledger'),
  seq_mismatch: tampered('an event is missing, repeated or out of order'),
  prev_event_hash_mismatch: tampered('the event does not link to the one before it'),
  recorded_at_backwards: tampered('the event was recorded before the one before it'),
  id_repeated: tampered('the id was used before'),
  seen_not_earlier: tampered('the author claims to have seen an event that came later'),
  seen_mismatch: tampered('the author had seen another event at that position'),
  policy_set_mismatch: tampered('the event names another policy set than the one in force'),
  authorization_unknown: tampered('the override names no authorisation of this ledger'),
  first_event_type: tampered('the first event does not found the ledger'),
  first_event_attested: tampered('the first event bears a signature'),
  created_again: tampered('a later event claims to found the ledger'),
  line_after_torn_line: tampered('a line follows an unfinished one'),
  signature_invalid: tampered('the signature is not one of this event by this key'),
  key_unknown: unlawful('the event is signed by a key that was never enrolled'),
  key_retired: unlawful('the event is signed by a key that was retired'),
  key_revoked: unlawful('the event is signed by a key that was revoked'),
  key_purpose: unlawful('the event is signed by a key that is for something else'),
  attestation_missing: unlawful('an event of this type must be signed'),
  not_authorised: unlawful('the signer may not do this'),
  payload_invalid: unlawful('the payload does not say what its type asks for'),
  key_event_unknown: unlawful('there is no key event of this type'),
  key_enrolled_before: unlawful('the key was enrolled before'),
  log_key_name: unlawful('a log key does not bear the name of the origin'),
  key_not_live: unlawful('the key that is named is not one that can be ended'),
  last_operator: unlawful('the last operator fell and no recovery key lives'),
  last_recovery: unlawful('the last recovery key fell and no operator lives'),
  key_distrusted: {
    what: 'events of a revoked key are distrusted',
    next: 'Review what this key signed; the record itself stands.',
  },
  withheld_governing: tampered('an event that others rest on lacks its payload'),
  withheld_not_erased: tampered('a payload is gone and no later event erased it'),
  erasure_mismatch: tampered('an erasure names no earlier event by position and hash'),
  erasure_of_governing: unlawful('an erasure names an event that may not be erased'),
  checkpoint_refused: tampered('no log key that these events tell of signed the checkpoint'),
  checkpoint_origin: {
    what: 'the checkpoint is of another ledger',
    next: 'Hold a checkpoint of this ledger against it.',
  },
  checkpoint_root_mismatch: tampered('the events are not the ones that the checkpoint commits to'),
  checkpoint_beyond_end: tampered('the ledger is shorter than a checkpoint that it signed'),
  checkpoint_not_reached: {
    what: 'the checkpoint could not be compared, since a line before it cannot be read',
    next: 'Mend the lines found first, then verify again.',
  },
};

export const NOT_PROVED_TEXTS: Record<NotProved, string> = {
  nothing_to_check: 'that there are events at all: there was no line to check',
  no_checkpoint_matched:
    'that the end is there and that the whole was not made anew: no checkpoint was matched',
  events_behind_last_checkpoint:
    'that no event is missing behind the last checkpoint that matched, nor changed there',
  withheld_payloads: 'what withheld payloads said: without them there is nothing to hash',
  policy_sets_before_adoption: 'which policy set was in force before the first adoption',
  policy_decisions: 'that the policy decisions were right',
};
