/**
 * What was proved of an import, as people read it: made of the event that sealed it and of nothing
 * else.
 */
import type { Json, JsonObject } from '../../ledger/json/value.ts';
import { isObject } from '../../ledger/json/value.ts';
import { write } from '../../ledger/json/format.ts';
import { visible } from '../../ledger/render/render.ts';
import { DEFECTS, isDefectName } from '../import/defect.ts';

const said = (value: Json | undefined): string =>
  typeof value === 'string' ? visible(value) : visible(write(value ?? null));

const items = (value: Json | undefined): readonly Json[] =>
  Array.isArray(value) ? (value as readonly Json[]) : [];

const rangeText = (name: string, value: Json): string => {
  if (!isObject(value)) return `  ${name.replaceAll('_', ' ')}: ${said(value)}\n`;
  const rows = items(value['rows']).map(said).join(', ');
  const where = rows === '' ? '' : ` (${rows})`;
  return `  ${name.replaceAll('_', ' ')}: ${said(value['count'])}${where}\n`;
};

const listText = (title: string, value: Json | undefined): string => {
  const lines = items(value).map((each) => `  ${said(each)}\n`);
  return lines.length === 0 ? '' : `${title}:\n${lines.join('')}`;
};

/** Members in the order in which an event has them, whether it is recorded yet or not. */
const membersOf = (value: JsonObject): readonly (readonly [string, Json])[] =>
  Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1));

const provedText = (value: Json | undefined): string =>
  isObject(value)
    ? `proved:\n${membersOf(value)
        .filter(([name]) => name !== 'keys')
        .map(([name, each]) => rangeText(name, each))
        .join('')}`
    : '';

/** defectText tells one defect. */
export const defectText = (told: Json): string => {
  if (!isObject(told)) return '';
  const { name, file, line, reason } = told;
  const meaning = typeof name === 'string' && isDefectName(name) ? DEFECTS[name] : '';
  const place = line === undefined ? said(file) : `${said(file)} line ${said(line)}`;
  return `  ${said(name)}: ${place}: ${meaning} (${said(reason)})\n`;
};

const defectsText = (value: Json | undefined, accepted: Json | undefined): string => {
  if (!isObject(value)) return '';
  const told = items(value['told']);
  const names = items(accepted).map(said).join(', ');
  const taken = names === '' ? '' : ` (accepted: ${names})`;
  const counts = isObject(value['counts']) ? Object.values(value['counts']) : [];
  const more = counts.reduce<number>((sum, count) => sum + Number(count), 0) - told.length;
  const rest = more > 0 ? `  and ${more} more\n` : '';
  return told.length === 0 ? '' : `wrong${taken}:\n${told.map(defectText).join('')}${rest}`;
};

const countsText = (title: string, value: Json | undefined): string => {
  const counts = isObject(value) ? membersOf(value) : [];
  const told = counts.map(([name, count]) => `${said(count)} ${visible(name)}`);
  return told.length === 0 ? '' : `${title}: ${told.join(', ')}\n`;
};

/** What somebody should look at. */
const warningsText = (value: Json | undefined): string => {
  if (!isObject(value)) return '';
  const told = items(value['told']);
  const more = Number(value['count']) - told.length;
  return listText('look at', more > 0 ? [...told, `and ${more} more`] : told);
};

/** What no event could hold: nothing but its place is kept, and nobody is to believe otherwise. */
const lostText = (count: Json | undefined): string =>
  count === undefined
    ? ''
    : `not taken: ${said(count)} lines or rows that are too long for an event; ` +
      'of them the ledger knows nothing but where they stand\n';

/** Lines that are no event of their own, and rows that are none as data. */
const linesText = (repeated: Json | undefined, texts: Json | undefined): string =>
  (repeated === undefined
    ? ''
    : `repeated: ${said(repeated)} lines that are an earlier one once more, with its id\n`) +
  (texts === undefined
    ? ''
    : `kept as text: ${said(texts)} rows with a number that data would not keep\n`);

/** importText tells what the payload of a sealing event says. */
export const importText = (payload: JsonObject): string => {
  const { tool, files, rows, head, events, parity, proved, defects, accepted } = payload;
  const each = items(files).map((file) =>
    isObject(file)
      ? `  ${said(file['name'])}, ${said(file['bytes'])} bytes, sha256 ${said(file['sha256'])}\n`
      : '',
  );
  return [
    `${said(tool)}: ${said(rows ?? events)} rows, ${said(events)} events\n`,
    `files:\n${each.join('')}`,
    head === undefined || head === null ? '' : `head: ${said(head)}\n`,
    isObject(parity) ? `parity: ${said(parity['matched'])} rows are the same in both\n` : '',
    countsText('outbox', payload['outbox']),
    countsText('odd, and taken', payload['oddities']),
    lostText(payload['not_taken']),
    linesText(payload['repeated'], payload['kept_as_text']),
    countsText('left in the source', payload['left']),
    provedText(proved),
    listText('not proved', payload['unproved']),
    listText('never protected', payload['not_protected']),
    listText('told', payload['notes']),
    warningsText(payload['warnings']),
    defectsText(defects, accepted),
  ].join('');
};
