/**
 * `ledger verify` as auditors run it: what is required, what counts, and how each of it exits.
 */
import { readFileSync, readdirSync, symlinkSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { signCheckpoint } from '../../../ledger/note/checkpoint.ts';
import { formatNote, parseNote, signNote } from '../../../ledger/note/note.ts';
import { native } from '../../../ledger/crypto/native.ts';
import { parseHex } from '../../../ledger/encoding/hex.ts';
import { formatVkey } from '../../../ledger/key/key.ts';
import { auditText } from '../../../src/cli/audit-text.ts';
import type { Report as AuditReport } from '../../../src/verify/verify.ts';
import { right, signer } from '../../build/ledger.ts';
import type { Ran, Shell } from './shell.ts';
import { withLedger } from './shell.ts';

interface Report {
  readonly verdict: string;
  readonly exit: number;
  readonly size: number;
  readonly root: string;
  readonly checked: {
    readonly journal: { readonly events: number };
    readonly checkpoints: { readonly matched: number };
  };
  readonly findings: readonly {
    readonly code: string;
    readonly seq?: number;
    readonly id?: string;
    readonly actual?: string;
    readonly next: string;
  }[];
  readonly not_proved: readonly string[];
  readonly recorded?: { readonly seq: number };
}

/** A line as it is typed in the shell's folder. */
const ran = (shell: Shell, line: string): Promise<Ran> =>
  shell.inside(line.replaceAll(/(?<= )[\w.]+\.(?:mark|note)\b/g, (name) => shell.path(name)));

const audit = async (shell: Shell, options = ''): Promise<Report> => {
  const { status, stdout } = await ran(shell, `verify --json${options}`);
  const report = JSON.parse(stdout) as Report;
  expect(report.exit, stdout).toBe(status);
  return report;
};
const saysOf = ({ exit, findings }: Report): readonly unknown[] => [
  exit,
  ...findings.map(({ code }) => code),
];

const append = async (shell: Shell, id: string, more = ' --sign alice'): Promise<void> => {
  const { status, stdout } = await ran(shell, `append --type a.b --id ${id}${more}`);
  expect(status, stdout).toBe(0);
};

describe('ledger verify --mark and --since', () => {
  it('reads what came in since, and says which bytes it did not read again', async () => {
    const shell = withLedger();
    await append(shell, 'x');
    expect(await audit(shell, ' --mark audit.mark')).toMatchObject({ exit: 0, size: 2 });
    await append(shell, 'y');
    const rest = await audit(shell, ' --since audit.mark --mark audit.mark');
    expect(rest).toMatchObject({ exit: 0, size: 3, checked: { journal: { events: 1 } } });
    const [first = '', second = ''] = shell.journal();
    const bytes = first.length + second.length + 2;
    expect(rest.not_proved).toContain(
      `the first ${bytes} bytes, 2 events, were not read again: the mark vouches for them`,
    );
    expect((await audit(shell, ' --since audit.mark')).checked.journal.events).toBe(0);
    expect(await audit(shell, ' --since 2')).toMatchObject({ exit: 0, size: 3 });
    await ran(shell, 'checkpoint --out held.note');
    expect(await audit(shell, ' --since held.note')).toMatchObject({ exit: 0, size: 3 });
    expect(await audit(shell, ' --since 4')).toMatchObject({ verdict: 'incomplete', exit: 23 });
    expect(readdirSync(shell.folder).filter((name) => name.includes('mark'))).toEqual([
      'audit.mark',
    ]);
  });

  it('refuses what is no mark, and where none may lie', async () => {
    const shell = withLedger();
    await audit(shell, ' --mark audit.mark');
    const mark = shell.read('audit.mark');
    shell.write('torn.mark', mark.slice(0, -20));
    shell.write('edited.mark', mark.replace('"size":1', '"size":2'));
    symlinkSync('.ledger', shell.path('link'));
    const at = shell.path();
    expect(
      await shell.refusals([
        `verify --since ${at}/none.mark`,
        `verify --since ${at}/torn.mark`,
        `verify --since ${at}/edited.mark`,
        `verify --since ${at}/folder`,
        `verify --mark ${at}/.ledger/audit.mark`,
        `verify --mark ${at}/.ledger/keys/audit.mark`,
        `verify --mark ${at}/link/audit.mark`,
        `verify --since ${at}/audit.mark --decisions`,
        'verify --record',
        'verify --require attested,all',
        'verify --vkey alice',
        'verify --workers 0',
        'verify --workers 65',
        'verify --max-duration 90',
        `verify --checkpoint ${at}/torn.mark`,
      ]),
    ).toEqual([
      '3 file_unreadable',
      '2 mark_bad_form',
      '2 mark_bad_digest',
      '3 file_unreadable',
      ...Array.from({ length: 6 }, () => '2 usage'),
      '2 bad_form',
      ...Array.from({ length: 3 }, () => '2 usage'),
      '2 no_final_newline',
    ]);
    expect(readdirSync(shell.path('.ledger')).filter((name) => /mark/.test(name))).toEqual([]);
  });

  it('names what differs in a mark of another ledger, and keeps no new one', async () => {
    const [shell, other] = [withLedger(), withLedger()];
    await append(other, 'x');
    await audit(other, ' --mark audit.mark');
    const mark = other.path('audit.mark');
    const report = await audit(shell, ` --since ${mark} --mark new.mark`);
    expect(saysOf(report)).toEqual([20, 'mark_beyond_end']);
    await append(shell, 'x');
    expect(saysOf(await audit(shell, ` --since ${mark}`))).toEqual([20, 'mark_mismatch']);
    expect(readdirSync(shell.folder)).not.toContain('new.mark');
    const people = await ran(shell, `verify --since ${mark} --mark new.mark`);
    expect(people.stdout).toContain('the ledger holds another event where the mark ends');
    expect(people.stderr).toContain('no mark was written');
  });
});

describe('ledger verify --require', () => {
  it('attested names every event that nobody attested, the tool’s own apart', async () => {
    const shell = withLedger();
    await append(shell, 'x');
    await audit(shell, ' --record --sign alice');
    expect(saysOf(await audit(shell, ' --require attested'))).toEqual([0]);
    await append(shell, 'y', '');
    await append(shell, 'z', '');
    await append(shell, 'signed');
    await append(shell, 'last', '');
    const { verdict, exit, findings } = await audit(shell, ' --require attested');
    expect([verdict, exit]).toEqual(['incomplete', 23]);
    expect(findings.map(({ code, seq, actual }) => [code, seq, actual])).toEqual([
      ['attestation_required', 3, 'events 3 to 4'],
      ['attestation_required', 6, 'event 6'],
    ]);
    await audit(shell, ' --mark audit.mark');
    const since = await audit(shell, ' --require attested --since audit.mark');
    expect(since.findings.map(({ actual }) => actual)).toEqual(['3 events before the mark']);
  });

  it('checkpoint asks for one that was given and matched, by a named key', async () => {
    const shell = withLedger();
    await append(shell, 'x');
    const { root, size } = await audit(shell);
    await ran(shell, 'checkpoint --out held.note');
    const [log] = shell.json('key list').filter(({ purpose }) => purpose === 'log');
    const vkey = log?.vkey ?? '';
    const stranger = signer('example.com/acme');
    const note = right(signCheckpoint(native, stranger, size, parseHex(root) ?? new Uint8Array()));
    shell.write('foreign.note', note);
    const says = async (options: string) => saysOf(await audit(shell, options));
    const held = ' --require checkpoint --checkpoint held.note';
    const foreign = ' --require checkpoint --checkpoint foreign.note';
    expect(await says(' --require checkpoint')).toEqual([23, 'checkpoint_required']);
    expect(await says(held)).toEqual([0]);
    expect(await says(`${held} --vkey ${vkey}`)).toEqual([0]);
    const unknown = [23, 'checkpoint_key_unknown', 'checkpoint_required'];
    expect(await says(`${held} --vkey ${formatVkey(stranger)}`)).toEqual(unknown);
    expect(await says(`${foreign} --vkey ${vkey}`)).toEqual(unknown);
    expect(await says(foreign)).toEqual([20, 'checkpoint_refused', 'checkpoint_required']);
    // Whoever named that key says that the log is signed by it: this ledger is another one.
    expect(await says(`${foreign} --vkey ${formatVkey(stranger)}`)).toEqual([
      20,
      'checkpoint_refused',
      'checkpoint_required',
    ]);
    expect(await says(` --vkey ${formatVkey(stranger)}`)).toEqual([23, 'checkpoint_key_unknown']);
    const witness = signer('witness.example/w');
    const signed = right(parseNote(readFileSync(shell.path('held.note'), 'utf8')));
    shell.write('cosigned.note', formatNote(right(signNote(native, witness, signed))));
    const cosigned = ' --require checkpoint --checkpoint cosigned.note';
    expect(await says(`${cosigned} --vkey ${vkey}`)).toEqual([0]);
    expect(await says(`${cosigned} --vkey ${formatVkey(witness)}`)).toEqual(unknown);
    expect(await says(` --vkey ${vkey}`)).toEqual([0]);
    const [own] = (await audit(shell)).not_proved;
    expect(own).toBe('no checkpoint was given: a cut tail or a rewritten whole cannot be seen');
  });
});

describe('ledger verify --record', () => {
  it('appends a signed event that tells what was found, whatever that was', async () => {
    const shell = withLedger();
    const report = await audit(shell, ' --record --sign alice --require checkpoint');
    expect(report).toMatchObject({ exit: 23, recorded: { seq: 1 } });
    const { header, payload } = shell.json('show 1')[0] ?? {};
    expect(header).toMatchObject({ event_type: 'ledger.verified', attestation: {} });
    expect(payload).toMatchObject({
      verdict: 'incomplete',
      size: 1,
      root: report.root,
      findings: { checkpoint_required: 1 },
    });
    expect((payload as { not_proved: string[] }).not_proved).toContain('no_checkpoint_given');
    expect((await ran(shell, 'verify --record --sign alice')).stdout).toContain(
      'recorded as event 2\n',
    );
  });

  it('says where nothing can be appended, and exits by the verdict', async () => {
    const shell = withLedger();
    await append(shell, 'x');
    const folder = shell.path('.ledger', 'journal');
    const path = `.ledger/journal/${readdirSync(folder)[0]}`;
    const text = shell.read(path);
    shell.write(path, text.slice(0, text.indexOf('\n') + 1));
    const { status, stdout, stderr } = await ran(shell, 'verify --json --record --sign alice');
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'tampered', exit: 20 });
    expect([status, stderr.includes('the journal ends before the mirror does')]).toEqual([
      20,
      true,
    ]);
    expect(readFileSync(shell.path(path), 'utf8').split('\n')).toHaveLength(2);
  });
});

