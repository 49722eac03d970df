/**
 * The Merkle tree in the mirror. Kept are the leaves, as the hashes of the events, and the nodes of
 * every eighth level, one for 256 events: what lies between is made anew of at most 256 hashes, so
 * that a proof takes a few reads for every eight levels and a node costs next to nothing.
 */
import type Sqlite from 'better-sqlite3';
import type { Crypto } from '../../../ledger/crypto/port.ts';
import type { NodeAt } from '../../../ledger/tree/proof.ts';
import type { Frontier, OnNode } from '../../../ledger/tree/tree.ts';
import { EMPTY, HASH_BYTES, append, frontierOf, root } from '../../../ledger/tree/tree.ts';
import { MirrorDamaged } from '../attempt.ts';

const LEVELS = 8;
const WIDTH = 2 ** LEVELS;

/** storeNodes gives what writes the nodes that are kept, as `append` completes them. */
export const storeNodes = (sqlite: Sqlite.Database): OnNode => {
  const insert = sqlite.prepare('INSERT INTO nodes (height, position, hash) VALUES (?, ?, ?)');
  return (height, index, hash) => {
    if (height > 0 && height % LEVELS === 0) insert.run(height, index, hash);
  };
};

export interface Tree {
  readonly nodeAt: NodeAt;
  /** The root that the first `size` leaves have; undefined where there are not so many. */
  readonly rootAt: (size: number) => Uint8Array | undefined;
  /** How many rows were read so far. */
  readonly reads: () => number;
}

const isHash = (there: unknown): there is Uint8Array =>
  there instanceof Uint8Array && there.length === HASH_BYTES;

/** treeOf reads the tree; what it has read it keeps for as long as it is used. */
export const treeOf = (sqlite: Sqlite.Database, crypto: Crypto): Tree => {
  const leaves = sqlite
    .prepare('SELECT event_hash FROM events WHERE seq >= ? AND seq < ? ORDER BY seq')
    .pluck();
  const nodes = sqlite
    .prepare(
      'SELECT hash FROM nodes ' +
        'WHERE height = ? AND position >= ? AND position < ? ORDER BY position',
    )
    .pluck();
  const tiles = new Map<string, readonly Uint8Array[]>();
  let rows = 0;
  const tile = (height: number, number: number): readonly Uint8Array[] => {
    const name = `${height}/${number}`;
    const known = tiles.get(name);
    if (known !== undefined) return known;
    const [from, to] = [number * WIDTH, (number + 1) * WIDTH];
    const found = height === 0 ? leaves.all(from, to) : nodes.all(height, from, to);
    // Pages that were written over hold what no statement would have let in.
    if (!found.every(isHash)) throw new MirrorDamaged('a hash of the tree is none');
    rows += found.length;
    tiles.set(name, found);
    return found;
  };
  const nodeAt: NodeAt = (height, index) => {
    const above = height % LEVELS;
    const count = 2 ** above;
    const first = index * count;
    const kept = tile(height - above, Math.floor(first / WIDTH));
    const under = kept.slice(first % WIDTH, (first % WIDTH) + count);
    if (under.length < count) return undefined;
    return root(
      crypto,
      under.reduce<Frontier>((frontier, hash) => append(crypto, frontier, hash), EMPTY),
    );
  };
  const rootAt = (size: number): Uint8Array | undefined => {
    const hashes: Uint8Array[] = [];
    for (let height = 52, from = 0; height >= 0; height--) {
      const width = 2 ** height;
      if (size - from < width) continue;
      const node = nodeAt(height, from / width);
      if (node === undefined) return undefined;
      hashes.push(node);
      from += width;
    }
    const frontier = frontierOf(size, hashes);
    return frontier === undefined ? undefined : root(crypto, frontier);
  };
  return { nodeAt, rootAt, reads: () => rows };
};
