/**
 * What every command prints with --json, where it succeeds and where it refuses: ledgers to which
 * everything happens once.
 */
import { rmSync } from 'node:fs';
import { expect } from 'vitest';
import { fixture } from '../../import/fixture.ts';
import { receive } from '../../outbox/ground.ts';
import { BILLING, LARGE, newKey, withBillingAdopted } from './billing.ts';
import type { Line, Shell } from './shell.ts';
import { linesOf } from './shell.ts';
import { append, house, sessions, written } from './trial.ts';

/** What a chain of events prints, by command; a name in braces stands for something before. */
class Story {
  readonly told = new Map<string, Line[]>();
  readonly refused = new Set<string>();
  private readonly shell: Shell;

  constructor(shell: Shell) {
    this.shell = shell;
  }

  /** Runs a line that succeeds, and gives the last object that it prints. */
  async does(command: string, ...args: readonly string[]): Promise<Line> {
    const lines = await this.shell.told([...command.split(' '), ...args]);
    this.told.set(command, [...(this.told.get(command) ?? []), ...lines]);
    return lines.at(-1) ?? {};
  }

  async refuses(command: string, ...args: readonly string[]): Promise<void> {
    const { status, stdout } = await this.shell.inside([...command.split(' '), ...args, '--json']);
    const lines = linesOf(stdout);
    this.told.set(command, [...(this.told.get(command) ?? []), ...lines.slice(0, -1)]);
    expect([command, status, lines.at(-1)?.error?.exit]).toEqual([command, status, status]);
    expect(status).not.toBe(0);
    this.refused.add(command);
  }
}

const tellOfOutbox = async (shell: Shell): Promise<Story> => {
  const story = new Story(shell);
  const redaction = shell.path(shell.write('redact.json', '{"drop":["/phone"]}'));
  const { url } = await receive();
  const set = 'outbox destination set';
  const to = ['--url', url, '--format', 'ndjson', '--type', 'note.*', '--kind', 'fact'];
  await story.does(set, 'hooks', ...to, '--header', 'X-Run=file:/none', '--redact', redaction);
  await story.refuses(set, 'hooks', '--url', url);
  await story.does('outbox destination show');
  await story.refuses('outbox destination show', 'none');
  const item = ['--owner', 's-1', '--kind', 'fact', '--payload', '{}'];
  await story.does('outbox enqueue', ...item);
  await story.refuses('outbox enqueue', ...item, '--id', '/');
  await story.refuses('outbox flush');
  await story.refuses('outbox destination test', 'hooks');
  await story.does(set, 'hooks', ...to);
  await story.does('outbox destination test', 'hooks');
  const [first, second] = ['f-1', 'f-2'];
  for (const id of [first, second]) await story.does('outbox enqueue', ...item, '--id', id);
  await story.does('outbox park', first, second, '--reason', 'later');
  await story.refuses('outbox park', first, '--reason', 'again');
  await story.does('outbox drop', first, '--reason', 'never');
  await story.refuses('outbox drop', first, '--reason', 'again');
  await story.does('outbox list');
  await story.refuses('outbox list', '--destination', 'none');
  await story.does('outbox retry', second);
  await story.refuses('outbox retry', second);
  await story.does('outbox status');
  await story.refuses('outbox status', 'none');
  await story.does('outbox flush', '--dry-run');
  await story.does('outbox flush');
  await story.does('outbox list');
  await story.does('outbox status');
  const dead = ['--url', 'http://127.0.0.1:9/', '--format', 'ndjson', '--max-attempts', '1'];
  await story.does(set, 'hooks', ...dead, '--kind', 'fact', '--redact', redaction);
  await story.does('outbox enqueue', ...item, '--id', 'f-3');
  await story.refuses('outbox flush');
  await story.does('outbox park', 'f-3', '--batch', '--reason', 'it fails');
  await story.does('outbox retry', 'f-3', '--batch');
  await story.does(set, 'hooks', ...to);
  await story.does('outbox flush');
  for (const command of ['pause', 'resume', 'retire'].map((each) => `outbox destination ${each}`)) {
    await story.does(command, 'hooks', '--reason', 'moved');
    await story.refuses(command, 'none');
  }
  await story.does('outbox status', 'hooks');
  return story;
};

