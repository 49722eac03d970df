/**
 * The experiments of a database and their tags: each as it stands there, the steps by which it came
 * there, and the tags of no experiment.
 */
import type { Crypto } from '../../../ledger/crypto/port.ts';
import type { Json, JsonObject } from '../../../ledger/json/value.ts';
import type { Recorded } from '../plan.ts';
import type { KaizenDatabase, StoredTag } from './database.ts';
import type { Notes } from './note.ts';
import { shortDigest } from './origin.ts';
import type { Retold } from './retold.ts';
import { retold, withdrawn } from './retold.ts';
import type { Told } from './to-experiment.ts';
import { experimentDrafts } from './to-experiment.ts';

interface Placed extends Retold {
  readonly place: string;
}

/** So many tags stand in one event. */
const MOST_TAGS = 5000;

const AGAIN: Told = { drafts: [], notes: ['another one of this id stands before it'] };

const pairsOf = (tags: readonly StoredTag[]): Json =>
  tags.map(({ session_id: session, variant }) => [session, variant]);

const moreTags = (payload: JsonObject): JsonObject => ({
  id: `kaizen:tags:${shortDigest(JSON.stringify(payload))}`,
  event_type: 'kaizen.experiment_tags',
  payload,
});

/** experimentsOf gives what becomes of them. */
export function* experimentsOf(
  crypto: Crypto,
  database: KaizenDatabase,
  notes: Notes,
  recorded: Recorded,
): Generator<Placed, void> {
  const seen = new Set<string>();
  for (const { place: at, ...each } of database.experiments()) {
    const id = String(each.id);
    const place = `experiment ${id}`;
    const tags = database.tagsOf(at);
    const told = seen.has(id) ? AGAIN : experimentDrafts(crypto, each, tags);
    seen.add(id);
    for (const note of told.notes) notes.add('experiment', `${place}: ${note}`);
    const draft = {
      id: `kaizen:experiment:${shortDigest(JSON.stringify([each, tags]))}`,
      event_type: 'kaizen.experiment',
      payload: { ...each, tags: pairsOf(tags.slice(0, MOST_TAGS)) },
    };
    const warning = told === AGAIN ? undefined : withdrawn(recorded, id, told.drafts);
    yield { place, draft, warning };
    for (let from = MOST_TAGS; from < tags.length; from += MOST_TAGS)
      yield {
        place,
        draft: moreTags({ id: each.id, from, tags: pairsOf(tags.slice(from, from + MOST_TAGS)) }),
      };
    for (const step of retold(crypto, recorded, id, told.drafts)) yield { place, ...step };
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
