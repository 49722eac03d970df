/**
 * Whatever is typed behind an option, or in the place of a word, is refused in a sentence or kept
 * as it is. The options are those of the table of commands: a new one is covered once it is there.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { exitsOf } from '../../../src/cli/command-exit.ts';
import type { Entry, Option } from '../../../src/cli/command.ts';
import { nameOf, wordsOf } from '../../../src/cli/command.ts';
import { GLOBAL } from '../../../src/cli/parse.ts';
import { ROSTER } from '../../../src/cli/roster.ts';
import { newKey } from './billing.ts';
import { BIN, Shell, linesOf, withLedger } from './shell.ts';
import { PLAN } from './trial.ts';

const ESCAPES = '\u001b[2J\u001b]0;x\u0007\u009b31m\r';

const HOSTILE: readonly string[] = [
  '../..',
  '/dev/null/x',
  'a/../../b\tc',
  ESCAPES,
  '\u202egnp.\u2066\u200b\ufeff',
  'x'.repeat(10_000_000),
  '-1',
  '--json',
  '--no-such-option=1',
  '0x1f',
  '1e3',
  'NaN',
  '9'.repeat(400),
  '\u0663\uff17',
  '\u0430lice',
  '\ud800',
  '__proto__',
  '$(touch touched)`id`;&|',
  '%s%n {{x}} \\',
  '',
];

/** What is given where something must be given. */
const SOUND: Readonly<Record<string, string>> = {
  FILE: 'drafts.ndjson',
  '[FILE]': 'drafts.ndjson',
  '[REF]': '0',
  'FILE…': 'table.test.yaml',
  REF: '0',
  NAME: 'zoe',
  KEY_ID: 'bob',
  SUBJECT: 'bob',
  DRAFT: 'draft.json',
  SHELL: 'bash',
  origin: 'example.com/other',
  tier: 'observed',
  key: 'alice',
  'reason-code': 'incident_response',
  expires: '1h',
  to: 'copy',
  from: 'copy',
  url: 'http://127.0.0.1:9/',
  format: 'ndjson',
  payload: '1',
  variant: 'control',
  PLAN: 'plan.yaml',
  '[PLAN]': 'plan.yaml',
  'ITEM…': '0',
};

/** A plan without a file. */
const DRAWN = ['--id=y', '--hypothesis=x', '--change=x', '--metric=tool_loops', '--relative=1'];

/** What some commands ask for beside, by the place that is tried. */
const BESIDE: Readonly<Record<string, (place: string) => readonly string[]>> = {
  append: (place) => (/^(?:type|batch|from-line|\[FILE\])$/.test(place) ? [] : ['--type', 'a.b']),
  'break-glass authorize': (place) => [
    ...(place === 'type' ? [] : ['--type', 'a.b']),
    ...(place === 'rule' ? [] : ['--rule', 'the-tier-is-enough']),
  ],
  'experiment create': (place) =>
    place === '[PLAN]' ? [] : DRAWN.filter((each) => !each.startsWith(`--${place}=`)),
  'experiment plan': (place) => (place === 'baseline' ? [] : ['--baseline=0.5']),
  'policy adopt': (place) => (/^set$|PATH/.test(place) ? [] : ['--set', 'signed']),
  'policy replay': (place) => (/^(?:set|with)$/.test(place) ? [] : ['--set', 'signed']),
};

/** Words that may be left out, where an option is about them. */
const WORDS: Readonly<Record<string, RegExp>> = {
  append: /^(?:batch|from-line)$/,
  prove: /^(?!consistent-with$)/,
};

/** The demo is a run of others; it is given nothing that it could mistake. */
const COMMANDS = ROSTER.filter((entry) => nameOf(entry) !== 'demo');

/** The options whose values are texts, or which say nothing but that they are there. */
const optionsOf = async (entry: Entry): Promise<readonly (readonly [string, Option])[]> =>
  Object.entries({ ...(await entry.load()).options, ...GLOBAL });

class Typist {
  private readonly shell: Shell;
  private readonly sound: Readonly<Record<string, string>>;

  constructor(shell: Shell, vkey: string) {
    this.shell = shell;
    this.sound = { ...SOUND, VKEY: vkey, vkey };
  }

  private of(name: string): string {
    const sound = this.sound[name] ?? 'x';
    return /^[\w.]+\.\w+$|^copy$/.test(sound) ? this.shell.path(sound) : sound;
  }

  /** A line that is well-formed, but for what is put in the place of a word or an option. */
  async line(entry: Entry, place: string, value: string): Promise<readonly string[]> {
    const { name, takes } = wordsOf(entry);
    const isAll = WORDS[name]?.test(place) === true;
    const words = takes.filter((each) => isAll || each === place || !each.startsWith('['));
    const given = (await optionsOf(entry)).filter(
      ([option, { needed }]) => option !== place && (needed === true || option === 'sign'),
    );
    return [
      ...name.split(' '),
      ...given.flatMap(([option]) => [
        `--${option}`,
        option === 'sign' ? 'alice' : this.of(option),
      ]),
      ...(BESIDE[name]?.(place) ?? []),
      ...(takes.includes(place) ? [] : [place === 'ledger' ? '-C' : `--${place}`, value]),
      ...(words.length === 0 ? [] : ['--']),
      ...words.map((word) => (word === place ? value : this.of(word))),
    ];
  }
}

const CONTROL = /[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]|(?!\n)\p{Cc}/u;

/** An option that several commands share is tried with all of them at one of them. */
const tried = new Set<Option>();

const valuesFor = (option: Option | undefined): readonly string[] => {
  if (option === undefined || !tried.has(option)) {
    if (option !== undefined) tried.add(option);
    return HOSTILE;
  }
  return HOSTILE.filter((_, at) => at % 7 === 0);
};