const tellOfExperiments = async (shell: Shell): Promise<Story> => {
  const story = new Story(shell);
  const plan = written(shell);
  const id = 'cheaper-cache';
  await story.does('experiment create', plan);
  await story.refuses('experiment create', plan);
  await story.does('experiment amend', id, plan);
  await story.refuses('experiment amend', 'none', plan);
  await story.refuses('experiment report', id);
  await story.does('experiment list');
  await story.refuses('experiment list', 'all');
  await story.does('experiment start', id);
  await story.refuses('experiment start', id);
  const of = ['--session', 's-1'];
  await story.does('experiment tag', id, ...of, '--variant', 'control');
  await story.refuses('experiment tag', id, ...of, '--variant', 'treatment');
  await story.does('experiment tag', id, '--session', 's-2', '--variant', 'excluded');
  await story.does('experiment sessions', id);
  await story.refuses('experiment sessions', 'none');
  await story.does('experiment untag', id, ...of, '--reason', 'a test');
  await story.refuses('experiment untag', id, ...of, '--reason', 'a test');
  await story.does('experiment report', id);
  await story.does('experiment conclude', id);
  await story.refuses('experiment conclude', id);
  await story.does('experiment archive', id);
  await story.refuses('experiment archive', id);
  await story.does('experiment list');
  await story.does('experiment show', id);
  await story.refuses('experiment show', 'none');
  await story.does('experiment plan', '--baseline', '0.8', '--sessions', '500');
  await append(shell, sessions(4, 0.5));
  await story.does('experiment plan', plan);
  await story.does('experiment plan', '--metrics');
  await story.refuses('experiment plan');
  return story;
};

const tellOfTheLedger = async (shell: Shell): Promise<Story> => {
  const story = new Story(shell);
  const by = ['--sign', 'alice'];
  await story.does(
    'init',
    '--origin',
    'example.com/other',
    '--as',
    'eve',
    '-C',
    shell.path('other'),
  );
  await story.refuses('init', '--origin', 'example.com/acme');
  await story.does('append', '--type', 'note.taken', '--tag', 'eu', '--session', 's-1', ...by);
  await story.refuses('append', '--type', 'invoice.issued');
  const hold = async (): Promise<string> => {
    const held = ['append', '--type', 'invoice.issued', '--payload', LARGE, '--sign', 'carol'];
    const { stdout } = await shell.inside([...held, '--json']);
    return linesOf(stdout)[0]?.quarantine ?? '';
  };
  const [first, second] = [await hold(), await hold()];
  await story.does('append', '--type', 'note.taken', '--id', 'gone', ...by);
  await story.does('erase', 'gone', '--reason', 'asked', ...by);
  await story.refuses('erase', '0', '--reason', 'asked', ...by);
  await story.does('quarantine list');
  await story.does('quarantine show', first);
  await story.refuses('quarantine show', 'none');
  await story.does('quarantine release', first, ...by, '--note', 'seen');
  await story.refuses('quarantine release', 'none', ...by);
  await story.does('quarantine discard', second, '--reason', 'wrong', ...by);
  await story.refuses('quarantine discard', 'none', '--reason', 'wrong', ...by);
  await story.refuses('quarantine list', 'all');
  shell.write('draft.json', `{"event_type":"invoice.issued","payload":${LARGE}}\n`);
  await story.does('sign', shell.path('draft.json'), '--key', 'carol', '--origin', 'a/b');
  await story.refuses('sign', shell.path('draft.json'), '--key', 'nobody', '--origin', 'a/b');
  await story.does('log');
  await story.refuses('log', '--since', 'never');
  await story.does('show', '0');
  await story.refuses('show', '99');
  const { vkey, id: bot } = await newKey(shell, 'bot');
  await story.does('key new', 'dora');
  await story.refuses('key new', '../dora');
  await story.does('approve', bot, ...by);
  await story.refuses('approve', bot, '--sign', 'nobody');
  await story.does('key enroll', vkey, '--tier', 'observed', ...by);
  await story.refuses('key enroll', vkey, '--tier', 'observed', ...by);
  await story.does('key retire', bot, '--reason', 'done', ...by);
  await story.refuses('key retire', bot, '--reason', 'done', ...by);
  await story.does('key revoke', bot, '--reason', 'lost', ...by);
  await story.refuses('key revoke', 'nobody', '--reason', 'lost', ...by);
  await story.does('key list');
  await story.refuses('key list', 'all');
  const scope = ['--type', 'invoice.*', '--rule', 'large-discounts-wait', '--uses', '2'];
  const why = ['--reason-code', 'operator_correction', '--reason', 'agreed', '--expires', '1h'];
  const limits = ['--key', 'carol', '--source', 'user'];
  const glass = await story.does('break-glass authorize', ...scope, ...why, ...limits, ...by);
  const other = await story.does('break-glass authorize', ...scope, ...why, ...by);
  await story.refuses('break-glass authorize', ...scope, ...why);
  const used = ['--break-glass', glass.id ?? '', '--sign', 'carol', '--payload', LARGE];
  await story.does('append', '--type', 'invoice.issued', ...used);
  await story.does('break-glass review', glass.id ?? '', '--note', 'fine', ...by);
  await story.refuses('break-glass review', 'none', '--note', 'fine', ...by);
  await story.does('break-glass revoke', other.id ?? '', '--reason', 'over', ...by);
  await story.refuses('break-glass revoke', 'none', '--reason', 'over', ...by);
  await story.does('break-glass list');
  await story.refuses('break-glass list', 'all');
  const documents = shell.path('policies');
  const table = shell.path('policies', BILLING[1]);
  await story.does('policy test', table);
  await story.refuses('policy test', shell.path('none.yaml'));
  await story.does('policy explain', shell.path('draft.json'), '--sign', 'carol');
  await story.refuses('policy explain', shell.path('none.json'));
  await story.does('policy replay', '--set', 'regulated');
  await story.refuses('policy replay');
  await story.does('policy adopt', documents, ...by);
  await story.does('policy adopt', '--set', 'signed', ...by);
  await story.refuses('policy adopt', '--set', 'open');
  await story.does('policy list');
  await story.refuses('policy list', 'all');
  await story.does('policy show');
  await story.refuses('policy show', '99');
  const note = shell.path('held.note');
  await story.does('checkpoint');
  await story.does('checkpoint', '--out', note);
  await story.refuses('checkpoint', '--out', shell.path('none', 'held.note'));
  const [proof, grown] = [shell.path('1.tlog-proof'), shell.path('grown.json')];
  await story.does('prove', '1', '--out', proof);
  await story.does('prove', '--consistent-with', note, '--out', grown);
  await story.refuses('prove', '99');
  const log = (await shell.told('key list')).find(({ purpose }) => purpose === 'log')?.vkey ?? '';
  await story.does('check-proof', proof, '--vkey', log);
  await story.does('check-proof', grown, '--vkey', log);
  await story.refuses('check-proof', note, '--vkey', log);
  await story.does('verify', '--checkpoint', note, '--decisions');
  await story.does('verify', '--journal-only');
  await story.does('verify', '--record', ...by);
  await story.refuses('verify', '--require', 'nothing');
  await story.does('replay', '--dry-run');
  rmSync(shell.path('.ledger/mirror.db'));
  await story.does('replay', '--dry-run');
  await story.does('replay');
  await story.refuses('replay', '--from', 'mirror');
  const backup = shell.path('backup');
  await story.does('backup', '--to', backup);
  await story.refuses('backup', '--to', shell.path('.ledger/journal'));
  await story.does('restore', '--from', backup, '-C', shell.path('back'), '--checkpoint', note);
  await story.refuses('restore', '--from', backup);
  await story.does('drill');
  await story.does('drill', '--from', backup, '--record', ...by);
  await story.refuses('drill', '--from', shell.path('none'));
  await story.does('doctor');
  await story.refuses('doctor', 'now');
  await story.does('completion', 'zsh');
  await story.refuses('completion', 'csh');
  await story.does('help', 'verify');
  await story.refuses('help', 'nothing');
  return story;
};

