/**
 * `ledger demo`: a guided minute in a folder of its own. Every command that it shows is run as it
 * is shown, by a process of its own, so that it can be typed as well.
 */
import * as E from 'fp-ts/lib/Either.js';
import { execFile } from 'node:child_process';
import { readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BIN } from '../../bin-path.ts';
import type { Command } from '../command.ts';
import type { DemoFailed } from '../error.ts';
import { shellWord } from '../shell-word.ts';
import { temporaryFolder } from '../temporary.ts';
import type { Terminal } from '../terminal.ts';

interface Ran {
  readonly exit: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Splits a line as a shell does that knows single quotes alone. */
const wordsOf = (line: string): readonly string[] =>
  Array.from(line.matchAll(/'([^']*)'|(\S+)/g), ([, quoted, plain]) => quoted ?? plain ?? '');

const runIn = (folder: string, line: string): Promise<Ran> =>
  new Promise((done) => {
    const options = { cwd: folder, env: { ...process.env, LEDGER_DIR: '' } };
    const args = [BIN, ...wordsOf(line).slice(1)];
    execFile(process.execPath, args, options, (error, stdout, stderr) => {
      const code = typeof error?.code === 'number' ? error.code : 1;
      done({ exit: error === null ? 0 : code, stdout, stderr });
    });
  });

class Stage {
  readonly folder: string;
  private readonly terminal: Terminal;

  constructor(terminal: Terminal, folder: string) {
    this.terminal = terminal;
    this.folder = folder;
  }

  async say(text: string): Promise<void> {
    if (!this.terminal.isJson) await this.terminal.out(`\n${text}\n`);
  }

  /** Shows a command and what it prints; it must exit so. */
  async run(line: string, expected = 0): Promise<E.Either<DemoFailed, Ran>> {
    const ran = await runIn(this.folder, line);
    const { exit, stdout, stderr } = ran;
    await this.show({ command: line, exit }, `$ ${line}`, `${stdout}${stderr}`);
    if (exit !== 0 && exit === expected && !this.terminal.isJson)
      await this.terminal.out(`(exit ${exit})\n`);
    return exit === expected ? E.right(ran) : E.left({ _tag: 'DemoFailed', line, exit });
  }

  async show(data: object, line: string, output: string): Promise<void> {
    await this.terminal.out(
      this.terminal.isJson ? `${JSON.stringify(data)}\n` : `\n${line}\n${output}`,
    );
  }

  /** Changes one byte of the journal, as somebody would who thinks that nobody looks. */
  async tamper(): Promise<void> {
    const journal = join(this.folder, '.ledger', 'journal');
    const [name = ''] = readdirSync(journal);
    const path = join(journal, name);
    writeFileSync(path, readFileSync(path, 'latin1').replace('"90.00"', '"10.00"'), 'latin1');
    const line = `sed -i 's/"90.00"/"10.00"/' .ledger/journal/${name}`;
    await this.show({ command: line, exit: 0 }, `$ ${line}`, '');
  }

  vkey(): string {
    const [line = ''] = readFileSync(join(this.folder, 'keys.txt'), 'utf8').split('\n');
    return line;
  }
}

const APPEND = 'ledger append --type invoice.paid --sign alice --payload';

type Step = (stage: Stage) => Promise<E.Either<DemoFailed, unknown>>;

const say =
  (text: string): Step =>
  async (stage) =>
    E.right(await stage.say(text));

const run =
  (line: string, exit = 0): Step =>
  (stage) =>
    stage.run(line, exit);

/** The log key is what a stranger must have from elsewhere: it is in what `init` printed. */
const founding: Step = async (stage) => {
  const ran = await stage.run('ledger init --origin example.com/demo --as alice');
  if (E.isLeft(ran)) return ran;
  const vkey = /^log_vkey: (.*)$/m.exec(ran.right.stdout)?.[1] ?? '';
  writeFileSync(join(stage.folder, 'keys.txt'), `${vkey}\n`);
  return ran;
};

const checking: Step = (stage) =>
  stage.run(`ledger check-proof invoice.tlog-proof --vkey ${stage.vkey()}`);

const STEPS: readonly Step[] = [
  say('1. A ledger: a folder with a journal, a key that signs its checkpoints, and one of yours.'),
  founding,
  say('2. Events, signed. Each is on the disk before it is acknowledged.'),
  run(`${APPEND} '{"total":"12.50"}'`),
  run(`${APPEND} '{"total":"90.00"}'`),
  say(
    '3. A policy: from now on nothing enters unsigned. This one is refused, and that is recorded.',
  ),
  run('ledger policy adopt --set signed --sign alice'),
  run('ledger append --type invoice.paid --payload \'{"total":"1.00"}\'', 24),
  say(
    '4. A checkpoint: a few lines that commit to all of it. Keep it where nobody here can write.',
  ),
  run('ledger checkpoint --out held.note'),
  run('ledger verify --checkpoint held.note'),
  say('5. Somebody changes one amount in the journal. The audit finds the line.'),
  async (stage) => E.right(await stage.tamper()),
  run('ledger verify --checkpoint held.note', 20),
  say('6. The mirror still has every line, and the chain proves them: the journal is made anew.'),
  run('ledger replay --from mirror'),
  run('ledger verify --checkpoint held.note'),
  say('7. One event, proved to a stranger who has the log key and no ledger.'),
  run('ledger prove 2 --out invoice.tlog-proof'),
  checking,
];

/** How a shell finds the command where it is not installed, but runs from its sources. */
const typing = (): string =>
  BIN.endsWith('.ts')
    ? '\nHere a shell, and the scripts that it runs, must be told first where ledger is:\n' +
      `export PATH=${shellWord(join(dirname(BIN), 'shell'))}:"$PATH"`
    : '';

export const command: Command = {
  options: { keep: { type: 'flag', describe: 'leave the folder there, to go on in it' } },
  examples: [
    ['demo', 'a minute, and nothing is left behind'],
    ['demo --keep', 'the same, and where to look at it'],
  ],
  run: async (given, terminal) => {
    const made = temporaryFolder('ledger-demo-');
    if (E.isLeft(made)) return made;
    const folder = made.right;
    const isKept = given.flag('keep');
    const remove = (): void => rmSync(folder, { recursive: true, force: true });
    if (!isKept) process.once('exit', remove);
    const stage = new Stage(terminal, folder);
    for (const step of STEPS) {
      const done = await step(stage);
      if (E.isLeft(done)) return done;
    }
    if (!isKept) remove();
    process.off('exit', remove);
    const ended = isKept ? `It is in ${folder}.` : 'That was it: ledger --help, and the README.';
    terminal.note(`${ended}${typing()}`);
    return E.right(undefined);
  },
};
