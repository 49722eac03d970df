/**
 * A rule of the project, in words and as a function, with what it is tried on: samples that offend,
 * each at least once, and a clean one that comes close. A sample maps paths to texts.
 */
import type { Rule } from './project.ts';

export type Sample = Readonly<Record<string, string>>;
export type Claim = {
  readonly claim: string;
  readonly rule: Rule;
  readonly offending: readonly Sample[];
  readonly clean: Sample;
};
