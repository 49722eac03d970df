/**
 * What is told of an import: its plan, what is wrong with the source, and what became of it.
 */
import { write } from '../../ledger/json/format.ts';
import type { JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { visible } from '../../ledger/render/render.ts';
import type { Plan } from '../import/plan.ts';
import type { Warnings } from '../usecase/import-warnings.ts';
import type { Imported } from '../usecase/import.ts';
import type { Place } from '../usecase/receipt.ts';
import { defectText, importText } from './import-text.ts';
import type { Terminal } from './terminal.ts';
import { jsonLine } from './terminal.ts';

/** tellPlan tells what a sealing event says, or will. */
export const tellPlan = (
  terminal: Terminal,
  status: string,
  payload: JsonObject,
  more: object,
): Promise<void> =>
  terminal.out(
    terminal.isJson ? jsonLine({ status, ...more, report: payload }) : importText(payload),
  );

/** tellMore tells the defects that the report has no room for. */
export const tellMore = async (terminal: Terminal, { defects }: Plan): Promise<void> => {
  for (const { name, file, line, id, reason } of defects.more())
    await terminal.out(
      terminal.isJson
        ? jsonLine({ status: 'defect', name, file, line, id, reason })
        : defectText({ name, file, reason, ...(line === undefined ? {} : { line }) }),
    );
};

/** tellWarnings tells what the ledger that is there has otherwise. */
export const tellWarnings = async (
  terminal: Terminal,
  { told, count }: Warnings,
): Promise<void> => {
  const left = count - told.length;
  const all = left === 0 ? told : [...told, `and ${left} more`];
  for (const message of all)
    await terminal.out(
      terminal.isJson ? jsonLine({ status: 'warning', message }) : `warning: ${visible(message)}\n`,
    );
};

const SAMPLE = 10;

/** What is decided of an event, each where it can be seen whatever the others hold. */
const SHOWN = ['event_type', 'id', 'observed_at', 'session_id', 'domain_tags'] as const;

const sampleText = (draft: JsonObject): string => {
  const { source, payload = null } = draft;
  const members = SHOWN.flatMap((member) => {
    const value = draft[member];
    return value === undefined ? [] : [`${member} ${visible(write(value))}`];
  });
  const name = isObject(source) ? (source['name'] ?? null) : null;
  members.push(`source ${visible(write(name))}`, `payload ${visible(write(payload))}`);
  return members.join(', ');
};

/** tellSample tells the first events as they would be; rows that are none are told as defects. */
export const tellSample = async (terminal: Terminal, plan: Plan): Promise<void> => {
  let left = SAMPLE;
  for (const { where, draft, isUnread } of plan.drafts()) {
    if (isUnread === true) continue;
    if (left-- === 0) return;
    await terminal.out(
      terminal.isJson
        ? jsonLine({ status: 'sample', where, draft })
        : `${visible(where)}: ${sampleText(draft)}\n`,
    );
  }
};

/** An import that is sealed, now or before. */
export interface Sealed extends Omit<Imported, 'seal'> {
  readonly seal: Omit<Place, 'policy'>;
}

/** tellDone tells what was imported, and where it was put. */
export const tellDone = async (
  terminal: Terminal,
  { appended, alreadyRecorded, seal: { seq, id, event_hash }, isNew, payload }: Sealed,
  archived: readonly string[],
): Promise<void> => {
  const status = isNew ? 'imported' : 'already_imported';
  const counts = { appended, already_recorded: alreadyRecorded };
  const sealed = { seq, id, event_hash };
  const more = archived.length === 0 ? {} : { archived };
  await tellPlan(terminal, status, payload, { ...counts, ...sealed, ...more });
  terminal.note(
    `${appended} appended, ${alreadyRecorded} already recorded; sealed by event ${seq}` +
      (archived.length === 0 ? '' : `; files put aside: ${archived.length}`) +
      (isObject(payload['warnings']) ? '; the report has warnings' : ''),
  );
};
