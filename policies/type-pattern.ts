/**
 * Which event types something is about: `*` all of them, `invoice.*` those that begin so,
 * `invoice.paid` the one.
 */
import type { EventType } from '../ledger/name.ts';
import { FORM } from '../ledger/name.ts';

export type TypePattern = string & { readonly TypePattern: true };

const FORMS = new RegExp(`^(?:\\*|[a-z][a-z0-9_]*(?:\\.[a-z0-9_]+)*\\.\\*|${FORM.eventType})$`);
const MAX = 130;

/** parseTypePattern reads one, undefined where it is none. */
export const parseTypePattern = (text: unknown): TypePattern | undefined =>
  typeof text === 'string' && text.length <= MAX && FORMS.test(text)
    ? (text as TypePattern)
    : undefined;

/** isOfType says whether a type is among those that the pattern means. */
export const isOfType = (pattern: TypePattern, type: EventType): boolean => {
  if (pattern === '*') return true;
  return pattern.endsWith('.*')
    ? type.startsWith(pattern.slice(0, -1))
    : type === (pattern as string);
};

/** coverings lists the patterns that mean every type which this one means, itself the last. */
export const coverings = (pattern: TypePattern): readonly TypePattern[] => {
  const steps = pattern.split('.').slice(0, -1);
  const wider = steps.map((_, i) => `${steps.slice(0, i + 1).join('.')}.*`);
  return [...new Set(['*', ...wider, pattern])] as readonly string[] as readonly TypePattern[];
};
