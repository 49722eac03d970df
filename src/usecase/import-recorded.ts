/**
 * What a ledger recorded of earlier imports, for a plan that recognises its rows. A plan cannot be
 * told that reading failed, so that is kept for whoever carries it out.
 */
import * as E from 'fp-ts/lib/Either.js';
import type { Standing } from '../experiment/decider.ts';
import { look } from '../experiment/transition.ts';
import { rowOf } from '../import/ndjson/origin.ts';
import type { Recorded, Said, Sealed, Tool } from '../import/plan.ts';
import { IMPORTED, NOTHING } from '../import/plan.ts';
import { namedFiles } from '../import/put-aside.ts';
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import { holdsRow } from './import-row.ts';
import type { Read, ReadError, Reader } from './reader.ts';

/** So many ids are read at a time. */
const PAGE = 1000;

/** Whether an event has the source that an importer gives it; a line of any file may name that. */
const isFrom = (tool: string, { source }: Said): boolean =>
  source['kind'] === 'external' && source['name'] === tool && rowOf(source) === undefined;

export class RecordedRows implements Recorded {
  private readonly reader: Reader;
  failed: ReadError | undefined;

  constructor(reader: Reader) {
    this.reader = reader;
  }

  private *events(start: string): Generator<Said, void> {
    for (let after = -1; ;) {
      const page = this.read(this.reader.idsUnder(start, after, PAGE)) ?? [];
      for (const { id } of page) {
        const found = this.read(this.reader.find({ id }));
        if (found === undefined) continue;
        const { header, payload } = recordedOf(found.line);
        const { event_type, source } = header;
        yield { id, event_type, source: { ...source }, payload };
      }
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) return;
      after = last.seq;
    }
  }

  *under(start: string): Generator<Said, void> {
    const tool = start.slice(0, start.indexOf(':'));
    for (const said of this.events(start)) if (isFrom(tool, said)) yield said;
  }

  latest(owner: string, kind: string): string | undefined {
    const [row] =
      this.read(this.reader.rows('outbox', 'latest', { owner, kind, destination: '' })) ?? [];
    if (row === undefined) return undefined;
    const found = this.read(this.reader.find({ seq: Number(row['seq']) }));
    return found === undefined ? undefined : recordedOf(found.line).header.id;
  }

  known(draft: JsonObject): 'no' | 'same' | 'other' {
    const { id } = draft;
    const found = typeof id === 'string' ? this.read(this.reader.find({ id })) : undefined;
    if (found === undefined) return 'no';
    return holdsRow(draft, found.line) ? 'same' : 'other';
  }

  *seals(tool: Tool): Generator<Sealed, void> {
    const start = `import:${tool}:`;
    for (const { id, event_type, payload } of this.events(start)) {
      if (event_type !== IMPORTED) continue;
      const { strangers, files } = isObject(payload) ? payload : {};
      yield {
        mark: `${tool}-${id.slice(start.length)}`,
        strangers: Array.isArray(strangers) ? (strangers as readonly Json[]).map(String) : [],
        files: namedFiles(files) ?? [],
      };
    }
  }

  standing(experiment: string, session: string | undefined): Standing {
    const looked = this.read(look(this.reader, experiment, session));
    return looked?.standing ?? NOTHING.standing(experiment, session);
  }

  private read<T>(told: Read<T>): T | undefined {
    if (E.isRight(told)) return told.right;
    this.failed ??= told.left;
    return undefined;
  }
}
