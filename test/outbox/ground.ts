/**
 * A ledger with destinations, its deliveries over real HTTP in a time of its own: who sleeps makes
 * it later at once.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { JsonObject } from '../../ledger/json/value.ts';
import type { Flushed, FlushOptions } from '../../src/delivery/flush.ts';
import { flush } from '../../src/delivery/flush.ts';
import type { ItemState, Listed } from '../../src/delivery/list.ts';
import { listItems } from '../../src/delivery/list.ts';
import { poster } from '../../src/delivery/post.ts';
import { secretsOf } from '../../src/delivery/secret.ts';
import { standing } from '../../src/delivery/standing.ts';
import { statusOf } from '../../src/delivery/status.ts';
import type { Health, World } from '../../src/delivery/world.ts';
import type { Ledger } from '../../src/ledger.ts';
import { openLedger } from '../../src/front-door.ts';
import type { Destination } from '../../src/outbox/destination.ts';
import { LIMITS } from '../../src/outbox/destination.ts';
import { asPayload } from '../../src/outbox/event.ts';
import type { Surface } from '../../policies/surface.ts';
import { isTaken } from '../../src/usecase/receipt.ts';
import { realPorts } from '../../src/wiring.ts';
import { right } from '../build/ledger.ts';
import { found } from '../crash/ground.ts';
import type { Script } from './receiver.ts';
import { Receiver } from './receiver.ts';

export interface Ground {
  readonly folder: string;
  readonly ledger: Ledger;
  readonly receiver: Receiver;
  readonly world: World;
  readonly slept: number[];
  readonly health: Health[];
  readonly environment: Record<string, string>;
}

/** worldOf makes the world of a ledger, in which a second takes no time. */
export const worldOf = (ledger: Ledger) => {
  let now = Date.UTC(2026, 10, 20, 9);
  const slept: number[] = [];
  const health: Health[] = [];
  const environment: Record<string, string> = {};
  const { post, close } = poster();
  onTestFinished(close);
  const world: World = {
    ledger,
    ports: realPorts,
    post,
    secrets: secretsOf(realPorts.disk, environment),
    now: () => now,
    sleep: async (ms) => {
      slept.push(ms);
      now += ms;
    },
    random: () => 0.5,
    onHealth: (told) => void health.push(told),
  };
  return { world, slept, health, environment };
};

/** receive starts a receiver for a test. */
export const receive = async (): Promise<Receiver> => {
  const receiver = await new Receiver().start();
  onTestFinished(() => receiver.stop());
  return receiver;
};

