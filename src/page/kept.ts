/**
 * A checkpoint that the reader has kept, held against what a page holds. The page shows which root
 * its log has at many sizes: wherever all events are here, and at its own checkpoint. What it
 * cannot judge it says, and why.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { formatHex, parseHex } from '../../ledger/encoding/hex.ts';
import type { Key } from '../../ledger/key/key.ts';
import { parseVkey } from '../../ledger/key/key.ts';
import type { CheckpointRefused } from '../../ledger/note/checkpoint.ts';
import { openCheckpoint, parseCheckpoint } from '../../ledger/note/checkpoint.ts';
import type { NoteRefused } from '../../ledger/note/note.ts';
import { parseNote } from '../../ledger/note/note.ts';
import { EMPTY, append, frontierOf, root as rootOf } from '../../ledger/tree/tree.ts';
import { isSameHash } from '../../ledger/tree/verify.ts';
import type { Claim } from '../bundle/claim.ts';
import { parseClaim } from '../bundle/claim.ts';
import { FILE } from '../bundle/layout.ts';
import type { Texts } from '../bundle/page-files.ts';

export interface Judged {
  readonly outcome: 'agrees' | 'contradicts' | 'unjudged';
  readonly text: string;
}

interface ToldKey {
  readonly vkey: string;
  readonly purpose: string;
  readonly enrolled_at: number;
  readonly retired_at?: number;
  readonly revoked_at?: number;
}

const unjudged = (why: string): Judged => ({
  outcome: 'unjudged',
  text: `Nothing can be said of your checkpoint: ${why}.`,
});

/** The log's keys that the page's keyring names and that counted at a size. */
const keysIn = (crypto: Crypto, texts: Texts, size: number): readonly Key[] => {
  const { keys } = JSON.parse(texts[FILE.keyring] ?? '') as { readonly keys: readonly ToldKey[] };
  const end = Math.max(size, 1);
  const isEnded = (at: number | undefined): boolean => at !== undefined && at < end;
  return keys
    .filter(({ purpose, enrolled_at: at }) => purpose === 'log' && at < end)
    .filter(({ retired_at: at, revoked_at: or }) => !isEnded(at) && !isEnded(or))
    .flatMap(({ vkey }) => {
      const key = parseVkey(crypto, vkey);
      return E.isRight(key) ? [key.right] : [];
    });
};

/** The root of the first events, where the page holds all of them from where its range begins. */
const rangeRoot = (
  crypto: Crypto,
  texts: Texts,
  { selection: { from, to }, peaks }: Claim,
  size: number,
): Uint8Array | undefined => {
  const before = from === 0 ? EMPTY : frontierOf(from, peaks);
  if (before === undefined || size < from || size > to) return undefined;
  const lines = (texts[FILE.events] ?? '').split('\n').slice(0, size - from);
  const frontier = lines.reduce((tree, line) => {
    const { event_hash: hash } = JSON.parse(line) as { readonly event_hash: string };
    return append(crypto, tree, parseHex(hash) ?? new Uint8Array());
  }, before);
  return rootOf(crypto, frontier);
};

const AGREES = {
  earlier: 'the log of this page begins with the one that it is of',
  same: 'it is the one that the events of this page stand in',
} as const;

const whyRefused = ({ reason }: NoteRefused | CheckpointRefused): string =>
  reason === 'no_known_signer' || reason === 'not_signed_by_origin'
    ? 'no key signed it that counted then in this log, as far as is known here. If you have the ' +
      'key, give it first, and the checkpoint again'
    : reason === 'bad_signature'
      ? 'its signature is not good'
      : `it has not the form of one (${reason})`;

/** Judges a checkpoint in lines that end with LF. What cannot be read of the page throws. */
const judge = (crypto: Crypto, texts: Texts, note: string, vkey: Key | undefined): Judged => {
  const claim = parseClaim(texts[FILE.claim] ?? '');
  if (claim === undefined) return unjudged('what this page holds cannot be read');
  const form = parseNote(note);
  if (E.isLeft(form)) return unjudged(whyRefused(form.left));
  const read = parseCheckpoint(crypto, form.right.text);
  if (E.isLeft(read)) return unjudged(whyRefused(read.left));
  const { origin, size, root } = read.right;
  if (origin !== claim.origin)
    return unjudged(`it is of another log, ${origin}, and this page is of ${claim.origin}`);
  const counted = keysIn(crypto, texts, size);
  const opened = openCheckpoint(crypto, [...counted, ...(vkey === undefined ? [] : [vkey])], note);
  if (E.isLeft(opened)) return unjudged(whyRefused(opened.left));
  const own = claim.checkpoint.size;
  const when = size === own ? 'same' : 'earlier';
  const expected =
    when === 'same' ? parseHex(claim.checkpoint.root) : rangeRoot(crypto, texts, claim, size);
  if (expected === undefined)
    return unjudged(
      `it is of ${size} events, this page of ${own}, and it holds no proof for both. Whoever ` +
        'keeps the ledger can make one: ledger prove --consistent-with',
    );
  if (isSameHash(root, expected))
    return { outcome: 'agrees', text: `Your checkpoint agrees: ${AGREES[when]}.` };
  if (E.isLeft(openCheckpoint(crypto, counted, note)))
    return unjudged(
      'it has another root, and only the key that you gave signed it, which by the events here ' +
        `did not count then. Either it is of another ledger named ${origin}, or this page is`,
    );
  return {
    outcome: 'contradicts',
    text:
      `Your checkpoint contradicts this page: a key of the log signed that ${size} events ` +
      `have the root ${formatHex(root)}, and by this page they have ${formatHex(expected)}.`,
  };
};

/**
 * judgeKept judges a checkpoint that was kept, by the keys that the page names and the one that the
 * reader gave. What was signed has no CR, so that one that a mail or an editor added does no harm.
 */
export const judgeKept = (crypto: Crypto, texts: Texts, text: string, vkey = ''): Judged => {
  const note = text.replaceAll('\r\n', '\n');
  const key = parseVkey(crypto, vkey);
  try {
    const judged = judge(crypto, texts, note, E.isRight(key) ? key.right : undefined);
    const how = note === text ? '' : ' (Its lines end with CRLF; it was read without the CR.)';
    return { ...judged, text: `${judged.text}${how}` };
  } catch {
    return unjudged('what this page holds cannot be read');
  }
};

const TOLD_KEY = /"(?:log_)?vkey"\s*:\s*"([^"\\]+)"/g;

/** keyIn finds the key in what was given: the text of one, or JSON that tells of one. */
export const keyIn = (given: string): string => {
  const text = given.trim();
  const [[, told] = [], ...more] = text.matchAll(TOLD_KEY);
  return told === undefined || more.length > 0 ? text : told;
};

/** isNote says whether a text is a checkpoint rather than a key: a note has an empty line in it. */
export const isNote = (text: string): boolean => /\n\r?\n/.test(text.trim());
