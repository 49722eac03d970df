/**
 * Sentences for the reasons for which a command refuses what it was handed. A table does not
 * compile while a reason lacks its sentence.
 */
import { join } from 'node:path';
import { KEY_TEXTS } from '../../ledger/render/text.ts';
import { visible } from '../../ledger/render/render.ts';
import type { KeyFileRefused } from '../storage/key-file.ts';
import type { CopyRefused } from '../usecase/copy-journal.ts';
import type { ReplayRefused } from '../usecase/replay-request.ts';
import type { Conflict } from '../usecase/receipt.ts';
import type { MarkRefused } from '../verify/mark.ts';
import type {
  ExportRefused,
  FileRefused,
  NotFound,
  OpenSshRefused,
  PlaceRefused,
} from './error.ts';
import type { Told } from './store-text.ts';

interface Text {
  readonly message: string;
  readonly next: string;
}

/** prefixed puts the path before what is said of it. */
export const prefixed = (path: string, code: string, { message, next }: Text): Told => ({
  code,
  message: `${visible(path)}: ${message}`,
  next,
});

/** Where it stands what a policy document is made of. */
export const MANUAL = 'policies/README.md says what a document may hold';

/** Where what there is can be seen. */
export const LISTS: Record<NotFound['kind'], string> = {
  event: 'See ledger log.',
  key: 'See ledger key list.',
  'policy set': 'See ledger policy list.',
  authorization: 'See ledger break-glass list.',
  'held draft': 'See ledger quarantine list.',
  destination: 'See ledger outbox status.',
  item: 'See ledger outbox list.',
  experiment: 'See ledger experiment list.',
  import: 'See ledger log --type schema_migration.imported.',
};

/** What prints an example of it. */
export const HOLDING: Record<ExportRefused['what'], string> = {
  ocsf_map: 'ledger help ocsf-map',
  profile: 'ledger help soc2',
};

export const CONFLICTS: Record<Conflict, Text> = {
  id_taken: {
    message: 'the id belongs to another content',
    next: 'Give it another id, or hand in what was recorded under this one.',
  },
  head_moved: {
    message: 'the ledger does not end with the hash that was expected',
    next: 'Read what came in since, and decide anew.',
  },
  state_moved: {
    message: 'what it was decided by has changed meanwhile',
    next: 'Read how it stands now, and decide anew.',
  },
  checkpoint_differs: {
    message: 'this ledger is none that the checkpoint was signed for',
    next: 'Do not append. It was rolled back or rewritten: compare it with an earlier copy.',
  },
};

export const REPLAY: Record<ReplayRefused['reason'], Text> = {
  journal_stands: {
    message: 'a sound journal stands; nothing is to be made anew of the mirror',
    next: 'Run ledger replay without --from.',
  },
  mirror_not_proved: {
    message: 'the lines of the mirror are no chain that is proved',
    next: 'Restore a backup: ledger restore, or a copy of the folder.',
  },
  mirror_differs: {
    message: 'the mirror holds other lines than what is left of the journal',
    next: 'Keep both as evidence, and compare them with an earlier copy.',
  },
  mirror_unread: {
    message: 'the mirror cannot be read',
    next: 'Run ledger replay --from journal, or restore a backup.',
  },
  nothing_good: { message: 'no event of the journal is good', next: 'Restore a backup.' },
  operator_key_needed: {
    message: 'what is set aside must be told by an operator',
    next: 'Name the operator key: --sign KEY.',
  },
  log_key_needed: {
    message: 'a checkpoint was signed beyond the last good event',
    next:
      'Name a new log key, one that signed nothing here yet, or the one that was named when this ' +
      'was asked for before: --new-log-key KEY.',
  },
  not_recorded: {
    message: 'the journal is mended, and what says so is not recorded',
    next: 'Look at what the policies take: ledger log --type policy.refused.',
  },
};

export const COPIES: Record<CopyRefused['reason'], Text> = {
  differs: {
    message: 'what is there is no part of this ledger',
    next:
      'If somebody went on there, do not append here: compare both, and decide which goes on. ' +
      'Keep both as evidence, and back up into another folder.',
  },
  erased: {
    message: 'its payload was erased since, and is there still',
    next: 'Back up into an empty folder; then destroy this backup, and every earlier one.',
  },
  ahead: {
    message: 'there is more than this ledger holds',
    next:
      'Do not append before you know why: this ledger lost events, somebody went on there, or a ' +
      'crash left zeros. Compare both, and decide which goes on.',
  },
  stands: {
    message: 'something is there already',
    next: 'Name another place; nothing is written over.',
  },
  not_empty: {
    message: 'the place is not empty: this is no part of the backup',
    next: 'Name an empty place with -C, or move away what is there.',
  },
  another_ledger: {
    message: 'it is the backup of another ledger',
    next: 'Name another folder.',
  },
  within: {
    message: 'one of the folders lies in the other',
    next: 'Name a folder elsewhere, best on another disk.',
  },
};

