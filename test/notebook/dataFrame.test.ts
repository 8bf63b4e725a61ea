import { createRequire } from 'node:module';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dataFrame } from '../../lib/dist/notebook/dataFrame';
import { tableBundle } from '../../lib/dist/notebook/table';
import { tf } from '../../lib/dist/tensorflow/backend';

describe('dataFrame', () => {
  it("computes with the library's own TensorFlow", () => {
    dataFrame([{ a: 1 }]);
    const danfo = createRequire(import.meta.url)('danfojs-node');
    expect(danfo.tensorflow).toBe(tf);
    const tensor = dataFrame([{ a: 1, b: 2 }]).tensor;
    expect(tensor).toBeInstanceOf(tf.Tensor);
    expect(Array.from(tensor.dataSync())).toEqual([1, 2]);
  });

  it('keeps every column of every row', () => {
    const frame = dataFrame([{ a: 1 }, { b: 'x', a: 2 }]);
    expect(frame.columns).toEqual(['a', 'b']);
    expect(frame.values).toEqual([
      [1, null],
      [2, 'x'],
    ]);
  });

  it('groups and joins', () => {
    const frame = dataFrame([
      { condition: 'subnet', accuracy: 0.5 },
      { condition: 'subnet', accuracy: 0.7 },
      { condition: 'random', accuracy: 0.3 },
    ]);
    const means = frame.groupby(['condition']).col(['accuracy']).mean();
    expect(means.values).toEqual([
      ['subnet', 0.6],
      ['random', 0.3],
    ]);
  });

  it('says what is wrong with no rows', () => {
    expect(() => dataFrame([])).toThrow(/at least one/);
  });

  it('names the columns that danfo cannot hold', () => {
    expect(() => dataFrame([{ n: 1, index: 1, shape: 2, count: 3 }])).toThrow(
      'danfo cannot hold a column named "index", "shape", "count", as its own members are: rename it.',
    );
  });

  it('takes texts of digits for texts, and looks at every row', () => {
    const frame = dataFrame([...new Array(30).fill({ a: null, b: 1 }), { a: '7', b: 0.5 }]);
    expect(frame.dtypes).toEqual(['string', 'float32']);
    expect(() => frame.column('a').mean()).toThrow(/String data type/);
  });

  it('says where groupby would take two groups for one', () => {
    const frame = dataFrame([
      { a: 'x-y', b: 'z', n: 1 },
      { a: 'x', b: 'y-z', n: 2 },
    ]);
    expect(() => frame.groupby(['a', 'b'])).toThrow('the groups ["x-y","z"] and ["x","y-z"] for one');
  });
});

const rows = [
  { sampler: null, n: 1, accuracy: null, done: true },
  { sampler: 'released', n: 2, accuracy: 0.5, done: null },
  { sampler: 'released', n: 4, accuracy: -0.75, done: false },
];
const text = (frame: Parameters<typeof tableBundle>[0]) => tableBundle(frame).data['text/plain'].split('\n');

/** The statistics of the numbers that are there, as pandas defines them (a lone number's spread is 0 in danfo). */
function expected(values: (number | null)[]) {
  const there = values.filter((value): value is number => value !== null).sort((a, b) => a - b);
  const sum = there.reduce((total, value) => total + value, 0);
  const mean = sum / there.length;
  const squares = there.reduce((total, value) => total + (value - mean) ** 2, 0);
  const middle = (there.length - 1) / 2;
  const variance = there.length === 1 ? 0 : squares / (there.length - 1);
  const orNaN = (value: number) => (there.length === 0 ? Number.NaN : value);
  return {
    count: there.length,
    sum,
    mean,
    min: orNaN(there[0]),
    max: orNaN(there[there.length - 1]),
    median: orNaN((there[Math.floor(middle)] + there[Math.ceil(middle)]) / 2),
    var: orNaN(variance),
    std: orNaN(Math.sqrt(variance)),
  };
}
type Statistic = keyof ReturnType<typeof expected>;

const aCell = fc.oneof(
  fc.constant(null),
  fc.integer({ min: -40, max: 40 }).map((value) => value / 8),
);
const aTable = fc.array(fc.record({ group: fc.constantFrom('a', 'b', null), x: aCell, y: aCell }), {
  minLength: 1,
  maxLength: 12,
});

