/**
 * Documents that help prints: in a form that a user can put into a file, change and hand in.
 */
import { stringify } from 'yaml';
import type { JsonObject } from '../../../ledger/json/value.ts';

const COLUMNS = 90;

/** documentText writes one, what it is handed to above it. */
export const documentText = (usage: string, document: JsonObject): string =>
  `# ${usage}\n${stringify(document, { lineWidth: COLUMNS, aliasDuplicateObjects: false })}`;
