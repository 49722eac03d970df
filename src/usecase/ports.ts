/**
 * What the use cases need of the world. One file wires the real ones; a simulation wires its own.
 */
import type { Crypto } from '../../ledger/crypto/port.ts';
import type { Databases, WriterLock } from '../storage/database.ts';
import type { Disk } from '../storage/disk.ts';
import type { Hire } from '../verify/crew.ts';

export interface Ports {
  readonly crypto: Crypto;
  readonly disk: Disk;
  readonly databases: Databases;
  readonly lock: WriterLock;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly random: (bytes: number) => Uint8Array;
  /** Others to verify with; alone where there are none. */
  readonly hire?: (workers?: number) => Hire;
}
