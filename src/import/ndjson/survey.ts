/**
 * Looking at a file of lines before anything is taken of it: every line by its mapping.
 */
import * as E from 'fp-ts/lib/Either.js';
import { encodeUtf8 } from '../../../ledger/encoding/utf8.ts';
import { write } from '../../../ledger/json/format.ts';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Disk, DiskFailed } from '../../storage/disk.ts';
import { textOf } from '../cortex/draft.ts';
import { Defects, fault } from '../defect.ts';
import type { Incoming, Plan, PlanError } from '../plan.ts';
import { hasRoom } from '../room.ts';
import { Scratch } from '../scratch.ts';
import type { Seen, SourceFile } from '../source-file.ts';
import { SourceLines, sourceFile } from '../source-file.ts';
import type { Mapping } from './map.ts';
import { isBlank, lineDigest, mapRow } from './row.ts';

interface Each {
  readonly line: number;
  readonly incoming?: Incoming;
  readonly wrong?: string | undefined;
}

const unread = (bytes: Uint8Array): JsonObject => ({
  event_type: 'ndjson.unread',
  source: { kind: 'external', name: 'ndjson' },
  payload: textOf(bytes),
});

/** Rows without an id have one that follows from the line, and from how often it stood there. */
const idOf = (scratch: Scratch, bytes: Uint8Array): string => {
  const digest = lineDigest(bytes);
  const count = Number(scratch.take('', digest) ?? '0') + 1;
  scratch.keep('', digest, String(count));
  return `ndjson:${digest.slice(0, 40)}:${count}`;
};

const TAKEN = 'id: an earlier row has it, with other content';

/** isTaken tells that a row has the id of an earlier one and is not the same. */
const isTaken = (scratch: Scratch, draft: JsonObject): boolean => {
  const { id } = draft;
  if (typeof id !== 'string') return false;
  const digest = lineDigest(encodeUtf8(write(draft)));
  return !scratch.keep('id', id, digest) && scratch.get('id', id) !== digest;
};

class NdjsonSurvey {
  private readonly disk: Disk;
  private readonly source: SourceFile;
  private readonly mapping: Mapping;
  private readonly onBytes: (done: number, total: number) => void;
  private failed: DiskFailed | undefined;
  private first: Seen | undefined;
  private last: Seen | undefined;

  constructor(
    disk: Disk,
    source: SourceFile,
    mapping: Mapping,
    onBytes: (done: number, total: number) => void,
  ) {
    this.disk = disk;
    this.source = source;
    this.mapping = mapping;
    this.onBytes = onBytes;
  }

  private *each(): Generator<Each, void> {
    const lines = new SourceLines(this.disk, this.source);
    const scratch = new Scratch();
    try {
      for (const { number: line, bytes } of lines.read()) {
        this.onBytes(lines.done, this.source.bytes);
        if (bytes === undefined) yield { line, wrong: 'it is longer than an event can be' };
        if (bytes === undefined || isBlank(bytes)) continue;
        const mapped = mapRow(this.mapping, bytes);
        const made = E.isRight(mapped) && isTaken(scratch, mapped.right) ? E.left(TAKEN) : mapped;
        const draft = E.isRight(made) ? made.right : unread(bytes);
        const named = Object.hasOwn(draft, 'id') ? draft : { ...draft, id: idOf(scratch, bytes) };
        if (!hasRoom(named)) {
          yield { line, wrong: 'it is longer than an event can be' };
          continue;
        }
        const incoming = { where: `${this.source.name} line ${line}`, draft: named };
        yield { line, incoming, wrong: E.isLeft(made) ? made.left : undefined };
      }
      this.failed = lines.failed;
      this.last = lines.seen();
    } finally {
      scratch.close();
    }
  }

  plan(): E.Either<PlanError, Plan> {
    const defects = new Defects();
    let [total, lost] = [0, 0];
    for (const { line, incoming, wrong } of this.each()) {
      if (incoming === undefined) lost++;
      else total++;
      if (wrong !== undefined)
        defects.add({ ...fault('row_unmapped', wrong), file: this.source.name, line });
    }
    if (this.failed !== undefined) return E.left(this.failed);
    const { last: seen } = this;
    if (seen === undefined || seen.bytes !== this.source.bytes)
      return E.left({ _tag: 'SourceBusy', path: this.source.path });
    this.first = seen;
    return E.right({
      tool: 'ndjson',
      files: [seen],
      defects,
      total,
      report: {
        rows: total + lost,
        ...(lost === 0 ? {} : { not_taken: lost }),
        unproved: ['who wrote the lines, and that none is missing or altered'],
        sound: defects.total === 0,
      },
      drafts: () => this.drafts(),
      isCurrent: () => this.last?.sha256 === this.first?.sha256,
      close: () => undefined,
    });
  }

  private *drafts(): Generator<Incoming, void> {
    for (const { incoming } of this.each()) if (incoming !== undefined) yield incoming;
  }
}

/** surveyNdjson looks at a file, and tells what an import of it would be. */
export const surveyNdjson = (
  { disk }: { readonly disk: Disk },
  path: string,
  mapping: Mapping,
  onBytes: (done: number, total: number) => void = () => undefined,
): E.Either<PlanError, Plan> => {
  const source = sourceFile(disk, path);
  if (E.isLeft(source)) return source;
  return source.right === undefined
    ? E.left({ _tag: 'NoSource', tool: 'ndjson', path })
    : new NdjsonSurvey(disk, source.right, mapping, onBytes).plan();
};
