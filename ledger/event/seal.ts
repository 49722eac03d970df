/**
 * Sealing: a draft, its position and the policy's decision become a line.
 *
 *     draft, claim  +  attestation?  +  position  =  header      event_hash = H(header)
 *     {"event_hash":…,"header":…,"payload":…,"salt":…} LF
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../crypto/port.ts';
import { formatHex } from '../encoding/hex.ts';
import { decodeUtf8, encodeUtf8 } from '../encoding/utf8.ts';
import type { Json } from '../json/value.ts';
import type { Digest, Salt } from '../name.ts';
import { claimOf } from './attestation.ts';
import type { Draft } from './draft.ts';
import { isWhole } from './draft.ts';
import { isHeaderText } from './grammar.ts';
import { hashHeaderText } from './hash.ts';
import type { Header, Position } from './header.ts';
import { MAX_HEADER_BYTES, MAX_LINE_BYTES, checkHeader, isPositionSound } from './header.ts';
import type { Line } from './line.ts';
import { headerOf } from './line.ts';
import type { Problem } from './shape.ts';
import { isWrittenWhole, writeHeader } from './write-header.ts';

export interface Sealed {
  readonly event_hash: Digest;
  readonly header: Header;
  /** The line, LF included. */
  readonly bytes: Uint8Array;
}

export type SealRefused =
  | {
      readonly _tag: 'SealRefused';
      readonly reason: 'header_too_long' | 'line_too_long';
      readonly bytes: number;
    }
  | {
      readonly _tag: 'SealRefused';
      readonly reason: 'bad_header';
      readonly problems: readonly Problem[];
    };

const NO_HEADER: readonly Problem[] = [{ path: '', reason: 'not_object' }];

/** What is wrong with the form of a header, which may be anything that throws when looked at. */
const problemsOf = (header: Header): readonly Problem[] => {
  try {
    return checkHeader(header as unknown as Json);
  } catch {
    return NO_HEADER;
  }
};

const headerWith = ({ claim, attestation }: Draft, position: Position): Header => ({
  ...claim,
  ...position,
  ...(attestation === undefined ? {} : { attestation }),
});

/** Undefined where a header is so far from one that it cannot even be written. */
const textOf = (header: Header, draft: Draft): string | undefined => {
  try {
    const text = writeHeader(header);
    // The claim of a whole draft was judged when it was made, and has not changed since.
    const isSound = isWhole(draft) ? isPositionSound(header) : isHeaderText(text);
    return isSound && isWrittenWhole(header) ? text : undefined;
  } catch {
    return undefined;
  }
};

/**
 * seal makes the line that `open` opens. A draft is what `draftOf` gave: its header is judged here,
 * payload, salt and the hash of both are taken as they are.
 */
export const seal = (
  crypto: Crypto,
  draft: Draft,
  position: Position,
): E.Either<SealRefused, Sealed> => {
  const { payload, salt } = draft;
  const header = headerWith(draft, position);
  const quick = textOf(header, draft);
  const problems = quick === undefined ? problemsOf(header) : [];
  if (problems.length > 0) return E.left({ _tag: 'SealRefused', reason: 'bad_header', problems });
  const headerText = quick ?? writeHeader(header);
  const { hash, length } = hashHeaderText(crypto, headerText);
  if (length > MAX_HEADER_BYTES)
    return E.left({ _tag: 'SealRefused', reason: 'header_too_long', bytes: length });
  const bytes = encodeUtf8(
    `{"event_hash":"${hash}","header":${headerText},"payload":${payload},"salt":"${salt}"}\n`,
  );
  return bytes.length > MAX_LINE_BYTES
    ? E.left({ _tag: 'SealRefused', reason: 'line_too_long', bytes: bytes.length })
    : E.right({ event_hash: hash, header, bytes });
};

/** unseal gives back the draft of a line, undefined where its payload is withheld. */
export const unseal = (line: Line): Draft | undefined => {
  if (line.payload === undefined || line.salt === undefined) return undefined;
  const header = headerOf(line);
  return {
    claim: claimOf(header),
    salt: formatHex(line.salt) as Salt,
    payload: decodeUtf8(line.payload),
    ...(header.attestation === undefined ? {} : { attestation: header.attestation }),
  };
};

/**
 * withhold takes payload and salt off a line; what is left still proves position, author and time.
 */
export const withhold = (line: Line): Uint8Array =>
  encodeUtf8(`{"event_hash":"${line.event_hash}","header":${line.headerText}}\n`);
