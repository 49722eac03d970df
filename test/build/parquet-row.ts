/**
 * The rows of a Parquet file, by a reader that is not ours.
 */
import { parquetReadObjects } from 'hyparquet';

export type Row = Readonly<Record<string, unknown>>;

export const fileOf = (bytes: Uint8Array): ArrayBuffer => new Uint8Array(bytes).buffer;

export const rowsIn = async (bytes: Uint8Array): Promise<readonly Row[]> =>
  parquetReadObjects({ file: fileOf(bytes) });
