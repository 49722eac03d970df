/**
 * Attestations that stand beside a log, each signed for a row in a place. Where that place is not
 * known, those that are likely are tried, and at the end the one that is known by then.
 */
import { parseHex } from '../../../ledger/encoding/hex.ts';
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import { Ranges } from '../ranges.ts';
import type { Scratch } from '../scratch.ts';
import type { Attesting } from './audit-record.ts';
import type { Found, Places, Where } from './place.ts';
import type { Envelope } from './row.ts';
import type { Signatures } from './signature.ts';

/** So often is a signature tried at a place that is not known. */
const MOST_TRIES = 5000;
/** So many places are tried at the end. */
const MOST_PLACES = 64;
const DIGITS = 16;

/** What is judged at the end: who attests a row, and for which place that held. */
interface Open {
  readonly envelope: Envelope;
  readonly where: Where;
  readonly part: number;
  readonly index: number;
  readonly isDamaged: boolean;
  readonly by: readonly (Attesting & { readonly missing?: number | undefined })[];
}

export interface Attested {
  readonly envelope: Envelope;
  /** Among all rows and lines. */
  readonly position: number;
  readonly where: Where;
  /** Whether it has a place in the chain. */
  readonly isChained: boolean;
  /** Whether it may have the id of one row and the hashes of another. */
  readonly isDamaged: boolean;
}

export class Attestations {
  private readonly signatures: Signatures;
  private readonly places: Places;
  private readonly scratch: Scratch;
  private tries = MOST_TRIES;
  readonly attested = new Ranges();
  /** How many of these rows bear no signature of their own. */
  alone = 0;
  /** Those that hold for no place that is known. */
  unplaced = 0;

  constructor(signatures: Signatures, places: Places, scratch: Scratch) {
    this.signatures = signatures;
    this.places = places;
    this.scratch = scratch;
  }

  private holds(envelope: Envelope, place: number, { key, signature, signedAt }: Attesting) {
    return this.signatures.attested(envelope, place - 1, {
      key: parseHex(key) ?? new Uint8Array(),
      signature: parseHex(signature) ?? new Uint8Array(),
      signedAt,
    });
  }

  /** take judges those of the row that was read last. */
  take({ envelope, position, where, isChained, isDamaged }: Attested): readonly Fault[] {
    const kept = this.scratch.take('attestation', envelope.id);
    if (kept === undefined) return [];
    const all = JSON.parse(kept) as readonly Attesting[];
    const { index, part, isKnown } = this.places;
    if (!isChained) this.unplaced += all.length;
    else if (isKnown) {
      const wrong = all.filter((each) => !this.holds(envelope, index, each));
      if (wrong.length === 0) this.add(position, envelope);
      return wrong.map(({ key }) =>
        fault('attestation_invalid', `it is not of ${key} over row ${position}`),
      );
    } else {
      const by = all.map((each) => ({ ...each, missing: this.find(envelope, each) }));
      const open: Open = { envelope, where, part, index, isDamaged, by };
      this.scratch.keep('open', String(position).padStart(DIGITS, '0'), JSON.stringify(open));
    }
    return [];
  }

  private add(position: number, { signature }: Envelope): void {
    this.attested.add(position);
    if (signature === undefined) this.alone++;
  }

  /** Finds the place that one holds for, which is known then; a key that nobody gave shows none. */
  private find(envelope: Envelope, each: Attesting): number | undefined {
    const likely = this.places.likely();
    if (!this.signatures.mayShow(each.key)) return undefined;
    if (likely.length > 1) this.tries -= likely.length;
    if (this.tries < 0) return undefined;
    const { index } = this.places;
    const missing = likely.find((more) => this.holds(envelope, index + more, each));
    if (missing !== undefined) this.places.shows(missing);
    return missing;
  }

  /** rest judges those that were left open, once all places are known that can be. */
  *rest(): Generator<Found, void> {
    for (const [position, text] of this.scratch.keys('open')) {
      const { envelope, where, part, index, isDamaged, by } = JSON.parse(text) as Open;
      const { least, most } = this.places.before(part);
      const isBounded = most - least < MOST_PLACES;
      const places = Array.from({ length: isBounded ? most - least + 1 : 0 }, (_, n) => least + n);
      let isGood = true;
      for (const each of by) {
        const missing = places.find((more) => this.holds(envelope, index + more, each));
        const isPlaced = places.length === 1 || this.signatures.mayShow(each.key);
        if (missing !== undefined && isPlaced) continue;
        isGood = false;
        const isOpen = missing !== undefined || (!isBounded && each.missing === undefined);
        if (isOpen || isDamaged) this.unplaced++;
        else {
          const reason = `it is not of ${each.key} over row ${index + least}`;
          yield { fault: fault('attestation_invalid', reason), where };
        }
      }
      if (isGood) this.add(Number(position), envelope);
    }
  }
}
