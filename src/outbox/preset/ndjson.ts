/**
 * A line per item: of an event out of which nothing was taken the line of the journal, byte for
 * byte, so that whoever receives it can verify it.
 */
import type { Preset, Sendable } from './shape.ts';
import { PLAIN } from './shape.ts';

/** Neither salt nor hashes: with them, what was taken out could be guessed. */
const rest = ({ seq, id, kind, type, owner, at, payload, isEvent }: Sendable): string =>
  JSON.stringify({
    seq,
    id,
    ...(isEvent ? { event_type: type } : { kind }),
    recorded_at: at,
    ...(owner === '' ? {} : isEvent ? { session_id: owner } : { owner }),
    ...(payload === undefined ? {} : { payload }),
  });

export const ndjson: Preset = {
  ...PLAIN,
  name: 'ndjson',
  contentType: 'application/x-ndjson; charset=utf-8',
  isVerbatim: true,
  write: rest,
  frame: () => ({ before: '', between: '\n', after: '\n' }),
};
