/**
 * What a check of a bundle comes to: what was proved, what is withheld, what was not proved, and
 * what was found against it. Exit codes are those of an audit.
 */
import { FINDING_CODES } from '../../ledger/finding.ts';
import type { Finding, FindingCode } from '../../ledger/finding.ts';
import { FINDING_TEXTS } from '../../ledger/render/finding-text.ts';
import { visible } from '../../ledger/render/render.ts';

/** What can be wrong with a bundle beside its events. */
export const BUNDLE_CODES = {
  archive_altered: 'it is not as it was written; of an archive, unpack it and check the folder',
  page_unknown: 'what stands around the files is no page of this release: believe nothing it shows',
  name_unsafe: 'the name leads out of the bundle, or is none that a bundle has',
  not_a_file: 'what lies there is no plain file',
  file_unknown: 'the file belongs to no bundle, and no manifest names it: delete it, check again',
  file_missing: 'the file is not there',
  file_changed: 'the file is not what the manifest says',
  manifest_changed: 'the manifest is not that of these files',
  claim_refused: 'data/bundle.json is not of its form',
  claim_differs: 'what the bundle claims is not what its events show',
  table_differs: 'the file does not say what the events say',
  events_missing: 'the range does not end where it should',
  founding_missing: 'the event that founded the ledger is not there',
  policy_set_unknown: 'no event that is here put the policies in force that judged it',
  chain_differs: 'it is left out of what belongs to the subject, or does not belong there',
  time_differs: 'it is of the times that were asked for and outside the range, or the reverse',
  beside_missing: 'the event beside the range is not there that would show where its times end',
  event_twice: 'an event stands where none, or another one, belongs',
  proof_missing: 'there is no proof for the event',
  proof_wrong: 'the proof does not show that the event stands in the log',
  proof_unasked: 'there is a proof for no event of the bundle',
  range_unproved: 'the events of the range are not those of the checkpoint',
  checkpoint_refused: 'the checkpoint is not one that a log key of this ledger signed',
  consistency_refused: 'the later checkpoint is not of a log that begins with this one',
  payload_left_out: 'a payload that is meant to be here is not, and no event erased it',
  payload_unasked: 'a payload is here that the selection keeps back',
  statement_refused: 'the statement is not of its form',
  statement_differs: 'the statement is about other files',
  statement_signature: 'the signature of the statement is not good',
  signer_unknown: 'who signed the statement has no live key in this ledger',
  signer_unproved:
    'whether the key that signed was ended before the range cannot be seen in a part',
  vkey_other_ledger: 'the key that was given belongs to another ledger',
  vkey_differs: 'the checkpoint is not signed by the key that was given',
  profile_refused: 'the profile is not of its form, or its text is not there',
  audit_failed: 'the audit at the time of the export did not end well',
} as const;

export type BundleCode = keyof typeof BUNDLE_CODES;

/** Sound by all that is here, but something that was asked for could not be checked. */
const INCOMPLETE: ReadonlySet<string> = new Set<BundleCode>([
  'page_unknown',
  'policy_set_unknown',
  'signer_unproved',
  'vkey_other_ledger',
  'vkey_differs',
  'audit_failed',
]);

/** What no bundle of a part of a ledger can show, however honest it is. */
export const OPEN_IN_PART: ReadonlySet<string> = new Set<BundleCode>([
  'policy_set_unknown',
  'signer_unproved',
]);

export interface BundleFinding {
  readonly code: BundleCode | FindingCode;
  readonly severity: 'tampered' | 'incomplete' | 'warning';
  readonly file?: string;
  readonly seq?: number;
  readonly reason?: string;
  readonly expected?: string;
  readonly actual?: string;
}

/** against makes a finding about a bundle. */
export const against = (
  code: BundleCode,
  details: Omit<BundleFinding, 'code' | 'severity'> = {},
): BundleFinding => ({
  code,
  severity: INCOMPLETE.has(code) ? 'incomplete' : 'tampered',
  ...details,
});

/** inFile tells a finding of the kernel. An unfinished line is no accident in a bundle. */
export const inFile = (file: string, { _tag, severity, member, ...rest }: Finding) =>
  ({
    ...rest,
    ...(member === undefined ? {} : { reason: `${member} ${rest.reason ?? ''}`.trim() }),
    severity: severity === 'torn_tail' ? 'tampered' : severity,
    file,
  }) satisfies BundleFinding;

export const VERDICT_EXIT = { verified: 0, tampered: 20, incomplete: 23 } as const;

export interface BundleReport {
  readonly verdict: keyof typeof VERDICT_EXIT;
  readonly origin: string | undefined;
  readonly proved: readonly string[];
  readonly withheld: readonly { readonly event_type: string; readonly events: number }[];
  readonly notProved: readonly string[];
  readonly findings: readonly BundleFinding[];
}

const isKernel = (code: string): code is FindingCode => Object.hasOwn(FINDING_CODES, code);

/** findingSentence says what a finding means. */
export const findingSentence = ({ code }: BundleFinding): string =>
  Object.hasOwn(BUNDLE_CODES, code)
    ? BUNDLE_CODES[code as BundleCode]
    : isKernel(code)
      ? FINDING_TEXTS[code].what
      : code;

/** reportData tells programs. */
export const reportData = (report: BundleReport): object => {
  const { verdict, origin, proved, withheld, notProved, findings } = report;
  return {
    verdict,
    exit: VERDICT_EXIT[verdict],
    origin,
    proved,
    withheld,
    not_proved: notProved,
    findings,
  };
};

const foundLine = (found: BundleFinding): string => {
  const { file, seq, reason, expected, actual, code, severity } = found;
  const where = [
    ...(file === undefined ? [] : [visible(file)]),
    ...(seq === undefined ? [] : [`event ${seq}`]),
  ].join(', ');
  const facts = [
    ...(reason === undefined ? [] : [visible(reason)]),
    ...(expected === undefined ? [] : [`expected ${visible(expected)}`]),
    ...(actual === undefined ? [] : [`found ${visible(actual)}`]),
  ].join(', ');
  const told = `${findingSentence(found)}${facts === '' ? '' : ` (${facts})`} [${code}]`;
  return `${severity}: ${where === '' ? '' : `${where}: `}${told}`;
};

/** reportText tells people. */
export const reportText = ({
  verdict,
  origin,
  proved,
  withheld,
  notProved,
  findings,
}: BundleReport): string =>
  [
    `${verdict}: ${visible(origin ?? 'unknown ledger')}`,
    ...findings.map(foundLine),
    ...proved.map((text) => `proved: ${text}`),
    ...withheld.map(({ event_type: type, events }) => `withheld: ${events} × ${visible(type)}`),
    ...notProved.map((text) => `not proved: ${text}`),
    '',
  ].join('\n');
