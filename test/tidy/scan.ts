/**
 * A scanner just good enough to tell code, comments and literals of a script apart.
 *
 * Both views have the length and the line breaks of the text, so an offset means the same in all
 * three. In `code` comments are blank and literals keep only their delimiters; what stands inside
 * `${…}` of a template is code. In `comments` everything else is blank.
 *
 * A slash opens a regular expression where a value cannot have ended: after an operator, an opening
 * bracket or a keyword. After `)` and `}` it divides, which misreads `if (x) /y/.test(z)`.
 */
export type View = { readonly code: string; readonly comments: string };

/**
 * In front of a name in a pattern: it is no member of something else, for no dot stands before it,
 * or three do.
 */
export const BARE = String.raw`(?<![\w$]|(?<!\.\.)\.)`;

const comment = /\/\/[^\n]*|\/\*[\s\S]*?\*\//y;
const quoted = /'(?:\\[\s\S]|[^'\\\n])*'|"(?:\\[\s\S]|[^"\\\n])*"/y;
const regex = /\/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\[\n])+\/[a-z]*/y;
const templateText = /(?:\\[\s\S]|\$(?!\{)|[^\\`$])*/y;
const word = /[\w$]+/y;
const shebang = /#![^\n]*/y;

const regexMayFollow =
  /^(?:|[(,=:[!&|?{;+\-*%<>~^]|return|typeof|case|in|of|delete|void|throw|new|else|do|await)$/;

const blank = (text: string): string => text.replaceAll(/[^\n]/g, ' ');
const hollow = (literal: string): string =>
  `${literal.slice(0, 1)}${blank(literal.slice(1, -1))}${literal.slice(-1)}`;

export const scan = (text: string): View => {
  let code = '';
  let comments = '';
  let previous = '';
  let depth = 0;
  const templates: number[] = [];

  const take = (pattern: RegExp): string => {
    pattern.lastIndex = code.length;
    return pattern.exec(text)?.[0] ?? '';
  };
  const emit = (inCode: string, inComments: string): void => {
    code += inCode;
    comments += inComments;
  };
  const emitComment = (found: string): void => emit(blank(found), found);
  const emitLiteral = (found: string): void => {
    emit(hollow(found), blank(found));
    previous = 'literal';
  };
  const emitTemplateText = (): void => {
    const found = take(templateText);
    emit(blank(found), blank(found));
    if (text.startsWith('${', code.length)) {
      templates.push(depth);
      emit('${', '  ');
      previous = '{';
    } else {
      emit(text.slice(code.length, code.length + 1), ' ');
      previous = 'literal';
    }
  };
  const emitMark = (mark: string): void => {
    const closesTemplateCode = mark === '}' && templates.at(-1) === depth;
    emit(mark, blank(mark));
    if (closesTemplateCode) templates.pop();
    if (closesTemplateCode || mark === '`') return emitTemplateText();
    if (mark === '{') depth += 1;
    if (mark === '}') depth -= 1;
    if (mark.trim() !== '') previous = mark;
  };

  emitComment(take(shebang));
  while (code.length < text.length) {
    const aside = take(comment);
    const literal = take(quoted) || (regexMayFollow.test(previous) ? take(regex) : '');
    const name = take(word);
    if (aside !== '') emitComment(aside);
    else if (literal !== '') emitLiteral(literal);
    else if (name !== '') {
      emit(name, blank(name));
      previous = name;
    } else emitMark(text.charAt(code.length));
  }
  return { code, comments: comments.slice(0, text.length) };
};