/** Something that the commands of these groups are about: their words name it. */
const ABOUT: Readonly<Record<string, readonly (readonly string[])[]>> = {
  outbox: [
    ['outbox', 'destination', 'set', 'x', '--url', 'http://127.0.0.1:9/', '--format=ndjson'],
  ],
  experiment: [
    ['experiment', 'create', ...DRAWN.map((each) => each.replace('=y', '=x'))],
    ['experiment', 'start', 'x'],
  ],
};

/** A ledger, and a folder below it in which to be: nothing leaves what is removed afterwards. */
const placed = async (name: string): Promise<readonly [Shell, Typist]> => {
  const shell = new Shell();
  await shell.told('init --origin example.com/acme --as alice');
  const before = process.cwd();
  onTestFinished(() => process.chdir(before));
  mkdirSync(shell.path('a/b/c/d'), { recursive: true });
  process.chdir(shell.path('a/b/c/d'));
  shell.write('drafts.ndjson', '{"event_type":"a.b","payload":1}\n');
  shell.write('draft.json', '{"event_type":"a.b","payload":1}');
  shell.write('plan.yaml', PLAN);
  for (const line of ABOUT[name.split(' ')[0] ?? ''] ?? []) await shell.told(line);
  const { vkey } = await newKey(shell, 'bob');
  return [shell, new Typist(shell, vkey)];
};

const each = COMMANDS.map((entry) => [nameOf(entry), entry] as const);

describe.each(each)('%s', (name, entry) => {
  it('takes no hostile word for what it is not', async () => {
    const [shell, typist] = await placed(name);
    const options = (await optionsOf(entry)).filter(([, { type }]) => type !== 'flag');
    const words = wordsOf(entry).takes.map((word) => [word, undefined] as const);
    for (const [place, option] of [...options, ...words])
      for (const value of valuesFor(option)) {
        const line = await typist.line(entry, place, value);
        const { status, stdout, stderr } = await shell.inside(line);
        const printed = name === 'completion' ? stderr : stdout + stderr;
        expect([
          place,
          value.slice(0, 40),
          status === 1 && name !== 'doctor'
            ? printed
            : exitsOf(name)?.some((exit) => exit === status),
          CONTROL.exec(printed)?.[0],
          status === 0 || printed.length < 20_000,
        ]).toEqual([place, value.slice(0, 40), true, undefined, true]);
      }
  });

  it('is told what it is told once, and a flag nothing', async () => {
    const shell = new Shell();
    const typist = new Typist(shell, 'x');
    for (const [option, { type }] of await optionsOf(entry)) {
      const dashed = `--${option}`;
      const odd = type === 'flag' ? [`${dashed}=yes`, `${dashed}=false`] : [`${dashed}=`];
      const twice = type === 'text' ? [dashed, 'x', dashed, 'y'] : [];
      for (const more of [...odd.map((word) => [word]), twice].filter(({ length }) => length > 0)) {
        const line = await typist.line(entry, option, 'x');
        const at = line.indexOf(option === 'ledger' ? '-C' : dashed);
        const { status } = await shell.inside([
          ...line.slice(0, at),
          ...more,
          ...line.slice(at + 2),
        ]);
        expect([...more, status]).toEqual([...more, 2]);
      }
    }
  });
});

describe('an event', () => {
  it('holds what was typed exactly, or is not taken', async () => {
    const shell = withLedger();
    let taken = 0;
    for (const value of HOSTILE)
      for (const [option, typed, at] of [
        ['id', value, ['header', 'id']],
        ['session', value, ['header', 'session_id']],
        ['source', `tool:${value}`, ['header', 'source', 'name']],
        ['tag', value, ['header', 'domain_tags', '0']],
        ['trace', value, ['header', 'trace_id']],
        ['causation', value, ['header', 'causation_id']],
        ['payload', JSON.stringify({ [value]: value }), ['payload', value]],
      ] as const) {
        const { status } = await shell.inside(['append', '--type', 'a.b', `--${option}=${typed}`]);
        if (status !== 0) continue;
        let kept: unknown = JSON.parse(shell.journal().at(-1) ?? '');
        for (const name of at) kept = (kept as Readonly<Record<string, unknown>>)[name];
        expect([option, kept]).toEqual([option, value]);
        taken++;
      }
    expect(taken).toBeGreaterThan(20);
  });
});

describe('a word that is no UTF-8', () => {
  it('is refused wherever it stands, and what is only completed is not', async () => {
    const shell = withLedger();
    const before = readdirSync(shell.folder);
    const typed = [
      `append --type a.b --payload $'{"x":"\\xff"}' --sign alice`,
      `append --type a.b --payload '{"x":"\u{FFFD}"}' --sign alice`,
      "init -C $'q\\xff' --origin example.com/acme --as alice",
      "log --type $'a.\\xe2\\x82'",
      "show -- $'\\xff'",
    ].map((line) => {
      const words = ['-c', `"$0" "$1" ${line.replace(' ', ' --json ')}`, process.execPath, BIN];
      const { status, stdout } = spawnSync('bash', words, {
        cwd: shell.folder,
        encoding: 'utf8',
      });
      return [status, linesOf(stdout)[0]?.error?.code];
    });
    expect(typed).toEqual(typed.map(() => [2, 'invalid_utf8']));
    expect([shell.journal().length, readdirSync(shell.folder)]).toEqual([1, before]);
    const { status } = await shell.inside(['completion', 'bash', '--', 'ledger', 'lo\u{FFFD}']);
    expect(status).toBe(0);
  });
});
