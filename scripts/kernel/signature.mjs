// @ts-check

/**
 * Where the name stands whose call's parentheses hold a position; undefined outside of parentheses.
 *
 * @param {string} code
 * @param {number} position
 */
export function signatureAt(code, position) {
  let depth = 0;
  for (let at = position - 1; at >= 0; at--) {
    if (')]}'.includes(code[at])) depth++;
    else if (depth > 0 && '([{'.includes(code[at])) depth--;
    else if (depth === 0 && code[at] === '(') {
      const [name = ''] = /[\w$]+(?=(<[^()]*>)?\s*$)/.exec(code.slice(0, at)) ?? [];
      return name === '' ? undefined : code.lastIndexOf(name, at - 1);
    } else if (depth === 0 && code[at] === ';') return undefined;
  }
  return undefined;
}
