/**
 * Looking at a file of lines before anything is taken of it: every line by its mapping.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Disk, DiskFailed } from '../../storage/disk.ts';
import { keptOf } from '../cortex/draft.ts';
import { Defects, fault } from '../defect.ts';
import type { Incoming, Plan, PlanError } from '../plan.ts';
import { hasRoom } from '../room.ts';
import { Scratch } from '../scratch.ts';
import type { Seen, SourceFile } from '../source-file.ts';
import { SourceLines, isOther, sourceFile } from '../source-file.ts';
import type { Mapping } from './map.ts';
import { instanceOf } from './origin.ts';
import type { Mapped } from './row.ts';
import { isBlank, lineDigest, mapRow } from './row.ts';

interface Each {
  readonly line: number;
  readonly incoming?: Incoming;
  readonly wrong?: string | undefined;
  /** It is an earlier line once more, with the id of which it is recorded. */
  readonly isRepeat?: boolean;
  readonly isText?: boolean;
}

const TOO_LONG = 'it is longer than an event can be';

const unread = (bytes: Uint8Array): Mapped => ({
  draft: {
    event_type: 'ndjson.unread',
    source: { kind: 'external', name: 'ndjson' },
    payload: keptOf(bytes),
  },
  isText: false,
});

/** What has no room as what it would become may have it as what it was. */
const withRoom = (mapped: E.Either<string, Mapped>): E.Either<string, Mapped> =>
  E.isLeft(mapped) || hasRoom(mapped.right.draft) ? mapped : E.left(TOO_LONG);

/** Rows without an id have one that follows from the line, and from how often it stood there. */
const idOf = (scratch: Scratch, digest: string): string =>
  `ndjson:${digest.slice(0, 40)}:${scratch.nth('', digest)}`;

/** The line that has an id already, and its digest. */
const earlier = (
  scratch: Scratch,
  id: string,
  line: number,
  digest: string,
): readonly string[] | undefined =>
  scratch.keep('id', id, `${line} ${digest}`) ? undefined : scratch.get('id', id)?.split(' ');

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
        if (bytes === undefined) yield { line, wrong: TOO_LONG };
        else if (!isBlank(bytes)) yield this.one(scratch, line, bytes);
      }
      this.failed = lines.failed;
      this.last = lines.seen();
    } finally {
      scratch.close();
    }
  }

  private one(scratch: Scratch, line: number, bytes: Uint8Array): Each {
    const digest = lineDigest(bytes);
    let mapped = withRoom(mapRow(this.mapping, bytes));
    let id = '';
    // An id that a row brings may be one that follows from another line; where none does, none is.
    const taken = (): readonly string[] | undefined =>
      this.mapping.id === undefined ? undefined : earlier(scratch, id, line, digest);
    if (E.isRight(mapped)) {
      const { id: stated } = mapped.right.draft;
      id = typeof stated === 'string' ? stated : idOf(scratch, digest);
      const [at, was] = taken() ?? [];
      if (was === digest) return { line, isRepeat: true };
      if (at !== undefined)
        mapped = E.left(`id: an earlier row, line ${at}, has it with other content`);
    }
    const { draft, isText } = E.isRight(mapped) ? mapped.right : unread(bytes);
    if (E.isLeft(mapped))
      do id = idOf(scratch, digest);
      while (taken() !== undefined);
    const { name: file } = this.source;
    const fileSha256 = this.first?.sha256 ?? '';
    const instance = instanceOf({ file, fileSha256, line, rowSha256: digest });
    const made = { ...draft, id, source: { ...draft.source, instance } };
    if (E.isLeft(mapped) && !hasRoom(made)) return { line, wrong: TOO_LONG };
    const where = `${file} line ${line}`;
    if (E.isRight(mapped)) return { line, incoming: { where, draft: made }, isText };
    return { line, incoming: { where, draft: made, isUnread: true }, isText, wrong: mapped.left };
  }

  plan(): E.Either<PlanError, Plan> {
    const defects = new Defects();
    let [total, lost, repeated, texts] = [0, 0, 0, 0];
    for (const { line, incoming, wrong, isRepeat, isText } of this.each()) {
      if (isRepeat === true) repeated++;
      else if (incoming === undefined) lost++;
      else total++;
      if (isText === true) texts++;
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
        rows: total + lost + repeated,
        ...(lost === 0 ? {} : { not_taken: lost }),
        ...(repeated === 0 ? {} : { repeated }),
        ...(texts === 0 ? {} : { kept_as_text: texts }),
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
    ? E.left({ _tag: 'NoSource', tool: 'ndjson', path, isOther: isOther(disk, path) })
    : new NdjsonSurvey(disk, source.right, mapping, onBytes).plan();
};
