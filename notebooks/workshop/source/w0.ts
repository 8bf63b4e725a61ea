// %% [markdown]
// # W0 Hands on
//
// You learn to use a notebook: run a cell, interrupt it, read an error, ask for help. Whoever can do this needs no more for
// the rest of the workshop.

// %% [markdown] tags=["slide"]
// **W0 Hands on**: afterwards you can
//
// - run a cell again, and stop one that takes too long without losing its work;
// - find the line that an error means, and mend it;
// - let the notebook tell you names and options.

// %% [markdown]
// A cell runs with Shift+Enter: click into the next cell and try it. A star `[*]` beside a cell says that it is running. Run
// the cells one after the other; you do not need *Run All* here.

// %%
import { axes, charts, experiments, runs, show, tasks, tf, watch } from 'subtask-induction';
import { check, hint, predict, progress, reveal, sit, solution, todo } from 'subtask-induction-workshop';

// %% [markdown]
// ## Your seat
//
// The next cell is red when you run it: read what it says. Then write the number of your seat, and run it again. The number
// says nothing about you. Without a class folder it stays on this machine.

// %%
//> stub
// sit(0); // the number of your seat in the place of 0
//> solution
sit(1); // the number of your seat
//> end

// %% [markdown] tags=["slide"]
// ## W0.1
//
// A training takes minutes. You can stop it with ■ above the notebook (*Kernel → Interrupt Kernel*). This one would take 400
// [epochs](../../../docs/glossary.md#epoch).
//
// Before you write: what is left of a training that is interrupted? *nothing*, *the epochs so far*, or *everything*?

// %% tags=["predict", "slide"]
//> stub
// predict('W0.1', undefined); // 'nothing', 'the epochs so far' or 'everything'
//> solution
predict('W0.1', 'the epochs so far');
//> end

// %%
const chain = experiments.chainSettings({ preset: 'tiny' });
const store = runs.projectStore();
const observer = watch.run(); // draws the bar and the chart
const long = { ...chain.base, epochs: 400, patience: 400, stuckAfter: 400, seed: 11 };

// %% [markdown]
// Write one call: `experiments.trainBaseModel`, with the settings `long` and with `{ store, observer }`. Return what it
// gives. Type `experiments.tr` and press Tab: the notebook completes the name.
//
// Then run the check. Wait for the first point of the chart, and press ■.

// %% tags=["W0.1"]
/** Trains a small model, for longer than you want to wait. */
async function myTraining(): Promise<experiments.BaseModel> {
  //> stub
  // return todo('Call experiments.trainBaseModel with the settings long.');
  //> solution
  const onEpoch: typeof observer.onEpoch = (record) => {
    observer.onEpoch?.(record);
    process.kill(process.pid, 'SIGINT'); // in the place of your finger on ■
  };
  return experiments.trainBaseModel(long, { store, observer: { ...observer, onEpoch } });
  //> wrong "has run to its end"
  // return experiments.trainBaseModel(chain.base, { store, observer });
  //> wrong "What experiments.trainBaseModel gives is wanted"
  // return (await experiments.baseModel(chain.base, { store, observer })) as unknown as experiments.BaseModel;
  //> end
}

// %% tags=["check", "trains"]
await check('W0.1', myTraining);
await observer.finish();

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// The bar stops at once, and the cell ends without an error: the function returns the epochs that had ended. The run is not
// in the store, since it is not whole. Run the check again: it goes on from where it was. Press ■ once more.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W0.2
//
// Three lines are wrong: a misspelt name, a missing `await`, and sizes that do not fit. Take the slashes away from *one*
// line, run the cell, read the error, mend the line, and go on to the next. (Ctrl+/ takes slashes away.)
//
// The third mistake is seen only when the line runs: the check says it. The product should have 2 rows and 4 columns. At the
// end, take the `todo` away.

