/** Formats of sums, balanced draws and completion of a table (notebook 28), against the vectors of kind addition (JSON only). */
import {
  balancedPairs,
  CHARACTERS,
  carries,
  charactersToTokens,
  completionLaw,
  type Summands,
  sumTable,
  tokensToCharacters,
  writtenAnswer,
  writtenSum,
} from '../../lib/dist/tasks/addition';
import { random } from '../../lib/dist/tasks/random';
import type { Comparison } from './comparison';
import type { JsonEntry } from './jsonEntry';

/** Two independent shares of their draws lie further apart than so many standard errors once in 2e6 comparisons. */
const DEVIATIONS = 5;
const DRAWS = 200;
/** The compact scratchpad is of this project. */
const FORMATS = ['plain', 'plain with delimiters', 'reverse', 'simplified scratchpad', 'detailed scratchpad'] as const;

export function compareAddition(comparison: Comparison): void {
  const { json } = comparison.reference;
  const same = (what: string, ours: unknown, theirs: unknown) => comparison.number(what, Number(ours === theirs), 1, 0);
  same('vocabulary', CHARACTERS, json.get('vocabulary').text());
  for (const example of json.get('examples').items()) {
    const pair = [example.get('a').number(), example.get('b').number()] as const;
    const at = comparison.at(pair.join('+'));
    at.number('carries', carries(pair), example.get('carries').number(), 0);
    for (const format of FORMATS) {
      const { prompt, completion } = writtenSum(format, pair);
      const theirs = example.get(format.replaceAll(' ', '_')).text();
      same(`${pair.join('+')}, ${format}`, prompt + completion, theirs);
      same(`${pair.join('+')}, tokens`, tokensToCharacters(charactersToTokens(theirs)), theirs);
      const answer = writtenAnswer(format, theirs.slice(prompt.length));
      at.number(`answer, ${format}`, Number(answer ?? Number.NaN), pair[0] + pair[1], 0);
    }
  }
  const balanced = json.get('balanced');
  const pairsOf = (entry: JsonEntry): Summands[] => entry.items().map((pair) => pair.numbers() as [number, number]);
  const candidates = pairsOf(balanced.get('candidates'));
  let next = 0;
  const drawn = balancedPairs(balanced.get('N').number(), () => candidates[next++]);
  const [ours, theirs] = [drawn.slice(100), pairsOf(balanced.get('accepted_after_one_digit'))];
  comparison.numbers('balanced draw', ours.flat(), theirs.flat(), 0);
  const counts = [0, 1, 2, 3].map((many) => drawn.filter((pair) => carries(pair) === many).length);
  comparison.numbers('balanced counts', counts, balanced.get('counts').numbers(), 0);

  for (const [i, entry] of json.get('completion').items().entries()) {
    const table = sumTable(entry.get('N').size());
    for (const [row, column] of pairsOf(entry.get('revealed'))) table.reveal(row, column);
    for (const name of ['determined', 'components'] as const)
      comparison.number(`completion ${i}: ${name}`, table[name], entry.get(name).number(), 0);
    same(`completion ${i}: complete`, table.complete, entry.get('complete').truth());
  }
  for (const entry of json.get('completion_probability').items()) {
    const [numbers, cells, trials] = ['N', 'revealed', 'trials'].map((name) => entry.get(name).size());
    const at = comparison.at(`${cells} of ${numbers}² cells`);
    at.number('law', completionLaw(numbers, cells), entry.get('law_value').number(), 1e-12);
    const source = random(0, `completion ${numbers} ${cells}`);
    let complete = 0;
    for (let draw = 0; draw < DRAWS; draw++) {
      const table = sumTable(numbers);
      for (const cell of source.sampleWithoutReplacement(numbers ** 2, cells))
        table.reveal(Math.floor(cell / numbers), cell % numbers);
      complete += Number(table.complete) / DRAWS;
    }
    const share = entry.get('complete').number();
    const both = (complete * DRAWS + share * trials + 1) / (DRAWS + trials + 2);
    at.chance('complete', complete, share, DEVIATIONS * Math.sqrt(both * (1 - both) * (1 / DRAWS + 1 / trials)));
  }
}
