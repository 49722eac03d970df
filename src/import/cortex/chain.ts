/**
 * The chain of a cortex log, row by row: every hash made again, every link followed, every
 * signature checked. It goes on behind what is wrong, so that each defect is told once.
 */
import type { Crypto } from '../../../ledger/crypto/port.ts';
import { parseHex } from '../../../ledger/encoding/hex.ts';
import { decodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import { Ranges } from '../ranges.ts';
import type { Scratch } from '../scratch.ts';
import type { Anchor } from './anchor.ts';
import type { Attesting } from './audit-record.ts';
import type { Blake3 } from './hash.ts';
import { eventHash, payloadHash } from './hash.ts';
import type { Item } from './item.ts';
import type { Damage, Room } from './place.ts';
import { ONE, Places, roomIn } from './place.ts';
import type { Row } from './row.ts';
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
/** So often is an attestation tried at a place that is not known. */
const MOST_TRIES = 5000;
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
  return told.kind === 'schema_migration.v1_to_v2'
    ? String(told.payload?.previous_v1_head_hash)
    : undefined;
};

/** What a line has room for. */
const roomOf = ({ bytes, length }: Item): Room => roomIn(bytes, bytes?.length ?? length ?? 0);

/** A line of the log that is damaged may have swallowed others. */
const damageOf = (item: Item, hashes: readonly Fault[]): Damage | undefined => {
  if (!item.isLogged || hashes.length + item.read.faults.length === 0) return undefined;
  const isMixed = hashes.some(({ name }) => name === 'event_hash_mismatch');
  return { hidden: roomOf(item).most - 1, isMixed };
};

export class Chain {
  private readonly by: ChainOptions;
  readonly signatures: Signatures;
  readonly hashed = new Ranges();
  readonly attested = new Ranges();
  /** Rows that bear no signature, and of which none is kept apart. */
  unsigned = 0;
  /** Attestations of rows that stand where nobody can tell, and which hold for no likely place. */
  unplaced = 0;
  readonly places: Places;
  readonly versions = new Map<number, number>();
  rows = 0;
  /** Rows that cannot be read, and to which the log does not lead. */
  beside = 0;
  head: string | null = null;
  private version: number | undefined;
  private tries = MOST_TRIES;
  boundary:
    { readonly position: number; readonly hash: string; readonly before: string } | undefined;

  constructor(by: ChainOptions) {
    this.by = by;
    this.signatures = new Signatures(by.crypto, by.ledgerId, by.keys);
    this.places = new Places(by.anchors);
  }

  /**
   * skip counts a line that is no row; the next one cannot be told to follow it. What stands beside
   * the chain has no place in it.
   */
  skip(item: Item): void {
    const { read, beside } = item;
    // Nothing stands there that a row could have been.
    if (read.faults.some(({ name }) => name === 'blank_line')) return;
    if (beside !== undefined) {
      this.beside++;
      return;
    }
    this.rows++;
    this.places.lose(item.isLogged ? roomOf(item) : ONE, item.isLogged);
    this.signatures.skip();
  }

  /** take judges a row in its place; what stands beside the chain has none, and is not its head. */
  take(row: Row, item: Item): readonly Fault[] {
    const { isLogged, beside } = item;
    const position = ++this.rows;
    const { envelope } = row;
    const attested = this.attested.count;
    if (beside !== undefined) this.places.close();
    const isLinked = this.places.isLinked(row.envelope.prev_event_hash, isLogged);
    const hashes = this.hashes(row);
    if (hashes.length === 0 && isLinked === true) this.hashed.add(position);
    const faults = [
      ...hashes,
      ...this.link(row, isLinked),
      ...this.version1or2(row, position, isLinked),
      ...this.signatures.take(row, position),
    ];
    if (beside === undefined) {
      this.head = envelope.event_hash;
      faults.push(...this.places.take(envelope, isLogged, damageOf(item, hashes)));
    } else this.places.follow(envelope);
    faults.push(...this.attestation(row, position, beside === undefined));
    if (envelope.signature === undefined && this.attested.count === attested) this.unsigned++;
    if (!this.by.scratch.keep('id', envelope.id, String(position)))
      faults.push(fault('duplicate_id', `${envelope.id} stands in an earlier row`));
    return faults;
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

  private link({ envelope }: Row, isLinked: boolean | undefined): readonly Fault[] {
    if (isLinked !== false) return [];
    const [prev, last] = [envelope.prev_event_hash ?? 'nothing', this.places.last ?? 'nothing'];
    return [fault('chain_broken', `it follows ${prev}, not ${last}`)];
  }

  private version1or2(row: Row, position: number, isLinked: boolean | undefined): readonly Fault[] {
    const { schema_version: version, prev_event_hash, event_hash } = row.envelope;
    if (KNOWN_VERSIONS.has(version) || this.versions.size < MOST_VERSIONS)
      this.versions.set(version, (this.versions.get(version) ?? 0) + 1);
    if (!KNOWN_VERSIONS.has(version)) return [unknownVersion(version)];
    const before = migratedHead(row);
    const was = this.version;
    this.version = version;
    if (before === undefined) {
      // What cannot be read may be what changed it.
      const isHidden = version === 2 && isLinked === undefined;
      return was === undefined || was === version || isHidden
        ? []
        : [fault('schema_version_order', `version ${version} behind version ${was}`)];
    }
    this.boundary = { position, hash: event_hash, before };
    return before === prev_event_hash && was !== 2 && version === 2
      ? []
      : [fault('boundary_mismatch', `it names ${before} behind version ${was ?? 'none'}`)];
  }

  /** The places at which an attestation is tried: the likeliest alone where many were tried. */
  private likely(): Places['likely'] {
    const { places, isAll } = this.places.likely;
    if (places.length === 1) return { places, isAll };
    this.tries -= places.length;
    return this.tries >= 0 ? { places, isAll } : { places: places.slice(0, 1), isAll: false };
  }

  private attestation(row: Row, position: number, isChained: boolean): readonly Fault[] {
    if (!this.by.isAttested) return [];
    const kept = this.by.scratch.take('attestation', row.envelope.id);
    if (kept === undefined) return [];
    const faults: Fault[] = [];
    let isGood = true;
    for (const { key, signature, signedAt } of JSON.parse(kept) as readonly Attesting[]) {
      const raw = {
        key: parseHex(key) ?? new Uint8Array(),
        signature: parseHex(signature) ?? new Uint8Array(),
      };
      const by = { ...raw, signedAt };
      const { places, isAll } = isChained ? this.likely() : { places: [position], isAll: false };
      const place = places.find((each) => this.signatures.attested(row, each - 1, by));
      const isKnown = !isChained || (isAll && places.length === 1);
      // A key that nobody gave shows no place to those that were given.
      if (place !== undefined && (isKnown || this.signatures.mayShow(key))) {
        if (isChained) this.places.shows(place);
        continue;
      }
      isGood = false;
      if (!isAll || place !== undefined) this.unplaced++;
      else faults.push(fault('attestation_invalid', `it is not of ${key} over row ${position}`));
    }
    if (isGood) this.attested.add(position);
    return faults;
  }

  /** end tells what only the end shows. */
  *end(): Generator<Fault, void> {
    yield* this.places.rest();
    for (const [id] of this.by.scratch.keys('attestation'))
      yield fault('attestation_unknown_row', `there is no row ${id}`);
  }
}
