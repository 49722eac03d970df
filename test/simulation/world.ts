/**
 * A ledger in a simulated world: processes that append, fail, die and come back, on a disk that
 * forgets. All of it is real but for the disk, the lock and what makes a commit durable.
 */
import * as E from 'fp-ts/lib/Either.js';
import { native } from '../../ledger/crypto/native.ts';
import { encodeUtf8 } from '../../ledger/encoding/utf8.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Key } from '../../ledger/key/key.ts';
import { signerOf } from '../../ledger/key/key.ts';
import type { KeyName, Origin } from '../../ledger/name.ts';
import type { Projection } from '../../src/projection/projection.ts';
import type { Options } from '../../src/ledger.ts';
import { Ledger } from '../../src/ledger.ts';
import type { Settings } from '../../src/storage/layout.ts';
import { layoutOf } from '../../src/storage/layout.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { foundingDraft, makeFolders, putSettings } from '../../src/usecase/create.ts';
import type { Ports } from '../../src/usecase/ports.ts';
import { simulatedDatabases } from './databases.ts';
import type { SimulatedDisk } from './disk.ts';
import { simulatedDisk } from './disk.ts';
import { simulatedLock } from './lock.ts';

export const ORIGIN = 'example.com/simulated' as Origin;
export const LAYOUT = layoutOf('/ledger');

/** Small, so that there are segments and checkpoints to speak of. */
export const SETTINGS: Settings = {
  origin: ORIGIN,
  limits: { segment_bytes: 6000, checkpoint_events: 7, checkpoint_seconds: 1_000_000 },
};

const logKey = signerOf(native, ORIGIN as string as KeyName, native.sha256(encodeUtf8('log')));

/** What a draft says follows from its id, so that the same id is always the same content. */
export const draftOf = (id: string): JsonObject => ({
  event_type: 'thing.happened',
  id,
  observed_at: '2026-01-01T00:00:00.000Z',
  payload: { id, text: 'x'.repeat(id.length * 20) },
  source: { kind: 'tool', name: 'simulated' },
  ...(id.endsWith('3') ? { domain_tags: ['third'] } : {}),
});

/** A projection that is another one as soon as one event is another, or at another place. */
const places: Projection = {
  name: 'places',
  version: 1,
  schema: { place: { columns: { id: 'text', hash: 'text', seq: 'integer' }, key: ['id'] } },
  evolve: (state, { event_hash: hash, header: { id, seq } }) =>
    state.put('place', { id, hash, seq }),
};

/** A process that has the ledger open. */
export interface Actor {
  readonly disk: SimulatedDisk;
  readonly ledger: Ledger;
}

export class World {
  /** The machine as nobody in particular has it. */
  disk: SimulatedDisk = simulatedDisk();
  private readonly onRepair: (repair: Repair) => void;
  private made = 0;
  private time = Date.UTC(2026, 0, 1);

  constructor(onRepair: (repair: Repair) => void = () => undefined) {
    this.onRepair = onRepair;
  }

  private ports(disk: SimulatedDisk): Ports {
    return {
      crypto: native,
      disk,
      databases: simulatedDatabases(disk),
      lock: simulatedLock(disk),
      now: () => (this.time += 1),
      random: (bytes) => native.sha256(encodeUtf8(`random ${this.made++}`)).slice(0, bytes),
    };
  }

  /** setClock turns the clock of every process. */
  setClock(time: number): void {
    this.time = time;
  }

  /** begin is another process that opens the ledger. */
  begin(more: Options = {}): Actor {
    const disk = this.disk.another();
    const options = {
      lockWaitMs: 200,
      logKey: E.isRight(logKey) ? logKey.right : undefined,
      onRepair: this.onRepair,
      projections: [places],
      ...more,
    };
    return { disk, ledger: new Ledger(this.ports(disk), LAYOUT, SETTINGS, options) };
  }

  /** found makes the ledger; nothing goes wrong so early. */
  async found(operator?: Key): Promise<void> {
    const founder = this.begin();
    makeFolders(founder.disk, LAYOUT);
    putSettings(founder.disk, LAYOUT, SETTINGS);
    const keys = { log: E.isRight(logKey) ? logKey.right : undefined, operator };
    await founder.ledger.append([foundingDraft(ORIGIN, keys)], { surface: 'record' });
    await founder.ledger.close();
    founder.disk.machine.syncEverything();
  }
}
