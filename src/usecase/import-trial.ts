/**
 * What would become of the rows of a plan if they came in now: each is held against what is
 * recorded under its id, and judged by the policy set in force. Nothing is written. What a rule
 * makes of the rows before it is not known here: all are judged by the ledger as it stands.
 */
import * as E from 'fp-ts/lib/Either.js';
import { setImmediate } from 'node:timers/promises';
import type { JsonObject } from '../../ledger/json/value.ts';
import { sealOf } from '../../policies/gate/decision.ts';
import { judge } from '../../policies/gate/gate.ts';
import { propose } from '../../policies/proposal.ts';
import type { PolicySet } from '../../policies/set/set.ts';
import type { Incoming, Plan } from '../import/plan.ts';
import { IMPORTED } from '../import/plan.ts';
import { Scratch } from '../import/scratch.ts';
import type { Ledger } from '../ledger.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { ImportOptions } from './import.ts';
import { sealing } from './import.ts';
import { RecordedRows } from './import-recorded.ts';
import { holdsRow, surfaceFor } from './import-row.ts';
import type { Ports } from './ports.ts';
import type { ReadError } from './reader.ts';
import { isSameLine } from './same.ts';
import type { Stand } from './stand.ts';
import { stand } from './stand.ts';
import { Warnings } from './import-warnings.ts';
import type { RowsRefused, Untaken } from './untaken.ts';
import { Untakens } from './untaken.ts';

/** So many rows are judged from where the ledger stands at one moment. */
const CHUNK = 1000;

export class Trial {
  private readonly ports: Pick<Ports, 'crypto' | 'now'>;
  private readonly builtIn: PolicySet;
  private readonly ledger: Ledger;
  private readonly plan: Plan;
  private readonly options: ImportOptions;
  private readonly untaken: Untakens;
  private readonly recorded: RecordedRows;
  /** Chains of which a row would not be taken. */
  private readonly broken = new Scratch();
  readonly warnings: Warnings;

  constructor(
    ports: Pick<Ports, 'crypto' | 'now'>,
    builtIn: PolicySet,
    ledger: Ledger,
    plan: Plan,
    options: ImportOptions,
  ) {
    this.ports = ports;
    this.builtIn = builtIn;
    this.ledger = ledger;
    this.plan = plan;
    this.options = options;
    this.untaken = new Untakens(options.onUntaken);
    this.warnings = new Warnings(options.strangers ?? []);
    this.recorded = new RecordedRows(ledger.reader);
  }

  /** run tells every row that would not be taken. */
  async run(): Promise<E.Either<ReadError | RowsRefused, void>> {
    try {
      return await this.tried();
    } finally {
      this.broken.close();
    }
  }

  private async tried(): Promise<E.Either<ReadError | RowsRefused, void>> {
    let chunk: Incoming[] = [];
    let done = 0;
    for (const incoming of this.all()) {
      if (this.recorded.failed !== undefined) return E.left(this.recorded.failed);
      const { where, warning } = incoming;
      if (warning !== undefined) this.warnings.add({ where, warning });
      chunk.push(incoming);
      if (chunk.length < CHUNK) continue;
      const failed = await this.judged(chunk);
      if (failed !== undefined) return E.left(failed);
      done += chunk.length;
      this.options.onEvents?.(done, this.plan.total);
      chunk = [];
    }
    const failed = await this.judged(chunk);
    if (failed !== undefined) return E.left(failed);
    return this.untaken.count === 0
      ? E.right(undefined)
      : E.left({ ...this.untaken.refused(), isTrial: true });
  }

  private *all(): Generator<Incoming, void> {
    yield* this.plan.drafts(this.recorded);
    const { digest } = this.ports.crypto;
    const draft = sealing(this.plan, this.options.accepted, this.warnings, digest);
    yield { where: IMPORTED, draft };
  }

  private async judged(chunk: readonly Incoming[]): Promise<ReadError | undefined> {
    // A signal is heard here, and whoever heard it need not go on.
    await setImmediate();
    const told = stand(this.ports, this.ledger.reader, this.builtIn, (at) =>
      chunk.flatMap(({ where, draft, chain = '' }) => {
        const isBroken = this.broken.get('', chain) !== undefined;
        const receipt = this.judge(at, draft, isBroken);
        if (receipt !== undefined && chain !== '') this.broken.keep('', chain);
        return receipt === undefined ? [] : [{ where, receipt }];
      }),
    );
    if (E.isLeft(told)) return told.left;
    for (const each of told.right) await this.untaken.add(each);
    return undefined;
  }

  /** What is against a row, undefined where it would be taken or is there already. */
  private judge(
    { ground, view }: Stand,
    stated: JsonObject,
    isBroken: boolean,
  ): Untaken['receipt'] | undefined {
    const { sign, members = {} } = this.options;
    const surface = surfaceFor(stated);
    const made = this.ledger.submission({ ...stated, ...members }, { sign, surface });
    if (E.isLeft(made)) return made.left;
    const { draft, filled } = made.right;
    const found = filled.has('id')
      ? E.right(undefined)
      : this.ledger.reader.find({ id: draft.claim.id });
    const line = E.isRight(found) ? found.right?.line : undefined;
    if (line !== undefined)
      return isSameLine(made.right, line) || holdsRow(stated, line)
        ? undefined
        : { status: 'conflict', reason: 'id_taken', actual: recordedOf(line).event_hash };
    if (isBroken) return { status: 'not_tried' };
    const proposal = propose(this.ports.crypto, surface, draft);
    const decision = judge(proposal, view, ground.set);
    return sealOf(decision) === undefined ? { _tag: 'Objection', decision } : undefined;
  }
}
