/**
 * CloudEvents 1.0, as a structured batch in JSON. The id is the event's, the source the ledger; the
 * extension `sequence` orders the events of a ledger, as texts too. Its attributes hold no control
 * characters.
 */
import type { Preset, Sendable } from './shape.ts';
import { PLAIN } from './shape.ts';

const DIGITS = 16;
const CONTROL = /\p{Cc}/u;

const eventOf = ({ seq, id, type, owner, at, payload }: Sendable, origin: string) => ({
  specversion: '1.0',
  id,
  source: `//${origin}`,
  type,
  time: at,
  ...(owner === '' ? {} : { subject: owner }),
  sequence: String(seq).padStart(DIGITS, '0'),
  ...(payload === undefined ? {} : { datacontenttype: 'application/json', data: payload }),
});

export const cloudevents: Preset = {
  ...PLAIN,
  name: 'cloudevents',
  contentType: 'application/cloudevents-batch+json; charset=utf-8',
  write: (item, origin) =>
    CONTROL.test(item.type) || CONTROL.test(item.owner)
      ? { unfit: 'control_characters' }
      : JSON.stringify(eventOf(item, origin)),
  frame: () => ({ before: '[', between: ',', after: ']' }),
};
