/**
 * What a bundle says that it is: `data/bundle.json`, one line of canonical JSON. Nothing of it is
 * believed; all of it is compared with what the events show.
 *
 *     {"checkpoint":{"root":"<64 digits>","size":24},"counts":{"disclosed":20,"events":24,
 *      "meant":21},"kind":"ledger/bundle/1","origin":"example.com/acme","peaks":[],"proof":[],
 *      "selection":{"from":0,"to":24}}
 *
 * `witness` is there where an event outside the range shows that the signer counts: its position.
 * `peaks` are the subtrees that the events before the range make, largest first; `proof` shows that
 * the log of the checkpoint begins with the log that ends with the range. Both are in base64.
 */
import * as E from 'fp-ts/lib/Either.js';
import { formatBase64 } from '../../ledger/encoding/base64.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import { parseString } from '../../ledger/json/parse.ts';
import { isCanonical } from '../../ledger/json/scan.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Digest, Origin } from '../../ledger/name.ts';
import { parseDigest, parseOrigin, parseSeq } from '../../ledger/name.ts';
import { parseSteps } from '../../ledger/note/proof-file.ts';
import type { Selection } from '../export/selection.ts';
import { parseSelection, selectionData } from '../export/selection.ts';

export interface Counts {
  /** Of the range. */
  readonly events: number;
  /** Those that the selection means. */
  readonly meant: number;
  /** Those whose payload is there. */
  readonly disclosed: number;
}

export interface Claim {
  readonly origin: Origin;
  readonly selection: Selection;
  readonly checkpoint: { readonly size: number; readonly root: Digest };
  readonly counts: Counts;
  readonly witness?: number | undefined;
  readonly peaks: readonly Uint8Array[];
  readonly proof: readonly Uint8Array[];
}

const KIND = 'ledger/bundle/1';
export const MAX_CLAIM_BYTES = 1 << 22;

/** formatClaim writes what parseClaim reads. */
export const formatClaim = (claim: Claim) => {
  const { origin, selection, checkpoint, counts, witness, peaks, proof } = claim;
  return `${write({
    kind: KIND,
    origin,
    selection: selectionData(selection),
    checkpoint: { ...checkpoint },
    counts: { ...counts },
    ...(witness === undefined ? {} : { witness }),
    peaks: peaks.map(formatBase64),
    proof: proof.map(formatBase64),
  })}\n`;
};

const countOf = (value: Json | undefined, name: string): number | undefined => {
  const count = parseSeq(isObject(value) ? value[name] : undefined);
  return E.isRight(count) ? count.right : undefined;
};

const stepsOf = (value: Json | undefined): readonly Uint8Array[] | undefined => {
  const texts = Array.isArray(value) ? (value as readonly Json[]) : undefined;
  return texts?.every((text) => typeof text === 'string') === true ? parseSteps(texts) : undefined;
};

const claimOf = (value: Json): Claim | undefined => {
  if (!isObject(value) || value['kind'] !== KIND) return undefined;
  const origin = parseOrigin(value['origin']);
  const selection = parseSelection(value['selection']);
  const { checkpoint, counts } = value;
  const root = parseDigest(isObject(checkpoint) ? checkpoint['root'] : undefined);
  const size = countOf(checkpoint, 'size');
  const [events, meant] = [countOf(counts, 'events'), countOf(counts, 'meant')];
  const disclosed = countOf(counts, 'disclosed');
  const [peaks, proof] = [stepsOf(value['peaks']), stepsOf(value['proof'])];
  const isRead = E.isRight(origin) && E.isRight(root) && selection !== undefined;
  const isCounted = size !== undefined && events !== undefined && disclosed !== undefined;
  if (!isRead || !isCounted || meant === undefined) return undefined;
  if (peaks === undefined || proof === undefined) return undefined;
  return {
    origin: origin.right,
    selection,
    checkpoint: { root: root.right, size },
    counts: { events, meant, disclosed },
    witness: countOf(value, 'witness'),
    peaks,
    proof,
  };
};

/** parseClaim reads one, undefined where it is not to the byte what would be written of it. */
export const parseClaim = (text: string): Claim | undefined => {
  const line = text.endsWith('\n') ? text.slice(0, -1) : '';
  if (!isCanonical(encodeUtf8(line))) return undefined;
  const value = parseString(line);
  const claim = E.isRight(value) ? claimOf(value.right) : undefined;
  const { from = 0, to = 0 } = claim?.selection ?? {};
  const isSound = claim !== undefined && from < to && to <= claim.checkpoint.size;
  return isSound && formatClaim(claim) === text ? claim : undefined;
};
