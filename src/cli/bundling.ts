/**
 * `ledger export --format bundle`: the audit first, then the bundle in a folder beside its place,
 * then the check that whoever receives it will make. Only then it gets its name.
 */
import * as E from 'fp-ts/lib/Either.js';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import { checkAt } from '../bundle/check-at.ts';
import { scriptText } from '../bundle/check-script.ts';
import type { Claim } from '../bundle/claim.ts';
import { Folder } from '../bundle/folder.ts';
import { FILE } from '../bundle/layout.ts';
import { makeBundle } from '../bundle/make.ts';
import { nodeMeans } from '../bundle/node-means.ts';
import type { Archive } from '../bundle/pack.ts';
import { archiveOf, isTooLarge, pack } from '../bundle/pack.ts';
import { packPage } from '../bundle/pack-page.ts';
import type { Profile } from '../bundle/profile/profile.ts';
import { OPEN_IN_PART, findingSentence, reportText } from '../bundle/report.ts';
import type { Selection } from '../export/selection.ts';
import type { Digested } from '../export/sink.ts';
import { partOf } from '../export/sink.ts';
import type { Ledger } from '../ledger.ts';
import type { Done } from '../storage/disk.ts';
import { renameSynced } from '../storage/whole-file.ts';
import type { Open } from '../verify/report.ts';
import { realPorts } from '../wiring.ts';
import { notesFor } from './bundle-notes.ts';
import type { CliError } from './error.ts';
import type { Made } from './exporting.ts';
import { enrolledKeys } from './enrolled.ts';
import { openText } from './finding-text.ts';
import type { Given } from './given.ts';
import { heed, onLeave } from './leave.ts';
import { atPlace } from './place.ts';
import { EVENTS } from './progress.ts';
import type { Progress } from './progress.ts';
import type { Selected } from './selecting.ts';
import { signOf } from './writing.ts';

const { disk, crypto, random } = realPorts;

/** What it becomes at its place. */
type Kind = 'folder' | 'page' | Archive;

/** What an audit leaves open of each beginning of a ledger, whatever comes later. */
const ALWAYS_OPEN: ReadonlySet<Open> = new Set<Open>([
  'no_checkpoint_given',
  'policy_sets_before_adoption',
  'policy_decisions',
]);

/** And what hangs on the day: it would make another bundle of the same events each time. */
const LEFT_TO_AN_AUDIT =
  'what hangs on the day or on the store, as exceptions that nobody has reviewed in time, ' +
  'projections that stopped, and what was erased: ledger verify tells';

/** What an audit said of the events below a size: the rest is of the store on that day. */
type Said = (size: number) => JsonObject;

/**
 * What the ledger says of itself; nothing is exported of one that is not sound. Of what is sound
 * as a whole each beginning is.
 */
const auditOf = async (ledger: Ledger): Promise<E.Either<CliError, Said>> => {
  const audited = await ledger.verify();
  if (E.isLeft(audited)) return audited;
  const { findings, verdict, notProved } = audited.right;
  const [grave] = findings.filter(({ severity }) => severity !== 'warning');
  if (grave !== undefined)
    return E.left({ _tag: 'NotSound', folder: ledger.layout.folder, finding: grave });
  const open = notProved.filter((each) => ALWAYS_OPEN.has(each));
  return E.right((size) => ({
    verdict,
    exit: 0,
    findings: findings
      .filter(({ seq }) => seq !== undefined && seq < size)
      .map((each): JsonObject => ({ ...each })),
    not_proved: [...open.map(openText), LEFT_TO_AN_AUDIT],
  }));
};

const signerOf = (given: Given, ledger: Ledger): E.Either<CliError, Signer> => {
  const sign = signOf(given, ledger.layout);
  if (E.isLeft(sign)) return sign;
  return sign.right === undefined
    ? given.usage('somebody must vouch for a bundle: it takes --sign KEY')
    : E.right(sign.right.key);
};

const isPage = (given: Given): boolean => given.text('format') === 'html';

/** A folder may be named as one. */
const toOf = (given: Given): string => {
  const to = given.text('to') ?? '';
  return given.text('format') === 'bundle' ? to.replace(/(?<=[^/])\/+$/, '') : to;
};

const dropping = (folder: Folder) => (): void =>
  rmSync(folder.path, { recursive: true, force: true });

const standing = (path: string): E.Either<CliError, never> =>
  E.left({ _tag: 'CopyRefused', reason: 'stands', path });

/** Nobody would look for a folder, or for a page, under such a name. */
const ARCHIVE = /\.(?:zip|tar|tgz|gz|bz2|xz|zst|7z|rar)$/i;
const PAGE = /\.html?$/i;

