/**
 * The payload is within bounds: as large and as deep as its type allows.
 */
import type { Json } from '../../ledger/json/value.ts';
import type { Rule } from './rule.ts';
import { holds, idle, rejects, words } from './rule.ts';

/** How many containers stand inside one another; a payload nests at most 64 of them. */
const depthOf = (value: Json): number => {
  if (typeof value !== 'object' || value === null) return 0;
  return (
    1 + Object.values(value).reduce((most: number, each: Json) => Math.max(most, depthOf(each)), 0)
  );
};

/** The most bytes that a unit of text may come to. */
const MOST_PER_UNIT = 3;

/** The bytes of a text in UTF-8. */
const bytesOf = (text: string): number => {
  let bytes = text.length;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // A surrogate is half of four bytes.
    if (unit >= 0x80) bytes += unit < 0x800 || (unit >= 0xd800 && unit < 0xe000) ? 1 : 2;
  }
  return bytes;
};

export const thePayloadIsWithinBounds: Rule = {
  name: 'the-payload-is-within-bounds',
  claim: 'the payload is as small and as flat as its type takes',
  reach: 'documents',
  judge: ({ proposal, requirements: { maxBytes, maxDepth } }) => {
    if (maxBytes === undefined && maxDepth === undefined) return idle();
    if (maxBytes !== undefined && proposal.payloadText.length * MOST_PER_UNIT > maxBytes) {
      const bytes = bytesOf(proposal.payloadText);
      if (bytes > maxBytes) return rejects('the payload is too large', { bytes, most: maxBytes });
    }
    if (maxDepth !== undefined) {
      const depth = depthOf(proposal.payload);
      if (depth > maxDepth) return rejects('the payload nests too deep', { depth, most: maxDepth });
    }
    return holds();
  },
  remedy: ({ most, bytes }) =>
    bytes === undefined
      ? `nest at most ${words(most)} containers`
      : `keep large data elsewhere and record its digest: at most ${words(most)} bytes`,
};