// %% tags=["W0.2"]
/** An answer, a base model that lies in the store, and a product of two matrices. */
async function myLines(): Promise<{ answer: number; base: experiments.BaseModel; product: tf.Tensor }> {
  //> stub
  // // const answer = tasks.anwser('ab', 10, 11);
  // // const { base } = experiments.baseModel(chain.base, { store });
  // // const product = tf.ones([2, 3]).matMul(tf.ones([2, 4]));
  // // return { answer, base, product };
  // return todo('Take slashes away from one line after the other, and mend it.');
  //> solution
  const answer = tasks.answer('ab', 10, 11);
  const { base } = await experiments.baseModel(chain.base, { store });
  const product = tf.ones([2, 3]).matMul(tf.ones([3, 4]));
  return { answer, base, product };
  //> wrong "Did you change more than the name"
  // const answer = tasks.answer('ab', 10, 12);
  // const { base } = await experiments.baseModel(chain.base, { store });
  // return { answer, base, product: tf.ones([2, 3]).matMul(tf.ones([3, 4])) };
  //> wrong "What must be waited for"
  // const answer = tasks.answer('ab', 10, 11);
  // const base = experiments.baseModel(chain.base, { store }) as unknown as experiments.BaseModel;
  // return { answer, base, product: tf.ones([2, 3]).matMul(tf.ones([3, 4])) };
  //> wrong "Have you changed the first tensor"
  // const answer = tasks.answer('ab', 10, 11);
  // const { base } = await experiments.baseModel(chain.base, { store });
  // return { answer, base, product: tf.ones([3, 2]).matMul(tf.ones([2, 4])) };
  //> end
}

// %% tags=["check"]
await check('W0.2', myLines);

// %% [markdown] tags=["slide"]
// ## W0.3
//
// Below is the [loss](../../../docs/glossary.md#loss) of a model that has been trained before. Before you look: does a loss
// fall *evenly*, or in *steps*?

// %% tags=["predict", "slide"]
//> stub
// predict('W0.3', undefined); // 'evenly' or 'steps'
//> solution
predict('W0.3', 'steps');
//> end

// %%
const epochs = experiments
  .finishedBaseModels(chain.base, { store })
  .filter(({ settings }) => settings.seed === chain.base.seed)
  .flatMap(({ log }) => log.map(({ step, eval_loss }) => ({ step, loss: eval_loss })));

// %% tags=["slide"]
await reveal('W0.3', () => charts.lines(epochs, { title: 'Loss of a small model', x: axes.step, y: axes.loss }));

// %% [markdown]
// Each epoch has a point. Draw the same chart without the points: copy it into the cell below, put the cursor behind its
// last option, write a comma, and press Tab. You need not know the names of options. Shift+Tab on a name says what it is.

// %% tags=["W0.3"]
/** The chart of the loss, as a line without points. */
function myChart(): ReturnType<typeof charts.lines> {
  //> stub
  // return todo('Return the chart of the loss, without points.');
  //> solution
  return charts.lines(epochs, { title: 'Loss of a small model', x: axes.step, y: axes.loss, points: false });
  //> wrong "Each epoch still has its point"
  // return charts.lines(epochs, { title: 'Loss of a small model', x: axes.step, y: axes.loss, points: true });
  //> wrong "The line has gone too"
  // return charts.dots(epochs, { title: 'Loss of a small model', of: axes.step, value: axes.loss });
  //> wrong "not what shows it"
  // return show(charts.lines(epochs, { title: 'Loss', x: axes.step, y: axes.loss, points: false })) as unknown as ReturnType<
  //   typeof charts.lines
  // >;
  //> end
}

// %% tags=["check"]
await check('W0.3', myChart);

// %% tags=["slide"]
await reveal('W0.3', () => myChart());

// %% [markdown] tags=["slide"]
// <details><summary>What you should see</summary>
//
// The loss falls fast, rests for a long time, and falls again. W2 says what the model knows while it rests. The line alone
// shows this better than many points do.
//
// </details>

// %% [markdown] tags=["slide"]
// ## W0.4
//
// `npm run doctor` says in half a minute whether everything works here: memory, disk, TensorFlow, and a notebook that trains
// and draws. Open a terminal (*File → New → Terminal*) and run it.
//
// At the end stand two words. They are equal for all who have the same version and no failure: read yours out.

// %% tags=["W0.4"]
/** The two words that the doctor asks you to read out. */
function myWords(): string {
  //> stub
  // return todo('Return the two words, with a space between.');
  //> solution
  const { wordsHere } = require('subtask-induction-workshop/dist/doctor');
  return wordsHere()[0]; // in the place of your terminal
  //> wrong "from the end of the last line"
  // return 'All is well';
  //> wrong "which two words"
  // return 'the words to read out';
  //> wrong "which words does it say today"
  // return 'apple pie';
  //> wrong "an empty one"
  // return '';
  //> end
}

// %% tags=["check"]
await check('W0.4', myWords);

// %% [markdown]
// The check knows the words of the version that you have; whether your neighbours have the same, it cannot know. Where
// theirs differ, call the instructor: somebody has another version.
//
// ## How far are you?

// %%
await progress('W0');
