/**
 * Who signed the rows: the key that is active, from the first row that names one to the last change
 * of keys, and what became of each signature.
 */
import type { Crypto } from '../../../ledger/crypto/port.ts';
import { formatHex, parseHex } from '../../../ledger/encoding/hex.ts';
import { decodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import type { DefectName, Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import { Ranges } from '../ranges.ts';
import { rotationPreimage, rowPreimage } from './hash.ts';
import type { Envelope, Row, Signature } from './row.ts';
import { momentOf } from './row.ts';

const KEY = /^[0-9a-f]{64}$/;
const KEY_BYTES = 32;
const ROTATE = '"identity.rotate"';
/** Behind one that nothing shows to be good the next one may fail for it, or be what is wrong. */
const MOST_IN_DOUBT = 2;

const bytesOf = (value: unknown, length: number): Uint8Array | undefined => {
  const isBytes =
    Array.isArray(value) &&
    value.length === length &&
    value.every((each) => Number.isInteger(each) && Number(each) >= 0 && Number(each) < 256);
  return isBytes ? Uint8Array.from(value as number[]) : undefined;
};

interface Rotation {
  readonly old: Uint8Array;
  readonly next: Uint8Array;
  readonly signature: Uint8Array;
  readonly signedAt: string;
}

/** The change of keys that is told; undefined where there is none, `none` if it is no good. */
const rotationOf = (payload: Uint8Array): Rotation | 'none' | undefined => {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  if (!bytes.includes(ROTATE)) return undefined;
  const text = decodeUtf8(payload);
  const { kind, envelope: told } = JSON.parse(text) as Readonly<Record<string, unknown>>;
  if (kind !== 'identity.rotate') return undefined;
  const members = new Map(Object.entries(typeof told === 'object' && told !== null ? told : {}));
  const old = bytesOf(members.get('old_pubkey'), KEY_BYTES);
  const next = bytesOf(members.get('new_pubkey'), KEY_BYTES);
  const signature = bytesOf(members.get('signature'), 2 * KEY_BYTES);
  const moment: unknown = members.get('signed_at');
  const signedAt = typeof moment === 'string' ? momentOf(moment, 6) : undefined;
  return old && next && signature && signedAt !== undefined
    ? { old, next, signature, signedAt }
    : 'none';
};

/** Whether a key signed a row in its place. */
type IsBy = (key: Uint8Array) => boolean;

export interface Signer {
  readonly key: string;
  /** Whether whoever imports said that it is the right one. */
  readonly isGiven: boolean;
}

export class Signatures {
  private readonly crypto: Crypto;
  private readonly ledgerId: string;
  private readonly given: ReadonlySet<string>;
  private active: Uint8Array | undefined;
  /** The key to which a row changes that is not written as one that does. */
  private offered: Uint8Array | undefined;
  private before = new Uint8Array(KEY_BYTES);
  private readonly keys = new Set<string>();
  readonly verified = new Ranges();
  readonly unchecked = new Ranges();
  /** Behind what is lost: signatures that nothing shows to be good or bad, and keys so found. */
  unproved = 0;
  readonly found = new Set<string>();
  rotations = 0;
  /** Whether a change of keys may stand in what is lost, behind the last good signature. */
  private mayHaveChanged = false;
  /** Whether that before the next one may stand there, to which it is linked. */
  private isCut = false;
  /** How many of the next ones may fail for what became of those before them. */
  private inDoubt = 0;
  /** Whether a change of keys before the next one was no good, and no signature behind it yet. */
  private isAstray = false;

  constructor(crypto: Crypto, ledgerId: string, given: readonly string[]) {
    this.crypto = crypto;
    this.ledgerId = ledgerId;
    this.given = new Set(given);
  }

  /** Every key that signed. */
  signers(): readonly Signer[] {
    return [...this.keys].map((key) => ({ key, isGiven: this.given.has(key) }));
  }

  /** skip passes what is lost. */
  skip(): void {
    this.mayHaveChanged = true;
    this.isCut = true;
  }

  /** take judges the signature of a row, and follows the change of keys that it tells. */
  take(row: Row, position: number): readonly Fault[] {
    const { signature } = row.envelope;
    const faults = signature === undefined ? [] : this.judge(row, signature, position);
    return [...faults, ...this.follow(row)];
  }

  private judge(row: Row, signature: Signature, position: number): readonly Fault[] {
    const { key_id, signed_at } = signature;
    const bytes = Buffer.from(signature.bytes, 'base64url');
    // The last of the digits has more bits than there are.
    const isWritten = bytes.toString('base64url') === signature.bytes;
    const link = { before: this.before };
    this.before = new Uint8Array(bytes.subarray(0, KEY_BYTES));
    const signedAt = momentOf(signed_at, 6) ?? '';
    const isBy: IsBy = (key) =>
      isWritten &&
      this.crypto.verify(
        key,
        rowPreimage(row.envelope, { ledgerId: this.ledgerId, link, signedAt, key }),
        bytes,
      );
    const isCut = this.isCut;
    this.isCut = false;
    const named = KEY.test(key_id) ? parseHex(key_id) : undefined;
    if (this.offered !== undefined && isBy(this.offered)) this.turnTo(this.offered);
    this.active ??= this.find(isBy, named);
    const { active } = this;
    if (active === undefined && named === undefined && this.given.size === 0) {
      this.unchecked.add(position);
      this.inDoubt = MOST_IN_DOUBT;
      return [];
    }
    const hex = active && formatHex(active);
    const isOther = named !== undefined && hex !== undefined && key_id !== hex;
    if (active !== undefined && hex !== undefined && !isOther && isBy(active)) {
      this.offered = undefined;
      this.keys.add(hex);
      this.verified.add(position);
      this.mayHaveChanged = false;
      this.inDoubt = 0;
      this.isAstray = false;
      return [];
    }
    if (this.mayHaveChanged) {
      if (this.change(isBy, named)) return this.leave(0);
      if (isCut || named === undefined) return this.leave(MOST_IN_DOUBT);
    }
    if (isOther) return this.tell('key_not_active', `${key_id} is named, and ${hex} signs here`);
    const other = active && this.find(isBy);
    if (other !== undefined)
      return this.tell('key_not_active', `it is of ${formatHex(other)}, and ${hex} signs here`);
    if (named === undefined && this.isAstray)
      return this.tell(
        'key_not_active',
        `${hex} signs here: no good change of keys says otherwise`,
      );
    // Each signs the one before it, too: the next one fails with it, and none behind that.
    if (this.inDoubt > 0) return this.leave(this.inDoubt - 1);
    const by = hex ?? (named && key_id);
    const reason =
      by === undefined
        ? `${key_id} is none of the keys that were given`
        : `it is not of ${by} over this row in this place`;
    return this.tell('signature_invalid', reason);
  }

  private tell(name: DefectName, reason: string): readonly Fault[] {
    this.inDoubt = 1;
    return [fault(name, reason)];
  }

  private leave(inDoubt: number): readonly Fault[] {
    this.inDoubt = inDoubt;
    this.unproved++;
    return [];
  }

  /**
   * The row that changed the key may be lost: whoever signed behind it signs from there on. Nothing
   * shows that it is the right one.
   */
  private change(isBy: IsBy, named: Uint8Array | undefined): boolean {
    const found = named ?? this.find(isBy);
    if (found === undefined || !isBy(found)) return false;
    this.takeOver(found);
    return true;
  }

  private takeOver(key: Uint8Array): void {
    this.active = key;
    this.found.add(formatHex(key));
    this.keys.add(formatHex(key));
  }

  /** The key that signed, be it the one that is named or, where a label is, one that was given. */
  private find(isBy: IsBy, named?: Uint8Array): Uint8Array | undefined {
    const given = [...this.given].flatMap((each) => parseHex(each) ?? []);
    return [...(named === undefined ? [] : [named]), ...given].find((each) => isBy(each));
  }

  private follow({ envelope, payload }: Row): readonly Fault[] {
    const isNote = envelope.event_type.includes('system_note');
    if (!isNote && this.active === undefined) return [];
    const told = rotationOf(payload);
    if (told === undefined) return [];
    if (!isNote) return told === 'none' ? [] : this.offer(told);
    if (told === 'none') return this.refuse('it has not the form of one');
    const isOther = this.isOther(told);
    if (isOther && !this.mayHaveChanged)
      return this.refuse('it is by a key that does not sign here');
    if (!this.isSigned(told)) return this.refuse('the old key has not signed it');
    if (isOther) this.takeOver(told.old);
    this.turnTo(told.next);
    return [];
  }

  private refuse(reason: string): readonly Fault[] {
    this.isAstray = true;
    return [fault('rotation_invalid', reason)];
  }

  private isOther({ old }: Rotation): boolean {
    return this.active !== undefined && !Buffer.from(this.active).equals(old);
  }

  private isSigned({ old, next, signedAt, signature }: Rotation): boolean {
    return this.crypto.verify(old, rotationPreimage(old, next, signedAt), signature);
  }

  /**
   * Nothing covers the type of a row, so one that is signed may be a change of keys all the same.
   * Whether it is, the signatures behind it show.
   */
  private offer(told: Rotation): readonly Fault[] {
    if (this.isOther(told) || !this.isSigned(told)) return [];
    this.offered = told.next;
    return [fault('rotation_invalid', 'the key that signs here has signed it, and it is no note')];
  }

  private turnTo(key: Uint8Array): void {
    this.rotations++;
    this.active = key;
    this.offered = undefined;
    this.keys.add(formatHex(key));
  }

  /** mayShow tells whether what a key signed may say where a row stands. */
  mayShow(key: string): boolean {
    return this.given.size === 0 || this.given.has(key);
  }

  /** attested checks a signature that is kept apart from the row. */
  attested(
    envelope: Envelope,
    position: number,
    by: { key: Uint8Array; signedAt: string; signature: Uint8Array },
  ): boolean {
    const { key, signedAt, signature } = by;
    const link = { position };
    const preimage = rowPreimage(envelope, { ledgerId: this.ledgerId, link, signedAt, key });
    const isGood = this.crypto.verify(key, preimage, signature);
    if (isGood) this.keys.add(formatHex(key));
    return isGood;
  }
}
