/**
 * The experiments of a database and their tags: each as it stands there, the steps by which it came
 * there, and the tags of no experiment.
 */
import type { Crypto } from '../../../ledger/crypto/port.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import type { Recorded } from '../plan.ts';
import { Scratch } from '../scratch.ts';
import type { Columns, KaizenDatabase, StoredTag } from './database.ts';
import type { Notes } from './note.ts';
import { shortDigest, shortDigestOf } from './origin.ts';
import type { Retold } from './retold.ts';
import { retold, withdrawn } from './retold.ts';
import type { Tags, Told } from './to-experiment.ts';
import { experimentDrafts } from './to-experiment.ts';

interface Placed extends Retold {
  readonly place: string;
}

/** So many tags stand in one event. */
const MOST_TAGS = 5000;

const AGAIN: Told = { notes: ['another one of this id stands before it'], steps: () => [] };

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

/** The events that hold an experiment and its tags. */
function* standing({ each, tags, digest }: Whole): Generator<JsonObject, void> {
  let from = 0;
  let pairs: Json[] = [];
  const held = (): JsonObject => {
    if (from === 0)
      return {
        id: `kaizen:experiment:${digest}`,
        event_type: 'kaizen.experiment',
        payload: { ...each, tags: pairs },
      };
    const payload = { id: each.id, from, tags: pairs };
    return {
      id: `kaizen:tags:${shortDigest(JSON.stringify(payload))}`,
      event_type: 'kaizen.experiment_tags',
      payload,
    };
  };
  for (const { session_id: session, variant } of tags.each()) {
    if (pairs.length === MOST_TAGS) {
      yield held();
      from += pairs.length;
      pairs = [];
    }
    pairs.push([session, variant]);
  }
  yield held();
}

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
      const id = String(each.id);
      const place = `experiment ${id}`;
      const note = (text: string): void => notes.add('experiment', `${place}: ${text}`);
      const whole = wholeOf(each, () => database.tagsOf(at));
      const isFirst = scratch.keep('seen', id);
      const told = isFirst ? experimentDrafts(crypto, each, whole.tags, scratch) : AGAIN;
      for (const text of told.notes) note(text);
      let warning = isFirst
        ? withdrawn(recorded, id, () => told.steps(unheard), scratch)
        : undefined;
      for (const draft of standing(whole)) {
        yield { place, draft, warning };
        warning = undefined;
      }
      for (const step of retold(crypto, recorded, id, told.steps(note))) yield { place, ...step };
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
