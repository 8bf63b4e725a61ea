/**
 * What a teacher shows of an exercise: its question, the guess that is asked for, what is to be seen. The texts of the notebook
 * are longer than a slide: it has the sentences that fit, and its notes have all.
 */
import type { Slide } from './slides.js';
import { fitting, MOST_WORDS, wordCount } from './words.js';

/**
 * The heading of an exercise and what is asked, or what is to be seen; undefined for other texts. `guessed`: a guess is asked for
 * below it, which has a slide of its own.
 */
export function textSlide(text: string, guessed: boolean): Slide | undefined {
  const [, heading, minutes, question] = /^(## W\d\.\d .+)\n\n\*(\d+ minutes) .*\*\n\n([\s\S]+)$/.exec(text) ?? [];
  if (heading) {
    const [first, think = ''] = [`${heading} (${minutes})`, THINK.exec(question)?.[0]];
    const task = question.replace(THINK, '').replace(guessed ? GUESS : '', '');
    const markdown = guessed ? within(first, task) : [within(first, task, wordCount(think)), think].join('\n\n');
    return { shows: { markdown }, notes: [question] };
  }
  const [, title, seen] = /^<details><summary>(.+)<\/summary>\n\n([\s\S]+?)\n\n<\/details>$/.exec(text) ?? [];
  return title ? { shows: { markdown: within(`**${title}**`, seen) }, notes: [seen] } : undefined;
}

/** The guess of a cell with `predict`, whose question stands in the text before it, and below it what may be written. */
export function guessSlide(source: string, asked: string): Slide {
  const answers =
    /undefined\); \/\/ (.+)$/m.exec(source)?.[1].replace(/^write (.+) in the place of undefined$/, '$1') ?? '';
  const text = asked.replace(/^## [\s\S]+?\n\n\*.*\*\n\n/, '');
  const question = GUESS.exec(text)?.[0] ?? text;
  const shown = fitting(question, MOST_WORDS - wordCount(`Your guess? ${answers}`), { end: true });
  return {
    shows: {
      markdown: ['**Your guess?**', shown, ...(answers && !answers.startsWith("'") ? [`*${answers}*`] : [])].join(
        '\n\n',
      ),
    },
    notes: [],
  };
}

/** What is asked before the answer is seen, to the end of its paragraph. */
const GUESS = /Before you (?:look|write|run)[\s\S]+?(?=\n\n|$)/;

/** The paragraph of what to think of before one writes. */
const THINK = /(?<=^|\n\n)(?:Think first|Before you \w+):[\s\S]+?(?=\n\n|$)/;

/** A first line, and what fits below it beside so many other words. */
const within = (first: string, text: string, others = 0): string =>
  `${first}\n\n${fitting(text, MOST_WORDS - wordCount(first) - others)}`;
