/**
 * An event as people read it, every part of it made harmless: in a list a line, alone in full.
 */
import { visible } from '../../ledger/render/render.ts';
import type { Found } from '../usecase/query.ts';
import { recordedOf } from '../storage/mirror/mirror.ts';

/** lineText is an event in one line. */
export const lineText = ({ line }: Found): string => {
  const { header, payload } = recordedOf(line);
  const { seq, recorded_at: at, event_type: type, id, attestation, source } = header;
  const by = attestation?.key_id ?? `${source.kind}:${source.name}`;
  const text = payload === undefined ? '(withheld)' : JSON.stringify(payload);
  return `${[seq, at, type, id, by, text].map((part) => visible(String(part))).join('  ')}\n`;
};

/** fullText is all of an event. */
export const fullText = ({ line }: Found): string => {
  const { event_hash, header, payload } = recordedOf(line);
  const { attestation, policy, ...rest } = header;
  const members: Readonly<Record<string, unknown>> = { event_hash, ...rest, policy, attestation };
  const rows = Object.entries(members)
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => {
      const text = typeof value === 'string' ? value : JSON.stringify(value);
      return `${name}: ${visible(text)}`;
    });
  const shown = payload === undefined ? undefined : JSON.stringify(payload, undefined, 2);
  const payloadLines = (shown ?? '(withheld)').split('\n').map(visible);
  return [...rows, 'payload:', ...payloadLines.map((each) => `  ${each}`), ''].join('\n');
};
