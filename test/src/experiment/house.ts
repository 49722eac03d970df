/**
 * A real ledger in a folder of its own, for tests of experiments that need no command line.
 */
import * as E from 'fp-ts/lib/Either.js';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { native } from '../../../ledger/crypto/native.ts';
import type { Crypto } from '../../../ledger/crypto/port.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import type { Origin } from '../../../ledger/name.ts';
import type { Command } from '../../../src/experiment/decider.ts';
import type { Happened } from '../../../src/experiment/event.ts';
import { statedOf } from '../../../src/experiment/event.ts';
import type { Plan } from '../../../src/experiment/plan.ts';
import type { Computed } from '../../../src/experiment/report.ts';
import { makeReport } from '../../../src/experiment/report.ts';
import { transition } from '../../../src/experiment/transition.ts';
import { Ledger } from '../../../src/ledger.ts';
import { LIMITS, layoutOf } from '../../../src/storage/layout.ts';
import { foundingDraft, makeFolders, putSettings } from '../../../src/usecase/create.ts';
import { realPorts } from '../../../src/wiring.ts';
import { LOG, ORIGIN, right } from '../../build/ledger.ts';
import { planOf, started, tagged } from './given.ts';

const source = { kind: 'tool', name: 'agent' };

/** event makes a draft of a session's. */
export const event = (
  event_type: string,
  session: string | undefined,
  payload: Json,
): JsonObject => ({
  event_type,
  payload,
  source,
  ...(session === undefined ? {} : { session_id: session }),
});

export const cost = (session: string, usd: Json): JsonObject =>
  event('session.cost', session, { usd });

/** began makes what bindings read. */
export const began = (session: string, is: Json): JsonObject =>
  event('session.started', session, { is });

export class House {
  readonly ledger: Ledger;
  readonly folder: string;

  private constructor(folder: string, ledger: Ledger) {
    this.folder = folder;
    this.ledger = ledger;
  }

  /** A ledger with nothing but its beginning. */
  static async found(): Promise<House> {
    const folder = mkdtempSync(join(tmpdir(), 'ledger-house-'));
    const layout = layoutOf(join(folder, 'ledger'));
    const settings = { origin: ORIGIN as Origin, limits: LIMITS };
    right(makeFolders(realPorts.disk, layout));
    right(putSettings(realPorts.disk, layout, settings));
    const ledger = new Ledger(realPorts, layout, settings, {});
    onTestFinished(async () => {
      await ledger.close();
      rmSync(folder, { recursive: true });
    });
    const founding = foundingDraft(settings.origin, { log: LOG });
    right(await ledger.append([founding], { surface: 'record' }));
    return new House(folder, ledger);
  }

  /** One in which an experiment of such a plan runs. */
  static async running(more: JsonObject = {}): Promise<House> {
    const house = await House.found();
    await house.begin(planOf(more));
    return house;
  }

  async begin(plan: Plan): Promise<void> {
    await this.happen({ kind: 'created', plan });
    await this.happen(started(plan));
  }

  async append(drafts: readonly JsonObject[]): Promise<void> {
    right(await this.ledger.append(drafts));
  }

  /** What the decider and the ledger make of it: `appended`, `told` or why not. */
  async happen(command: Command): Promise<string> {
    const done = await transition(
      native,
      this.ledger.reader,
      command,
      async (stated, expectRows) => {
        const options = { surface: 'experiment_transition', expectRows } as const;
        const appended = await this.ledger.append([{ ...stated, source }], options);
        return E.map((receipts: readonly { readonly status: string }[]) => receipts[0] as never)(
          appended,
        );
      },
    );
    if (E.isRight(done)) return done.right?.status ?? 'nothing';
    return done.left._tag === 'ExperimentRefused' ? done.left.reason : done.left._tag;
  }

  /** Records what nobody decides: a note, or an event that nobody would have decided. */
  async record(happened: Happened, surface: 'record' | 'experiment_transition'): Promise<void> {
    right(await this.ledger.append([{ ...statedOf(happened), source }], { surface }));
  }

  /** Tags so many sessions, the first of them as the control. */
  async tag(count: number, control: number): Promise<void> {
    const tags = Array.from({ length: count }, (_, n) => {
      const stated = statedOf(tagged(`s-${n}`, n < control ? 'control' : 'treatment'));
      return { ...stated, source };
    });
    right(await this.ledger.append(tags, { surface: 'experiment_transition' }));
  }

  get size(): number {
    return right(this.ledger.reader.ended())?.size ?? 0;
  }

  report(crypto: Crypto = native, size = this.size): Computed {
    return right(makeReport(crypto, this.ledger.reader, 'cheaper-cache', size));
  }
}