describe('empty cells in danfo', () => {
  it('are left out by every statistic, of columns, frames and groups', () => {
    const close = (actual: unknown, value: number, what: string) => {
      if (Number.isNaN(value)) expect(actual, what).toBeNaN();
      else expect(actual, what).toBeCloseTo(value, 10);
    };
    fc.assert(
      fc.property(aTable, (table) => {
        const frame = dataFrame(table);
        const numbers = dataFrame(table.map(({ x, y }) => ({ x, y })));
        const described = numbers.describe();
        const groups = [...new Set(table.map(({ group }) => group))];
        const wanted = { x: expected(table.map(({ x }) => x)), y: expected(table.map(({ y }) => y)) };
        for (const name of Object.keys(wanted.x) as Statistic[]) {
          const whole = numbers[name]({ axis: 0 });
          const grouped = frame.groupby(['group']).agg({ x: name });
          for (const column of ['x', 'y'] as const) {
            close(frame.column(column)[name](), wanted[column][name], `column ${name}`);
            close(whole.at(column), wanted[column][name], `frame ${name}`);
            const row = described.index.indexOf(name === 'var' ? 'variance' : name);
            if (row >= 0) close(described.column(column).values[row], wanted[column][name], `describe ${name}`);
          }
          for (const group of groups) {
            const isKey = (key: unknown) => key === group || (group === null && Number.isNaN(key));
            const row = (grouped.values as unknown[][]).find(([key]) => isKey(key)) as unknown[];
            const own = expected(table.filter((one) => one.group === group).map(({ x }) => x));
            close(row[1], own[name], `groupby ${name}`);
          }
        }
      }),
      { numRuns: 60 },
    );
  });

  it('stay empty where they are shown, and rows without a value are sorted last', () => {
    const frame = dataFrame(rows);
    expect(frame.dtypes).toEqual(['string', 'int32', 'float32', 'boolean']);
    expect(text(frame).slice(2)).toEqual([
      '–         1         –  true',
      'released  2     0.500  –',
      'released  4    −0.750  false',
    ]);
    const order = (ascending: boolean) => frame.sortValues('accuracy', { ascending }).column('n').values;
    expect([order(true), order(false)]).toEqual([
      [4, 2, 1],
      [2, 4, 1],
    ]);
    expect(frame.sortValues('sampler').column('n').values[2]).toBe(1);
    expect(text(frame.groupby(['sampler']).col(['accuracy', 'done']).mean()).slice(2)).toEqual([
      '–                     –          1',
      'released         −0.125          0',
    ]);
    expect(text(dataFrame([{ a: null, b: 1 }])).slice(2)).toEqual(['–  1']);
  });

  it('are no numbers in arithmetic, comparisons and counts of what differs', () => {
    const frame = dataFrame(rows);
    const accuracy = frame.column('accuracy');
    expect(accuracy.add(1).values).toEqual([Number.NaN, 1.5, 0.25]);
    expect(accuracy.abs().values).toEqual([Number.NaN, 0.5, 0.75]);
    expect(accuracy.lt(0.6).values).toEqual([false, true, true]);
    expect(frame.column('sampler').nUnique()).toBe(1);
    expect(frame.nUnique(0).values).toEqual([1, 3, 2, 2]);
    expect(frame.dropNa({ axis: 0 }).columns).toEqual(['n']);
    expect(frame.dropNa().values).toEqual([['released', 4, -0.75, false]]);
    expect(dataFrame([{ x: null, y: 2 }]).add(1).values).toEqual([[Number.NaN, 3]]);
  });

  it('are refused by what cannot leave them out', () => {
    const frame = dataFrame(rows);
    const refused = 'cannot leave out empty cells: take dropNa() or fillNa() first.';
    expect(() => frame.column('accuracy').cumSum()).toThrow(`danfo's cumSum ${refused}`);
    expect(() => frame.column('accuracy').argMax()).toThrow(`danfo's argMax ${refused}`);
    expect(() => frame.column('accuracy').sortValues()).toThrow(`danfo's sortValues ${refused}`);
    expect(() => dataFrame([{ a: 1, b: null }]).cumMax()).toThrow(`danfo's cumMax ${refused}`);
    expect(() => frame.groupby(['sampler']).col(['accuracy']).cumSum()).toThrow(`danfo's cumsum ${refused}`);
    expect(frame.column('n').cumSum().values).toEqual([1, 3, 7]);
    expect(() => dataFrame([{ a: 'x' }]).describe()).toThrow('no column of numbers');
  });
});
