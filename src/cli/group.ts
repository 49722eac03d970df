/**
 * The commands as people look for them: by what they want to do.
 */

/** GROUPS names commands by their first word. */
export const GROUPS: Readonly<Record<string, readonly string[]>> = {
  'Begin and record': ['init', 'append', 'sign', 'approve', 'erase'],
  Read: ['log', 'show'],
  'Say who counts and what may enter': ['key', 'policy', 'break-glass', 'quarantine'],
  'Tell others': ['outbox'],
  'Find out what helps': ['experiment'],
  Prove: ['verify', 'checkpoint', 'prove', 'check-proof'],
  'Hand out': ['export', 'check-bundle'],
  'Survive a disaster': ['replay', 'backup', 'restore', 'drill'],
  'Come from elsewhere': ['import'],
  'This installation': ['demo', 'doctor', 'completion', 'help'],
};

const OTHERS = 'Others';

/** groupOf tells in which group a command is listed. */
export const groupOf = (name: string): string => {
  const [word = ''] = name.split(' ');
  return Object.keys(GROUPS).find((title) => GROUPS[title]?.includes(word) === true) ?? OTHERS;
};

/** groupTitles lists the groups in the order in which they are printed. */
export const groupTitles = (): readonly string[] => [...Object.keys(GROUPS), OTHERS];
