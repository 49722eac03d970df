/**
 * The experiments of a database and their tags: each as it stands there, the steps by which it came
 * there, and the tags of no experiment.
 */
import type { Crypto } from '../../../ledger/crypto/port.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import type { Recorded } from '../plan.ts';
import { bytesOf, roomIn } from '../room.ts';
import { Scratch } from '../scratch.ts';
import type { Columns, KaizenDatabase, StoredTag } from './database.ts';
import type { Notes } from './note.ts';
import { shortDigest, shortDigestOf } from './origin.ts';
import type { Retold } from './retold.ts';
import { retold, withdrawn } from './retold.ts';
import type { Tags } from './to-experiment.ts';
import { experimentDrafts, none } from './to-experiment.ts';

interface Placed extends Retold {
  readonly place: string;
}

/** So many tags stand in one event at most. */
const MOST_TAGS = 5000;
const COMMA = 1;

interface Whole {
  readonly each: Columns;
  readonly tags: Tags;
  readonly digest: string;
}

/** What an experiment is as it stands there: all of it has one digest. */
const wholeOf = (each: Columns, tags: () => Iterable<StoredTag>): Whole => {
  let count = 0;
  const text = function* (): Generator<string, void> {
    yield `[${JSON.stringify(each)},[`;
    for (const tag of tags()) yield `${count++ === 0 ? '' : ','}${JSON.stringify(tag)}`;
    yield ']]';
  };
  const digest = shortDigestOf(text());
  return { each, tags: { count, each: tags }, digest };
};

/** The events that hold an experiment and its tags: so many in each as there is room for. */
function* standing({ each, tags, digest }: Whole): Generator<JsonObject, void> {
  let payload: JsonObject = { ...each, tags: [] };
  let draft: JsonObject = { id: `kaizen:experiment:${digest}`, event_type: 'kaizen.experiment' };
  let from = 0;
  let pairs: Json[] = [];
  let room = roomIn(payload) + COMMA;
  const held = (): JsonObject => {
    const whole = { ...payload, tags: pairs };
    const id = `kaizen:tags:${shortDigest(JSON.stringify(whole))}`;
    return { id, event_type: 'kaizen.experiment_tags', ...draft, payload: whole };
  };
  for (const { session_id: session, variant } of tags.each()) {
    const pair = [session, variant];
    const bytes = bytesOf(pair) + COMMA;
    if (pairs.length === MOST_TAGS || room < bytes) {
      yield held();
      from += pairs.length;
      [draft, pairs] = [{}, []];
      payload = { id: each.id, from, tags: [] };
      room = roomIn(payload) + COMMA;
    }
    pairs.push(pair);
    room -= bytes;
  }
  yield held();
}

const COUNTS = 'counts';
const NO_TAGS: Tags = { count: 0, each: () => [] };

/** The place of the one that counts of those that have its id: the first one that has a plan. */
const countingOf = (
  crypto: Crypto,
  database: KaizenDatabase,
  scratch: Scratch,
  { id, at }: { readonly id: string | null; readonly at: string },
): string => {
  // One that has none shares it with nobody whose id is a text.
  const key = id === null ? 'none' : `id ${id}`;
  const known = scratch.get(COUNTS, key);
  if (known !== undefined) return known;
  let counting = at;
  for (const { place, ...each } of database.sharing(at))
    if (experimentDrafts(crypto, each, NO_TAGS, scratch).isPlanned) {
      counting = place;
      break;
    }
  scratch.keep(COUNTS, key, counting);
  return counting;
};

const unheard = (): void => undefined;

/** experimentsOf gives what becomes of them. */
export function* experimentsOf(
  crypto: Crypto,
  database: KaizenDatabase,
  notes: Notes,
  recorded: Recorded,
): Generator<Placed, void> {
  const scratch = new Scratch();
  try {
    for (const { place: at, ...each } of database.experiments()) {
      const stated = each.id;
      const id = stated ?? '';
      const place = `experiment ${stated ?? 'without an id'}`;
      const note = (text: string): void => notes.add('experiment', `${place}: ${text}`);
      const whole = wholeOf(each, () => database.tagsOf(at));
      const counting = countingOf(crypto, database, scratch, { id: stated, at });
      const counts = counting === at;
      const told = counts
        ? experimentDrafts(crypto, each, whole.tags, scratch)
        : none([`another one of its id counts: row ${counting} of experiments`]);
      for (const text of told.notes) note(text);
      let warning = counts
        ? withdrawn(recorded, id, () => told.steps(unheard), scratch)
        : undefined;
      for (const draft of standing(whole)) {
        yield { place, draft, warning };
        warning = undefined;
      }
      const chain = `experiment ${id}`;
      for (const step of retold(crypto, recorded, id, told.steps(note)))
        yield { place, chain, ...step };
    }
  } finally {
    scratch.close();
  }
  for (const tag of database.strayTags()) {
    notes.add('tag_without_experiment', `${tag.session_id} of ${tag.experiment_id}`);
    const draft = {
      id: `kaizen:tag:${shortDigest(tag.experiment_id, tag.session_id, tag.variant)}`,
      event_type: 'kaizen.experiment_tag',
      payload: { ...tag },
    };
    yield { place: `tag ${tag.session_id}`, draft };
  }
}
