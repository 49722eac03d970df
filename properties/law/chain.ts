/**
 * Laws of a sound chain: nothing is found, its root is the tree's, its checkpoints hold, and what
 * is found does not depend on whose cryptography looked.
 */
import fc from 'fast-check';
import { isDeepStrictEqual } from 'node:util';
import type { Crypto } from '../../ledger/crypto/port.ts';
import { root } from '../../ledger/tree/tree.ts';
import { edited, edits, isSame } from '../arbitrary/bytes.ts';
import { checkpointOf, checkpointsOf, longStory, story, told } from '../arbitrary/chain.ts';
import { offences, verified } from '../model/fold.ts';
import { rootOf } from '../model/tree.ts';

export const nothingIsFoundInASoundOne = (crypto: Crypto) =>
  fc.property(story, (tale) => {
    const chain = told(tale);
    const verdict = verified(crypto, chain.lines);
    const [first] = offences(verdict);
    if (first !== undefined) throw new Error(JSON.stringify(first));
    const { frontier, lines } = verdict.state;
    return (
      lines === chain.lines.length &&
      frontier !== undefined &&
      isSame(root(crypto, frontier), rootOf(chain.leaves))
    );
  });

/** The checkpoints of every size, held together, in any order. */
export const itsCheckpointsHold = (crypto: Crypto) =>
  fc.property(story, fc.nat(), (tale, turn) => {
    const chain = told(tale);
    const notes = checkpointsOf(chain);
    const at = turn % (notes.length + 1);
    const verdict = verified(crypto, chain.lines, [...notes.slice(at), ...notes.slice(0, at)]);
    return offences(verdict).length === 0 && verdict.state.matched === notes.length;
  });

export const findingsDoNotDependOnCryptography = (a: Crypto, b: Crypto) =>
  fc.property(longStory, fc.nat(), edits, (tale, at, changes) => {
    const chain = told(tale);
    const place = at % chain.lines.length;
    const line = chain.lines[place] ?? new Uint8Array();
    const lines = chain.lines.with(place, edited(line, changes));
    const note = checkpointOf(chain, chain.lines.length);
    const notes = note === undefined ? [] : [note];
    const [one, other] = [verified(a, lines, notes), verified(b, lines, notes)];
    return (
      isDeepStrictEqual(one.findings, other.findings) && isDeepStrictEqual(one.state, other.state)
    );
  });
