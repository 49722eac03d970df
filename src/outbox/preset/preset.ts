/**
 * The formats there are. One more is a file beside this one and a line in the list.
 */
import { cloudevents } from './cloudevents.ts';
import { kaizen } from './kaizen.ts';
import { ndjson } from './ndjson.ts';
import type { Preset } from './shape.ts';
import { standardWebhooks } from './standard-webhooks.ts';

export const PRESETS: readonly Preset[] = [cloudevents, standardWebhooks, ndjson, kaizen];

/** presetOf gives the one of a name. */
export const presetOf = (name: string): Preset | undefined =>
  PRESETS.find((each) => each.name === name);
