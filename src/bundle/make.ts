/**
 * Making a bundle of a ledger: the events of a range as they stand in the mirror, whose lines the
 * kernel opens one by one, with all that a stranger needs to check them.
 */
import * as E from 'fp-ts/lib/Either.js';
import { hold } from '../../ledger/chain/checkpoint.ts';
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Line } from '../../ledger/event/line.ts';
import { headerOf } from '../../ledger/event/line.ts';
import type { Finding } from '../../ledger/finding.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Signer } from '../../ledger/key/key.ts';
import type { Digest, Origin } from '../../ledger/name.ts';
import { proveInclusion } from '../../ledger/tree/proof.ts';
import type { TypePattern } from '../../policies/type-pattern.ts';
import type { About } from '../export/about.ts';
import { csvHead, csvRow } from '../export/csv.ts';
import { eventOf } from '../export/event.ts';
import type { ParquetTable } from '../export/parquet.ts';
import type { Selected } from '../export/read.ts';
import { cut, read } from '../export/read.ts';
import type { Selection } from '../export/selection.ts';
import { isDisclosed, isMeant } from '../export/selection.ts';
import type { DiskFailed, Done } from '../storage/disk.ts';
import type { Read, ReadError, Reader } from '../usecase/reader.ts';
import { besideOf } from './beside.ts';
import type { Claim, Counts } from './claim.ts';
import { formatClaim } from './claim.ts';
import { auditText, keyringText, policyText } from './derived.ts';
import type { Folder } from './folder.ts';
import type { Profile } from './profile/profile.ts';
import { formatProfile } from './profile/profile.ts';
import { Tally } from './profile/tally.ts';
import { profileText } from './profile/text.ts';
import { GOVERNING, keyringOf } from './governing.ts';
import { headOf } from './head.ts';
import { FILE, isPayload } from './layout.ts';
import { BAGIT, infoOf, manifestOf, tagManifestOf } from './manifest.ts';
import { proofLine } from './proof-line.ts';
import { readmeText } from './readme.ts';
import { signStatement, statementOf } from './statement.ts';
import { sound, treeFacts } from './tree-facts.ts';

export interface Making {
  readonly crypto: Crypto;
  readonly reader: Reader;
  readonly origin: Origin;
  readonly selection: Selection;
  /** The note of a checkpoint that covers the range, and the latest one. */
  readonly note: string;
  readonly latest: string;
  readonly random: (bytes: number) => Uint8Array;
  readonly signer: Signer;
  /** An event outside the range that the signer attested, where that must show that it counts. */
  readonly witness: number | undefined;
  /** What the audit said of the events below a size; where that log ends is added here. */
  readonly audit: (size: number) => JsonObject;
  /** What `check.mjs` holds. */
  readonly script: string;
  /** What the evidence is set beside, where anybody asks for that. */
  readonly profile: Profile | undefined;
  readonly onEvents: (events: number) => Promise<void>;
  /** What makes a Parquet file, where there is to be one. */
  readonly parquet?: ((about: About) => ParquetTable) | undefined;
}

export type MakeError = ReadError | Finding | DiskFailed;
type Made<T> = E.Either<MakeError, T>;

const ALL = ['*'] as readonly string[] as readonly TypePattern[];

/** Writes a page of events with what is made of them. */
class Pages {
  private readonly by: Making;
  private readonly folder: Folder;
  private readonly size: number;
  private readonly parquet: ParquetTable | undefined;
  counts: Counts = { events: 0, meant: 0, disclosed: 0 };
  readonly tally = new Tally();

  constructor(by: Making, folder: Folder, size: number, root: Digest) {
    const { origin, selection } = by;
    this.by = by;
    this.folder = folder;
    this.size = size;
    this.parquet = by.parquet?.({ origin, size, root, selection });
  }

  private proofs(lines: readonly Line[]): Read<string> {
    const { crypto, reader } = this.by;
    return reader.look((mirror) => {
      const { nodeAt } = mirror.tree();
      return lines
        .map(({ seq }) => proofLine(seq, sound(proveInclusion(crypto, nodeAt, seq, this.size))))
        .join('');
    });
  }

  private put(contents: Readonly<Record<string, string | Uint8Array>>): Done<void> {
    for (const [name, content] of Object.entries(contents)) {
      const written = this.folder.write(name, content);
      if (E.isLeft(written)) return written;
    }
    return E.right(undefined);
  }

  /** Whatever stands in these places goes out; of what does not govern, all but what it says. */
  outside(from: number, to: number, places: readonly number[]): Made<void> {
    const [at] = places.filter((place) => place >= from && place < to);
    if (at === undefined) return this.beside({ from, to, types: GOVERNING });
    const before = this.beside({ from, to: at, types: GOVERNING });
    if (E.isLeft(before)) return before;
    const there = this.beside({ from: at, to: at + 1, withhold: ALL });
    return E.isLeft(there) ? there : this.outside(at + 1, to, places);
  }

  private beside(selection: Selection): Made<void> {
    const { reader, crypto, origin } = this.by;
    for (const page of read(reader, crypto, origin, selection)) {
      if (E.isLeft(page)) return page;
      const proofs = this.proofs(page.right.map(({ line }) => line));
      if (E.isLeft(proofs)) return proofs;
      this.count(page.right);
      const written = this.put({
        [FILE.governing]: page.right.map(({ text }) => `${text}\n`).join(''),
        [FILE.policies]: page.right.map(({ line }) => policyText(line)).join(''),
        [FILE.proofs]: proofs.right,
      });
      if (E.isLeft(written)) return written;
    }
    return E.right(undefined);
  }

