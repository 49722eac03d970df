/**
 * Sentences for the reasons for which the kernel refuses what it was handed. A table does not
 * compile while a reason lacks its sentence.
 */
import type { AUTHOR_OPTIONAL, AUTHOR_REQUIRED } from '../event/header.ts';
import { SOURCE_KINDS } from '../event/header.ts';
import type { ShapeReason } from '../event/shape.ts';
import type { JsonReason } from '../json/value.ts';
import type { KeyReason } from '../key/key.ts';
import type { NameKind, NameReason } from '../name.ts';
import type { CheckpointReason } from '../note/checkpoint.ts';
import type { NoteReason } from '../note/note.ts';
import type { ProofFileReason } from '../note/proof-file.ts';
import type { ProofRefused } from '../tree/proof.ts';

export const JSON_TEXTS: Record<JsonReason, string> = {
  byte_order_mark: 'the text begins with a byte order mark',
  invalid_utf8: 'the bytes are not UTF-8',
  syntax: 'this is not JSON',
  unexpected_end: 'the text ends in the middle of a value',
  trailing_text: 'something follows the value',
  control_character: 'a control character stands in a string unescaped',
  bad_escape: 'an escape in a string is none that JSON has',
  lone_surrogate: 'a string holds half of a surrogate pair',
  repeated_key: 'a key stands twice in one object',
  forbidden_key: 'the key __proto__ is not permitted',
  too_deep: 'containers are nested too deep',
  too_large: 'there is more than fits into one event',
  negative_zero: 'negative zero cannot be kept',
  not_finite: 'the number is larger than a double can hold',
  rounds_to_zero: 'the number is so small that a double makes it zero',
  unsafe_integer: 'the integer lies beyond 2^53 - 1; write it as text',
  not_json_data: 'the value is not JSON data',
};

export const NAME_FORMS: Record<NameKind, string> = {
  origin: 'an origin is a schema-less URL such as example.com/payments, at most 128 characters',
  event_id:
    'an id such as invoice:7 has letters, digits and . _ : - after a letter or digit, at most 128',
  event_type: 'a type has words joined by dots, such as invoice.paid, at most 128 characters',
  key_name:
    'a name such as alice has letters, digits and . _ / @ - after a letter or digit, at most 128',
  key_id: 'a key id is a key name, a plus and 8 hexadecimal digits, such as alice+c9c082b4',
  digest: 'a digest is 64 lower-case hexadecimal digits',
  salt: 'a salt is 32 lower-case hexadecimal digits',
  trace_id:
    'a trace id is 32 lower-case hexadecimal digits such as 4bf92f3577b34da6a3ce929d0e0e4736',
  tag: 'a tag such as eu has a-z, 0-9 and . _ : - after a letter or digit, at most 64 characters',
  rule_id: 'a rule id such as tag-is-known has a-z, 0-9 and . _ - after a letter, at most 128',
  label: 'a label such as s-1 has 1 to 256 characters, and no control or line separator',
  meaning: 'a meaning such as approved is a word of a-z and _, at most 32 characters',
  time: 'a time is UTC with milliseconds, such as 2026-11-20T15:04:05.678Z, from 1970 on',
  seq: 'a position is an integer from 0 to 2^53 - 1, such as 7',
};

/** What an author may state, each with the form that it has. */
export const MEMBER_FORMS: Record<
  keyof typeof AUTHOR_REQUIRED | keyof typeof AUTHOR_OPTIONAL | 'attestation' | 'payload' | 'salt',
  string
> = {
  attestation: 'an attestation is a signature as ledger sign makes it',
  authorization: NAME_FORMS.event_id,
  causation_id: NAME_FORMS.event_id,
  domain_tags: `tags are a sorted list without repeats, at most 32; ${NAME_FORMS.tag}`,
  event_type: NAME_FORMS.event_type,
  id: NAME_FORMS.event_id,
  ledger: NAME_FORMS.origin,
  observed_at: NAME_FORMS.time,
  payload: 'a payload is any JSON value, such as {}',
  salt: NAME_FORMS.salt,
  seen: 'what was seen is the event_hash and the seq of an event',
  session_id: NAME_FORMS.label,
  source: `a source has a kind, one of ${SOURCE_KINDS.join(', ')}, and a name, such as tool:erp`,
  supersedes: NAME_FORMS.event_id,
  trace_id: NAME_FORMS.trace_id,
};