/** The verdict, and the layers below it with their marks. */
const layersOf = (text: string): readonly (string | undefined)[] =>
  text
    .split('\n')
    .filter((line) => /^\S ?[a-z]+: /.test(line))
    .map((line) => line.split(':')[0]);

describe('what ledger verify prints', () => {
  it('tells people layer by layer what was checked, found and not proved', async () => {
    const shell = withLedger();
    await append(shell, 'x');
    const folder = shell.path('.ledger', 'journal');
    const path = `.ledger/journal/${readdirSync(folder)[0]}`;
    shell.write(path, shell.read(path).replace('"payload":{}', '"payload":[]'));
    const { stdout } = await ran(shell, 'verify');
    expect(layersOf(stdout)).toEqual([
      'tampered',
      '✗ journal',
      '✓ attestations',
      '· checkpoints',
      '· decisions',
      '✗ mirror',
      '✓ projections',
    ]);
    const sound = withLedger();
    await append(sound, 'x');
    await ran(sound, 'checkpoint --out held.note');
    const whole = (await ran(sound, 'verify --decisions --checkpoint held.note')).stdout;
    expect(layersOf(whole)).toEqual([
      'verified',
      '✓ journal',
      '✓ attestations',
      '✓ checkpoints',
      '✓ decisions',
      '✓ mirror',
      '✓ projections',
    ]);
    expect(whole).toMatch(/\ntook \d+\.\d s: [1-9]\d* events\/s\n$/);
    const least = (await ran(sound, 'verify --journal-only')).stdout;
    expect(layersOf(least).slice(4)).toEqual(['· decisions', '· mirror', '· projections']);
    const found = (await audit(shell)).findings[0];
    expect(found).toMatchObject({ code: 'payload_hash_mismatch', seq: 1, id: 'x' });
    expect(stdout).toContain(':2 (byte ');
    expect(stdout).toContain('event 1 x: ');
    expect(stdout).toContain('  not proved: no checkpoint was given');
  });

  it('vouches for no layer where findings are left out, nor for one with a finding', () => {
    const report: AuditReport = {
      verdict: 'tampered',
      origin: 'example.com/acme',
      size: 2,
      head: undefined,
      root: undefined,
      checked: {
        journal: { events: 2, bytes: 2000, segments: 1 },
        attestations: { verified: 1, unsigned: 1 },
        checkpoints: { matched: 1 },
      },
      findings: [],
      more: 0,
      notProved: [],
      mark: undefined,
    };
    expect(layersOf(auditText(report, 4000)).slice(1, 3)).toEqual(['✓ journal', '✓ attestations']);
    expect(auditText(report, 4000)).toContain('\ntook 4.0 s: 1 events/s\n');
    const cut = layersOf(auditText({ ...report, more: 1 }, 1));
    expect(cut.slice(1, 3)).toEqual(['· journal', '· attestations']);
  });
});
