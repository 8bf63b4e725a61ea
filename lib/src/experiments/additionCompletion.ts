/** How many cells of a table of sums determine the others? No training: connectivity decides (notebook 28). */
import { count, type RowIn, runOf, share, table } from '../runs/columns';
import { combinations, experiment } from '../runs/experiment';
import type { Stage } from '../runs/stage';
import { sumTable } from '../tasks/addition';
import { random } from '../tasks/random';

export const additionCompletionSchema = table('addition-completion.csv', {
  row: 'tables of sums of which so many cells are revealed, drawn anew each time',
  columns: {
    numbers: count('N: rows and columns of a table', { min: 1 }),
    cells: count('that are revealed, of N²', { min: 1 }),
    seed: count('of the draws'),
    draws: count('', { min: 1 }),
    determined: share('of the cells, by connectivity: mean over draws'),
    complete: share('of the draws: every cell is determined'),
    run: runOf(),
  },
  key: ['numbers', 'cells', 'seed'],
});
export type AdditionCompletionRow = RowIn<typeof additionCompletionSchema>;

/** Numbers of cells, in ascending order, of tables of N² cells. */
type Cells = { numbers: number; cells: readonly number[] };
export type AdditionCompletionSettings = Cells & { draws: number; seed: number };
type Grid = { of: readonly Cells[]; draws: number; seeds: readonly number[] };

/** The released notebook trains its transformer on these numbers of cells; those of `laptop` are more. */
const RELEASED = [100, 500, 1000, 1200, 1500, 1800, 2000, 5000];
const SMALL = { numbers: 20, cells: [20, 30, 40, 50, 60, 75, 100, 120, 150] };
const LARGE = { numbers: 100, cells: [100, 150, 200, 250, 300, 400, 500, 550, 700, 800, 1000, 1500, 2000] };
const LARGEST = { numbers: 400, cells: [400, 800, 1200, 1600, 2000, 2400, 2600, 2800, 3200, 4000] };
export const ADDITION_COMPLETION: Readonly<Record<string, Grid>> = {
  laptop: { of: [SMALL, LARGE, LARGEST], draws: 200, seeds: [1, 2, 3, 4, 5] },
  quick: { of: [SMALL, LARGE], draws: 100, seeds: [1, 2, 3] },
  smoke: { of: [{ numbers: 6, cells: [6, 12, 24] }], draws: 20, seeds: [1] },
  paper: { of: [{ numbers: 100, cells: RELEASED }], draws: 1000, seeds: [1] },
};

export const additionCompletionStage: Stage<
  AdditionCompletionSettings,
  Pick<AdditionCompletionRow, 'cells' | 'determined' | 'complete'>[]
> = {
  name: 'addition-completion',
  title: ({ numbers, seed }) => `table of ${numbers}² sums, seed ${seed}`,
  measures: {},
  cost: ({ numbers, draws }) => ({ steps: 0, seconds: 2e-7 * draws * numbers ** 2, startSeconds: 1, memoryMb: 300 }),
  async train({ numbers, cells, draws, seed }) {
    const sums = cells.map((of) => ({ cells: of, determined: 0, complete: 0 }));
    const source = random(seed, `cells of ${numbers}`);
    for (let draw = 0; draw < draws; draw++) {
      const order = source.sampleWithoutReplacement(numbers ** 2, Math.max(...cells));
      const sumsOf = sumTable(numbers);
      let known = 0;
      for (const row of sums) {
        for (; known < row.cells; known++) sumsOf.reveal(Math.floor(order[known] / numbers), order[known] % numbers);
        row.determined += sumsOf.determined / numbers ** 2 / draws;
        row.complete += Number(sumsOf.complete) / draws;
      }
    }
    const rounded = (value: number) => Number(value.toFixed(6));
    const rows = sums.map((row) => ({ ...row, determined: rounded(row.determined), complete: rounded(row.complete) }));
    return { log: [], interrupted: false, result: rows };
  },
};

export const additionCompletion = experiment<Partial<Grid>, AdditionCompletionRow, AdditionCompletionSettings>({
  name: 'addition-completion',
  title: 'Completion of a table of sums',
  about: 'which cells of a table of sums are determined by those that are revealed',
  stage: additionCompletionStage,
  table: additionCompletionSchema,
  presets: Object.keys(ADDITION_COMPLETION),
  asked: { seeds: undefined },
  *runs({ preset, ...asked }) {
    const { of: sizes, draws, seeds } = { ...ADDITION_COMPLETION[preset], ...asked };
    for (const { seed, of } of combinations({ of: sizes, seed: seeds }))
      yield { key: { numbers: of.numbers, seed, draws }, settings: { ...of, draws, seed } };
  },
  rows: ({ id, result }, key) => result.map((row: object) => ({ ...key, ...row, run: id }) as AdditionCompletionRow),
  chain: ({ numbers }) => `${numbers}² sums`,
});
