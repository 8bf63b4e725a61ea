/** How much of a text a slide shows. */

/** More than that is read and not heard. */
export const MOST_WORDS = 40;

/** Words that are seen: of a link its words alone, and no marks of headings. */
export const wordCount = (markdown: string): number =>
  unlinked(markdown)
    .split(/\s+/)
    .filter((word) => /[\p{L}\p{N}]/u.test(word)).length;

/** Without links, which lead nowhere from a slide. */
export const unlinked = (markdown: string): string => markdown.replace(/\[((?:[^[\]]|\[[^\]]*\])*)\]\([^)]*\)/g, '$1');

/** The paragraphs of a text, each with its sentences. */
const sentencesOf = (text: string): string[][] =>
  text
    .split(/\n\n+/)
    .filter((paragraph) => paragraph.trim() !== '')
    .map((paragraph) => paragraph.replace(/\n/g, ' ').split(/(?<=[.?!][*"]?) +(?=["*`[]?\p{Lu})/u));

/** As many whole sentences of a text as have so many words, from its beginning or from its end. */
export function fitting(text: string, words: number, { end = false } = {}): string {
  const all = sentencesOf(text).flatMap((sentences, paragraph) => sentences.map((words) => ({ words, paragraph })));
  const order = end ? all.reverse() : all;
  const lengths = order.map(({ words }) => wordCount(words));
  const tooMany = lengths.findIndex((_, i) => lengths.slice(0, i + 1).reduce((a, b) => a + b) > words);
  const taken = tooMany < 0 ? order : order.slice(0, tooMany);
  const shown = end ? taken.reverse() : taken;
  const paragraphs = [...new Set(shown.map(({ paragraph }) => paragraph))];
  return paragraphs
    .map((one) =>
      shown
        .filter(({ paragraph }) => paragraph === one)
        .map(({ words }) => words)
        .join(' '),
    )
    .join('\n\n');
}
