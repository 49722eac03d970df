/**
 * `data/profile.md` of a bundle: what its evidence has to do with the requirements of a profile. It
 * follows from the profile, from what the bundle claims and from its events, so whoever checks the
 * bundle makes it again.
 */
import type { Claim } from '../claim.ts';
import { FILE } from '../layout.ts';
import type { Part, Profile, Requirement } from './profile.ts';
import { PARTS } from './profile.ts';
import type { Tally } from './tally.ts';

const REACH = {
  shows: 'shown by the evidence, of the events that are here',
  supports: 'supported by the evidence; more must be shown elsewhere',
  silent: 'the evidence says nothing to it',
} as const;

/** What somebody wrote stays text, wherever it is shown as a page. */
const plain = (words: string): string => words.replaceAll(/[\\`*_[\]<>|#]/g, '\\$&');

const counted = (tally: Tally, patterns: readonly string[]): string =>
  patterns
    .map((pattern) => {
      const { events, signed } = tally.of(pattern);
      return `${events} × \`${pattern}\`${events === 0 ? '' : `, ${signed} of them signed`}`;
    })
    .join('; ');

const evidenceText = (
  tally: Tally,
  { part, says, events }: NonNullable<Requirement['evidence']>[number],
): string => {
  const here = events === undefined ? '' : `  \n  In this bundle: ${counted(tally, events)}.`;
  return `- **${part}**: ${plain(says)}${here}`;
};

const requirementText =
  (tally: Tally) =>
  ({ id, title, reach, evidence = [], beyond }: Requirement): string =>
    [
      `### ${plain(id)}: ${plain(title)}`,
      `How far: **${reach}**.`,
      ...(evidence.length === 0 ? [] : [evidence.map((e) => evidenceText(tally, e)).join('\n')]),
      `Not shown: ${plain(beyond)}`,
    ].join('\n\n');

const partText = ([name, { files, proves }]: readonly [string, (typeof PARTS)[Part]]): string =>
  `- **${name}** (${files.map((file) => `\`${file}\``).join(', ')}). A check finds out ${proves}.`;

const usedParts = ({ requirements }: Profile): readonly (readonly [Part, (typeof PARTS)[Part]])[] =>
  (Object.keys(PARTS) as Part[])
    .filter((part) =>
      requirements.some(({ evidence = [] }) => evidence.some((e) => e.part === part)),
    )
    .map((part) => [part, PARTS[part]]);

const citedIn = ({ requirements }: Profile, reach: Requirement['reach']): string => {
  const ids = requirements.filter((each) => each.reach === reach).map(({ id }) => plain(id));
  return `- **${reach}** (${REACH[reach]}): ${ids.length === 0 ? 'none' : ids.join(', ')}`;
};

/** profileText writes it. */
export const profileText = (profile: Profile, claim: Claim, tally: Tally): string => {
  const { title, about, sources, requirements, name } = profile;
  const { origin, selection, counts } = claim;
  const { events, signed } = tally.of('*');
  return `${[
    `# ${plain(title)}`,
    `Of the ledger ${plain(origin)}, events ${selection.from} to ${selection.to - 1}: what the ` +
      `evidence in this bundle has to do with each requirement, by the profile \`${name}\`.`,
    '**This certifies nothing.** It is no audit, no opinion and no statement of compliance, and ' +
      'whoever made the bundle or the software makes none by it. It says where to look, how far ' +
      'that goes and where it ends. Whether a requirement is met is for whoever must judge it.',
    ...(about === undefined ? [] : [plain(about)]),
    '## At a glance',
    (['shows', 'supports', 'silent'] as const).map((reach) => citedIn(profile, reach)).join('\n'),
    `The bundle holds ${events} events, ${signed} of them signed: ${counts.events} of its range, ` +
      `${counts.disclosed} of these with their content, and others on which they rest ` +
      `(\`${FILE.governing}\`). Counts below are of these events.`,
    '## The parts of the evidence',
    usedParts(profile).map(partText).join('\n'),
    '## The requirements',
    ...requirements.map(requirementText(tally)),
    '## Sources',
    sources
      .map(({ name: told, url }) => `- ${plain(told)}${url === undefined ? '' : `: <${url}>`}`)
      .join('\n'),
  ].join('\n\n')}\n`;
};
