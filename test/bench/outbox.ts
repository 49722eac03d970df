/**
 * What the outbox costs: beside a bulk append, against a bare client that posts the same bodies,
 * and of planning and memory, however much was delivered.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import * as fs from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { JsonObject } from '../../ledger/json/value.ts';
import { realWorld } from '../../src/delivery/deliver.ts';
import { flush } from '../../src/delivery/flush.ts';
import { prepare } from '../../src/delivery/prepare.ts';
import type { Renderer } from '../../src/delivery/render.ts';
import { rendererOf } from '../../src/delivery/render.ts';
import type { Standing } from '../../src/delivery/standing.ts';
import { standing } from '../../src/delivery/standing.ts';
import { Ledger } from '../../src/ledger.ts';
import { LIMITS as OUTBOX_LIMITS } from '../../src/outbox/destination.ts';
import { asPayload } from '../../src/outbox/event.ts';
import { LIMITS, layoutOf } from '../../src/storage/layout.ts';
import { realPorts } from '../../src/wiring.ts';
import { right } from '../build/ledger.ts';
import { ORIGIN, foundAt } from './found.ts';
import type { Row } from './measure.ts';
import { compareAsync, median } from './measure.ts';

const BATCH = 1000;
const SOURCE = { kind: 'tool', name: 'bench' };

const draft = (i: number): JsonObject => ({
  event_type: 'invoice.sent',
  payload: { customer: `c-${i % 100}`, number: i, text: 'x'.repeat(120), total: '12.50' },
  session_id: `s-${i % 50}`,
  source: SOURCE,
});

const set = async (ledger: Ledger, url: string, from: number | 'start' = 'start') => {
  const limits = { ...OUTBOX_LIMITS, bytes: 4_000_000 };
  const payload = asPayload({ name: 'bench', url, format: 'ndjson', limits, from });
  const event = { event_type: 'outbox.destination_set', payload, source: SOURCE };
  right(await ledger.append([event], { surface: 'outbox_configuration' }));
};

const fill = async (ledger: Ledger, events: number): Promise<void> => {
  for (let i = 0; i < events; i += BATCH)
    right(await ledger.append(Array.from({ length: BATCH }, (_, k) => draft(i + k))));
};

/** A bulk append with a destination that takes all of it, against one without. */
const enqueueing = async (folder: string): Promise<Row> => {
  const bare = await foundAt(join(folder, 'bare'));
  const watched = await foundAt(join(folder, 'watched'));
  await set(watched, 'http://127.0.0.1:9/');
  let i = 0;
  const append = (ledger: Ledger) => async () =>
    void right(await ledger.append(Array.from({ length: BATCH }, () => draft(i++))));
  const row = await compareAsync(
    { name: 'bulk append of 1000 with a destination', run: append(watched) },
    { name: 'without', run: append(bare) },
    30,
    1.3,
  );
  await bare.close();
  await watched.close();
  return row;
};

/** One that throws away what comes, or one that has a use for it. */
type Kind = 'drops' | 'reads';

const receiver = async (kind: Kind) => {
  const path = fileURLToPath(new URL('receiver.mts', import.meta.url));
  const child = spawn(process.execPath, [path, kind], { stdio: ['pipe', 'pipe', 'inherit'] });
  const [port] = (await once(child.stdout, 'data')) as [Buffer];
  return { url: `http://127.0.0.1:${Number(port)}/`, stop: () => child.stdin.end() };
};

const post = (agent: Agent, url: string, body: Uint8Array): Promise<void> =>
  new Promise((done, fail) => {
    const headers = { 'Content-Length': String(body.length) };
    const sent = request(url, { method: 'POST', agent, headers }, (answer) => {
      answer.resume().on('end', done);
    });
    sent.on('error', fail).end(body);
  });

/** One body after the other, as a destination is sent them that takes one at a time. */
const barely = async (url: string, bodies: readonly Uint8Array[]): Promise<number> => {
  const agent = new Agent({ keepAlive: true });
  const start = performance.now();
  for (const body of bodies) await post(agent, url, body);
  const took = performance.now() - start;
  agent.destroy();
  return took;
};

