/**
 * JSON as it stands in a page; whoever reads it there can tell that it is written in this way.
 */

/** inert makes of JSON a text that can stand in a script element, whatever is in it. */
export const inert = (json: string): string => json.replaceAll('<', '\\u003c');
