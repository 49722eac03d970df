/**
 * Policy documents: what they say is what is read, and where.
 */
import { describe } from 'vitest';
import { readDocument } from '../policies/document/read.ts';
import { all, law, share } from './check.ts';
import * as D from './law/document.ts';

const runs = { runs: all };

describe('a policy document', () => {
  law('JSON means what it means to the kernel', () => D.readsJsonAsTheKernel(readDocument), runs);
  law('YAML that was written reads as it was', () => D.readsWhatYamlSays(readDocument), runs);
  law('values and keys stand where they are said to', () => D.knowsThePlaces(readDocument), runs);
  law('any bytes have their answer, with places', () => D.answersToAnyBytes(readDocument), {
    runs: share(2, 20_000),
  });
});