const preparing = (ledger: Ledger): { readonly now: Standing; readonly renderer: Renderer } => {
  const now = right(standing(ledger.reader, 'bench'));
  if (now === undefined) throw new Error('there is no destination');
  const { secrets, close } = realWorld(ledger);
  close();
  const renderer = right(rendererOf(realPorts.crypto, ORIGIN, now.destination, secrets));
  return { now, renderer };
};

/** All the bodies that a flush makes, ready to be posted. */
const bodiesOf = (ledger: Ledger): readonly Uint8Array[] => {
  const { now, renderer } = preparing(ledger);
  const bodies: Uint8Array[] = [];
  for (let { cursor } = now; ;) {
    const { lanes, through } = right(prepare(ledger.reader, { ...now, cursor }, renderer));
    if (lanes.flat().length === 0) return bodies;
    bodies.push(...lanes.flat().map(({ made }) => made.bytes));
    cursor = through;
  }
};

const plan = (ledger: Ledger) => async () => {
  const { now, renderer } = preparing(ledger);
  if (right(prepare(ledger.reader, now, renderer)).lanes.flat().length === 0)
    throw new Error('no plan');
};

const MIB = 1 << 20;

const delivery = async (folder: string, events: number, kind: Kind): Promise<Row> => {
  const rounds: { readonly own: number; readonly bare: number }[] = [];
  let heap = 0;
  for (let round = 0; round < 5; round++) {
    const ledger = await foundAt(join(folder, `${kind}-${round}`));
    await fill(ledger, events);
    // One that has no ids yet, in each round.
    const [first, second, third] = [
      await receiver(kind),
      await receiver(kind),
      await receiver(kind),
    ];
    await set(ledger, second.url);
    const bodies = bodiesOf(ledger);
    const before = await barely(first.url, bodies);
    const world = realWorld(ledger);
    const timer = setInterval(() => (heap = Math.max(heap, process.memoryUsage().heapUsed)), 20);
    const start = performance.now();
    const [flushed] = right(await flush(world));
    const own = performance.now() - start;
    clearInterval(timer);
    world.close();
    if (flushed?.delivered !== events + 1) throw new Error(JSON.stringify(flushed));
    // Before it and after it: what a machine is at changes within a round, too.
    rounds.push({ own, bare: (before + (await barely(third.url, bodies))) / 2 });
    for (const { stop } of [first, second, third]) stop();
    await ledger.close();
  }
  return {
    name: `delivery of ${events} items, an item (heap at most ${Math.round(heap / MIB)} MiB)`,
    against: `a bare client, to a receiver that ${kind} them`,
    nanoseconds: (median(rounds.map(({ own }) => own)) * 1e6) / events,
    baselineNanoseconds: (median(rounds.map(({ bare }) => bare)) * 1e6) / events,
    ratio: median(rounds.map(({ own, bare }) => own / bare)),
    target: 2,
  };
};

const planning = async (folder: string, events: number): Promise<Row> => {
  // One batch behind all that was delivered, against one where nothing was.
  const large = new Ledger(realPorts, layoutOf(join(folder, 'drops-0')), settingsOf(), {});
  const small = await foundAt(join(folder, 'small'));
  await set(small, 'http://127.0.0.1:9/');
  await fill(small, 2 * BATCH);
  await fill(large, 2 * BATCH);
  const row = await compareAsync(
    { name: `batches are planned behind ${events} delivered`, run: plan(large) },
    { name: 'where nothing was delivered', run: plan(small) },
    30,
    1.2,
  );
  await large.close();
  await small.close();
  return row;
};

const settingsOf = () => ({ origin: ORIGIN, limits: LIMITS });

/** outbox measures the outbox; large with a million items. */
export const outbox = async (isLarge: boolean): Promise<readonly Row[]> => {
  const folder = fs.mkdtempSync(join(tmpdir(), 'ledger-bench-'));
  try {
    const events = isLarge ? 1_000_000 : 100_000;
    return [
      await enqueueing(folder),
      await delivery(folder, events, 'drops'),
      await delivery(folder, events, 'reads'),
      await planning(folder, events),
    ];
  } finally {
    fs.rmSync(folder, { recursive: true });
  }
};
