/**
 * Anchors: how long a log was at a moment, and the hash of its last row. Records of two lines each.
 *
 *     # cortex-ledger-anchor-format: 1
 *     2026-11-21T00:08:02Z 10 2d81b51d17907f7eda7fa41ea892240fe0528df5bab4a971dd1bf515e0d34652
 */
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';

export interface Anchor {
  readonly line: number;
  readonly at: string;
  readonly count: number;
  readonly hash: string;
}

const HEADER = '# cortex-ledger-anchor-format: 1';
const RECORD = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) ([1-9]\d{0,14}) ([0-9a-f]{64})$/;

/** readAnchors reads all records; a line that is none is a fault. */
export const readAnchors = (
  text: string,
): {
  readonly anchors: readonly Anchor[];
  readonly faults: readonly (Fault & { readonly line: number })[];
} => {
  const lines = text.split('\n');
  if (lines.at(-1) === '') lines.pop();
  const anchors: Anchor[] = [];
  const faults: (Fault & { readonly line: number })[] = [];
  lines.forEach((each, at) => {
    const line = at + 1;
    const [, moment, count, hash] = RECORD.exec(each) ?? [];
    const isHeader = at % 2 === 0;
    if (isHeader && each !== HEADER)
      faults.push({ ...fault('anchor_malformed', 'no header of format 1'), line });
    if (isHeader) return;
    if (moment === undefined || count === undefined || hash === undefined)
      faults.push({ ...fault('anchor_malformed', 'no moment, count and hash'), line });
    else anchors.push({ line, at: moment, count: Number(count), hash });
  });
  if (lines.length % 2 !== 0)
    faults.push({ ...fault('anchor_malformed', 'the last record is cut off'), line: lines.length });
  return { anchors, faults };
};
