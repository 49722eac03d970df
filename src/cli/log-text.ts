/**
 * Events as people read a list of them: a line each, in columns that stand under each other, as
 * wide as the terminal is. Every part of it is made harmless.
 *
 *     3  2026-11-20T15:04:05.678Z  invoice.paid  i-1  alice+1f3a9c2e  {"total":"12.50"}
 */
import { visible } from '../../ledger/render/render.ts';
import type { Header } from '../../ledger/event/header.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';
import type { Found } from '../usecase/query.ts';
import { realPorts } from '../wiring.ts';
import { agoText } from './ago.ts';
import { cut, widthOf } from './columns.ts';
import type { Style, Terminal } from './terminal.ts';

/** A name that is longer does not move the columns of all others. */
const MOST = 40;
/** A payload of which less can be seen says nothing. */
const LEAST = 12;

type Cell = readonly [text: string, style?: Style | undefined];

const isGoverning = (type: string): boolean => /^(?:ledger|key|policy|break_glass)\./.test(type);

const outcomeOf = ({ policy }: Header): readonly Cell[] =>
  policy.outcome === 'allow' ? [] : [[`[${policy.outcome}]`, 'odd']];

const authorOf = ({ attestation, source }: Header): Cell =>
  attestation === undefined ? [`${source.kind}:${source.name}`] : [attestation.key_id, 'signed'];

const timeOf = (at: string, now: number | undefined): string =>
  now === undefined ? at : agoText(now - Date.parse(at));

export class LogText {
  private readonly terminal: Terminal;
  private readonly isRelative: boolean;
  private readonly widths: number[] = [];

  constructor(terminal: Terminal, isRelative: boolean) {
    this.terminal = terminal;
    this.isRelative = isRelative;
  }

  /** page writes events; what comes later stands under what came before. */
  page(found: readonly Found[]): string {
    const now = this.isRelative ? realPorts.now() : undefined;
    const rows = found.map(({ line }) => {
      const { header, payload } = recordedOf(line);
      const { seq, recorded_at: at, event_type: type, id } = header;
      const cells: readonly Cell[] = [
        [String(seq), 'aside'],
        [timeOf(at, now), 'aside'],
        isGoverning(type) ? [type, 'governing'] : [type],
        [id],
        authorOf(header),
      ];
      const said = payload === undefined ? '(withheld)' : JSON.stringify(payload);
      const shown = cells.map(([text, style]): Cell => [cut(visible(text), MOST), style]);
      return { shown, outcome: outcomeOf(header), said };
    });
    for (const { shown } of rows)
      for (const [at, [text]] of shown.entries())
        this.widths[at] = Math.max(this.widths[at] ?? 0, widthOf(text));
    return rows.map(({ shown, outcome, said }) => this.row(shown, outcome, said)).join('');
  }

  private row(shown: readonly Cell[], outcome: readonly Cell[], said: string): string {
    const { terminal, widths } = this;
    let room = terminal.width ?? Infinity;
    const parts: string[] = [];
    const add = (text: string, style: Style | undefined, pad = 0): void => {
      const part = cut(text, room);
      const spaces = ' '.repeat(Math.max(0, Math.min(pad, room) - widthOf(part)));
      parts.push(`${style === undefined ? part : terminal.style(style, part)}${spaces}`);
      room -= Math.max(widthOf(part), pad) + 2;
    };
    for (const [at, [text, style]] of shown.entries()) if (room > 0) add(text, style, widths[at]);
    for (const [text, style] of outcome) if (room > 0) add(text, style);
    if (room >= LEAST) add(visible(said), undefined);
    return `${parts.join('  ').trimEnd()}\n`;
  }
}
