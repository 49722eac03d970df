/**
 * Making elements. What comes from a ledger becomes text and nothing else; what could move or turn
 * other text is shown as an escape.
 */

/** All of a text; what could turn or hide other text is shown as what it is. */
const harmless = (text: string): string =>
  text.replace(
    /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/gu,
    (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`,
  );

/** element makes one with children; a text is shown, never read as markup. */
export const element = <K extends keyof HTMLElementTagNameMap>(
  name: K,
  members: Partial<HTMLElementTagNameMap[K]> = {},
  ...children: readonly (Node | string)[]
): HTMLElementTagNameMap[K] => {
  const made = Object.assign(document.createElement(name), members);
  made.append(...children.map((child) => (typeof child === 'string' ? harmless(child) : child)));
  return made;
};

/** byId gives an element of the page. */
export const byId = (id: string): HTMLElement => {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no ${id}`);
  return found;
};

/** list makes a list of sentences. */
export const list = (texts: readonly string[]): HTMLUListElement =>
  element('ul', {}, ...texts.map((text) => element('li', {}, text)));

/** pairs makes a list of names and values. */
export const pairs = (of: readonly (readonly [string, string])[]): HTMLDListElement =>
  element(
    'dl',
    {},
    ...of.flatMap(([name, value]) => [element('dt', {}, name), element('dd', {}, value)]),
  );
