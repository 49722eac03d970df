/**
 * Laws of patterns: what a text is said to come to before it is compiled is never too little.
 */
import * as E from 'fp-ts/lib/Either.js';
import fc from 'fast-check';
import type { Estimate } from '../../policies/pattern/estimate.ts';
import { MAX_PROGRAM, compilePattern } from '../../policies/pattern/pattern.ts';
import { patternPieces, patternText } from '../arbitrary/pattern.ts';

export type Estimating = (source: string) => Estimate;

const texts = fc.oneof(patternText, patternPieces, fc.string({ unit: 'binary' }));

/** As many instructions as the program has, or more. */
export const isNeverTooLittle = (estimating: Estimating) =>
  fc.property(texts, (source) => {
    const { size, effort } = estimating(source);
    const compiled = compilePattern(source);
    return effort >= size && (E.isLeft(compiled) || compiled.right.size <= size);
  });

/** What is refused for its size is refused for what it was said to come to, and nothing else is. */
export const isWhatIsRefused = (estimating: Estimating) =>
  fc.property(texts, fc.constantFrom(1, 30, 300, 1000), (inner, times) => {
    const source = `(?:${inner}){${times}}`;
    const compiled = compilePattern(source);
    const isRefused = E.isLeft(compiled) && compiled.left.reason === 'too_large';
    return isRefused === estimating(source).size > MAX_PROGRAM;
  });
