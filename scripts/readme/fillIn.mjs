// @ts-check
import { Failure } from '../lib/failure.mjs';

const BLOCK = /(<!-- npm run readme: ([a-z]+) -->\n)[\s\S]*?(<!-- end -->)/g;

/**
 * The text with what stands between its markers, `<!-- npm run readme: NAME -->` and `<!-- end -->`, made anew.
 *
 * @param {string} text
 * @param {Record<string, string>} sections Markdown by name; an empty one leaves nothing between its markers
 */
export function fillIn(text, sections) {
  /** @type {string[]} */
  const found = [];
  const filled = text.replace(BLOCK, (_, start, name, end) => {
    if (!(name in sections)) {
      throw new Failure(
        `README.md has a marker for "${name}", and there are only ${Object.keys(sections).join(', ')}.`,
      );
    }
    found.push(name);
    return sections[name] === '' ? `${start}${end}` : `${start}\n${sections[name]}\n\n${end}`;
  });
  const missing = Object.keys(sections).find((name) => found.filter((other) => other === name).length !== 1);
  if (missing) {
    throw new Failure(
      `README.md must have one place between "<!-- npm run readme: ${missing} -->" and "<!-- end -->", each on a line.`,
    );
  }
  return filled;
}
