/**
 * Short files beside a log: anchors, manifests, attestations. Each becomes an event of its own.
 */
import * as E from 'fp-ts/lib/Either.js';
import { createHash } from 'node:crypto';
import type { JsonObject } from '../../../ledger/json/value.ts';
import type { Disk } from '../../storage/disk.ts';
import { readWhole } from '../../storage/whole-file.ts';
import type { Fault } from '../defect.ts';
import { fault } from '../defect.ts';
import type { Incoming, PlanError } from '../plan.ts';
import type { Seen, SourceFile } from '../source-file.ts';
import { digestFile } from '../source-file.ts';
import type { Chain } from './chain.ts';
import { keptOf, textOf } from './draft.ts';

/** What stands beside a log is short; what is longer is told, and taken by its digest alone. */
const MAX_ASIDE = 1 << 19;

export interface Aside {
  readonly seen: Seen;
  readonly text: string | undefined;
  /** What is kept of it. */
  readonly kept: JsonObject;
}

/** readAside reads a file, as far as it is text. */
export const readAside = (disk: Disk, file: SourceFile): E.Either<PlanError, Aside> => {
  if (file.bytes > MAX_ASIDE)
    return E.map((seen: Seen): Aside => ({ seen, text: undefined, kept: { text: null } }))(
      digestFile(disk, file),
    );
  const read = readWhole(disk, file.path, MAX_ASIDE);
  if (E.isLeft(read))
    return read.left._tag === 'DiskFailed'
      ? E.left(read.left)
      : E.left({ _tag: 'SourceBusy', path: file.path });
  const bytes = read.right;
  if (bytes === undefined) return E.left({ _tag: 'SourceBusy', path: file.path });
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  const { text } = textOf(bytes);
  return E.right({
    seen: { ...file, bytes: bytes.length, sha256 },
    text: typeof text === 'string' ? text : undefined,
    kept: keptOf(bytes),
  });
};

/** asideDraft makes an event of what an anchor file, a manifest or an attestation says. */
export const asideDraft = ({ seen: { name, sha256, bytes }, kept }: Aside): Incoming => ({
  where: name,
  draft: {
    id: `cortex:file:${sha256.slice(0, 32)}:${name}`,
    event_type: 'cortex.file',
    source: { kind: 'external', name: 'cortex' },
    payload: {
      origin: { tool: 'cortex', file: name, file_sha256: sha256, bytes },
      ...kept,
    },
  },
});

const HEADS = ['boundary_event_hash', 'boundary_previous_v1_head_hash', 'previous_v1_head_hash'];

/** manifestFaults holds what a manifest says of the migration against the log. */
export const manifestFaults = (text: string, chain: Chain): readonly Fault[] =>
  HEADS.flatMap((member) => {
    const [, told] = new RegExp(`"${member}"\\s*:\\s*"([^"]*)"`).exec(text) ?? [];
    const is = member === 'boundary_event_hash' ? chain.boundary?.hash : chain.boundary?.before;
    return told === undefined || told === is || chain.mayHaveMigrated
      ? []
      : [fault('manifest_mismatch', `${member} is ${told}, and the log has ${is ?? 'none'}`)];
  });
