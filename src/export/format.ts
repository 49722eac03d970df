/**
 * The formats that are a text, event by event, each as a function of its events alone: the same
 * events are the same bytes, wherever and whenever.
 */
import { cloudEvent } from './cloud-event.ts';
import type { CsvOptions } from './csv.ts';
import { csvHead, csvRow } from './csv.ts';
import { eventOf } from './event.ts';
import { ocsfLine } from './ocsf/line.ts';
import type { OcsfMap } from './ocsf/map.ts';
import type { Selected } from './read.ts';

export const TEXT_FORMATS = ['ndjson', 'csv', 'cloudevents', 'ocsf'] as const;
export type TextFormat = (typeof TEXT_FORMATS)[number];

export interface TextOptions extends CsvOptions {
  readonly ocsfMap?: OcsfMap;
}

export interface Writer {
  /** What comes before the first event. */
  readonly head: string;
  readonly of: (selected: Selected) => string;
}

/** writerOf gives how a format is written. */
export const writerOf = (format: TextFormat, options: TextOptions = {}): Writer => {
  switch (format) {
    case 'ndjson':
      return { head: '', of: ({ text }) => `${text}\n` };
    case 'csv':
      return { head: csvHead(options), of: ({ line }) => csvRow(eventOf(line), options) };
    case 'cloudevents':
      return { head: '', of: ({ line }) => cloudEvent(eventOf(line)) };
    case 'ocsf': {
      const { ocsfMap = [] } = options;
      return { head: '', of: ({ line }) => ocsfLine(eventOf(line), ocsfMap) };
    }
  }
};
