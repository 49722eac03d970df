/**
 * Sentences for what an audit found beside the lines, and for what it left open.
 */
import { NOT_PROVED_TEXTS } from '../../ledger/render/finding-text.ts';
import { render, visible } from '../../ledger/render/render.ts';
import type { Finding } from '../../ledger/finding.ts';
import type { Open, ReportFinding, StoreCode } from '../verify/report.ts';
import { STORE_CODES } from '../verify/report.ts';

const EVIDENCE = 'Do not append. Keep it as evidence, and compare it with an earlier copy.';
const REPLAY = 'Run ledger replay: it makes the mirror anew from the journal.';

const TEXTS: Record<StoreCode, readonly [what: string, next: string]> = {
  segment_gap: ['a file of the journal is missing before it', EVIDENCE],
  segment_misnamed: ['the file bears another name than its first event', EVIDENCE],
  segment_empty: ['the file is empty and is not the last one', EVIDENCE],
  decision_differs: ['the policies in force decide otherwise than what was sealed', EVIDENCE],
  tail_torn: ['the last line was not finished', 'The next append sets it aside, or ledger replay.'],
  mirror_missing: ['there is no mirror', REPLAY],
  mirror_unreadable: ['the mirror cannot be read', REPLAY],
  mirror_version: ['the mirror is none of this release', REPLAY],
  mirror_schema: ['the tables of the mirror are not as they were made', REPLAY],
  mirror_damaged: ['the mirror is damaged', REPLAY],
  mirror_behind: [
    'the mirror lacks the last events',
    'The next append adds them, or ledger replay.',
  ],
  mirror_ahead: ['the mirror holds events that the journal lost', EVIDENCE],
  mirror_line: ['the mirror holds another line than the journal', REPLAY],
  mirror_column: ['the mirror would look the event up by something else', REPLAY],
  mirror_tags: ['the mirror has other tags for the event', REPLAY],
  mirror_node: ['a node of the tree is another in the mirror', REPLAY],
  mirror_end: ['the mirror says that the ledger ends otherwise', REPLAY],
  projection_differs: ['the projection holds something else than its events make', REPLAY],
  projection_stopped: ['the projection stopped at the event', 'Mend it, then: ledger replay.'],
  projection_lags: ['the projection has not taken the last events', 'The next append does it.'],
};

const OPEN: Record<Exclude<Open, keyof typeof NOT_PROVED_TEXTS>, string> = {
  events_after_the_time_was_up: 'the time was up before everything was read',
  mirror_not_looked_at: 'the mirror was not looked at',
};

const isStoreCode = (code: string): code is StoreCode => Object.hasOwn(STORE_CODES, code);

/** placeOf tells where it is. */
export const placeOf = ({ segment, line, offset, seq }: ReportFinding): string =>
  [
    ...(segment === undefined ? [] : [`${visible(segment)}:${line ?? 1} (byte ${offset ?? 0})`]),
    ...(seq === undefined ? [] : [`event ${seq}`]),
  ].join(', ');

/** findingText tells what was found, and what to do next. */
export const findingText = (
  found: ReportFinding,
): { readonly what: string; readonly next: string } => {
  const { code } = found;
  if (!isStoreCode(code)) return render({ _tag: 'Finding', ...found } as Finding);
  const [text, next] = TEXTS[code];
  const facts = [found.member, found.reason, found.actual].filter((fact) => fact !== undefined);
  return { what: facts.length === 0 ? text : `${text} (${facts.map(visible).join(', ')})`, next };
};

/** openText tells what was not proved. */
export const openText = (open: Open): string =>
  open in OPEN
    ? OPEN[open as keyof typeof OPEN]
    : NOT_PROVED_TEXTS[open as keyof typeof NOT_PROVED_TEXTS];
