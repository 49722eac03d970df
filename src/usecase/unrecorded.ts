/**
 * Refusals beyond the limit: counted beside the ledger, so that they are known to whichever process
 * records the next one.
 *
 *     unrecorded.json   {"unsigned":{"count":4,"size":120}}
 *
 * `size` is how long the ledger was at the last of them: a refusal of the same author that was
 * recorded since has told of all. So nothing need be taken off, and no crash tells of them twice.
 * What is lost with the file is a number; nothing else depends on it.
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
import type { Disk } from '../storage/disk.ts';
import type { StorageError } from '../storage/outcome.ts';
import { putWhole, readWhole } from '../storage/whole-file.ts';

interface Counted {
  readonly count: number;
  readonly size: Seq;
}

/** A line for each key that was ever enrolled stays far below. */
const MAX_BYTES = 1 << 22;

const isCount = (value: Json | undefined): value is number =>
  typeof value === 'number' && Number.isSafeInteger(value) && value > 0;

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
  /** Why what was counted before cannot be known. */
  fault: StorageError | undefined;

  constructor(disk: Disk, path: string, past: Past) {
    this.disk = disk;
    this.path = path;
    this.past = past;
  }

  /** Read at the first refusal; most batches have none. */
  private read(): Map<string, Counted> {
    const bytes = readWhole(this.disk, this.path, MAX_BYTES);
    if (E.isLeft(bytes) && bytes.left._tag === 'DiskFailed') this.fault = bytes.left;
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
    const count = (this.get(author) ?? 0) + 1;
    this.counts?.set(author, { count, size });
    this.isChanged = true;
  }

  /** keep puts what was counted beside the ledger, where anything was. */
  keep(): E.Either<StorageError, void> {
    if (this.fault !== undefined) return E.left(this.fault);
    if (!this.isChanged) return E.right(undefined);
    const stated = Object.fromEntries(
      [...(this.counts ?? [])].map(([author, each]) => [author, { ...each }]),
    );
    return putWhole(this.disk, this.path, encodeUtf8(`${write(stated)}\n`));
  }
}
