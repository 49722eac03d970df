/**
 * The experiments of a database and their tags: each as it stands there, the steps by which it came
 * there, and the tags of no experiment.
 */
import type { Crypto } from '../../../ledger/crypto/port.ts';
import type { Recorded } from '../plan.ts';
import type { KaizenDatabase } from './database.ts';
import type { Notes } from './note.ts';
import { shortDigest } from './origin.ts';
import type { Retold } from './retold.ts';
import { retold, withdrawn } from './retold.ts';
import { experimentDrafts } from './to-experiment.ts';

interface Placed extends Retold {
  readonly place: string;
}

/** experimentsOf gives what becomes of them. */
export function* experimentsOf(
  crypto: Crypto,
  database: KaizenDatabase,
  notes: Notes,
  recorded: Recorded,
): Generator<Placed, void> {
  for (const { place: at, ...each } of database.experiments()) {
    const place = `experiment ${each.id}`;
    const tags = database.tagsOf(at);
    const told = experimentDrafts(crypto, each, tags);
    for (const note of told.notes) notes.add('experiment', `${place}: ${note}`);
    const id = String(each.id);
    const draft = {
      id: `kaizen:experiment:${shortDigest(JSON.stringify([each, tags]))}`,
      event_type: 'kaizen.experiment',
      payload: { ...each, tags: tags.map(({ session_id, variant }) => [session_id, variant]) },
    };
    const hasSteps = told.drafts.length > 0;
    yield { place, draft, warning: hasSteps ? withdrawn(recorded, id, told.drafts) : undefined };
    if (hasSteps)
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
