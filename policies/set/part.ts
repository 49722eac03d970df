/**
 * The parts of a set, and what is wrong with them, each problem at its place.
 */
import type { DocumentProblem } from '../document/problem.ts';
import { MAX_PROBLEMS } from '../document/problem.ts';
import type { Document } from '../document/read.ts';
import type { PolicyDocument } from './document.ts';

export interface Part {
  readonly document: Document;
  readonly read: PolicyDocument;
}

export type Problem = Omit<DocumentProblem, 'file' | 'line' | 'column'>;

/** Problems as they are found, each at its place; whoever has mended so many is told the next. */
export class Problems {
  readonly found: DocumentProblem[] = [];

  get isFull(): boolean {
    return this.found.length >= MAX_PROBLEMS;
  }

  /** `before` is what of a text stands before the problem. */
  add({ file, placeOf }: Document, problem: Problem, before?: string): void {
    if (!this.isFull) this.found.push({ file, ...placeOf(problem.pointer, before), ...problem });
  }
}

type Once =
  | 'clocks'
  | 'corrections'
  | 'exceptions'
  | 'exports'
  | 'operators'
  | 'quarantine'
  | 'references'
  | 'refusals'
  | 'secrets';

/** A section that counts for the whole set, from the one document that states it. */
export const once = <K extends Once>(
  parts: readonly Part[],
  section: K,
  problems: Problems,
): PolicyDocument[K] | undefined => {
  const stating = parts.filter(({ read }) => read[section] !== undefined);
  for (const { document } of stating.slice(1))
    problems.add(document, {
      pointer: `/${section}`,
      reason: 'stated_twice',
      expected: `${section} in one document`,
      found: `also in ${stating[0]?.document.file ?? ''}`,
    });
  return stating[0]?.read[section];
};
