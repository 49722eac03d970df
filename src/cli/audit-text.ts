/**
 * A report of an audit as it is printed: for people layer by layer, what was checked in each, what
 * was found, what was not proved; for programs as one object.
 */
import { visible } from '../../ledger/render/render.ts';
import type { Open, ReportFinding } from '../verify/report.ts';
import type { Report } from '../verify/verify.ts';
import { findingText, openText } from './finding-text.ts';

const LAYERS = [
  'journal',
  'attestations',
  'checkpoints',
  'decisions',
  'mirror',
  'projections',
] as const;
type Layer = (typeof LAYERS)[number];

const OF_ATTESTATIONS = /^(?:signature_|key_|attestation_|not_authorised|last_)/;
const OF_CHECKPOINTS = /checkpoint/;
const OF_DECISIONS = /^(?:decision_|policy_)/;
const OF_MIRROR = /^mirror_/;
const OF_PROJECTIONS = /^projection_/;

const layerOf = (name: string): Layer => {
  if (OF_ATTESTATIONS.test(name)) return 'attestations';
  if (OF_CHECKPOINTS.test(name)) return 'checkpoints';
  if (OF_DECISIONS.test(name)) return 'decisions';
  if (OF_MIRROR.test(name)) return 'mirror';
  return OF_PROJECTIONS.test(name) ? 'projections' : 'journal';
};

const nameOf = (open: Open): string => (typeof open === 'string' ? open : open.open);

const checkedText = ({ checked, notProved }: Report, layer: Layer): string => {
  const { journal, attestations, checkpoints, mirror, projections } = checked;
  switch (layer) {
    case 'journal':
      return `${journal.events} events, ${journal.bytes} bytes, files: ${journal.segments}`;
    case 'attestations':
      return `${attestations.verified} verified, ${attestations.unsigned} unsigned`;
    case 'checkpoints':
      return `${checkpoints.matched} matched`;
    case 'decisions':
      return notProved.includes('policy_decisions') ? 'not judged again' : 'judged again';
    case 'mirror':
      return mirror === undefined ? 'not compared' : `${mirror.rows} rows compared to the byte`;
    case 'projections':
      return `${Object.keys(projections ?? {}).length} folded again`;
  }
};

const placeOf = ({ segment, line, offset, seq, id }: ReportFinding): string =>
  [
    ...(segment === undefined ? [] : [`${visible(segment)}:${line ?? 1} (byte ${offset ?? 0})`]),
    ...(seq === undefined ? [] : [`event ${seq}${id === undefined ? '' : ` ${visible(id)}`}`]),
  ].join(', ');

const foundText = (found: ReportFinding): string => {
  const { what, next } = findingText(found);
  const place = placeOf(found);
  const where = place === '' ? '' : `${place}: `;
  return `  ${found.severity}: ${where}${what} [${found.code}]\n    ${next}`;
};

const isLookedAt = ({ checked, notProved }: Report, layer: Layer): boolean => {
  switch (layer) {
    case 'journal':
      return checked.journal.events > 0;
    case 'attestations':
      return checked.attestations.verified > 0;
    case 'checkpoints':
      return checked.checkpoints.matched > 0;
    case 'decisions':
      return !notProved.includes('policy_decisions');
    case 'mirror':
      return (checked.mirror?.rows ?? 0) > 0;
    case 'projections':
      return Object.keys(checked.projections ?? {}).length > 0;
  }
};

/** ✓ all that was looked at is right, ✗ something is not, · that cannot be said. */
const markOf = (report: Report, layer: Layer): string => {
  const isWrong = report.findings.some(
    ({ code, severity }) => layerOf(code) === layer && severity !== 'warning',
  );
  if (isWrong) return '✗';
  // Of what is not listed nobody can tell where it belongs.
  return isLookedAt(report, layer) && report.more === 0 ? '✓' : '·';
};

const layerText = (report: Report, layer: Layer): readonly string[] => [
  `${markOf(report, layer)} ${layer}: ${checkedText(report, layer)}`,
  ...report.findings.filter(({ code }) => layerOf(code) === layer).map(foundText),
  ...(layer === 'journal' && report.more > 0 ? [`  and ${report.more} findings more`] : []),
  ...(layer === 'projections'
    ? Object.entries(report.checked.projections ?? {}).map(
        ([name, digest]) => `  ${name} ${digest}`,
      )
    : []),
  ...report.notProved
    .filter((open) => layerOf(nameOf(open)) === layer)
    .map((open) => `  not proved: ${openText(open)}`),
];

const speedText = ({ checked: { journal } }: Report, elapsedMs: number): string => {
  const seconds = Math.max(elapsedMs, 1) / 1000;
  return `took ${seconds.toFixed(1)} s: ${Math.round(journal.events / seconds)} events/s`;
};

/** auditText tells people. */
export const auditText = (report: Report, elapsedMs: number): string =>
  [
    `${report.verdict}: ${visible(report.origin)}, ${report.size} events`,
    `head ${report.head ?? 'unknown'}`,
    `root ${report.root ?? 'unknown'}`,
    ...LAYERS.flatMap((layer) => layerText(report, layer)),
    speedText(report, elapsedMs),
    '',
  ].join('\n');

/** auditData tells programs. */
export const auditData = (report: Report, exit: number, elapsedMs: number): object => {
  const { verdict, origin, size, head, root, checked, findings, more, notProved } = report;
  return {
    verdict,
    exit,
    origin,
    size,
    head,
    root,
    checked,
    findings: findings.map((each) => ({ ...each, next: findingText(each).next })),
    ...(more === 0 ? {} : { more_findings: more }),
    not_proved: notProved.map(openText),
    elapsed_ms: Math.round(elapsedMs),
  };
};

/** auditPayload is what the ledger keeps of an audit. */
export const auditPayload = ({ verdict, size, head, root, findings, more, notProved }: Report) => {
  const counts = new Map<string, number>();
  for (const { code } of findings) counts.set(code, (counts.get(code) ?? 0) + 1);
  return {
    verdict,
    size,
    ...(head === undefined ? {} : { head }),
    ...(root === undefined ? {} : { root }),
    findings: Object.fromEntries(counts),
    ...(more === 0 ? {} : { more_findings: more }),
    not_proved: notProved.map(nameOf),
  };
};
