/**
 * Sentences for what an audit found beside the lines, and for what it left open.
 */
import { NOT_PROVED_TEXTS } from '../../ledger/render/finding-text.ts';
import { render, visible } from '../../ledger/render/render.ts';
import type { Finding } from '../../ledger/finding.ts';
import type { NotProved } from '../../ledger/chain/verify.ts';
import type { Late, Open, ReportFinding, StoreCode, StoreOpen, Unread } from '../verify/report.ts';
import { STORE_CODES, isOfOthers } from '../verify/report.ts';
import { BEHIND, FORKED, OTHERS, roomText } from './store-text.ts';

const EVIDENCE = 'Do not append. Keep it as evidence, and compare it with an earlier copy.';
const REPLAY = 'Run ledger replay: it makes the mirror anew from the journal.';

const TEXTS: Record<StoreCode, readonly [what: string, next: string]> = {
  segment_gap: ['a file of the journal is missing before it', EVIDENCE],
  segment_misnamed: ['the file bears another name than its first event', EVIDENCE],
  segment_empty: ['the file is empty and is not the last one', EVIDENCE],
  conclusion_differs: [
    'the events up to where an experiment was concluded do not give what was concluded',
    EVIDENCE,
  ],
  decision_differs: ['the policies in force decide otherwise than what was sealed', EVIDENCE],
  mark_origin: ['the mark is of another ledger', 'Name a mark of this ledger.'],
  mark_beyond_end: ['the ledger is shorter than it was when the mark was made', EVIDENCE],
  mark_mismatch: ['the ledger holds another event where the mark ends', EVIDENCE],
  mark_moved: [
    'the journal lies otherwise in its files than when the mark was made; all of it was read',
    'Have this verification write a new mark.',
  ],
  since_beyond_end: [
    'the ledger ends before the event to begin at',
    'Name an earlier event, or hold a checkpoint against it.',
  ],
  attestation_required: ['nobody attested it, and that was asked for', 'Ask who brought it.'],
  checkpoint_required: [
    'no checkpoint that was given was matched, and that was asked for',
    'Give one that was kept elsewhere: --checkpoint FILE.',
  ],
  checkpoint_key_unknown: [
    'none of the keys that were named signed the checkpoint',
    'Compare the key of the log with whoever runs it; then name it with --vkey.',
  ],
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
  mirror_ahead: ['the mirror holds, or says it held, events that the journal lost', BEHIND],
  mirror_forked: ['the mirror ends with an event that the journal does not have', FORKED],
  mirror_line: ['the mirror holds another line than the journal', REPLAY],
  mirror_column: ['the mirror would look the event up by something else', REPLAY],
  mirror_tags: ['the mirror has other tags for the event', REPLAY],
  mirror_node: ['a node of the tree is another in the mirror', REPLAY],
  mirror_end: ['the mirror says that the ledger ends otherwise', REPLAY],
  projection_differs: ['the projection holds something else than its events make', REPLAY],
  projection_stopped: ['the projection stopped at the event', 'Mend it, then: ledger replay.'],
  projection_lags: ['the projection has not taken the last events', 'The next append does it.'],
  exception_unreviewed: [
    'an exception was used, and nobody has reviewed that in time',
    'Have an operator with no part in it do so: ledger break-glass review ID.',
  ],
  outbox_receipt_unplanned: [
    'a receipt is of nothing that was there to be answered for, or says otherwise than its plan',
    'Ask who wrote it: the outbox did not. Compare with what the receiver has.',
  ],
  outbox_plan_differs: [
    'a plan is of other items than there were to be sent, or of others than the key stands for',
    'Ask who wrote it: the outbox did not. Compare with what the receiver has.',
  ],
  outbox_body_differs: [
    'two different bodies are recorded under one key',
    'Ask who wrote it: the outbox did not. Compare with what the receiver has.',
  ],
};

const OPEN: Record<StoreOpen, string> = {
  no_checkpoint_given: 'no checkpoint was given: a cut tail or a rewritten whole cannot be seen',
  ids_before_the_mark: 'that no event behind the mark bears the id of one before it',
  references_before_the_mark:
    'what events behind the mark say of some before it: no mirror could prove what stands there',
  checkpoint_before_the_mark:
    'that the checkpoint beside the journal is of this ledger: the mark lies behind it',
  mirror_not_looked_at: 'the mirror was not looked at, nor what experiments concluded',
  mirror_not_readable_here:
    'the mirror was not looked at, nor what experiments concluded: nothing can be written beside ' +
    'it, and it could not be copied',
  mirror_before:
    'what the mirror holds of earlier events, and that its projections are what all events make',
  projections_unknown: 'what projections hold that are not known here',
  conclusions_not_computed:
    'what experiments concluded: by a method that is unknown here or not told, or of events that ' +
    'were not all there',
};

const unreadText = (unread: Unread | Late): string => {
  const { open, bytes } = unread;
  switch (open) {
    case 'bytes_before_the_mark':
      return (
        `the first ${bytes} bytes, ${unread.before} events, were not read again: ` +
        'the mark vouches for them'
      );
    case 'payloads_before':
      return `${bytes} bytes of payloads before event ${unread.before} were not read again`;
    case 'events_after_the_time_was_up':
      return `the time was up: ${bytes} bytes, from event ${unread.from} on, were not read`;
  }
};

const isStoreCode = (code: string): code is StoreCode => Object.hasOwn(STORE_CODES, code);

/** placeOf tells where it is. */
export const placeOf = ({ segment, line, offset, seq }: ReportFinding): string =>
  [
    ...(segment === undefined ? [] : [`${visible(segment)}:${line ?? 1} (byte ${offset ?? 0})`]),
    ...(seq === undefined ? [] : [`event ${seq}`]),
  ].join(', ');

/** What must come first where the mirror is one of others. */
const waitsFor = (found: ReportFinding): string | undefined => {
  if (isOfOthers(found)) return OTHERS;
  const isHeldUp = found.code === 'tail_torn' && found.severity === 'warning';
  return isHeldUp ? 'Nobody sets it aside before the mirror is one of this ledger.' : undefined;
};

/** findingText tells what was found, and what to do next. */
export const findingText = (
  found: ReportFinding,
): { readonly what: string; readonly next: string } => {
  const { code, severity } = found;
  if (!isStoreCode(code)) {
    const text = render({ _tag: 'Finding', ...found } as Finding);
    // None that the next append sets aside: that is told of as a torn tail.
    const isKept = code === 'line_not_terminated' && severity === 'tampered';
    return isKept ? { ...text, next: EVIDENCE } : text;
  }
  const [text, mend] = TEXTS[code];
  const next = waitsFor(found) ?? roomText(found.reason ?? '')?.next ?? mend;
  const facts = [found.member, found.reason, found.actual].filter((fact) => fact !== undefined);
  return { what: facts.length === 0 ? text : `${text} (${facts.map(visible).join(', ')})`, next };
};

const isStoreOpen = (open: NotProved | StoreOpen): open is StoreOpen => open in OPEN;

/** openText tells what was not proved. */
export const openText = (open: Open): string => {
  if (typeof open === 'object') return unreadText(open);
  return isStoreOpen(open) ? OPEN[open] : NOT_PROVED_TEXTS[open];
};
