/**
 * What must hold after every step of a simulation, whatever went wrong before it: what was
 * acknowledged is there, as it was acknowledged; there is one chain, with every id once; nothing is
 * in it that nobody brought. And once all is quiet: the mirror holds what the journal holds, and
 * the projections what a replay makes of it.
 */
import * as E from 'fp-ts/lib/Either.js';
import { memoryHistory } from '../../ledger/chain/history.ts';
import { begin } from '../../ledger/chain/state.ts';
import { step } from '../../ledger/chain/verify.ts';
import { native } from '../../ledger/crypto/native.ts';
import { decodeUtf8 } from '../../ledger/encoding/utf8.ts';
import { linesOf } from '../../src/storage/line-reader.ts';
import { listSegments, openSegment, sizeOf } from '../../src/storage/segment.ts';
import type { Place } from '../../src/usecase/receipt.ts';
import type { Disk } from '../../src/storage/disk.ts';
import type { Layout } from '../../src/storage/layout.ts';
import type { Repair } from '../../src/storage/outcome.ts';
import { LAYOUT, ORIGIN } from './world.ts';

export class Violation extends Error {
  override readonly name = 'Violation';
}

/** rightOrViolation takes what must not have failed. */
export const rightOrViolation = <T>(either: E.Either<unknown, T>, what: string): T => {
  if (E.isRight(either)) return either.right;
  const text = JSON.stringify(either.left, (_, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  );
  throw new Violation(`${what}: ${text}`);
};

const right = <T>(either: E.Either<unknown, T>): T => rightOrViolation(either, 'looking');

const claim = (holds: boolean, what: string): void => {
  if (!holds) throw new Violation(what);
};

interface Stored {
  readonly id: string;
  readonly seq: number;
  readonly event_hash: string;
  readonly type: string;
  readonly text: string;
}

/** storedIn reads the events of the journal, up to the first line that is none. */
export const storedIn = (
  disk: Disk,
  { journal }: Pick<Layout, 'journal'> = LAYOUT,
): readonly Stored[] => {
  const means = { crypto: native, history: memoryHistory(native, new Uint8Array(32)) };
  let state = begin(ORIGIN);
  const stored: Stored[] = [];
  for (const segment of right(listSegments(disk, journal))) {
    const file = right(openSegment(disk, segment, 'read'));
    for (const raw of linesOf(file, 0, right(sizeOf(file)))) {
      const { bytes } = right(raw);
      const stepped = step(means, state, bytes);
      const { line } = stepped;
      if (line === undefined || stepped.findings.length > 0) {
        file.close();
        return stored;
      }
      ({ state } = stepped);
      const { id, seq, event_hash, event_type: type } = line;
      stored.push({ id, seq, event_hash, type, text: decodeUtf8(bytes) });
    }
    file.close();
  }
  return stored;
};

const OWN = /^(?:ledger|policy)\./;

export class Oracle {
  readonly repairs: Repair[] = [];
  readonly acknowledged = new Map<string, Place>();
  readonly brought = new Set<string>();
  private readonly layout: Layout;

  constructor(layout = LAYOUT) {
    this.layout = layout;
  }

  acknowledge(place: Place): void {
    const before = this.acknowledged.get(place.id);
    claim(
      before === undefined || (before.seq === place.seq && before.event_hash === place.event_hash),
      `${place.id} was acknowledged twice, at ${before?.seq} and ${place.seq}`,
    );
    this.acknowledged.set(place.id, place);
  }

  /** What must hold at any moment. */
  check(disk: Disk): readonly Stored[] {
    const stored = storedIn(disk, this.layout);
    for (const { id, seq, event_hash: hash } of this.acknowledged.values()) {
      const there = stored[seq];
      claim(there !== undefined, `${id} was acknowledged at ${seq} and is not there`);
      claim(there?.id === id && there.event_hash === hash, `another event stands at ${seq}`);
    }
    for (const repair of this.repairs)
      if (repair._tag === 'TailSetAside')
        claim(
          right(disk.stat(repair.path))?.size === repair.bytes,
          `${repair.bytes} bytes were set aside and are not at ${repair.path}`,
        );
    for (const { id, type } of stored)
      claim(OWN.test(type) || this.brought.has(id), `nobody brought ${id}`);
    return stored;
  }

  /** What must hold once nothing is under way. */
  checkMirror(disk: Disk, lines: readonly string[]): void {
    const journal = this.check(disk).map(({ text }) => text.slice(0, -1));
    claim(journal.length === lines.length, `mirror ${lines.length}, journal ${journal.length}`);
    claim(
      journal.every((text, i) => text === lines[i]),
      'the mirror holds other lines than the journal',
    );
  }
}
