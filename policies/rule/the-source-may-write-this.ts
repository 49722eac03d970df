/**
 * The source may write this: documents may say which kinds of source write events of a type.
 */
import type { Rule } from './rule.ts';
import { holds, idle, rejects, words } from './rule.ts';

export const theSourceMayWriteThis: Rule = {
  name: 'the-source-may-write-this',
  claim: 'sources of this kind may write events of this type',
  reach: 'documents',
  judge: ({ proposal: { claim }, requirements: { sources } }) => {
    if (sources === undefined) return idle();
    const evidence = { kind: claim.source.kind, may: sources };
    return sources.includes(claim.source.kind)
      ? holds(evidence)
      : rejects('sources of this kind do not write events of this type', evidence);
  },
  remedy: ({ may }) =>
    Array.isArray(may) && may.length === 0
      ? 'have the entries of `types` changed: together they leave no kind of source'
      : `let a source of another kind write it: ${words(may)}`,
};