const tellOfOthers = async (shell: Shell): Promise<Story> => {
  const story = new Story(shell);
  const by = ['--sign', 'alice'];
  const [cortex, kaizen] = [fixture('cortex', 'v2-migrated'), fixture('kaizen', 'halfway')];
  await story.does('import cortex', cortex, '--from', 'both', '--dry-run', ...by);
  await story.does('import cortex', cortex, ...by);
  await story.does('import cortex', cortex, ...by);
  await story.refuses('import cortex', fixture('cortex', 'broken', 'prev-broken.jsonl'), ...by);
  await story.does('import kaizen', kaizen, ...by);
  await story.refuses('import kaizen', shell.path('none'), ...by);
  const map = shell.path(shell.write('map.yaml', 'type: { pointer: /type }\n'));
  const rows = shell.path(shell.write('rows.ndjson', '{"type":"order.seen"}\n'));
  const sealed = await story.does('import ndjson', rows, '--map', map, ...by);
  const odd = shell.path(shell.write('odd.ndjson', '{"type":"key.enrolled"}\n'));
  await story.refuses('import ndjson', odd, '--map', map, ...by);
  await story.does('import report', String(sealed.seq));
  await story.refuses('import report', '0');
  await story.does('export', '--format', 'csv', '--to', shell.path('all.csv'), ...by);
  await story.refuses('export', '--format', 'csv', '--to', shell.path('none', 'all.csv'), ...by);
  const bundle = shell.path('bundle');
  const withheld = ['--withhold', 'order.seen', '--type', 'order.*'];
  await story.does('export', '--format', 'bundle', '--to', bundle, ...withheld, ...by);
  await story.does('check-bundle', bundle);
  await story.refuses('check-bundle', shell.path('none'));
  return story;
};

export interface Told {
  /** What they print, by command; what is said of a refusal is left out. */
  readonly told: ReadonlyMap<string, readonly Line[]>;
  /** The commands that refused something. */
  readonly refused: ReadonlySet<string>;
}

/** tellOfAll runs every command, but for the demo. */
export const tellOfAll = async (): Promise<Told> => {
  const stories = [
    await tellOfTheLedger(await withBillingAdopted()),
    await tellOfOutbox(await house()),
    await tellOfExperiments(await house()),
    await tellOfOthers(await house()),
  ];
  return {
    told: new Map(stories.flatMap((story) => [...story.told])),
    refused: new Set(stories.flatMap((story) => [...story.refused])),
  };
};
