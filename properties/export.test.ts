/**
 * Events in other formats: read back, they are the same events.
 */
import { describe } from 'vitest';
import { native } from '../ledger/crypto/native.ts';
import { law, share } from './check.ts';
import * as L from './law/export.ts';

const runs = { runs: share(0.5, 20_000) };

describe('an event that is handed out', () => {
  law('is a row of which its line can be made again', () => L.csvReadsBack(native), runs);
  law('begins no cell as a formula', () => L.csvHoldsNoFormula(native), runs);
  law('tells nothing of a payload that is withheld', () => L.withheldTellsNothing(native), runs);
  law(
    'is an event of OCSF of which its line can be made again',
    () => L.ocsfReadsBack(native),
    runs,
  );
  law('tells the same as a CloudEvent', () => L.cloudEventTellsTheSame(native), runs);
});
