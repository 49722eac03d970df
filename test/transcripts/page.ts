/**
 * A transcript as it is written down: what it is about, what is given, command lines, and what each
 * of them prints. Only the first three are read; the rest is made anew, and compared.
 *
 *     # One event.
 *     Given a ledger
 *
 *     $ ledger append --type note.taken --id n-1 --sign alice
 *       appended 1 n-1 HASH1                                  stdout
 *     ! another thing that was said                            stderr
 *     (exit 24)                                                where it is not 0
 */
export type Part =
  | { readonly kind: 'remark'; readonly text: string }
  | { readonly kind: 'given'; readonly text: string }
  | { readonly kind: 'command'; readonly line: string };

export interface Printed {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const partOf = (line: string): Part | undefined => {
  if (line.startsWith('# ')) return { kind: 'remark', text: line.slice(2) };
  if (line.startsWith('Given ')) return { kind: 'given', text: line.slice(6) };
  return line.startsWith('$ ') ? { kind: 'command', line: line.slice(2) } : undefined;
};

/** partsOf reads a page. */
export const partsOf = (page: string): readonly Part[] =>
  page
    .split('\n')
    .map(partOf)
    .filter((part) => part !== undefined);

const indented = (mark: string, text: string): readonly string[] => {
  if (text === '') return [];
  const lines = (text.endsWith('\n') ? text.slice(0, -1) : `${text}⏎`).split('\n');
  return lines.map((line) => `${mark} ${line}`.trimEnd());
};

const commandText = (line: string, { status, stdout, stderr }: Printed): readonly string[] => [
  `$ ${line}`,
  ...indented(' ', stdout),
  ...indented('!', stderr),
  ...(status === 0 ? [] : [`(exit ${status})`]),
];

/** pageOf writes a page; remarks stand together, with the command that they are about. */
export const pageOf = (parts: readonly Part[], printed: ReadonlyMap<Part, Printed>): string => {
  const lines: string[] = [];
  for (const [at, part] of parts.entries()) {
    const before = parts[at - 1]?.kind;
    const isOn = part.kind === 'remark' ? before === 'remark' : before !== 'command';
    if (at > 0 && !isOn) lines.push('');
    if (part.kind === 'remark') lines.push(`# ${part.text}`);
    else if (part.kind === 'given') lines.push(`Given ${part.text}`);
    else {
      const shown = printed.get(part);
      lines.push(...(shown === undefined ? [`$ ${part.line}`] : commandText(part.line, shown)));
    }
  }
  return `${lines.join('\n')}\n`;
};
