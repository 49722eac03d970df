/**
 * Words of a command line that a person is to type.
 */

/** shellWord writes a text as one word of a shell. */
export const shellWord = (text: string): string => `'${text.replaceAll("'", `'\\''`)}'`;

/** plainWord writes it as it is, where a shell takes that for one word. */
export const plainWord = (text: string): string =>
  /^[\w./@%+=:,-]+$/.test(text) ? text : shellWord(text);
