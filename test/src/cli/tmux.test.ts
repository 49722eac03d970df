/**
 * The command in a terminal, driven by tmux, as a person sees it: colours, a narrow screen, events
 * that come, an interruption, and how far work has come.
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { describe, expect, it, onTestFinished } from 'vitest';
import { widthOf } from '../../../src/cli/columns.ts';
import { BIN, Shell } from './shell.ts';

/** So often, and so long after one another, it is looked whether something stands there. */
const LOOKS = 600;
const LOOK_MS = 50;

class Screen {
  private readonly socket: string;
  private readonly shell: Shell;

  constructor(shell: Shell, columns: number, rows: number) {
    this.shell = shell;
    this.socket = shell.path('tmux');
    const size = ['-x', String(columns), '-y', String(rows)];
    onTestFinished(() => void this.tmux('kill-server'));
    this.tmux('-f', '/dev/null', 'new-session', '-d', ...size, '-c', shell.folder, 'sh');
  }

  /** A screen on which a shell waits for a line; what is typed earlier would be echoed anywhere. */
  static async open(shell: Shell, columns: number, rows = 20): Promise<Screen> {
    const screen = new Screen(shell, columns, rows);
    screen.type(`alias ledger="'${process.execPath}' '${BIN}'"; clear; echo ready`);
    await screen.shows(/^ready$/m);
    return screen;
  }

  private tmux(...args: readonly string[]): string {
    const { NO_COLOR: _, FORCE_COLOR: __, ...env } = process.env;
    const options = { env: { ...env, LEDGER_DIR: '', TERM: 'xterm-256color' } };
    return execFileSync('tmux', ['-S', this.socket, ...args], options).toString();
  }

  type(line: string): void {
    this.tmux('send-keys', '-l', line);
    this.tmux('send-keys', 'Enter');
  }

  press(key: string): void {
    this.tmux('send-keys', key);
  }

  /** Gives the screen another width, and waits until whoever runs there was told. */
  async resize(columns: number): Promise<void> {
    this.tmux('resize-window', '-x', String(columns));
    const tty = this.tmux('display', '-p', '#{pane_tty}').trim();
    for (let look = 0; look < LOOKS; look++) {
      const size = execFileSync('stty', ['-F', tty, 'size']).toString();
      if (Number(size.split(' ')[1]) === columns) return;
      await setTimeout(LOOK_MS);
    }
    throw new Error(`${tty} keeps its width`);
  }

  /** What stands there; with its colours, as a terminal is told them. */
  shown(colours = false): string {
    return this.tmux('capture-pane', '-p', ...(colours ? ['-e'] : []));
  }

  /** The lines that stand there, whole where they take more than one row. */
  joined(): readonly string[] {
    return this.tmux('capture-pane', '-p', '-J').split('\n');
  }

  /** Waits until something stands there. */
  async shows(pattern: RegExp): Promise<string> {
    for (let look = 0; look < LOOKS; look++) {
      const text = this.shown();
      if (pattern.test(text)) return text;
      await setTimeout(LOOK_MS);
    }
    throw new Error(`${String(pattern)} does not come: ${this.shown()} in ${this.shell.folder}`);
  }
}

const ledger = async (): Promise<Shell> => {
  const shell = new Shell();
  await shell.told('init --origin example.com/acme --as alice');
  await shell.told('append --type note.taken --id first --sign alice');
  return shell;
};

describe('in a terminal', () => {
  it('a log has colours, and is as narrow as the screen', async () => {
    const shell = await ledger();
    const screen = await Screen.open(shell, 60);
    screen.type('ledger log; echo exit=$?');
    const text = await screen.shows(/exit=0/);
    const lines = text.split('\n').filter((line) => /^\d {2}20/.test(line));
    expect(lines.length).toBe(2);
    for (const line of lines) expect(widthOf(line)).toBeLessThanOrEqual(60);
    expect(screen.shown(true)).toContain('\u001b[36mledger.created');
    screen.type('clear; NO_COLOR=1 ledger log; echo plain=$?');
    await screen.shows(/plain=0/);
    expect(screen.shown(true)).not.toContain('\u001b[36m');
  });

  it('what comes is shown as it comes, until Ctrl-C', async () => {
    const shell = await ledger();
    const screen = await Screen.open(shell, 120);
    screen.type('ledger log --follow; echo exit=$?');
    await screen.shows(/first/);
    await shell.told('append --type note.taken --id second --sign alice');
    await screen.shows(/second/);
    expect(screen.shown()).not.toContain('exit=1');
    screen.press('C-c');
    expect(await screen.shows(/exit=130/)).toContain('it was interrupted');
  });

  it('what comes is as narrow as the screen is by then', async () => {
    const shell = await ledger();
    const screen = await Screen.open(shell, 150);
    screen.type('ledger log --follow');
    await screen.shows(/first/);
    for (const [id, columns] of [
      ['w-1', 150],
      ['n-1', 90],
      ['w-2', 110],
    ] as const) {
      await screen.resize(columns);
      const payload = JSON.stringify('x'.repeat(200));
      await shell.told(['append', '--type', 'note.taken', '--id', id, '--payload', payload]);
      await screen.shows(new RegExp(id));
      // A row that is longer goes on in the next one, and is one to whoever joins them.
      const row = screen.joined().find((line) => line.includes(id)) ?? '';
      expect([id, widthOf(row)]).toEqual([id, columns]);
    }
  });

  it('a long audit tells how far it has come, in one line, and takes that away', async () => {
    const shell = await ledger();
    const draft = `{"event_type":"a.b","payload":"${'x'.repeat(2000)}"}\n`;
    writeFileSync(shell.path('drafts'), draft.repeat(25_000));
    await shell.told(['append', shell.path('drafts')]);
    const screen = await Screen.open(shell, 100, 30);
    screen.type('ledger verify --workers 1 --decisions; echo exit=$?');
    const during = await screen.shows(/(?:journal: \d+ of \d+ MB, \d+ %, \d+ MB\/s|mirror: \w+)/);
    expect(during.split('\n').filter((line) => /MB\/s|mirror: comparing/.test(line)).length).toBe(
      1,
    );
    const after = await screen.shows(/exit=0/);
    expect(after).toContain('verified: example.com/acme, 25002 events');
    expect(after).not.toMatch(/MB\/s|mirror: comparing/);
    // An interruption takes it away as well.
    screen.type('clear; ledger verify --workers 1 --decisions; echo exit=$?');
    await screen.shows(/MB\/s/);
    screen.press('C-c');
    expect(await screen.shows(/exit=130/)).toMatch(/^it was interrupted\n/);
  });
});
