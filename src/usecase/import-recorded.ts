/**
 * What a ledger recorded of earlier imports, for a plan that recognises its rows. A plan cannot be
 * told that reading failed, so that is kept for whoever carries it out.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Recorded } from '../import/plan.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { Read, ReadError, Reader } from './reader.ts';

export class RecordedRows implements Recorded {
  private readonly reader: Reader;
  failed: ReadError | undefined;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  has(id: string): boolean {
    return this.read(this.reader.find({ id })) !== undefined;
  }

  under(start: string): readonly string[] {
    return this.read(this.reader.idsUnder(start)) ?? [];
  }

  latest(owner: string, kind: string): string | undefined {
    const [row] =
      this.read(this.reader.rows('outbox', 'latest', { owner, kind, destination: '' })) ?? [];
    if (row === undefined) return undefined;
    const found = this.read(this.reader.find({ seq: Number(row['seq']) }));
    return found === undefined ? undefined : recordedOf(found.line).header.id;
  }

  private read<T>(told: Read<T>): T | undefined {
    if (E.isRight(told)) return told.right;
    this.failed ??= told.left;
    return undefined;
  }
}