export const FILES: Record<FileRefused['reason'], Text> = {
  file_too_long: {
    message: 'it is longer than what is asked for can be',
    next: 'Name a shorter one; of what is longer an event records the digest.',
  },
  invalid_utf8: { message: 'it is not UTF-8', next: 'Fetch the original again.' },
  other_ledger: { message: 'it is of another ledger', next: 'Name one of this ledger.' },
};

export const WORD: Text = {
  message: 'it is not UTF-8, or holds U+FFFD, which stands for what is not',
  next: 'Hand it over in a file or on stdin; name a place by a way that is UTF-8.',
};

export const MARKS: Record<MarkRefused['reason'], Text> = {
  bad_form: {
    message: 'the file is neither a mark nor a checkpoint, or it is cut off',
    next: 'Name another one, or verify everything without --since.',
  },
  bad_digest: {
    message: 'the mark was changed since it was written',
    next: 'Ask who could write it, and verify everything without --since.',
  },
};

export const OPEN_SSH: Record<OpenSshRefused['reason'], Text> = {
  public: {
    message: 'it is a public key of OpenSSH, which signs nothing',
    next: 'Name the private one, which lies beside it under the same name without .pub.',
  },
  not_open_ssh: {
    message: 'it is no private key of OpenSSH',
    next: "Name one that begins with '-----BEGIN OPENSSH PRIVATE KEY-----'.",
  },
  encrypted: {
    message: 'the key of OpenSSH is encrypted',
    next: 'Take a copy without passphrase (ssh-keygen -p -f COPY), and remove it afterwards.',
  },
  not_ed25519: {
    message: 'the key of OpenSSH is not an Ed25519 key',
    next: 'Make one: ssh-keygen -t ed25519, or ledger key new NAME.',
  },
  damaged: { message: 'the file is cut off or altered', next: 'Fetch the original again.' },
};

const ELSEWHERE = 'Name a place in which you may write.';

const NOT_A_FILE: Text = { message: 'it is not a plain file', next: 'Name another one.' };

/** Why nothing can be put in a place: a mistake of whoever names it, and none of the disk. */
const PLACES: Readonly<Record<string, Text>> = {
  ENOENT: {
    message: 'the folder that it is to be in is not there',
    next: 'Make that folder (mkdir -p), or name another place.',
  },
  ENOTDIR: { message: 'a part of the path is not a folder', next: 'Name another place.' },
  EISDIR: { message: 'it is a folder', next: 'Name a file in it.' },
  EACCES: { message: 'permission denied', next: ELSEWHERE },
  EPERM: { message: 'permission denied', next: ELSEWHERE },
  EROFS: { message: 'the file system is read-only', next: ELSEWHERE },
  ELOOP: { message: 'it is a symbolic link', next: 'Name the file that it leads to.' },
  NOT_A_FILE,
  ENXIO: NOT_A_FILE,
  ESPIPE: NOT_A_FILE,
  TOO_LARGE: { message: 'it is longer than such a file can be', next: 'Name another one.' },
  ENAMETOOLONG: { message: 'the name is too long', next: 'Name a shorter one.' },
};

/** isPlaceFault says whether an error of the system is about the place that was named. */
export const isPlaceFault = (errno: string): boolean => Object.hasOwn(PLACES, errno);

/** placeText tells what is wrong with a place, or with what stands in it. */
export const placeText = ({ path, inside, errno }: PlaceRefused): Told => {
  const text = PLACES[errno] ?? { message: visible(errno), next: 'Look at the path.' };
  if (inside === undefined) return prefixed(path, 'place_refused', text);
  const next = 'Move it away, or name another folder.';
  return prefixed(join(path, inside), 'place_refused', { ...text, next });
};

const AGAIN = 'Copy the whole key again, as one line.';

export const KEY_FILES: Record<KeyFileRefused['reason'], Text> = {
  missing: {
    message: 'there is no such key',
    next: 'Name a key of keys/, a key file or env:NAME; ledger key new makes one.',
  },
  not_a_file: {
    message: 'it is not a plain file',
    next: 'Put the key itself there, and no link or pipe.',
  },
  linked: {
    message: 'the file has another name, through which others may reach it',
    next: 'Copy it to a file of its own, and remove the other names.',
  },
  readable_by_others: {
    message: 'others may read the file',
    next: 'Revoke the key if somebody could have; else chmod 600.',
  },
  too_long: { message: 'it is too long to be a key', next: AGAIN },
  open_ssh: {
    message: 'a key of OpenSSH has no name here yet',
    next: 'Take it over (ledger key new NAME --from FILE), and have it count: ledger key enroll.',
  },
  bad_form: { message: KEY_TEXTS.bad_form, next: AGAIN },
  bad_name: { message: KEY_TEXTS.bad_name, next: AGAIN },
  bad_base64: { message: KEY_TEXTS.bad_base64, next: AGAIN },
  unknown_algorithm: { message: KEY_TEXTS.unknown_algorithm, next: AGAIN },
  bad_public_key: { message: KEY_TEXTS.bad_public_key, next: AGAIN },
  bad_length: { message: KEY_TEXTS.bad_length, next: AGAIN },
  id_mismatch: { message: KEY_TEXTS.id_mismatch, next: AGAIN },
};