/** bundleFault says why no bundle can be put where it is asked for, before anybody is told. */
export const bundleFault = (
  given: Given,
  { from, to: end }: Selection,
): E.Either<CliError, void> => {
  const to = toOf(given);
  if (given.text('sign') === undefined)
    return given.usage('somebody must vouch for a bundle: it takes --sign KEY');
  if (to === '-')
    return given.usage('a bundle is a folder or an archive, a page a file: --to takes a path');
  const isArchive = ARCHIVE.test(to) && (isPage(given) || archiveOf(to) === undefined);
  if (isArchive || (!isPage(given) && PAGE.test(to)))
    return given.usage(
      `a bundle is a folder, a .zip or a .tar, a page an .html: ${to} would be named otherwise`,
    );
  if (from === end) return given.usage('there is no event in the range that was asked for');
  const there = atPlace(to)(disk.stat(to));
  if (E.isLeft(there)) return there;
  return there.right === undefined ? E.right(undefined) : standing(to);
};

/**
 * What a stranger will see of it: gives what a part of a ledger leaves open. That it does not hold
 * would be a mistake of ours.
 */
const selfChecked = (path: string, drop: () => void): readonly string[] => {
  const report = checkAt(path);
  const grave = report.findings.filter(({ severity }) => severity !== 'warning');
  if (grave.every(({ code }) => OPEN_IN_PART.has(code)))
    return [...new Set(grave.map(findingSentence))];
  drop();
  throw new Error(`the bundle does not hold\n${reportText(report)}`);
};

const withheldIn = ({ counts }: Claim): number => counts.events - counts.disclosed;

/** bundle makes one beside its place. */
export const bundle = async (
  given: Given,
  ledger: Ledger,
  selected: Selected,
  profile: Profile | undefined,
  progress: Progress,
): Promise<E.Either<CliError, Made>> => {
  const signer = signerOf(given, ledger);
  if (E.isLeft(signer)) return signer;
  const { selection } = selected;
  const keys = enrolledKeys(ledger.reader);
  if (E.isLeft(keys)) return keys;
  const own = keys.right.find(({ key_id: id }) => id === signer.right.keyId);
  const notes = await notesFor(ledger, selected, own, isPage(given));
  if (E.isLeft(notes)) return notes;
  progress.say('the audit comes first');
  const audit = await auditOf(ledger);
  if (E.isLeft(audit)) return audit;
  const script = await scriptText('check.mjs');
  const folder = new Folder(disk, partOf(toOf(given)));
  const drop = dropping(folder);
  onLeave(async () => drop());
  const claim = await makeBundle(
    {
      crypto,
      random,
      reader: ledger.reader,
      origin: ledger.origin,
      selection,
      ...notes.right,
      signer: signer.right,
      audit: audit.right,
      script,
      profile,
      parquet: given.flag('parquet') ? nodeMeans.parquet : undefined,
      onEvents: async (events) => {
        await heed();
        progress.tell('events', EVENTS, events, selection.to - selection.from);
      },
    },
    folder,
  );
  const done = E.isLeft(claim) ? claim : await finish(given, folder, claim.right);
  if (E.isLeft(done)) drop();
  // What came while it was packed and checked: nothing is in its place yet.
  await heed();
  return atPlace(toOf(given))(done);
};

/** Gives the file that it becomes, undefined where it stays a folder. */
const packed = async (
  folder: Folder,
  kind: Kind,
  path: string,
): Promise<Done<Digested | undefined>> => {
  if (kind === 'folder') return E.right(undefined);
  return kind === 'page'
    ? packPage(disk, folder, await scriptText('page.js'), path)
    : pack(disk, folder, kind, path);
};

/** A folder is known by the list of what is said about it: every other digest hangs on that. */
const ofFolder = ({ digests, sizes }: Folder) => ({
  bytes: [...sizes.values()].reduce((sum, size) => sum + size, 0),
  sha256: digests.get(FILE.tagManifest) ?? '',
  digest_of: FILE.tagManifest,
});

const finish = async (
  given: Given,
  folder: Folder,
  claim: Claim,
): Promise<E.Either<CliError, Made>> => {
  const to = toOf(given);
  const kind: Kind = isPage(given) ? 'page' : (archiveOf(to) ?? 'folder');
  if ((kind === 'zip' || kind === 'tar') && isTooLarge(kind, folder.sizes))
    return given.usage(`it is too large for a .${kind}; name a folder`);
  const drop = dropping(folder);
  const isWritten = kind === 'folder' || kind === 'page';
  const open = isWritten ? selfChecked(folder.path, drop) : [];
  // In the folder that is thrown away, once nobody looks at what is in it.
  const part = join(folder.path, 'packed');
  const file = await packed(folder, kind, part);
  if (E.isLeft(file)) return file;
  return E.right({
    events: claim.counts.meant,
    withheld: withheldIn(claim),
    ...(file.right ?? ofFolder(folder)),
    open: isWritten ? open : selfChecked(part, drop),
    place: () => {
      const there = disk.stat(to);
      if (E.isLeft(there)) return there;
      if (there.right !== undefined) return standing(to);
      const placed = renameSynced(disk, kind === 'folder' ? folder.path : part, to);
      if (E.isRight(placed)) drop();
      return placed;
    },
    drop,
  });
};
