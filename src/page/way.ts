/**
 * The way of an event up the tree, as text.
 */
import { noble } from '../../ledger/crypto/noble.ts';
import { parseBase64 } from '../../ledger/encoding/base64.ts';
import { formatHex, parseHex } from '../../ledger/encoding/hex.ts';
import { nodeHash } from '../../ledger/tree/tree.ts';

/** wayUp tells of the nodes from an event up, each with the neighbour that it is joined with. */
export const wayUp = (
  seq: number,
  size: number,
  hash: string,
  proof: readonly string[],
): string => {
  let node = parseHex(hash) ?? new Uint8Array(32);
  let [index, last] = [seq, size - 1];
  const lines = [`event ${seq}  ${hash}`];
  for (const text of proof) {
    const other = parseBase64(text) ?? new Uint8Array(32);
    while (index % 2 === 0 && index === last && last > 0)
      [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
    const isRight = index % 2 === 1;
    node = isRight ? nodeHash(noble, other, node) : nodeHash(noble, node, other);
    lines.push(`${isRight ? 'left of it ' : 'right of it'}  ${formatHex(other)}`);
    lines.push(`  = node     ${formatHex(node)}`);
    [index, last] = [Math.floor(index / 2), Math.floor(last / 2)];
  }
  return `${lines.join('\n')}  the root`;
};