  async inside({ from, to }: Selection): Promise<Made<void>> {
    const { reader, crypto, origin, onEvents } = this.by;
    for (const page of read(reader, crypto, origin, { from, to })) {
      const written = E.isLeft(page) ? page : this.page(page.right);
      if (E.isLeft(written)) return written;
      await onEvents(this.counts.events);
    }
    return E.right(undefined);
  }

  /** end writes what a file has at its end. */
  end(): Done<void> {
    return this.put(this.parquet === undefined ? {} : { [FILE.parquet]: this.parquet.end() });
  }

  private count(found: readonly Selected[]): void {
    if (this.by.profile !== undefined) for (const { line } of found) this.tally.add(line);
  }

  private page(found: readonly Selected[]): Made<void> {
    this.count(found);
    const { selection } = this.by;
    const all = found.map((each) => {
      const header = headerOf(each.line);
      const isOpen = each.line.payload !== undefined && isDisclosed(selection, header);
      return { each: isOpen ? each : cut(each.line), isOpen, isChosen: isMeant(selection, header) };
    });
    const chosen = all.filter(({ isChosen }) => isChosen).map(({ each }) => each.line);
    const chosenEvents = chosen.map((line) => eventOf(line));
    for (const event of chosenEvents) this.parquet?.add(event);
    const { events, meant, disclosed } = this.counts;
    this.counts = {
      events: events + all.length,
      meant: meant + chosen.length,
      disclosed: disclosed + all.filter(({ isOpen }) => isOpen).length,
    };
    const proofs = this.proofs(chosen);
    if (E.isLeft(proofs)) return proofs;
    return this.put({
      [FILE.events]: all.map(({ each }) => `${each.text}\n`).join(''),
      [FILE.table]: chosenEvents.map((event) => csvRow(event)).join(''),
      ...(this.parquet === undefined ? {} : { [FILE.parquet]: this.parquet.take() }),
      [FILE.policies]: all.map(({ each }) => policyText(each.line)).join(''),
      [FILE.proofs]: proofs.right,
    });
  }
}

const putProfile = (
  folder: Folder,
  { profile }: Making,
  claim: Claim,
  tally: Tally,
): Done<void> => {
  if (profile === undefined) return E.right(undefined);
  const put = folder.put(FILE.profile, formatProfile(profile));
  return E.isLeft(put) ? put : folder.put(FILE.profileText, profileText(profile, claim, tally));
};

/** Writes what is said about the evidence, and who vouches for it. */
const putTags = (folder: Folder, by: Making, claim: Claim): Done<void> => {
  const { digests, sizes } = folder;
  const names = [...digests.keys()].filter(isPayload);
  const bytes = names.reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0);
  const steps: readonly (readonly [string, () => string])[] = [
    [FILE.readme, () => readmeText(claim)],
    [FILE.check, () => by.script],
    [FILE.bagit, () => BAGIT],
    [FILE.info, () => infoOf(claim.origin, names.length, bytes)],
    [FILE.manifest, () => manifestOf(digests)],
    [FILE.statement, () => signStatement(by.crypto, by.signer, statementOf(claim, digests))],
    [FILE.tagManifest, () => tagManifestOf(digests)],
  ];
  for (const [name, text] of steps) {
    const put = folder.put(name, text());
    if (E.isLeft(put)) return put;
  }
  return folder.sync();
};

const sizeOf = (crypto: Crypto, note: string): number => {
  const held = hold(crypto, note);
  return E.isRight(held) ? held.right.size : 0;
};

/** makeBundle writes all files of a bundle; gives what it claims. */
export const makeBundle = async (by: Making, folder: Folder): Promise<Made<Claim>> => {
  const { crypto, selection, note, latest, origin, witness } = by;
  const size = sizeOf(crypto, note);
  const made = folder.make();
  if (E.isLeft(made)) return made;
  const facts = treeFacts(by, size, sizeOf(crypto, latest));
  if (E.isLeft(facts)) return facts;
  const { consistency, root, ...range } = facts.right;
  const head = headOf(crypto, by.reader, size);
  if (E.isLeft(head)) return head;
  const pages = new Pages(by, folder, size, root);
  const places = besideOf(selection, size, witness);
  const governing = { from: 0, to: size, types: GOVERNING };
  const keyring = keyringOf(crypto, by.random(32), read(by.reader, crypto, origin, governing));
  if (E.isLeft(keyring)) return keyring;
  const steps: readonly (() => Made<void> | Promise<Made<void>>)[] = [
    () => folder.write(FILE.governing, ''),
    () => folder.write(FILE.policies, ''),
    () => folder.write(FILE.table, csvHead()),
    () => pages.outside(0, selection.from, places),
    () => pages.inside(selection),
    () => pages.end(),
    () => pages.outside(selection.to, size, places),
    () => folder.end(),
    () => folder.put(FILE.checkpoint, note),
    () => folder.put(FILE.keyring, keyringText(keyring.right)),
    () =>
      folder.put(FILE.verify, auditText(by.audit(size), { origin, size, root, head: head.right })),
    () =>
      consistency === undefined ? E.right(undefined) : folder.put(FILE.consistency, consistency),
  ];
  for (const step of steps) {
    const done = await step();
    if (E.isLeft(done)) return done;
  }
  const claim: Claim = {
    origin,
    selection,
    checkpoint: { size, root },
    counts: pages.counts,
    witness,
    ...range,
  };
  const put = folder.put(FILE.claim, formatClaim(claim));
  if (E.isLeft(put)) return put;
  const profiled = putProfile(folder, by, claim, pages.tally);
  if (E.isLeft(profiled)) return profiled;
  const tagged = putTags(folder, by, claim);
  return E.isLeft(tagged) ? tagged : E.right(claim);
};
