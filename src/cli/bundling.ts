/**
 * `ledger export --format bundle`: the audit first, then the bundle in a folder beside its place,
 * then the check that whoever receives it will make. Only then it gets its name.
 */
import * as E from 'fp-ts/lib/Either.js';
import { rmSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { payloadOf } from '../../ledger/event/line.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
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
import type { TypePattern } from '../../policies/type-pattern.ts';
import { read } from '../export/read.ts';
import type { Selection } from '../export/selection.ts';
import type { Digested } from '../export/sink.ts';
import { partOf } from '../export/sink.ts';
import type { Ledger } from '../ledger.ts';
import { readNote, sizeOfNote } from '../storage/checkpoint-file.ts';
import type { Done } from '../storage/disk.ts';
import type { Reader } from '../usecase/reader.ts';
import { realPorts } from '../wiring.ts';
import type { CliError } from './error.ts';
import type { Made } from './exporting.ts';
import type { Enrolled } from './enrolled.ts';
import { enrolledKeys } from './enrolled.ts';
import { openText } from './finding-text.ts';
import type { Given } from './given.ts';
import { heed, onLeave } from './leave.ts';
import { atPlace } from './place.ts';
import { orKeyFault } from './log-key.ts';
import { EVENTS } from './progress.ts';
import type { Progress } from './progress.ts';
import type { Selected } from './selecting.ts';
import { signOf } from './writing.ts';

const { disk, crypto, random } = realPorts;

/** What it becomes at its place. */
type Kind = 'folder' | 'page' | Archive;

const ERASED = 'ledger.payload_erased' as TypePattern;

/**
 * The first event outside the range that shows that a live key counts up to its end: one that it
 * attested right before it or behind it. Undefined where none is needed, or none is there.
 */
const witnessFor = (
  reader: Reader,
  { from, to }: Selection,
  own: Enrolled | undefined,
): E.Either<CliError, number | undefined> => {
  if (own?.state !== 'active' || own.since_seq >= from - 1) return E.right(undefined);
  const page = reader.page({ key: own.key_id, after: from - 2, limit: 1 });
  if (E.isLeft(page)) return page;
  const seq = page.right[0]?.seq ?? from;
  return E.right(seq >= from && seq < to ? undefined : seq);
};

/** The size of a log that holds the range, what was erased of it since, and who vouches for it. */
const sizeFor = (
  { reader, origin }: Ledger,
  { selection: { from, to, until }, size: head }: Selected,
  own: Enrolled | undefined,
  witness: number | undefined,
): E.Either<CliError, number> => {
  // The event behind the range shows where its time ends.
  const end = until !== undefined && to < head ? to + 1 : to;
  let size = Math.max(end, (own?.since_seq ?? -1) + 1, (witness ?? -1) + 1);
  const later = { from: to, to: Number.MAX_SAFE_INTEGER, types: [ERASED] };
  for (const page of read(reader, crypto, origin, later)) {
    if (E.isLeft(page)) return page;
    for (const { line } of page.right) {
      const payload = payloadOf(line);
      const seq = isObject(payload) ? Number(payload['seq']) : Number.NaN;
      if (seq >= from && seq < to) size = Math.max(size, line.seq + 1);
    }
  }
  return E.right(size);
};

/** The smallest checkpoint that covers so many events, so that it is the same one for ever. */
const noteFor = async (ledger: Ledger, size: number): Promise<E.Either<CliError, string>> => {
  const { checkpoints, checkpoint } = ledger.layout;
  const there = disk.stat(checkpoints);
  if (E.isLeft(there)) return there;
  const names = there.right === undefined ? E.right([]) : disk.list(checkpoints);
  if (E.isLeft(names)) return names;
  const sizes = names.right.filter((name) => /^\d{1,16}$/.test(name)).map(Number);
  const enough = sizes.filter((each) => each >= size).toSorted((a, b) => a - b);
  const paths = [...enough.map((each) => join(checkpoints, String(each))), checkpoint];
  for (const path of paths) {
    const note = readNote(disk, path);
    if (E.isLeft(note)) return note;
    if (note.right !== undefined && sizeOfNote(crypto, note.right) >= size)
      return E.right(note.right);
  }
  return E.mapLeft((error: Parameters<typeof orKeyFault>[1] & CliError): CliError =>
    orKeyFault(ledger, error),
  )(await ledger.checkpoint());
};

/** What every audit leaves open, whatever the ledger did since. */
const OPEN = ['no_checkpoint_given', 'policy_sets_before_adoption', 'policy_decisions'] as const;

/**
 * What the ledger says of itself; nothing is exported of one that is not sound. Of what is sound
 * as a whole each beginning is, and that is all that a bundle tells: it is the same on any day.
 */
const auditOf = async (ledger: Ledger): Promise<E.Either<CliError, JsonObject>> => {
  const audited = await ledger.verify();
  if (E.isLeft(audited)) return audited;
  const { findings, verdict, notProved } = audited.right;
  const [grave] = findings.filter(({ severity }) => severity !== 'warning');
  if (grave !== undefined)
    return E.left({ _tag: 'NotSound', folder: ledger.layout.folder, finding: grave });
  const open = OPEN.filter((each) => notProved.includes(each));
  return E.right({ verdict, exit: 0, not_proved: open.map(openText) });
};

const signerOf = (given: Given, ledger: Ledger): E.Either<CliError, Signer> => {
  const sign = signOf(given, ledger.layout);
  if (E.isLeft(sign)) return sign;
  return sign.right === undefined
    ? given.usage('somebody must vouch for a bundle: it takes --sign KEY')
    : E.right(sign.right.key);
};

/** A folder may be named as one. */
const toOf = (given: Given): string => {
  const to = given.text('to') ?? '';
  return given.text('format') === 'bundle' ? to.replace(/(?<=[^/])\/+$/, '') : to;
};

const dropping = (folder: Folder) => (): void =>
  rmSync(folder.path, { recursive: true, force: true });

const standing = (path: string): E.Either<CliError, never> =>
  E.left({ _tag: 'CopyRefused', reason: 'stands', path });

/** bundleFault says why no bundle can be put where it is asked for, before anybody is told. */
export const bundleFault = (
  given: Given,
  { from, to: end }: Selection,
): E.Either<CliError, void> => {
  const to = toOf(given);
  if (given.text('sign') === undefined)
    return given.usage('somebody must vouch for a bundle: it takes --sign KEY');
  if (to === '-') return given.usage('a bundle is a folder or an archive: --to takes a path');
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
  const witness = witnessFor(ledger.reader, selection, own);
  if (E.isLeft(witness)) return witness;
  const size = sizeFor(ledger, selected, own, witness.right);
  if (E.isLeft(size)) return size;
  const note = await noteFor(ledger, size.right);
  if (E.isLeft(note)) return note;
  const latest = readNote(disk, ledger.layout.checkpoint);
  if (E.isLeft(latest)) return latest;
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
      note: note.right,
      latest: latest.right ?? note.right,
      signer: signer.right,
      witness: witness.right,
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
  const kind: Kind = given.text('format') === 'html' ? 'page' : (archiveOf(to) ?? 'folder');
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
      const renamed = disk.rename(kind === 'folder' ? folder.path : part, to);
      if (E.isLeft(renamed)) return renamed;
      drop();
      return disk.syncFolder(dirname(to));
    },
    drop,
  });
};
