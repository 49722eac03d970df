/**
 * What a check proved, and what it did not, in sentences.
 */
import { formatVkey } from '../../ledger/key/key.ts';
import type { Key } from '../../ledger/key/key.ts';
import { askedText } from '../export/selection.ts';
import type { Claim } from './claim.ts';
import type { Files } from './file.ts';
import type { BundleFold } from './fold.ts';
import { FILE } from './layout.ts';
import type { Voucher } from './outer.ts';

const vouched = ({ keyId, until }: Voucher, part: string): string =>
  until === undefined
    ? `every file is the one that was signed with the key ${keyId}`
    : `every file is the one that ${keyId} vouched for, whose key counted at event ${until}${part}`;

const notVouched = ({ keyId, until }: Voucher, from: number): string =>
  until === undefined
    ? `that ${keyId} may vouch for it: an event before ${from} that ended that key may be left out`
    : `that ${keyId} was not ended behind event ${until}: ask who keeps the ledger`;

/** The key that whoever checks has from elsewhere, and whether it signed that log. */
export interface Given {
  readonly vkey: Key | undefined;
  readonly isSigner: boolean;
}

/** provedOf lists it, for a bundle against which nothing was found. */
export const provedOf = (
  { selection, checkpoint }: Claim,
  { counts, state }: BundleFold,
  voucher: Voucher | undefined,
  files: Files,
  { vkey, isSigner }: Given,
  profile: string | undefined,
): readonly string[] => {
  const { from, to, since, until, subject } = selection;
  const { size, root } = checkpoint;
  // Of a part it is known of no key or policy that nothing outside of it changed them.
  const part = from === 0 && to === size ? '' : ', as far as the events here show';
  return [
    `the events ${from} to ${to - 1} are all there, in their order, and none of them was changed`,
    `they stand in the log of ${size} events with the root ${root}`,
    vkey === undefined || !isSigner
      ? `a log key that the events themselves name signed that log${part}`
      : `the key that was given signed that log: ${formatVkey(vkey)}`,
    `${counts.meant} events are what was asked for, ${askedText(selection)}; each has a proof`,
    ...(since === undefined
      ? []
      : [`the first event of the range is the first that was recorded at ${since} or later`]),
    ...(until === undefined
      ? []
      : [`the last event of the range is the last in that log that was recorded before ${until}`]),
    ...(subject === undefined
      ? []
      : [`of those in the range all are meant that ${subject} is tied to by corrections in sight`]),
    `${counts.disclosed} payloads are the ones that were sealed`,
    `${state.attested} signatures of authors are good, by keys that counted at that event${part}`,
    `table, keyring, policies and README say what the events say${part}`,
    ...(files.has(FILE.parquet) ? ['the Parquet file is, byte for byte, that table'] : []),
    ...(profile === undefined
      ? []
      : [`the text of the profile ${profile} says what the events say`]),
    ...(voucher === undefined ? [] : [vouched(voucher, part)]),
    ...(files.has(FILE.consistency)
      ? ['a later checkpoint is of a log that begins with this one']
      : []),
  ];
};

/** logKeyUnproved says that the log's key may have been ended before it signed so many events. */
export const logKeyUnproved = (keyId: string | undefined, size: number): readonly string[] =>
  keyId === undefined
    ? []
    : [`that the log's key ${keyId} was not ended before event ${size}: ask who keeps the ledger`];

const notMeant = (vkey: Key | undefined): string =>
  vkey === undefined
    ? 'that this is the ledger you mean: no key was given (--vkey), and the events name their own'
    : 'that this is the ledger you mean: its log is signed with another key than the one given. ' +
      'Ask whoever keeps it whether that key is theirs';

/** notProvedOf lists what a bundle cannot show. */
export const notProvedOf = (
  { selection, checkpoint }: Claim,
  { withheld, beyond }: BundleFold,
  voucher: Voucher | undefined,
  files: Files,
  { vkey, isSigner }: Given,
  profile: string | undefined,
): readonly string[] => [
  ...(voucher === undefined ? [] : [notVouched(voucher, selection.from)]),
  ...(isSigner ? [] : [notMeant(vkey)]),
  ...(withheld.size === 0 ? [] : ['what withheld payloads say: only that they are there']),
  ...(selection.from === 0 && selection.to === checkpoint.size
    ? []
    : ['that no event about a key or a policy outside the range was left out']),
  ...(selection.subject === undefined || (selection.from === 0 && selection.to === checkpoint.size)
    ? []
    : [`that no event outside the range corrects ${selection.subject}, or ties others to it`]),
  ...(selection.until === undefined || selection.to < checkpoint.size
    ? []
    : [`that nothing recorded before ${selection.until} came in behind the checkpoint`]),
  ...(selection.from === 0 ? [] : ['that no id of the range was used before it']),
  ...(beyond === 0 ? [] : [`${beyond} references to events that are not in the bundle`]),
  ...(files.has(FILE.consistency)
    ? []
    : ['that the log of a later checkpoint begins with this one: no later one is here']),
  'that nobody was shown another history: compare the checkpoint with one that others hold',
  'what a check.mjs or a page that came with the files says of itself: run a check of your own',
  'that the policies decided as they should have (ledger verify --decisions does that)',
  'what the audit at the time of the export said: that is the word of whoever exported it',
  ...(profile === undefined
    ? []
    : [`that any requirement is met: the profile ${profile} certifies nothing`]),
  'that what was recorded is true, and that clocks were right',
];
