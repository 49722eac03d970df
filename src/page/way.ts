/**
 * The way of an event up the tree: the nodes that it becomes, and the neighbour of each.
 */
import { noble } from '../../ledger/crypto/noble.ts';
import { parseBase64 } from '../../ledger/encoding/base64.ts';
import { formatHex, parseHex } from '../../ledger/encoding/hex.ts';
import { nodeHash } from '../../ledger/tree/tree.ts';

/** A neighbour, and the node that the two make. */
export interface Step {
  readonly side: 'left' | 'right';
  readonly other: string;
  readonly joined: string;
}

/** wayUp gives the steps from an event up; the last node is the root. */
export const wayUp = (
  seq: number,
  size: number,
  hash: string,
  proof: readonly string[],
): readonly Step[] => {
  let node = parseHex(hash) ?? new Uint8Array(32);
  let [index, last] = [seq, size - 1];
  return proof.map((text) => {
    const other = parseBase64(text) ?? new Uint8Array(32);
    while (index % 2 === 0 && index === last && last > 0)
      [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
    const side = index % 2 === 1 ? 'left' : 'right';
    node = side === 'left' ? nodeHash(noble, other, node) : nodeHash(noble, node, other);
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
    return { side, other: formatHex(other), joined: formatHex(node) };
  });
};

/** wayText tells it. */
export const wayText = (seq: number, hash: string, steps: readonly Step[]): string => {
  const lines = steps.flatMap(({ side, other, joined }) => [
    `${side === 'left' ? 'left of it ' : 'right of it'}  ${other}`,
    `  = node     ${joined}`,
  ]);
  return `${[`event ${seq}  ${hash}`, ...lines].join('\n')}  the root`;
};

export type Point = readonly [x: number, y: number];

/** How far a node lies above the two that it is made of, and beside each of them. */
export const RISE = 30;
export const RUN = 26;

/** pointsOf gives where the event stands, and then each node over the two that it is made of. */
export const pointsOf = (steps: readonly Step[]): readonly Point[] => {
  const points: Point[] = [[0, 0]];
  for (const { side } of steps) {
    const [x, y] = points.at(-1) ?? [0, 0];
    points.push([x + (side === 'left' ? -RUN : RUN), y - RISE]);
  }
  return points;
};
