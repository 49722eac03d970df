/**
 * The commands there are. One more is a file in `command/` and a line here; its file is loaded when
 * it runs.
 */
import type { Entry } from './command.ts';

const entry = (usage: string, summary: string, load: Entry['load']): Entry => ({
  usage,
  summary,
  load,
});

export const ROSTER: readonly Entry[] = [
  entry(
    'demo',
    'a guided minute in a folder of its own',
    async () => (await import('./command/demo.ts')).command,
  ),
  entry(
    'init',
    'makes a ledger, with its keys and its first event',
    async () => (await import('./command/init.ts')).command,
  ),
  entry(
    'append [FILE]',
    'records one event, or a draft per line of FILE (- for stdin)',
    async () => (await import('./command/append.ts')).command,
  ),
  entry(
    'sign FILE',
    'signs drafts, a line each; needs no ledger',
    async () => (await import('./command/sign.ts')).command,
  ),
  entry('log', 'prints events, filtered', async () => (await import('./command/log.ts')).command),
  entry(
    'show REF',
    'prints one event, named by its position, id or hash',
    async () => (await import('./command/show.ts')).command,
  ),
  entry(
    'key new NAME',
    'makes a key in keys/, or takes one over from OpenSSH',
    async () => (await import('./command/key-new.ts')).command,
  ),
  entry(
    'key enroll VKEY',
    'lets a key count',
    async () => (await import('./command/key-enroll.ts')).command,
  ),
  entry(
    'key retire KEY_ID',
    'ends a key whose work is done',
    async () => (await import('./command/key-retire.ts')).command,
  ),
  entry(
    'key revoke KEY_ID',
    'ends a key that is in the wrong hands',
    async () => (await import('./command/key-revoke.ts')).command,
  ),
  entry(
    'key list',
    'prints the keys that the ledger knows',
    async () => (await import('./command/key-list.ts')).command,
  ),
  entry(
    'approve SUBJECT',
    'says that somebody else has seen a key or an event',
    async () => (await import('./command/approve.ts')).command,
  ),
  entry(
    'policy adopt [PATH…]',
    'puts a set of policies in force',
    async () => (await import('./command/policy-adopt.ts')).command,
  ),
  entry(
    'policy list',
    'prints the sets that were adopted',
    async () => (await import('./command/policy-list.ts')).command,
  ),
  entry(
    'policy show [SET]',
    'prints the documents of a set',
    async () => (await import('./command/policy-show.ts')).command,
  ),
  entry(
    'policy explain DRAFT',
    'tells what would become of a draft, rule by rule',
    async () => (await import('./command/policy-explain.ts')).command,
  ),
  entry(
    'policy test FILE…',
    'runs tables of cases that a set must decide as they say',
    async () => (await import('./command/policy-test.ts')).command,
  ),
  entry(
    'policy replay',
    'tells what another set would have decided of the past',
    async () => (await import('./command/policy-replay.ts')).command,
  ),
  entry(
    'break-glass authorize',
    'lets pass for a while what a rule refuses',
    async () => (await import('./command/break-glass-authorize.ts')).command,
  ),
  entry(
    'break-glass revoke ID',
    'ends an authorization',
    async () => (await import('./command/break-glass-revoke.ts')).command,
  ),
  entry(
    'break-glass review ID',
    'says that its uses were looked at',
    async () => (await import('./command/break-glass-review.ts')).command,
  ),
  entry(
    'break-glass list',
    'prints the authorizations there were',
    async () => (await import('./command/break-glass-list.ts')).command,
  ),
  entry(
    'quarantine list',
    'prints the drafts that are held back',
    async () => (await import('./command/quarantine-list.ts')).command,
  ),
  entry(
    'quarantine show ID',
    'prints a draft that is held back',
    async () => (await import('./command/quarantine-show.ts')).command,
  ),
  entry(
    'quarantine release ID',
    'lets a draft be judged anew',
    async () => (await import('./command/quarantine-release.ts')).command,
  ),
  entry(
    'quarantine discard ID',
    'ends a draft that is held back',
    async () => (await import('./command/quarantine-discard.ts')).command,
  ),
  entry(
    'outbox status [DESTINATION…]',
    'how it goes with each destination',
    async () => (await import('./command/outbox-status.ts')).command,
  ),
  entry(
    'outbox list',
    'prints items, each with its state',
    async () => (await import('./command/outbox-list.ts')).command,
  ),
  entry(
    'outbox enqueue',
    'hands in an item that is no event of its own',
    async () => (await import('./command/outbox-enqueue.ts')).command,
  ),
  entry(
    'outbox flush [DESTINATION…]',
    'delivers what waits',
    async () => (await import('./command/outbox-flush.ts')).command,
  ),
  entry(
    'outbox retry ITEM…',
    'has parked items sent again',
    async () => (await import('./command/outbox-retry.ts')).command,
  ),
  entry(
    'outbox park ITEM…',
    'holds items back that wait',
    async () => (await import('./command/outbox-park.ts')).command,
  ),
  entry(
    'outbox drop ITEM…',
    'gives items up, for a reason',
    async () => (await import('./command/outbox-drop.ts')).command,
  ),
  entry(
    'outbox destination set DESTINATION',
    'says where events go, and which',
    async () => (await import('./command/outbox-destination-set.ts')).command,
  ),
  entry(
    'outbox destination show [DESTINATION…]',
    'prints how destinations are set',
    async () => (await import('./command/outbox-destination-show.ts')).command,
  ),
  entry(
    'outbox destination test DESTINATION',
    'sends a probe, and explains what came back',
    async () => (await import('./command/outbox-destination-test.ts')).command,
  ),
  entry(
    'outbox destination pause DESTINATION',
    'has nothing sent to it for a while',
    async () => (await import('./command/outbox-destination-pause.ts')).command,
  ),
  entry(
    'outbox destination resume DESTINATION',
    'has it sent to again, whatever stopped it',
    async () => (await import('./command/outbox-destination-resume.ts')).command,
  ),
  entry(
    'outbox destination retire DESTINATION',
    'ends a destination',
    async () => (await import('./command/outbox-destination-retire.ts')).command,
  ),
  entry(
    'experiment create [PLAN]',
    'writes down what is asked, before anybody has looked',
    async () => (await import('./command/experiment-create.ts')).command,
  ),
  entry(
    'experiment amend EXPERIMENT PLAN',
    'puts another plan in the place of a draft',
    async () => (await import('./command/experiment-amend.ts')).command,
  ),
  entry(
    'experiment plan',
    'tells how many sessions it takes; needs no ledger',
    async () => (await import('./command/experiment-plan.ts')).command,
  ),
  entry(
    'experiment start EXPERIMENT',
    'seals the plan; sessions count from then on',
    async () => (await import('./command/experiment-start.ts')).command,
  ),
  entry(
    'experiment tag EXPERIMENT',
    'says by hand to which arm a session belongs',
    async () => (await import('./command/experiment-tag.ts')).command,
  ),
  entry(
    'experiment untag EXPERIMENT',
    'takes a tag back, and says why',
    async () => (await import('./command/experiment-untag.ts')).command,
  ),
  entry(
    'experiment sessions EXPERIMENT',
    'prints the arm of each session, and why',
    async () => (await import('./command/experiment-sessions.ts')).command,
  ),
  entry(
    'experiment report EXPERIMENT',
    'computes what the numbers say',
    async () => (await import('./command/experiment-report.ts')).command,
  ),
  entry(
    'experiment conclude EXPERIMENT',
    'records what the numbers say, and from which head',
    async () => (await import('./command/experiment-conclude.ts')).command,
  ),
  entry(
    'experiment archive EXPERIMENT',
    'ends a draft, or what is concluded',
    async () => (await import('./command/experiment-archive.ts')).command,
  ),
  entry(
    'experiment list',
    'prints the experiments there are',
    async () => (await import('./command/experiment-list.ts')).command,
  ),
  entry(
    'experiment show EXPERIMENT',
    'prints a plan, and all that happened',
    async () => (await import('./command/experiment-show.ts')).command,
  ),
  entry(
    'verify',
    'the audit: proves what can be proved, and says what was not',
    async () => (await import('./command/verify.ts')).command,
  ),
  entry(
    'replay',
    'makes anew what a disaster took',
    async () => (await import('./command/replay.ts')).command,
  ),
  entry(
    'backup',
    'copies what is new into a folder, and verifies all of it',
    async () => (await import('./command/backup.ts')).command,
  ),
  entry(
    'restore',
    'makes a ledger of a backup',
    async () => (await import('./command/restore.ts')).command,
  ),
  entry(
    'drill',
    'rehearses a recovery, and says how long it takes',
    async () => (await import('./command/drill.ts')).command,
  ),
  entry(
    'import cortex PATH',
    'takes over a log of cortex, and proves what can be proved of it',
    async () => (await import('./command/import-cortex.ts')).command,
  ),
  entry(
    'import kaizen DIR',
    'takes over what kaizen has not delivered yet, and its experiments',
    async () => (await import('./command/import-kaizen.ts')).command,
  ),
  entry(
    'import ndjson FILE',
    'takes over lines of JSON by a mapping',
    async () => (await import('./command/import-ndjson.ts')).command,
  ),
  entry(
    'import report REF',
    'prints again what an import proved, from the ledger alone',
    async () => (await import('./command/import-report.ts')).command,
  ),
  entry(
    'checkpoint',
    'signs the log as it stands',
    async () => (await import('./command/checkpoint.ts')).command,
  ),
  entry(
    'prove [REF]',
    'proves that an event was recorded, or that the log has only grown',
    async () => (await import('./command/prove.ts')).command,
  ),
  entry(
    'check-proof FILE',
    'checks a proof against the key of its log; needs no ledger',
    async () => (await import('./command/check-proof.ts')).command,
  ),
  entry(
    'export',
    'writes events in a format that others read',
    async () => (await import('./command/export.ts')).command,
  ),
  entry(
    'check-bundle PATH',
    'checks a bundle that was exported; needs no ledger',
    async () => (await import('./command/check-bundle.ts')).command,
  ),
  entry(
    'doctor',
    'looks at this installation and this ledger, and says what to mend',
    async () => (await import('./command/doctor.ts')).command,
  ),
  entry(
    'completion SHELL [WORD…]',
    'prints a script that completes command lines in bash, zsh or fish',
    async () => (await import('./command/completion.ts')).command,
  ),
  entry(
    'help [NAME…]',
    'explains the commands, one of them, or a topic',
    async () => (await import('./command/help.ts')).command,
  ),
];
