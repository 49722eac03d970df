/**
 * Signing checkpoints when they are due, under the lock and behind the commit. One that cannot be
 * signed undoes nothing of what is recorded: it is told, and the next batch tries again.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Signer } from '../../ledger/key/key.ts';
import { signCheckpoint } from '../../ledger/note/checkpoint.ts';
import { root } from '../../ledger/tree/tree.ts';
import { attempt } from '../storage/attempt.ts';
import { checkpointFault, keepNote, sizeOfNote } from '../storage/checkpoint-file.ts';
import type { Ended } from '../storage/mirror/mirror.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { CheckpointCause } from '../storage/outcome.ts';
import type { Writing } from './append.ts';
import { isUndone } from './undone-key.ts';

/** The checkpoint that was signed last, its size, and when the event before it was recorded. */
interface Last {
  readonly note: string | undefined;
  readonly size: number;
  readonly at: number;
}

export class Signing {
  private last: Last | undefined;

  private lastOf({ ports, keeper }: Writing, note: string | undefined): Last {
    const size = sizeOfNote(ports.crypto, note);
    const line = keeper.mirror.lineAt(Math.max(0, size - 1));
    const at = line === undefined ? 0 : Date.parse(recordedOf(line).header.recorded_at);
    return { note, size, at };
  }

  /** Whether enough events, or enough time, lie behind the last checkpoint. */
  private isDue(by: Writing, { size, recordedAt, note }: Ended): boolean {
    const last =
      this.last?.note === note && this.last !== undefined ? this.last : this.lastOf(by, note);
    this.last = last;
    const { checkpoint_events: events, checkpoint_seconds: seconds } = by.settings.limits;
    const behind = size - last.size;
    const age = Date.parse(recordedAt ?? '') - last.at;
    return behind >= events || (behind > 0 && age >= seconds * 1000);
  }

  /** sign signs the log as it stands; gives why not. */
  sign({ ports, keeper, layout }: Writing, logKey: Signer): CheckpointCause | undefined {
    const { size, frontier } = keeper.at.ended;
    const undone = isUndone(ports.disk, layout, logKey.keyId);
    if (E.isLeft(undone)) return undone.left;
    if (undone.right)
      return { _tag: 'Corrupt', reason: 'checkpoint_refused', actual: logKey.keyId };
    const note = signCheckpoint(ports.crypto, logKey, size, root(ports.crypto, frontier));
    if (E.isLeft(note)) return note.left;
    const fault = checkpointFault(ports.crypto, keeper.mirror, keeper.at, note.right);
    if (fault !== undefined) return fault;
    const kept = keepNote(ports.disk, layout, size, note.right);
    if (E.isLeft(kept)) return kept.left;
    keeper.noteSeen();
    keeper.moveTo({ ...keeper.at, ended: { ...keeper.at.ended, note: note.right } });
    return undefined;
  }

  signIfDue(by: Writing): void {
    const { logKey, keeper, layout, onRepair } = by;
    if (logKey === undefined) return;
    const signed = attempt(layout.mirror, () =>
      this.isDue(by, keeper.at.ended) ? this.sign(by, logKey) : undefined,
    );
    const cause = E.isLeft(signed) ? signed.left : signed.right;
    if (cause !== undefined)
      onRepair({ _tag: 'CheckpointFailed', size: keeper.at.ended.size, cause });
  }
}
