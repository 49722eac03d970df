/**
 * What an audit has open beside the journal while it lasts: the mirror that is compared, and the
 * one that is asked about events before a mark.
 */
import * as E from 'fp-ts/lib/Either.js';
import { attempt } from '../storage/attempt.ts';
import type { DiskFailed } from '../storage/disk.ts';
import type { Mark } from './mark.ts';
import type { Looking } from './mirror-check.ts';
import { MirrorCheck, openToRead } from './mirror-check.ts';
import type { Open, ReportFinding } from './report.ts';
import { found } from './report.ts';
import type { Witness } from './witness.ts';
import { witnessOf } from './witness.ts';

export class Beside {
  private readonly by: Looking;
  private readonly isLeftOut: boolean;
  private looked: ReturnType<typeof openToRead> | undefined;
  private checked: MirrorCheck | undefined;
  private asked: Witness | undefined;

  constructor(by: Looking, isLeftOut: boolean) {
    this.by = by;
    this.isLeftOut = isLeftOut;
  }

  private get refused() {
    return this.looked?._tag === 'Left' ? this.looked.left : undefined;
  }

  /** Asked about what stands before a mark. */
  witness(mark: Mark | undefined): Witness | undefined {
    if (mark === undefined || this.isLeftOut) return undefined;
    const mirror = openToRead(this.by);
    if (E.isRight(mirror)) this.asked = witnessOf(this.by.ports.crypto, mirror.right, mark);
    return this.asked;
  }

  /** Opened once the journal's end is known: then it is as far, or a writer is about to be. */
  check(from: number): MirrorCheck | undefined {
    if (this.isLeftOut) return undefined;
    this.looked ??= openToRead(this.by);
    if (E.isLeft(this.looked)) return undefined;
    if (this.checked !== undefined) return this.checked;
    const mirror = this.looked.right;
    const made = attempt(this.by.layout.mirror, () => new MirrorCheck(this.by, mirror, from));
    if (E.isRight(made)) return (this.checked = made.right);
    mirror.database.close();
    this.looked = E.left(found('mirror_unreadable', { reason: made.left.code }));
    return undefined;
  }

  /** What keeps this process from looking at the mirror, and is no word against it. */
  get trouble(): DiskFailed | undefined {
    const { refused } = this;
    return typeof refused === 'object' && '_tag' in refused ? refused : undefined;
  }

  get findings(): readonly ReportFinding[] {
    const { refused } = this;
    return typeof refused === 'object' && 'severity' in refused ? [refused] : [];
  }

  get open(): readonly Open[] {
    const { refused } = this;
    if (typeof refused === 'string') return [refused];
    if (this.checked === undefined) return ['mirror_not_looked_at'];
    return this.checked.hasUnknown ? ['projections_unknown'] : [];
  }

  close(): void {
    this.asked?.close();
    this.checked?.close();
  }
}