export const NAME_TEXTS: Record<NameReason, string> = {
  not_text: 'it is not text',
  empty: 'it is empty',
  too_long: 'it is too long',
  bad_form: 'it is not of the form asked for',
  bad_character: 'it holds a character that is not permitted',
  looks_like_seq: 'it has digits only and could be taken for a position',
  looks_like_hash: 'it could be taken for a hash',
  all_zero: 'it is all zero',
  no_such_moment: 'there is no such moment',
  out_of_range: 'it is out of range',
};

export const SHAPE_TEXTS: Record<ShapeReason, string> = {
  ...NAME_TEXTS,
  missing: 'it is missing',
  unknown_member: 'there is no such member',
  not_object: 'it is not an object',
  not_list: 'it is not a list',
  empty_list: 'the list is empty; leave the member out',
  too_many: 'the list has more than 32 items',
  not_a_set: 'the list is not sorted or repeats an item',
  unknown_value: 'it is none of the values there are',
  not_base64: 'it is not padded base64 of the right length',
  not_permitted: 'it may not stand here',
};

export const KEY_TEXTS: Record<KeyReason, string> = {
  bad_form: 'the key is not of the form name+id+base64',
  bad_name: 'the name in the key is not a key name',
  bad_base64: 'the last field of the key is not padded base64',
  unknown_algorithm: 'the key is not an Ed25519 key (type 1)',
  bad_public_key: 'the public key is not the canonical encoding of a point of large order',
  bad_length: 'the key is not 32 bytes',
  id_mismatch: 'the id in the key does not follow from its name and its bytes',
};

export const NOTE_TEXTS: Record<NoteReason, string> = {
  not_text: 'the note is not well-formed text',
  control_character: 'the note holds a control character',
  no_final_newline: 'the note does not end with a newline',
  no_blank_line: 'no blank line divides the text from the signatures',
  no_signature: 'the note bears no signature',
  too_many_signatures: 'the note bears more than 100 signatures',
  bad_signature_line: 'a signature line is not of the form the standard asks for',
  bad_signature: 'a signature by a known key is not good',
  no_known_signer: 'none of the signatures is by a known key',
  bad_text: 'the text cannot be signed: it must end with a newline and hold no control characters',
};

export const CHECKPOINT_TEXTS: Record<CheckpointReason, string> = {
  too_short: 'the checkpoint has fewer than three lines',
  no_final_newline: 'the checkpoint does not end with a newline',
  bad_origin: 'the first line is not an origin',
  bad_size: 'the second line is not a size in decimal',
  bad_root: 'the third line is not 32 bytes in base64',
  root_of_nothing: 'the checkpoint of size 0 has another root than the empty tree',
  empty_line: 'an extension line is empty',
  not_signed_by_origin: 'no key that bears the name of the origin signed the checkpoint',
};

export const PROOF_TEXTS: Record<ProofFileReason | ProofRefused['reason'], string> = {
  bad_form: 'the file is not a proof of a kind known here',
  no_header: 'the proof does not carry the header of its event',
  bad_index: 'the index is not a number in decimal',
  bad_step: 'a step is not 32 bytes in base64',
  bad_header: 'the header in the proof is not a canonical header',
  index_mismatch: 'the header stands at another position than the proof is for',
  origin_mismatch: 'the proof joins two different origins',
  sizes_swapped: 'the old checkpoint is larger than the new one',
  not_proved: 'the steps do not lead to the root',
  out_of_range: 'the position or the size lies outside the log',
  node_missing: 'a hash that the proof needs is not stored, or is not 32 bytes',
};