/** ground makes a ledger and a receiver. */
export const ground = async (): Promise<Ground> => {
  const folder = mkdtempSync(join(tmpdir(), 'ledger-outbox-'));
  await found(folder, []);
  const ledger = right(openLedger(folder));
  onTestFinished(async () => {
    await ledger.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return { folder, ledger, receiver: await receive(), ...worldOf(ledger) };
};

const SOURCE = { kind: 'tool', name: 'test' };

/** write appends events; one that is not taken throws. */
export const write = async (ledger: Ledger, drafts: readonly JsonObject[]): Promise<void> => {
  const receipts = right(await ledger.append(drafts.map((each) => ({ source: SOURCE, ...each }))));
  const refused = receipts.find((each) => !isTaken(each));
  if (refused !== undefined) throw new Error(JSON.stringify(refused));
};

/** configure writes what people say of the outbox. */
export const configure = async (
  ledger: Ledger,
  event_type: string,
  payload: object,
): Promise<void> => {
  const draft = { event_type, payload: asPayload(payload), source: SOURCE };
  const receipts = right(await ledger.append([draft], { surface: 'outbox_configuration' }));
  const refused = receipts.find((each) => !isTaken(each));
  if (refused !== undefined) throw new Error(JSON.stringify(refused));
};

/** before has somebody say something just before the first event of a kind is recorded. */
export const before = (
  world: World,
  isMeant: (draft: JsonObject) => boolean,
  say: () => Promise<void>,
): World => {
  let isSaid = false;
  const append: Ledger['append'] = async (drafts, options) => {
    if (!isSaid && drafts.some(isMeant)) {
      isSaid = true;
      await say();
    }
    return world.ledger.append(drafts, options);
  };
  return { ...world, ledger: Object.create(world.ledger, { append: { value: append } }) as Ledger };
};

/** unread writes what no release of ours writes: an event that nobody can read back. */
export const unread = async (
  ledger: Ledger,
  draft: JsonObject,
  surface: Surface,
): Promise<void> => {
  const submission = right(ledger.submission(draft));
  const receipts = right(await ledger.submit([{ ...submission, surface }]));
  if (!receipts.every(isTaken)) throw new Error(JSON.stringify(receipts));
};

type Setting = Omit<Partial<Destination>, 'limits'> & { readonly limits?: object };

/** setUp sets a destination: lines to the receiver, at most so many, with no time to lose. */
export const setUp = async (
  { ledger, receiver }: Pick<Ground, 'ledger' | 'receiver'>,
  more: Setting = {},
): Promise<void> =>
  configure(ledger, 'outbox.destination_set', {
    name: 'hooks',
    url: receiver.url,
    format: 'ndjson',
    types: ['a.*'],
    ...more,
    limits: { ...LIMITS, timeout_ms: 2000, ...more.limits },
  });

/** An event that is to be sent. */
export interface Draft extends JsonObject {
  readonly event_type: string;
  readonly id: string;
  readonly session_id?: string;
}

/** events makes drafts; each third has no session, the others take turns. */
export const events = (count: number, from = 0): readonly Draft[] =>
  Array.from({ length: count }, (_, at) => ({
    event_type: 'a.b',
    id: `e-${from + at}`,
    payload: { n: from + at },
    ...(at % 3 === 0 ? {} : { session_id: `s-${at % 3}` }),
  }));

/** withEvents makes a ledger with so many events for the one destination, and its oracle. */
export const withEvents = async (count: number, script: Script, more: Setting = {}) => {
  const g = await ground();
  const drafts = events(count);
  await setUp(g, more);
  await write(g.ledger, drafts);
  g.receiver.script = script;
  return { ...g, drafts, faults: () => faultsIn(g.ledger, g.receiver, drafts) };
};

/** owned makes an event of an owner of its own. */
export const owned = (id: string): Draft => ({
  event_type: 'a.b',
  id,
  session_id: id,
  payload: {},
});

/** withTwo makes a ledger with two such events, each alone in its batch, in two lanes. */
export const withTwo = async (more: Setting = {}): Promise<Ground> => {
  const g = await ground();
  await setUp(g, { limits: { items: 1, attempts: 8 }, concurrency: 2, ...more });
  await write(g.ledger, ['e-0', 'e-1'].map(owned));
  return g;
};

/** asking answers that it is to be left alone for so many seconds. */
export const asking = (seconds: string) => ({ status: 503, headers: { 'retry-after': seconds } });

/** statusIn gives what status tells of the one destination. */
export const statusIn = ({ ledger, world }: Pick<Ground, 'ledger' | 'world'>) => {
  const now = right(standing(ledger.reader, 'hooks'));
  return now && right(statusOf(ledger.reader, now, world.now()));
};

/** deliver flushes, and gives what is told of the one destination. */
export const deliver = async (world: World, options: FlushOptions = {}): Promise<Flushed> => {
  const [flushed] = right(await flush(world, options));
  if (flushed === undefined) throw new Error('there is no destination');
  return flushed;
};

/** itemsIn lists the ids of a state. */
export const listed = (ledger: Ledger, state: ItemState, name = 'hooks'): readonly Listed[] => {
  const now = right(standing(ledger.reader, name));
  return now === undefined
    ? []
    : [...listItems(ledger.reader, now, state)].map((each) => right(each));
};

/** typesIn lists the types of the outbox's events, in order. */
export const outboxTypes = (ledger: Ledger): readonly string[] =>
  [...ledger.read()].flatMap((read) => {
    const { header } = JSON.parse(right(read).line) as { readonly header: { event_type: string } };
    return header.event_type.startsWith('outbox.') ? [header.event_type.slice(7)] : [];
  });

/** payloadsOf gives what events of a type say. */
export const payloadsOf = (g: Ground, type: string): readonly Readonly<Record<string, unknown>>[] =>
  [...g.ledger.read({ types: [type as never] })].map(
    (read) =>
      (JSON.parse(right(read).line) as { payload: Readonly<Record<string, unknown>> }).payload,
  );

/**
 * faultsIn is the oracle: what is wrong between a ledger and a receiver that honours keys, of the
 * events that were to go there. Nothing is lost, nothing takes effect twice, no key stands for two
 * bodies, no owner's items overtake each other, and what is parked says why.
 */
export const faultsIn = (
  ledger: Ledger,
  receiver: Receiver,
  drafts: readonly Draft[],
  name = 'hooks',
): readonly string[] => {
  const ids = drafts.map(({ id }) => id);
  const told = (state: ItemState): readonly string[] =>
    listed(ledger, state, name).map(({ item }) => item);
  const { effective } = receiver;
  const states = ['waiting', 'planned', 'delivered', 'parked', 'dropped', 'superseded'] as const;
  const all = states.flatMap(told);
  const delivered = new Set(told('delivered'));
  const owners = new Map(drafts.map(({ id, session_id: of = '' }) => [id, of]));
  const lines = new Map<string, number[]>();
  for (const id of effective) {
    const owner = owners.get(id) ?? '';
    lines.set(owner, [...(lines.get(owner) ?? []), ids.indexOf(id)]);
  }
  return [
    ...receiver.keysOfTwo.map((key) => `${key} stands for two bodies`),
    ...effective.filter((id, at) => effective.indexOf(id) !== at).map((id) => `${id} twice`),
    ...ids.filter((id) => !all.includes(id)).map((id) => `${id} is lost`),
    ...all.filter((id, at) => all.indexOf(id) !== at).map((id) => `${id} stands twice`),
    ...[...delivered].filter((id) => !effective.includes(id)).map((id) => `${id} never arrived`),
    ...listed(ledger, 'parked', name)
      .filter(({ reason }) => reason === undefined)
      .map(({ item }) => `${item} is parked for no reason`),
    ...[...lines]
      .filter(([, line]) => line.some((at, i) => at < (line[i - 1] ?? -1)))
      .map(([owner]) => `the items of ${owner} overtook each other`),
  ];
};
