/**
 * What a check takes of Node.
 */
import { createHash, randomBytes } from 'node:crypto';
import { native } from '../../ledger/crypto/native.ts';
import { ParquetTable } from '../export/parquet.ts';
import type { CheckMeans } from './check.ts';

/** nodeMeans are those of this machine. */
export const nodeMeans: CheckMeans = {
  crypto: native,
  hasher: () => {
    const hash = createHash('sha256');
    return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest('hex') };
  },
  random: (bytes) => new Uint8Array(randomBytes(bytes)),
  parquet: (about) => new ParquetTable(about),
};
