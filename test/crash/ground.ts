/**
 * Real ledgers in folders of their own, for processes that are going to fail.
 */
import { Ledger } from '../../src/ledger.ts';
import { readSettings } from '../../src/storage/settings-file.ts';
import type { Limits } from '../../src/storage/layout.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { sqliteLock } from '../../src/storage/writer-lock.ts';
import { foundingDraft, makeFolders, putSettings } from '../../src/usecase/create.ts';
import { isTaken } from '../../src/usecase/receipt.ts';
import { realPorts } from '../../src/wiring.ts';
import { right, signer } from '../build/ledger.ts';
import { setting } from '../process/setting.ts';
import { ORIGIN, SETTINGS, draftOf } from '../simulation/world.ts';

export const LOG = signer(ORIGIN);

/** opening opens a ledger, and lets go of everything once it was used. */
export const opening = async <T>(
  folder: string,
  use: (ledger: Ledger) => Promise<T>,
  onRepair?: (repair: Repair) => void,
): Promise<T> => {
  const lock = sqliteLock(setting);
  const layout = layoutOf(folder);
  const settings = right(readSettings(realPorts, layout));
  const ledger = new Ledger({ ...realPorts, lock }, layout, settings, { logKey: LOG, onRepair });
  try {
    return await use(ledger);
  } finally {
    await ledger.close();
    lock.close();
  }
};

/** append appends events by their ids; one that is not taken throws. */
export const append = async (ledger: Ledger, ids: readonly string[]): Promise<void> => {
  const receipts = right(await ledger.append(ids.map(draftOf)));
  if (!receipts.every(isTaken)) throw new Error(`not all of ${ids.join()} were taken`);
};

/** found makes a ledger that holds events already. */
export const found = async (
  folder: string,
  ids: readonly string[],
  limits: Partial<Limits> = {},
): Promise<void> => {
  const layout = layoutOf(folder);
  const settings = { ...SETTINGS, limits: { ...SETTINGS.limits, ...limits } };
  right(makeFolders(realPorts.disk, layout));
  right(putSettings(realPorts.disk, layout, settings));
  await opening(folder, async (ledger) => {
    right(await ledger.append([foundingDraft(ORIGIN, { log: LOG })], { surface: 'record' }));
    for (const id of ids) await append(ledger, [id]);
  });
};
