/**
 * Opening lines by templates, with all that a line shows by itself proved: form, canonical form and
 * both hashes; see `template.ts`. It answers for sound lines alone, and of those for none that
 * governs, overrides or bears no payload.
 *
 * The prefixes of what is hashed are written in front of it, over bytes that have been judged
 * already: nothing is copied. The bytes of a line that was opened are not to be opened again.
 */
import type { Crypto } from '../../ledger/crypto/port.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { SALT_BYTES } from '../../ledger/event/hash.ts';
import { MAX_LINE_BYTES } from '../../ledger/event/header.ts';
import { open } from '../../ledger/event/open.ts';
import { NO, scanValue } from '../../ledger/json/scan.ts';
import { PAYLOAD_DEPTH } from '../../ledger/json/value.ts';
import { isGoverning } from '../../ledger/name.ts';
import { HASH_BYTES } from '../../ledger/tree/tree.ts';
import { areDigitsOf, putHex } from './digit.ts';
import type { IdTable } from './id-hash.ts';
import { HASH_WORDS } from './id-hash.ts';
import type { Match, Text } from './match.ts';
import { isSame, matchHead, noMatch } from './match.ts';
import type { Template } from './template.ts';
import { EVENT_HASH_AT, HEADER_AT, templateOf } from './template.ts';

const MOST_TEMPLATES = 32;
const LF = 0x0a;

const viewOf = (text: string): DataView => new DataView(encodeUtf8(text).slice().buffer);
const DOMAIN = viewOf('ledger/payload/1\n');
const BEFORE_SALT = viewOf(',"salt":"');
const BEHIND_SALT = viewOf('"}\n');
const [DOMAIN_BYTES, BEFORE_SALT_BYTES, BEHIND_SALT_BYTES] = [17, 9, 3];
const PREFIX = DOMAIN_BYTES + SALT_BYTES;
const [FIRST_EIGHT, NEXT_EIGHT, LAST_BYTE] = [
  DOMAIN.getFloat64(0),
  DOMAIN.getFloat64(8),
  DOMAIN.getUint8(16),
];

const putDomain = (view: DataView, at: number): void => {
  view.setFloat64(at, FIRST_EIGHT);
  view.setFloat64(at + 8, NEXT_EIGHT);
  view.setUint8(at + 16, LAST_BYTE);
};

const endsWithSalt = (view: DataView, at: number, end: number): boolean =>
  isSame(view, at, BEFORE_SALT, 0, BEFORE_SALT_BYTES) &&
  isSame(view, end - BEHIND_SALT_BYTES, BEHIND_SALT, 0, BEHIND_SALT_BYTES);

export interface Recogniser {
  /** Where the values stand of the line that was opened last, and where it ends. */
  readonly match: Match;
  /** Event hashes and hashes of ids, each in the slot that was asked for. */
  readonly hashes: Uint8Array;
  readonly ids: Int32Array;
  /**
   * Opens the line at `at`, which ends before `filled`, by the templates there are; gives the one
   * that it is like. `unlike` leaves its bytes as they were.
   */
  readonly recognise: (text: Text, at: number, filled: number, slot: number) => Recognised;
  /** Makes a template of a line, and opens it, where the kernel finds nothing against that. */
  readonly learn: (text: Text, at: number, end: number, slot: number) => Template | undefined;
}

export type Recognised = Template | 'unlike' | 'unsound';

/**
 * recogniserOf makes one that knows no template yet, for so many lines at a time. Of events before
 * a position it takes whatever stands behind the header, up to the end of the line.
 */
export const recogniserOf = (
  crypto: Crypto,
  table: IdTable,
  slots: number,
  payloadsFrom: number,
): Recogniser => {
  let templates: readonly Template[] = [];
  const match = noMatch();
  const hashes = new Uint8Array(HASH_BYTES * slots);
  const ids = new Int32Array(HASH_WORDS * slots);
  const payloadHash = new Uint8Array(HASH_BYTES);

  const openAs = (
    template: Template,
    text: Text,
    at: number,
    filled: number,
    slot: number,
  ): Recognised => {
    const { bytes, view } = text;
    if (!matchHead(text, at, template, match, table, ids, slot * HASH_WORDS)) return 'unlike';
    const header = at + HEADER_AT;
    const { payloadAt, headerEnd } = match;
    const before = bytes[header - 1] ?? 0;
    bytes[header - 1] = 0;
    const hashAt = slot * HASH_BYTES;
    crypto.sha256Into(bytes.subarray(header - 1, headerEnd), hashes, hashAt);
    bytes[header - 1] = before;
    if (!areDigitsOf(hashes, hashAt, view, at + EVENT_HASH_AT)) return 'unsound';
    match.skipped = 0;
    if (match.seq < payloadsFrom) {
      match.end = text.buffer.indexOf(LF, payloadAt) + 1;
      match.skipped = match.end - payloadAt;
      return match.end > filled || match.end - at > MAX_LINE_BYTES ? 'unlike' : template;
    }
    const payloadEnd = scanValue(bytes, payloadAt, PAYLOAD_DEPTH);
    const salt = payloadEnd + BEFORE_SALT_BYTES;
    const end = salt + 2 * SALT_BYTES + BEHIND_SALT_BYTES;
    // What stands behind what was read is of another time.
    if (payloadEnd === NO || end > filled || end - at > MAX_LINE_BYTES) return 'unsound';
    if (!endsWithSalt(view, payloadEnd, end)) return 'unsound';
    const prefix = payloadAt - PREFIX;
    putDomain(view, prefix);
    if (putHex(bytes, salt, bytes, prefix + DOMAIN_BYTES, SALT_BYTES)) {
      crypto.sha256Into(bytes.subarray(prefix, payloadEnd), payloadHash, 0);
      match.end = end;
      if (areDigitsOf(payloadHash, 0, view, match.payloadHashAt)) return template;
    }
    bytes.fill(0, prefix, payloadAt); // a LF in there would end the line too soon
    return 'unsound';
  };

  return {
    match,
    hashes,
    ids,
    recognise: (text, at, filled, slot) => {
      for (let i = 0; i < templates.length; i++) {
        const template = templates[i];
        if (template === undefined) break;
        const opened = openAs(template, text, at, filled, slot);
        if (opened === 'unlike') continue;
        if (i > 0 && opened === template) templates = [template, ...templates.toSpliced(i, 1)];
        return opened;
      }
      return 'unlike';
    },
    learn: (text, at, end, slot) => {
      const bytes = text.bytes.subarray(at, end);
      const { line, findings } = open(crypto, bytes);
      if (line?.payload === undefined || findings.length > 0) return undefined;
      if (isGoverning(line.event_type) || line.outcome === 'break_glass') return undefined;
      const template = templateOf(bytes, line);
      if (template === undefined || openAs(template, text, at, end, slot) !== template)
        return undefined;
      templates = [template, ...templates].slice(0, MOST_TEMPLATES);
      return template;
    },
  };
};
