/**
 * The events of a selection as they are stored, a page at a time. Nothing goes out that the kernel
 * has not opened: a line that is not the one that was sealed, or does not follow the one before it,
 * ends the export.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { decodeUtf8, encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { Line } from '../../ledger/event/line.ts';
import { headerOf } from '../../ledger/event/line.ts';
import { open } from '../../ledger/event/open.ts';
import { withhold } from '../../ledger/event/seal.ts';
import type { Finding } from '../../ledger/finding.ts';
import { finding } from '../../ledger/finding.ts';
import type { KeyId, Origin } from '../../ledger/name.ts';
import type { Found, Query } from '../usecase/query.ts';
import type { Read, ReadError, Reader } from '../usecase/reader.ts';
import type { Selection } from './selection.ts';
import { isMeant, isWithheld } from './selection.ts';

/** A line that may go out, and its text without the LF. */
export interface Selected {
  readonly text: string;
  readonly line: Line;
}

export type Page = E.Either<ReadError | Finding, readonly Selected[]>;

const queryOf = ({ from, to, key, types, session, tag, source, trace }: Selection): Query => ({
  types,
  session,
  tag,
  source,
  trace,
  key: key as KeyId | undefined,
  after: from - 1,
  before: to,
});

/** The events of some ids, in their order. */
const named = (
  reader: Reader,
  { ids = new Set(), from, to }: Selection,
): Read<readonly Found[]> => {
  const all: Found[] = [];
  for (const id of ids) {
    const found = reader.find({ id });
    if (E.isLeft(found)) return found;
    if (found.right !== undefined) all.push(found.right);
  }
  const inside = all.filter(({ seq }) => seq >= from && seq < to);
  return E.right(inside.toSorted((a, b) => a.seq - b.seq));
};

/** pagesOf finds the events of a selection, in their order, and opens none. */
export function* pagesOf(
  reader: Reader,
  selection: Selection,
): Generator<Read<readonly Found[]>, void> {
  if (selection.ids !== undefined) {
    yield named(reader, selection);
    return;
  }
  const query = queryOf(selection);
  for (let { after } = query; ;) {
    const page = reader.page({ ...query, after });
    if (E.isRight(page) && page.right.length === 0) return;
    yield page;
    if (E.isLeft(page)) return;
    after = page.right.at(-1)?.seq;
  }
}

/** cut takes payload and salt off a line. */
export const cut = (line: Line): Selected => ({
  text: decodeUtf8(withhold(line)).slice(0, -1),
  line: { ...line, payload: undefined, salt: undefined },
});

/** Opens lines one after the other, each in its place behind the last where it follows it. */
class Opening {
  private readonly crypto: Crypto;
  private readonly selection: Selection;
  private readonly ledger: Origin;
  private last: Line | undefined;

  constructor(crypto: Crypto, selection: Selection, ledger: Origin) {
    this.crypto = crypto;
    this.selection = selection;
    this.ledger = ledger;
  }

  open({ seq, line: text }: Found): E.Either<Finding, Selected> {
    const { ledger, last } = this;
    const isNext = last !== undefined && last.seq + 1 === seq;
    const { line, findings } = open(this.crypto, encodeUtf8(`${text}\n`), {
      ledger,
      seq,
      ...(isNext ? { prev_event_hash: last.event_hash } : {}),
    });
    const [first] = findings;
    if (first !== undefined || line === undefined)
      return E.left(first ?? finding('not_json', { seq }));
    this.last = line;
    const isCut = line.payload !== undefined && isWithheld(this.selection, line.event_type);
    return E.right(isCut ? cut(line) : { text, line });
  }
}

/** read gives the events of a selection, in their order; there is an end to them. */
export function* read(
  reader: Reader,
  crypto: Crypto,
  origin: Origin,
  selection: Selection,
): Generator<Page, void> {
  const opening = new Opening(crypto, selection, origin);
  for (const page of pagesOf(reader, selection)) {
    if (E.isLeft(page)) {
      yield page;
      return;
    }
    const selected: Selected[] = [];
    for (const found of page.right) {
      const opened = opening.open(found);
      if (E.isLeft(opened)) {
        yield opened;
        return;
      }
      // By ids they were found without the other filters.
      const isAsked =
        selection.ids === undefined || isMeant(selection, headerOf(opened.right.line));
      if (isAsked) selected.push(opened.right);
    }
    yield E.right(selected);
  }
}
