/**
 * The chain of a cortex log, row by row: every hash made again, every link followed, every
 * signature checked. It goes on behind what is wrong, so that each defect is told once.
 */
import type { Crypto } from '../../../ledger/crypto/port.ts';
import { decodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import { Ranges } from '../ranges.ts';
import type { Scratch } from '../scratch.ts';
import type { Anchor } from './anchor.ts';
import { Attestations } from './attestation.ts';
import { ROW_BYTES, isDamaged, isSpoilt } from './damage.ts';
import type { Blake3 } from './hash.ts';
import { eventHash, payloadHash } from './hash.ts';
import type { Item } from './item.ts';
import type { Found, Link, Step } from './place.ts';
import { Places } from './place.ts';
import type { Hashes, Row } from './row.ts';
import { KNOWN_VERSIONS, unknownVersion } from './row.ts';
import { Signatures } from './signature.ts';

export interface ChainOptions {
  readonly crypto: Crypto;
  /** A quick one, where it was waited for. */
  readonly blake3?: Blake3 | undefined;
  readonly scratch: Scratch;
  readonly ledgerId: string;
  /** Public keys in hexadecimal that whoever imports trusts. */
  readonly keys: readonly string[];
  readonly anchors: readonly Anchor[];
  /** Whether there are attestations beside the log. */
  readonly isAttested: boolean;
}

/** So many versions are counted one by one. */
const MOST_VERSIONS = 100;
const MIGRATION = '"schema_migration.v1_to_v2"';

/** The head that the migrating row says was there before it; undefined where it is none. */
const migratedHead = ({ envelope, payload }: Row): string | undefined => {
  if (!envelope.event_type.includes('system_note')) return undefined;
  const text = decodeUtf8(payload);
  if (!text.includes(MIGRATION)) return undefined;
  const told = JSON.parse(text) as {
    readonly kind?: unknown;
    readonly payload?: { readonly previous_v1_head_hash?: unknown } | null;
  };
  if (told.kind !== 'schema_migration.v1_to_v2') return undefined;
  const head = told.payload?.previous_v1_head_hash;
  return typeof head === 'string' ? head : JSON.stringify(head ?? null);
};

type How = Pick<Step, 'isDamaged' | 'isMixed' | 'isShown'>;
const LOST: How = { isDamaged: true, isMixed: false, isShown: false };

/** The version of the row before it, where that is known, and whether what changed it is lost. */
interface Version {
  readonly was: number | undefined;
  readonly isInDoubt: boolean;
}

const whereOf = ({ file, line, read }: Item) => ({ file, line, id: read.row?.envelope.id });

export class Chain {
  private readonly by: ChainOptions;
  readonly signatures: Signatures;
  readonly hashed = new Ranges();
  readonly attestations: Attestations;
  /** Rows that bear no signature. */
  private bare = 0;
  readonly places: Places;
  readonly versions = new Map<number, number>();
  rows = 0;
  /** Rows that cannot be read, and to which the log does not lead. */
  beside = 0;
  /** Rows to which the log does not lead, and which may be of those that are lost. */
  pieces = 0;
  head: string | null = null;
  private version: number | undefined;
  /** Whether the last row may have been another one, or cannot be read. */
  private isBehindLoss = false;
  private hasLoss = false;
  boundary:
    { readonly position: number; readonly hash: string; readonly before: string } | undefined;

  constructor(by: ChainOptions) {
    this.by = by;
    this.signatures = new Signatures(by.crypto, by.ledgerId, by.keys);
    this.places = new Places(by.anchors);
    this.attestations = new Attestations(this.signatures, this.places, by.scratch);
  }

  /** Rows that bear no signature, and of which none is kept apart. */
  get unsigned(): number {
    return this.bare - this.attestations.alone;
  }

  /**
   * skip counts a line that is no row: how many it was nobody can tell. A row of the database is
   * one, and where its hashes can be read, they say between which others.
   */
  skip(item: Item): readonly Fault[] {
    const { read, beside, isLogged, hashes } = item;
    // Nothing stands there that a row could have been.
    const isBlank = read.faults.some(({ name }) => name === 'blank_line');
    if (isBlank && (item.bytes?.length ?? item.length ?? 0) < ROW_BYTES) return [];
    this.hasLoss = true;
    if (beside === undefined || beside === 'left') this.rows++;
    else this.beside++;
    if (hashes === undefined) {
      this.places.lose(isLogged);
      return [];
    }
    const link = this.linkOf(hashes, { ...item, isNear: isLogged });
    this.signatures.skip();
    this.isBehindLoss = true;
    // What two rows follow is not lost, and nothing before the first row is.
    if (beside === 'fork' || (beside === 'piece' && hashes.prev_event_hash === null))
      return this.place(hashes, link, item, LOST);
    return [...this.broken(hashes, link, item), ...this.place(hashes, link, item, LOST)];
  }

  /** take judges a row in its place; what stands beside the chain has none, and is not its head. */
  take(row: Row, item: Item): readonly Fault[] {
    const { isLogged, beside } = item;
    const position = ++this.rows;
    const { envelope } = row;
    const hashes = this.hashes(row);
    const isHit = isDamaged(item, hashes);
    const link = this.linkOf(envelope, isHit ? { ...item, isNear: true } : item);
    const isOff = hashes.some(({ name }) => name === 'event_hash_mismatch');
    const isMixed = isOff && isSpoilt(item);
    // What is damaged and stands right behind a row of the log is itself, if it follows that.
    const isApart = isMixed || link === 'doubtful' || this.places.filled > 0;
    if (hashes.length === 0 && link === 'shown') this.hashed.add(position);
    if (link === 'doubtful' || isMixed || !isLogged) this.signatures.skip();
    const faults = [
      ...hashes,
      ...this.broken(envelope, link, item),
      ...this.version1or2(row, position, {
        was: beside === undefined ? this.version : undefined,
        isInDoubt: link === 'doubtful' || isHit || this.isBehindLoss,
      }),
      ...this.signatures.take(row, position),
    ];
    // One whose hashes hold swallowed none that the link of the next one would not show.
    if (isSpoilt(item) && (hashes.length > 0 || envelope.signature === undefined))
      this.signatures.skip();
    this.isBehindLoss = isHit;
    this.hasLoss ||= isHit;
    if (beside === undefined) this.head = envelope.event_hash;
    const how = { isShown: !isOff, isDamaged: isHit, isMixed };
    faults.push(...this.place(envelope, link, item, how));
    if (envelope.signature === undefined) this.bare++;
    if (this.by.isAttested)
      faults.push(
        ...this.attestations.take({
          envelope,
          position,
          where: whereOf(item),
          isChained: beside === undefined,
          isDamaged: isHit && isApart,
        }),
      );
    if (!this.by.scratch.keep('id', envelope.id, String(position)))
      faults.push(fault('duplicate_id', `${envelope.id} stands in an earlier row`));
    return faults;
  }

  private linkOf({ prev_event_hash: prev }: Hashes, { beside, isNear = false }: Item): Link {
    const link = this.places.link(prev, isNear);
    // What two rows follow is not lost; what a piece follows, that is told at the end, may be.
    if (beside === 'fork') return link === 'doubtful' ? 'broken' : link;
    return link === 'broken' && beside === 'piece' && this.hasLoss ? 'doubtful' : link;
  }

  private place(hashes: Hashes, link: Link, item: Item, how: How): readonly Fault[] {
    const { beside, isLogged } = item;
    if (beside === undefined)
      return this.places.take(hashes, link, { ...how, isLogged, where: whereOf(item) });
    if (beside === 'piece') this.pieces++;
    if (beside === 'left') this.places.lose(isLogged);
    else this.places.follow(hashes, how.isShown);
    return [];
  }

  /** What is told of the link of a row; in the chain, what is in doubt is told at the end. */
  private broken(row: Hashes, link: Link, { beside }: Item): readonly Fault[] {
    const reason = this.places.notBehind(row.prev_event_hash);
    if (beside === 'left') return [fault('chain_unproved', 'it is left of a line with this row')];
    // It stands where the row of the log does.
    if (beside === 'same') return [];
    if (link === 'broken') return [fault('chain_broken', reason)];
    if (link !== 'doubtful' || beside === undefined) return [];
    return [fault('chain_unproved', `${reason}; how many rows are lost nobody can tell`)];
  }

  private hashes({ envelope, payload }: Row): readonly Fault[] {
    const { payload_hash, prev_event_hash: prev, event_hash } = envelope;
    const faults: Fault[] = [];
    const made = payloadHash(payload, this.by.blake3);
    if (made !== payload_hash)
      faults.push(fault('payload_hash_mismatch', `it hashes to ${made}, not ${payload_hash}`));
    const linked = eventHash(prev ?? '', payload_hash, this.by.blake3);
    if (linked !== event_hash)
      faults.push(fault('event_hash_mismatch', `it hashes to ${linked}, not ${event_hash}`));
    return faults;
  }

  private version1or2(row: Row, position: number, { was, isInDoubt }: Version): readonly Fault[] {
    const { schema_version: version, prev_event_hash, event_hash } = row.envelope;
    if (KNOWN_VERSIONS.has(version) || this.versions.size < MOST_VERSIONS)
      this.versions.set(version, (this.versions.get(version) ?? 0) + 1);
    if (!KNOWN_VERSIONS.has(version)) return [unknownVersion(version)];
    const before = migratedHead(row);
    this.version = version;
    if (before === undefined) {
      // What is lost may be what changed it.
      const isHidden = version === 2 && isInDoubt;
      return was === undefined || was === version || isHidden
        ? []
        : [fault('schema_version_order', `version ${version} behind version ${was}`)];
    }
    this.boundary = { position, hash: event_hash, before };
    return before === prev_event_hash && was !== 2 && version === 2
      ? []
      : [fault('boundary_mismatch', `it names ${before} behind version ${was ?? 'none'}`)];
  }

  /** Whether the row that migrates may be one of those that are lost. */
  get mayHaveMigrated(): boolean {
    return this.boundary === undefined && this.hasLoss;
  }

  /** end tells what only the end shows. */
  *end(): Generator<Found, void> {
    yield* this.places.rest();
    yield* this.attestations.rest();
    for (const [id, kept] of this.by.scratch.keys('attestation'))
      // Its row may be one of those that are lost.
      if (this.hasLoss) this.attestations.unplaced += (JSON.parse(kept) as unknown[]).length;
      else yield { fault: fault('attestation_unknown_row', `there is no row ${id}`), where: {} };
  }
}
