/**
 * Which experiments there are, how each stands, and which sessions were tagged by hand. Events of
 * other types are passed by.
 */
import { native } from '../../ledger/crypto/native.ts';
import { write } from '../../ledger/json/format.ts';
import type { Json } from '../../ledger/json/value.ts';
import type { Experiment, Standing, Tag } from '../experiment/decider.ts';
import { NOTHING, evolve } from '../experiment/decider.ts';
import { experimentOf, isOfExperiment, readHappened } from '../experiment/event.ts';
import { jsonIn } from '../storage/attempt.ts';
import type { Projection, Row, State } from './projection.ts';

/** standingIn reads what is decided by out of rows, as the projection writes them. */
export const standingIn = (experiment: Row | undefined, tag: Row | undefined): Standing => ({
  experiment: experiment === undefined ? NOTHING : (jsonIn(experiment['standing']) as Experiment),
  tag: tag === undefined ? undefined : (jsonIn(tag['standing']) as Tag),
});

const textOf = (value: Experiment | Tag): string => write(value as unknown as Json);

const put = (state: State, id: string, session: string, before: Standing, next: Standing): void => {
  const { experiment, tag } = next;
  if (experiment !== before.experiment && experiment.status !== 'nothing') {
    const { status, created, plan } = experiment;
    const row = { id, status, seq: created.seq, name: plan.name, standing: textOf(experiment) };
    state.put('experiment', row);
  }
  if (tag === before.tag) return;
  if (tag === undefined) state.remove('tag', id, session);
  else state.put('tag', { experiment: id, session, variant: tag.variant, standing: textOf(tag) });
};

/** experiments holds a row for each, and one for each session that is tagged. */
export const experiments: Projection = {
  name: 'experiment',
  version: 1,
  schema: {
    experiment: {
      columns: { id: 'text', status: 'text', seq: 'integer', name: 'text', standing: 'text' },
      key: ['id'],
    },
    tag: {
      columns: { experiment: 'text', session: 'text', variant: 'text', standing: 'text' },
      key: ['experiment', 'session'],
    },
  },
  evolve: (state, event) => {
    if (!isOfExperiment(event.header.event_type)) return;
    const happened = readHappened(event);
    if (happened === undefined) return;
    const id = experimentOf(happened);
    const session = 'session' in happened ? happened.session : '';
    const before = standingIn(
      state.get('experiment', id),
      session === '' ? undefined : state.get('tag', id, session),
    );
    const { seq, id: eventId, recorded_at: time } = event.header;
    const next = evolve(native, before, happened, { seq, id: eventId, time });
    if (next !== undefined) put(state, id, session, before, next);
  },
};
