/**
 * Refusals beyond the limit: counted beside the ledger, so that they are known to whichever process
 * records the next one.
 *
 *     unrecorded.json   {"unsigned":{"count":4,"size":120}}
 *
 * `size` is how long the ledger was at the last of them: a refusal of the same author that was
 * recorded since has told of all. So nothing need be taken off, and no crash tells of them twice. A
 * batch is counted once it is recorded; what a crash right then loses, or whoever can write there,
 * is a number: no event depends on it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { write } from '../../ledger/json/format.ts';
import { parse } from '../../ledger/json/parse.ts';
import type { Json } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import type { Seq } from '../../ledger/name.ts';
import { parseSeq } from '../../ledger/name.ts';
import type { Past } from '../../policies/state/past.ts';
import type { Disk, Done } from '../storage/disk.ts';
import { putWhole, readWhole } from '../storage/whole-file.ts';

interface Counted {
  readonly count: number;
  readonly size: Seq;
}

/** A line for each key that was ever enrolled stays far below. */
const MAX_BYTES = 1 << 22;

/** More than these are told as so many. */
const MOST = 1e9;

const isCount = (value: Json | undefined): value is number =>
  typeof value === 'number' && Number.isInteger(value) && value > 0 && value <= MOST;

const parseCounted = (value: Json): readonly Counted[] => {
  if (!isObject(value)) return [];
  const [count, size] = [value['count'], parseSeq(value['size'])];
  return isCount(count) && E.isRight(size) ? [{ count, size: size.right }] : [];
};

/** What cannot be read counts nobody: a number that no signature covers stops no writer. */
const parseAll = (bytes: Uint8Array): Map<string, Counted> => {
  const parsed = parse(bytes);
  const entries = E.isRight(parsed) && isObject(parsed.right) ? Object.entries(parsed.right) : [];
  return new Map(
    entries.flatMap(([author, value]) =>
      parseCounted(value).map((each) => [author, each] as const),
    ),
  );
};

export class Unrecorded {
  private readonly disk: Disk;
  private readonly path: string;
  private readonly past: Past;
  private counts: Map<string, Counted> | undefined;
  private isChanged = false;

  constructor(disk: Disk, path: string, past: Past) {
    this.disk = disk;
    this.path = path;
    this.past = past;
  }

  /** Read at the first refusal; most batches have none. */
  private read(): Map<string, Counted> {
    const bytes = readWhole(this.disk, this.path, MAX_BYTES);
    return E.isRight(bytes) && bytes.right !== undefined
      ? parseAll(bytes.right)
      : new Map<string, Counted>();
  }

  private isTold(author: string, { size }: Counted): boolean {
    return this.past.refusalsFrom(author, size) > 0;
  }

  /** get tells how many of an author's nobody recorded, undefined where there is none. */
  get(author: string): number | undefined {
    this.counts ??= this.read();
    const counted = this.counts.get(author);
    return counted === undefined || this.isTold(author, counted) ? undefined : counted.count;
  }

  /** add counts another one, of a ledger that is so long. */
  add(author: string, size: Seq): void {
    const count = Math.min(MOST, (this.get(author) ?? 0) + 1);
    this.counts?.set(author, { count, size });
    this.isChanged = true;
  }

  /** keep puts what was counted beside the ledger, where anything was. */
  keep(): Done<void> {
    if (!this.isChanged) return E.right(undefined);
    const counts = [...(this.counts ?? [])].map(([author, each]) => [author, { ...each }] as const);
    return putWhole(this.disk, this.path, encodeUtf8(`${write(Object.fromEntries(counts))}\n`));
  }
}
