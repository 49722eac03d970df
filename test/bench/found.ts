/**
 * A ledger to measure: founded on the real disk, and signed by a log key.
 */
import type { Origin } from '../../ledger/name.ts';
import { Ledger } from '../../src/ledger.ts';
import { LIMITS, layoutOf } from '../../src/storage/layout.ts';
import { foundingDraft, makeFolders, putSettings } from '../../src/usecase/create.ts';
import { realPorts } from '../../src/wiring.ts';
import { right, signer } from '../build/ledger.ts';

export const ORIGIN = 'example.com/bench' as Origin;
export const LOG = signer(ORIGIN);

/** foundAt makes one. */
export const foundAt = async (folder: string): Promise<Ledger> => {
  const layout = layoutOf(folder);
  const settings = { origin: ORIGIN, limits: LIMITS };
  right(makeFolders(realPorts.disk, layout));
  right(putSettings(realPorts.disk, layout, settings));
  const ledger = new Ledger(realPorts, layout, settings, { logKey: LOG });
  right(await ledger.append([foundingDraft(ORIGIN, { log: LOG })], { surface: 'record' }));
  return ledger;
};
