/** W0 Hands on: interrupt a training, mend three lines, change a chart, and read out the doctor's words. */
import { lines } from '../../../lib/dist/charts';
import { answer as answerOf } from '../../../lib/dist/tasks';
import { tf } from '../../../lib/dist/tensorflow/backend';
import { wordsHere } from '../doctor';
import type { Exercises } from '../exercise';
import { type Answer, type Expect, expectFunction, expectNumber, whatIs } from '../verdict';

export const W0: Exercises = {
  'W0.1': {
    title: 'Interrupt a training',
    minutes: 6,
    difficulty: 'easy',
    importance: 'core',
    hints: [
      'A training is one call. Which two things does it need: what to train, and where to keep it?',
      'Write `experiments.` and press Tab: the list has a function that trains a base model.',
      'Return the call with `long` first, and then a record that holds `store` and an `observer`. Press ■ when the chart has a point.',
    ],
    check: interruptCheck,
  },
  'W0.2': {
    title: 'Mend three lines',
    minutes: 8,
    difficulty: 'easy',
    importance: 'core',
    hints: [
      'Read the first line of an error, and the line that it names. It often says what was meant.',
      'One name is misspelt. One call gives a promise. For the third: in a product of matrices, which two sizes must be equal?',
      '"Did you mean …?" mends the first. `await` stands before a call. In the third line change one size of the second tensor.',
    ],
    check: mendCheck,
  },
  'W0.3': {
    title: 'An option by Tab',
    minutes: 3,
    difficulty: 'easy',
    importance: 'core',
    hints: [
      'A chart is a function with options. Who knows their names?',
      'Put the cursor behind the last comma of the options, and press Tab.',
      'The option has the name of what should go away; its value is `true` or `false`.',
    ],
    check: chartCheck,
  },
  'W0.4': {
    title: "The doctor's words",
    minutes: 2,
    difficulty: 'easy',
    importance: 'core',
    hints: [
      'Commands run in a terminal: File, New, Terminal.',
      'Type `npm run doctor` there, in the folder of the project, and wait for half a minute.',
      'The last line ends with two words. Return them as one text, with a space between.',
    ],
    check: wordsCheck,
  },
};

async function interruptCheck(mine: Answer, expect: Expect): Promise<void> {
  expectFunction(mine, expect);
  const run = (await mine()) as { id?: string; log: unknown[]; settings: { epochs: number } } | undefined;
  expect(
    Array.isArray(run?.log) && run?.settings !== undefined,
    'it is a training',
    `What experiments.trainBaseModel gives is wanted, and you give ${whatIs(run)}.`,
  );
  const { id, log } = run as NonNullable<typeof run>;
  expect(
    id === undefined,
    'it was interrupted',
    'This training has run to its end, and is kept as a whole. Give long another seed, run its cell and this one, and when do you press ■?',
  );
  expect(
    log.length > 0,
    'an epoch was kept',
    'You were quick: no epoch had ended, so there was nothing to keep. Run the check again, and wait for the first point of the chart.',
  );
}

async function mendCheck(mine: Answer, expect: Expect): Promise<void> {
  expectFunction(mine, expect);
  const found: unknown = await mine();
  expect(
    typeof found === 'object' && found !== null,
    'it returns a record',
    `A record with answer, base and product is wanted, and you return ${whatIs(found)}.`,
  );
  const { answer, base, product } = found as Record<string, unknown>;
  expectNumber(answer, expect, 'answer is a number');
  expect(
    answer === answerOf('ab', 10, 11),
    'the first line is mended',
    'The first line runs now, but gives another answer. Did you change more than the name?',
  );
  expect(
    !(base instanceof Promise) && Array.isArray((base as { log?: unknown } | undefined)?.log),
    'the second line is mended',
    `In the second line a base model is wanted, and base is ${whatIs(base)}. What must be waited for?`,
  );
  expect(
    product instanceof tf.Tensor,
    'product is a tensor',
    `In the third line a tensor is wanted, and product is ${whatIs(product)}.`,
  );
  const { shape } = product as tf.Tensor;
  expect(
    shape.join() === '2,4',
    'the third line is mended',
    `The product should have 2 rows and 4 columns, and yours has the shape [${shape.join(', ')}]. Have you changed the first tensor?`,
  );
}

async function chartCheck(mine: Answer, expect: Expect): Promise<void> {
  expectFunction(mine, expect);
  const chart: unknown = await mine();
  const layers = (spec: unknown) =>
    ((spec as { layer?: { mark?: { type?: string } }[] } | undefined)?.layer ?? []).map(({ mark }) => mark?.type);
  expect(
    layers(chart).length > 0,
    'it is a chart',
    `The chart itself is wanted, not what shows it, and you return ${whatIs(chart)}.`,
  );
  expect(layers(chart).includes('line'), 'it has its line', 'The line has gone too. Is it still charts.lines?');
  const rows = [1, 2, 3].map((step) => ({ step, loss: 1 / step }));
  const plain = layers(lines(rows, { title: '', x: 'step', y: 'loss', points: false }));
  expect(
    layers(chart).filter((type) => type === 'point').length === plain.filter((type) => type === 'point').length,
    'its points are gone',
    'Each epoch still has its point. Which of the options that Tab lists is about them, and what is its value?',
  );
}

async function wordsCheck(answer: Answer, expect: Expect): Promise<void> {
  const found: unknown = typeof answer === 'function' ? await answer() : answer;
  expect(
    typeof found === 'string' && found.trim() !== '',
    'it is a text',
    `Two words are wanted, as a text, and you give ${found === '' ? 'an empty one' : whatIs(found)}.`,
  );
  const text = (found as string).trim();
  expect(
    /^[a-z .,]+$/.test(text),
    'it is of small letters',
    `The words have small letters only, and you give "${text}". Have you taken them from the end of the last line?`,
  );
  expect(
    /^[a-z]+ [a-z]+$/.test(text),
    'it is two words',
    `You give "${text}": which two words does the doctor ask you to read out?`,
  );
  expect(
    wordsHere().includes(text),
    'they are what the doctor says here',
    `The doctor of this project does not end with "${text}". Run it in a terminal of this JupyterLab: which words does it say today?`,
  );
}
