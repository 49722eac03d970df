/**
 * Schemas: the verdict against another implementation's, and what no schema or value may do.
 */
import { describe } from 'vitest';
import { isMultiple } from '../policies/schema/multiple.ts';
import { compileSchema } from '../policies/schema/schema.ts';
import { all, law, share } from './check.ts';
import * as L from './law/schema.ts';
import { isValidByAjv } from './model/schema.ts';

describe('a schema', () => {
  law('says what another implementation says', () => L.agreesWith(compileSchema, isValidByAjv), {
    runs: share(1, 20_000),
  });
  law('is asked about valid and invalid values', () => L.hasBothVerdicts(compileSchema), {
    runs: share(0.02, 20),
  });
  law(
    'knows nothing but what it is asked, in whatever order',
    () => L.knowsNothingButItsArguments(compileSchema),
    { runs: all },
  );
  law('never says more for being asked less', () => L.neverWeakensByAddition(compileSchema), {
    runs: all,
  });
  law('has an answer to anything', () => L.answersToAnything(compileSchema), { runs: all });
  law('counts multiples in decimals', () => L.countsInDecimals(isMultiple), { runs: all });
});
