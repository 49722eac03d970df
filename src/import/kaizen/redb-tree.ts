/**
 * The trees of a redb file: pages that name their children with the checksum of each.
 *
 *     leaf    1 | … | count u16 at 2 | ends of keys | ends of values | keys | values
 *     branch  2 | … | count u16 at 2 | … 8 | 16 a checksum | 8 a child | ends of keys | keys
 *
 * Ends are u32 from the start of the page, and stand only where a width varies. A tree has no more
 * pages than the file, no page deeper than MAX_DEPTH, and its keys ascend.
 */
import type { Checksum, Frame, Root } from './redb-file.ts';
import { Damaged } from './redb-file.ts';

/** How wide keys and values are, undefined where that varies. */
export interface Widths {
  readonly key: number | undefined;
  readonly value: number | undefined;
}

export interface Pair {
  readonly key: Buffer;
  readonly value: Buffer;
}

const LEAF = 1;
const BRANCH = 2;
const MAX_DEPTH = 32;

interface Walk {
  readonly frame: Frame;
  readonly checksum: Checksum;
  readonly widths: Widths;
  pages: number;
}

const u32 = (page: Buffer, at: number): number => {
  if (at + 4 > page.length) throw new Damaged('a page ends within its table of ends');
  return page.readUInt32LE(at);
};

/** Where each of so many items ends, the first beginning at `from`. */
const endsOf = (
  page: Buffer,
  count: number,
  width: number | undefined,
  table: number,
  from: number,
): readonly number[] => {
  const ends: number[] = [];
  let last = from;
  for (let i = 0; i < count; i++) {
    const end = width === undefined ? u32(page, table + 4 * i) : from + width * (i + 1);
    if (end < last || end > page.length) throw new Damaged('an item lies outside of its page');
    ends.push(end);
    last = end;
  }
  return ends;
};

interface Leaf {
  readonly pairs: () => Generator<Pair, void>;
  readonly end: number;
}

const leafOf = (page: Buffer, { key, value }: Widths): Leaf => {
  const count = page.readUInt16LE(2);
  if (count === 0) throw new Damaged('a leaf holds nothing');
  const valueTable = 4 + (key === undefined ? 4 * count : 0);
  const keysAt = valueTable + (value === undefined ? 4 * count : 0);
  const keyEnds = endsOf(page, count, key, 4, keysAt);
  const valuesAt = keyEnds.at(-1) ?? keysAt;
  const valueEnds = endsOf(page, count, value, valueTable, valuesAt);
  const pairs = function* (): Generator<Pair, void> {
    for (const [i, keyEnd] of keyEnds.entries())
      yield {
        key: page.subarray(i === 0 ? keysAt : keyEnds[i - 1], keyEnd),
        value: page.subarray(i === 0 ? valuesAt : valueEnds[i - 1], valueEnds[i]),
      };
  };
  return { pairs, end: valueEnds.at(-1) ?? valuesAt };
};

interface Child {
  readonly page: bigint;
  readonly checksum: Buffer;
}

interface Branch {
  readonly children: () => Generator<Child, void>;
  readonly end: number;
}

const branchOf = (page: Buffer, { key }: Widths): Branch => {
  const count = page.readUInt16LE(2);
  const childrenAt = 8 + 16 * (count + 1);
  const table = childrenAt + 8 * (count + 1);
  const keysAt = table + (key === undefined ? 4 * count : 0);
  if (count === 0 || keysAt > page.length) throw new Damaged('a branch has no keys');
  const ends = endsOf(page, count, key, table, keysAt);
  // A copy: the page, which may be large, is let go before any child is read.
  const head = Buffer.from(page.subarray(0, table));
  const children = function* (): Generator<Child, void> {
    for (let i = 0; i <= count; i++)
      yield {
        page: head.readBigUInt64LE(childrenAt + 8 * i),
        checksum: head.subarray(8 + 16 * i, 24 + 16 * i),
      };
  };
  return { children, end: ends.at(-1) ?? keysAt };
};

const readPage = (by: Walk, { page: number, checksum }: Child) => {
  const page = by.frame.page(number);
  const isLeaf = page[0] === LEAF;
  if (!isLeaf && page[0] !== BRANCH) throw new Damaged(`page ${number} is of no kind`);
  const read = isLeaf ? leafOf(page, by.widths) : branchOf(page, by.widths);
  if (!by.checksum(page.subarray(0, read.end)).equals(checksum))
    throw new Damaged(`page ${number} is not what its checksum says`);
  return read;
};

function* walk(by: Walk, child: Child, depth: number): Generator<Pair, void> {
  if (depth > MAX_DEPTH || ++by.pages > by.frame.pages)
    throw new Damaged('there are more pages in a tree than in the file');
  const read = readPage(by, child);
  if ('pairs' in read) yield* read.pairs();
  else for (const each of read.children()) yield* walk(by, each, depth + 1);
}

const compare = (a: Buffer, b: Buffer, width: number | undefined): number =>
  width === 8 ? Number(a.readBigUInt64LE() - b.readBigUInt64LE()) : a.compare(b);

/** pairsOf gives the pairs of a tree in order; throws Damaged where the tree does not hold. */
export function* pairsOf(
  frame: Frame,
  checksum: Checksum,
  root: Root | undefined,
  widths: Widths,
): Generator<Pair, void> {
  if (root === undefined) return;
  let count = 0n;
  let last: Buffer | undefined;
  for (const pair of walk({ frame, checksum, widths, pages: 0 }, root, 0)) {
    if (last !== undefined && compare(last, pair.key, widths.key) >= 0)
      throw new Damaged('keys do not ascend');
    last = pair.key;
    count++;
    yield pair;
  }
  if (count !== root.rows) throw new Damaged(`it says ${root.rows} rows and holds ${count}`);
}
