import '../support/xla';
import { afterEach, describe, expect, it } from 'vitest';
import { tf } from '../../lib/dist/tensorflow/backend';
import { type Compiled, compile } from '../../lib/dist/tensorflow/compile';
import { nativeBackend, nativeOp } from '../../lib/dist/tensorflow/native';
import { sgd } from '../../lib/dist/tensorflow/optimizers';

type Step = (...inputs: tf.Tensor[]) => tf.Tensor[];

const made: Compiled[] = [];
afterEach(() => made.splice(0).forEach((graph) => graph.dispose()));

/** compile() as a plain graph (XLA takes seconds), disposed of after the test. */
function graphOf(step: Step, variables: tf.Variable[] = [], xla = false): Compiled {
  const graph = compile(step, { variables, xla });
  made.push(graph);
  return graph;
}

function valuesOf(tensors: tf.Tensor[]): number[][] {
  const values = tensors.map((tensor) => [...tensor.dataSync()]);
  tf.dispose(tensors);
  return values;
}

describe('compile', () => {
  it('computes what the function computes, with all outputs in order', () => {
    const graph = graphOf((x, y) => [x.add(y), x.mul(y).sum(), x.greater(y), x.argMax()]);
    for (const [a, b] of [
      [
        [1, 5, 3],
        [4, 2, 3],
      ],
      [
        [-1, 0, 2],
        [0.5, 0.25, 8],
      ],
    ]) {
      const [sum, dot, above, largest] = valuesOf(graph(tf.tensor1d(a), tf.tensor1d(b)));
      expect(sum).toEqual(a.map((value, i) => value + b[i]));
      expect(dot[0]).toBeCloseTo(a.reduce((total, value, i) => total + value * b[i], 0));
      expect(above).toEqual(a.map((value, i) => Number(value > b[i])));
      expect(largest).toEqual([a.indexOf(Math.max(...a))]);
    }
  });

  it('keeps shapes and types of outputs', () => {
    const [matrix, flags, whole] = graphOf((x) => [x.reshape([2, 3]), x.greater(0), x.cast('int32')])(tf.ones([6]));
    expect([matrix.shape, matrix.dtype]).toEqual([[2, 3], 'float32']);
    expect([flags.shape, flags.dtype]).toEqual([[6], 'bool']);
    expect([whole.shape, whole.dtype]).toEqual([[6], 'int32']);
  });

  it('traces the function, twice, for each combination of input shapes and types', () => {
    let traces = 0;
    const graph = graphOf((x) => {
      traces++;
      return [x.mul(2)];
    });
    expect(valuesOf(graph(tf.tensor1d([1, 2])))).toEqual([[2, 4]]);
    expect(valuesOf(graph(tf.tensor1d([5, 7])))).toEqual([[10, 14]]);
    expect(traces).toBe(2);
    expect(valuesOf(graph(tf.tensor1d([1, 2, 3])))).toEqual([[2, 4, 6]]);
    expect(valuesOf(graph(tf.tensor2d([[1, 2]])))).toEqual([[2, 4]]);
    expect(valuesOf(graph(tf.tensor1d([1, 2], 'int32')))).toEqual([[2, 4]]);
    expect(traces).toBe(8);
    expect(valuesOf(graph(tf.tensor1d([0, 1])))).toEqual([[0, 2]]);
    expect(traces).toBe(8);
  });

  it('reads and assigns variables, the same ones whatever the input shape', () => {
    const total = tf.variable(tf.scalar(10));
    const last = tf.variable(tf.scalar(-1));
    const graph = graphOf(
      (x) => {
        const before = total.mul(1);
        total.assign(total.add(x.sum()) as tf.Scalar);
        last.assign(x.max());
        return [before, total.mul(2)];
      },
      [total, last],
    );
    expect(valuesOf(graph(tf.tensor1d([1, 2])))).toEqual([[10], [26]]);
    expect(valuesOf(graph(tf.tensor1d([3, 4, 5])))).toEqual([[13], [50]]);
    expect([total.dataSync()[0], last.dataSync()[0]]).toEqual([25, 5]);
    total.assign(tf.scalar(0)); // from outside, between two calls
    expect(valuesOf(graph(tf.tensor1d([1, 1])))).toEqual([[0], [4]]);
    tf.dispose([total, last]);
  });

  it('leaves the variables as they are while it traces', () => {
    const variable = tf.variable(tf.tensor1d([1, 2]));
    const failing = graphOf(() => {
      variable.assign(tf.tensor1d([8, 9]));
      throw new Error('half-way');
    }, [variable]);
    expect(() => failing()).toThrow('half-way');
    expect([...variable.dataSync()]).toEqual([1, 2]);
    const adding = graphOf(() => {
      variable.assign(variable.add(1));
      return [];
    }, [variable]);
    adding();
    expect([...variable.dataSync()]).toEqual([2, 3]); // once, not twice
    variable.dispose();
  });

  it('takes tensors from before as constants, and ones that are only returned or assigned', () => {
    const constant = tf.tensor1d([1, 2, 3]);
    const flags = tf.tensor1d([1, 0, 1], 'bool');
    const variable = tf.variable(tf.zeros([3]));
    const graph = graphOf(
      (x) => {
        variable.assign(constant);
        return [tf.where(flags, x.add(constant), x), constant, x];
      },
      [variable],
    );
    const input = tf.tensor1d([10, 20, 30]);
    expect(valuesOf(graph(input))).toEqual([
      [11, 20, 33],
      [1, 2, 3],
      [10, 20, 30],
    ]);
    expect([...constant.dataSync()]).toEqual([1, 2, 3]);
    expect([...variable.dataSync()]).toEqual([1, 2, 3]);
    expect([...input.dataSync()]).toEqual([10, 20, 30]);
    tf.dispose([constant, flags, variable, input]);
  });

  it('assigns one variable to another', () => {
    const [first, second] = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(2))];
    const graph = graphOf(() => {
      const former = first.mul(1) as tf.Scalar;
      first.assign(second);
      second.assign(former);
      return [first];
    }, [first, second]);
    expect(valuesOf(graph())).toEqual([[2]]);
    expect(valuesOf([first.clone(), second.clone()])).toEqual([[2], [1]]);
    expect(valuesOf(graph())).toEqual([[1]]);
    tf.dispose([first, second]);
  });

  it('tells apart inputs and variables that began as one tensor', () => {
    const shared = tf.tensor1d([1, 2]);
    const [first, second] = [tf.variable(shared), tf.variable(shared)];
    const graph = graphOf((x, y) => [x.sub(y), first.sub(second), x.sub(first)], [first, second]);
    expect(valuesOf(graph(shared, shared))).toEqual([
      [0, 0],
      [0, 0],
      [0, 0],
    ]);
    first.assign(tf.tensor1d([5, 5]));
    expect(valuesOf(graph(tf.tensor1d([9, 8]), tf.tensor1d([1, 1])))).toEqual([
      [8, 7],
      [4, 3],
      [4, 3],
    ]);
    tf.dispose([shared, first, second]);
  });

  it('takes values that are still in JavaScript', () => {
    const variable = tf.variable(tf.tensor1d([3, 4])); // handed to TensorFlow only when first used
    expect(valuesOf(graphOf((x) => [x.add(variable)], [variable])(tf.tensor1d([1, 1])))).toEqual([[4, 5]]);
    variable.dispose();
  });

  it('says clearly that a value cannot be read while tracing', () => {
    const message = /^A compiled function read the value of a tensor while it was traced/;
    expect(() => graphOf((x) => [x.mul(x.dataSync()[0])])(tf.scalar(2))).toThrow(message);
    const variable = tf.variable(tf.scalar(1));
    expect(() => graphOf((x) => [x.mul(variable.arraySync() as number)], [variable])(tf.scalar(2))).toThrow(message);
    expect(variable.dataSync()[0]).toBe(1); // outside of a trace, reading works as before
    variable.dispose();
  });

  describe('what it cannot see from call to call', () => {
    const inputs = () => [tf.ones([6])];
    let count = 0;
    const dropout = tf.layers.dropout({ rate: 0.5 });
    const constant = (shape: string) =>
      `A compiled function made a constant of shape [${shape}] that was another one at a second call (random numbers of tfjs or JavaScript, a counter, a schedule), but every call would have the first: give what changes as an input; for dropout there is Dropout, with its key as an input.`;
    const drawn: [string, Step, string][] = [
      ['tf.dropout', (x) => [tf.dropout(x, 0.5)], constant('6')],
      ['tf.layers.dropout', (x) => [dropout.apply(x, { training: true }) as tf.Tensor], constant('6')],
      ['tf.randomNormal', (x) => [x.add(tf.randomNormal([6]))], constant('6')],
      ['tf.randomUniform', (x) => [x.add(tf.randomUniform([6]))], constant('6')],
      ['tf.truncatedNormal', (x) => [x.add(tf.truncatedNormal([6]))], constant('6')],
      ['tf.randomGamma', (x) => [x.add(tf.randomGamma([6], 2))], constant('6')],
      ['Math.random', (x) => [x.mul(Math.random())], constant('')],
      ['a counter', (x) => [x.mul(++count)], constant('')],
      ['a random constant of the gradient', (x) => [tf.grad((y) => y.mul(Math.random()).sum())(x)], constant('')],
      [
        'tf.multinomial, also with a seed',
        (x) => [tf.multinomial(x as tf.Tensor1D, 6, 5)],
        'A compiled function draws random numbers with Multinomial, which are others than without compile(): draw them outside and give them as an input; for dropout there is Dropout, with its key as an input.',
      ],
      [
        'a branch on a counter',
        (x) => [++count % 2 ? x.add(1) : x.sub(1)],
        'A compiled function computed something else the second time that it was traced (Sub), but every call would compute what the first did: give what changes as an input, and decide nothing in it by what JavaScript counts or draws.',
      ],
      [
        'an attribute that counts',
        (x) => [tf.leakyRelu(x.sub(3), ++count / 1000)],
        'A compiled function computed something else the second time that it was traced (LeakyRelu), but every call would compute what the first did: give what changes as an input, and decide nothing in it by what JavaScript counts or draws.',
      ],
    ];
    it.each(drawn)('%s is refused, and nothing stays behind', (_, step, sentence) => {
      count = 1; // odd and even in turn
      tf.tidy(() => {
        const given = inputs();
        const before = tf.memory().numTensors;
        expect(() => graphOf(step)(...given)).toThrow(new Error(sentence));
        expect(tf.memory().numTensors).toBe(before);
      });
    });

    it('a random number that nothing depends on does not matter', () => {
      const graph = graphOf((x) => {
        tf.randomNormal([6]);
        return [x.add(1)];
      });
      expect(valuesOf(graph(...inputs()))).toEqual([[2, 2, 2, 2, 2, 2]]);
    });

    it('a variable that is read or assigned without being given is refused and keeps its value; given, it changes', () => {
      const [read, assigned] = [tf.variable(tf.scalar(3), true, 'read'), tf.variable(tf.scalar(5), false, 'assigned')];
      const reads: Step = (x) => [x.mul(read)];
      expect(() => graphOf(reads)(...inputs())).toThrow(
        'A compiled function reads the variable "read" of shape [], which is not in its list, and would have its present value at every call: add it to the variables.',
      );
      const assigns: Step = (x) => {
        assigned.assign(x.sum() as tf.Scalar);
        return [];
      };
      expect(() => graphOf(assigns)(...inputs())).toThrow(
        'A compiled function assigns the variable "assigned" of shape [], which is not in its list and would not change at later calls: add it to the variables (in place of an optimizer of tf.train, whose state cannot be listed, take adamW or sgd).',
      );
      expect(valuesOf([read.clone(), assigned.clone()])).toEqual([[3], [5]]);

      const graph = graphOf(reads, [read]);
      expect(valuesOf(graph(tf.ones([2])))).toEqual([[3, 3]]);
      read.assign(tf.scalar(4));
      expect(valuesOf(graph(tf.ones([2])))).toEqual([[4, 4]]);
      graphOf(assigns, [assigned])(tf.ones([2]));
      expect(valuesOf([assigned.clone()])).toEqual([[2]]);
      tf.dispose([read, assigned]);
    });

    it('another input or variable in turn is refused, in what it reads, assigns and returns', () => {
      const changed = (what: string) =>
        `A compiled function computed something else the second time that it was traced (${what}), but every call would compute what the first did: give what changes as an input, and decide nothing in it by what JavaScript counts or draws.`;
      const pair = [tf.variable(tf.scalar(1)), tf.variable(tf.scalar(5))];
      const inTurn = <T>(both: T[]) => both[++count % 2];
      const steps: [Step, string][] = [
        [(x, y) => [inTurn([x, y]).mul(2)], 'another input or variable'],
        [(x) => [inTurn(pair).mul(x)], 'another input or variable'],
        [
          (x) => {
            inTurn(pair).assign(x.mul(2) as tf.Scalar);
            return [];
          },
          'its results',
        ],
        [
          (x) => {
            const result = x.mul(2);
            if (inTurn([true, false])) return [result];
            pair[0].assign(result as tf.Scalar);
            return [];
          },
          'its results',
        ],
      ];
      for (const [step, what] of steps) {
        expect(() => graphOf(step, pair)(tf.scalar(3), tf.scalar(7))).toThrow(new Error(changed(what)));
      }
      expect(valuesOf(pair.map((variable) => variable.clone()))).toEqual([[1], [5]]);
      tf.dispose(pair);
    });

    it('takes a constant that a variable shares its value with, and refuses the variable', () => {
      const constant = tf.tensor1d([1, 2]);
      const variable = tf.variable(constant);
      const former = variable.clone();
      const graph = graphOf((x) => [x.mul(constant), x.add(former)]);
      expect(valuesOf(graph(tf.scalar(3)))).toEqual([
        [3, 6],
        [4, 5],
      ]);
      variable.assign(tf.tensor1d([8, 9]));
      expect(valuesOf(graph(tf.scalar(3)))).toEqual([
        [3, 6],
        [4, 5],
      ]);
      for (const reading of [() => [variable], () => [variable.clone().reshape([2, 1])]]) {
        expect(() => graphOf(reading)()).toThrow(/^A compiled function reads the variable/);
      }
      tf.dispose([constant, variable, former]);
    });

    describe('optimizers of tfjs', () => {
      /** Steps of an optimizer on w² from w = [1, 2], plain and compiled. */
      const descent = (optimizer: tf.Optimizer) => {
        const w = tf.variable(tf.tensor1d([1, 2]));
        const plain: Step = () => [optimizer.minimize(() => w.square().sum() as tf.Scalar, true, [w]) as tf.Scalar];
        return { plain, compiled: graphOf(plain, [w]), values: () => [...w.dataSync()], end: () => w.dispose() };
      };
      const descended = (optimizer: tf.Optimizer, steps = 3) => {
        const { plain, values, end } = descent(optimizer);
        for (let i = 0; i < steps; i++) tf.dispose(plain());
        const result = values();
        end();
        return result;
      };

      it('SGD has no state, and computes the same', () => {
        const { compiled, values, end } = descent(tf.train.sgd(0.1));
        for (let i = 0; i < 3; i++) tf.dispose(compiled());
        expect(values()).toEqual(descended(tf.train.sgd(0.1)));
        end();
      });

      it.each([
        ['momentum', () => tf.train.momentum(0.1, 0.9)],
        ['adam', () => tf.train.adam(0.1)],
      ])('%s is refused before it has a state and after, and is then as good as before', (_, make) => {
        const { plain, compiled, values, end } = descent(make());
        const before = tf.memory().numTensors;
        expect(() => compiled()).toThrow(
          new Error(
            'A compiled function makes a variable of shape [2], which would begin anew at every call: make it before, and add it to the variables (optimizers of tf.train make theirs at the first step; adamW and sgd make them before).',
          ),
        );
        expect(tf.memory().numTensors).toBe(before);
        for (let i = 0; i < 2; i++) tf.dispose(plain());
        expect(() => compiled()).toThrow(
          /^A compiled function assigns the variable "\d+" of shape \[2?\], which is not in its list and would not change at later calls: .* take adamW or sgd\)\.$/,
        );
        tf.dispose(plain());
        expect(values()).toEqual(descended(make()));
        end();
      });

      it('sgd of this library, compiled, computes what momentum of tfjs computes plainly', () => {
        const w = tf.variable(tf.tensor1d([1, 2]));
        const optimizer = sgd({ w }, { momentum: 0.9, weightDecay: 0 });
        const graph = graphOf(
          (rate) => {
            const { grads } = tf.variableGrads(() => w.square().sum() as tf.Scalar, [w]);
            optimizer.update({ w: grads[w.name] }, rate as tf.Tensor1D);
            return [];
          },
          [w, ...Object.values(optimizer.slots)],
        );
        for (let i = 1; i <= 3; i++) tf.tidy(() => graph(optimizer.coefficients(i, 0.1)));
        const plain = descended(tf.train.momentum(0.1, 0.9));
        w.dataSync().forEach((value, i) => expect(value).toBeCloseTo(plain[i], 6));
        optimizer.dispose();
        w.dispose();
      });
    });

    it('a layer of tfjs makes its variables before, and has them in the list', () => {
      const layer = tf.layers.dense({ units: 1, kernelInitializer: 'ones' });
      const apply: Step = (x) => [layer.apply(x) as tf.Tensor];
      const x = tf.ones([1, 2]);
      expect(() => graphOf(apply)(x)).toThrow(/^A compiled function makes a variable of shape \[2,1\]/);
      const built = tf.layers.dense({ units: 1, kernelInitializer: 'ones' });
      const applyBuilt: Step = (values) => [built.apply(values) as tf.Tensor];
      expect(valuesOf(applyBuilt(x))).toEqual([[2]]);
      expect(() => graphOf(applyBuilt)(x)).toThrow(/^A compiled function reads the variable "[^"]*kernel/);
      const graph = graphOf(
        applyBuilt,
        built.weights.map((weight) => weight.read() as tf.Variable),
      );
      expect(valuesOf(graph(x))).toEqual([[2]]);
      built.setWeights([tf.tensor2d([[3], [4]]), tf.tensor1d([10])]);
      expect(valuesOf(graph(x))).toEqual([[17]]);
      built.dispose();
    });

    it('refuses a function that disposes of what it is given, and gives the other variables their values back', () => {
      const [first, second] = [tf.variable(tf.scalar(3)), tf.variable(tf.scalar(4))];
      const disposing =
        (what: (x: tf.Tensor) => tf.Tensor): Step =>
        (x) => {
          const result = x.mul(first);
          second.assign(result as tf.Scalar);
          what(x).dispose();
          return [result];
        };
      const input = tf.scalar(2);
      expect(() =>
        graphOf(
          disposing((x) => x),
          [first, second],
        )(input),
      ).toThrow(
        new Error('A compiled function disposes of an input, which later calls would not do: dispose of it outside.'),
      );
      expect([input.isDisposed, ...first.dataSync(), ...second.dataSync()]).toEqual([false, 3, 4]);
      expect(() =>
        graphOf(
          disposing(() => first),
          [first, second],
        )(input),
      ).toThrow(
        new Error(
          `A compiled function disposes of the variable "${first.name}" of shape [], which later calls would not do: dispose of it outside.`,
        ),
      );
      expect([...second.dataSync()]).toEqual([4]);
      tf.dispose([input, second]);
    });

    it('says which input or variable is disposed of', () => {
      const variable = tf.variable(tf.scalar(3));
      const graph = graphOf((x, y) => [x.add(y).mul(variable)], [variable]);
      const [one, gone] = [tf.scalar(1), tf.scalar(2)];
      expect(valuesOf(graph(one, gone))).toEqual([[9]]);
      gone.dispose();
      expect(() => graph(one, gone)).toThrow(
        new Error('Input 2 of a compiled function is disposed of: give a tensor that is not.'),
      );
      variable.dispose();
      expect(() => graph(one, one)).toThrow(
        new Error(
          `The variable "${variable.name}" of shape [] of a compiled function is disposed of: compile anew with a variable that is not.`,
        ),
      );
    });

    it('refuses a computed tensor that is kept outside; one that JavaScript made may be', () => {
      let last = tf.scalar(0) as tf.Tensor;
      const keeping: Step = (x) => {
        last.dispose();
        last = tf.keep(x.mul(2));
        return [x.add(1)];
      };
      expect(() => graphOf(keeping)(tf.scalar(1))).toThrow(
        new Error(
          'A compiled function keeps a tensor of shape [] that it computes, which later calls would not make anew: return it, or compute it before.',
        ),
      );
      let made: tf.Tensor | undefined;
      const graph = graphOf((x) => {
        made ??= tf.keep(tf.tensor1d([1, 2]));
        return [x.mul(made)];
      });
      expect(valuesOf(graph(tf.scalar(3)))).toEqual([[3, 6]]);
      tf.dispose([last, made as tf.Tensor]);
    });

    it('takes another compiled function as a part of itself, with its variables', () => {
      const total = tf.variable(tf.scalar(0));
      const inner = graphOf(
        (x) => {
          total.assign(total.add(x) as tf.Scalar);
          return [x.mul(3)];
        },
        [total],
      );
      tf.dispose(inner(tf.scalar(1))); // compiled by itself, too
      const outer: Step = (x) => [inner(x)[0].add(1)];
      const graph = graphOf(outer, [total]);
      expect([graph(tf.scalar(5)), graph(tf.scalar(7))].map(valuesOf)).toEqual([[[16]], [[22]]]);
      expect(total.dataSync()[0]).toBe(1 + 5 + 7);
      expect(() => graphOf(outer)(tf.scalar(5))).toThrow(/^A compiled function assigns the variable/);
      expect(total.dataSync()[0]).toBe(13);
      total.dispose();
    });

    it('refuses what a graph would leave out or freeze: operations without a result, saved models, strings', () => {
      const { binding } = nativeBackend();
      const refused: [Step, string][] = [
        [
          (x) => [...nativeOp('NoOp', [], {}, 0), x],
          'A compiled function runs NoOp, which has no result, and later calls would leave it out: run it outside, on what the function returns.',
        ],
        [
          () => nativeBackend().binding.runSavedModel(0, [], '', '') as unknown as tf.Tensor[],
          'A compiled function runs a saved model, whose results of now every call would have: run it outside, and give its results as inputs.',
        ],
        [
          () => [tf.tensor1d(['a'])],
          'A compiled function uses a tensor of strings, which a graph cannot take: keep to numbers in it.',
        ],
      ];
      for (const [step, sentence] of refused) {
        expect(() => graphOf(step)(tf.scalar(1))).toThrow(new Error(sentence));
      }
      expect(nativeBackend().binding).toBe(binding);
    });

    it('reads a constant from before once', () => {
      const table = tf.tensor1d([1, 2]);
      const first = valuesOf([table.add(0)]); // hands it over
      const backend = nativeBackend();
      const { binding } = backend;
      let reads = 0;
      const counting = Object.create(binding, {
        tensorDataSync: {
          value: (id: number) => {
            reads++;
            return binding.tensorDataSync(id);
          },
        },
      });
      const input = tf.scalar(1);
      try {
        backend.binding = counting;
        tf.dispose(graphOf((x) => [x.mul(table), table])(input));
      } finally {
        backend.binding = binding;
      }
      expect(reads).toBe(1);
      expect(valuesOf([table.clone()])).toEqual(first);
      tf.dispose([table, input]);
    });

    it('a refusal leaves no handle in the native library', () => {
      const variable = tf.variable(tf.scalar(2));
      const input = tf.scalar(1);
      const refuse = () => expect(() => graphOf((x) => [x.mul(variable)])(input)).toThrow();
      refuse(); // hands the two values over
      const before = nativeBackend().binding.getNumOfTensors();
      refuse();
      expect(nativeBackend().binding.getNumOfTensors()).toBe(before);
      tf.dispose([variable, input]);
    });

    it('a list of variables that grows later does not matter', () => {
      const variables = [tf.variable(tf.scalar(3))];
      const [first] = variables;
      const graph = graphOf((x) => [x.mul(first)], variables);
      expect(valuesOf(graph(tf.scalar(1)))).toEqual([[3]]);
      variables.push(tf.variable(tf.scalar(9)));
      expect(valuesOf(graph(tf.scalar(2)))).toEqual([[6]]);
      tf.dispose(variables);
    });

    it('a schedule given as an input gives what the plain step gives', () => {
      const w = tf.variable(tf.tensor1d([1, 2]));
      const step: Step = (rate) => {
        w.assign(w.sub(w.mul(rate)) as tf.Tensor1D);
        return [];
      };
      const rates = [0.5, 0.25, 0.125];
      const graph = graphOf(step, [w]);
      for (const rate of rates) graph(tf.scalar(rate));
      const compiled = [...w.dataSync()];
      w.assign(tf.tensor1d([1, 2]));
      for (const rate of rates) step(tf.scalar(rate));
      expect(compiled).toEqual([...w.dataSync()]);
      w.dispose();
    });
  });

  it('knows the operations whose attributes tfjs leaves to TensorFlow', () => {
    const whole = tf.tensor1d([1, 0], 'int32');
    const graph = graphOf((x) => [
      tf.expandDims(x, 0),
      tf.expandDims(whole, 1),
      tf.logicalAnd(x.greater(0), x.less(2)).logicalOr(x.greater(5)).logicalNot(),
    ]);
    const [row, column, outside] = graph(tf.tensor1d([1, 3, 6]));
    expect([row.shape, column.shape, column.dtype]).toEqual([[1, 3], [2, 1], 'int32']);
    expect([...outside.dataSync()]).toEqual([0, 1, 0]);
    whole.dispose();
  });

  it('traces gradients', () => {
    const weight = tf.variable(
      tf.tensor2d([
        [1, 2],
        [3, 4],
      ]),
    );
    const step: Step = (x) => {
      const { value, grads } = tf.variableGrads(
        () =>
          tf
            .matMul(x as tf.Tensor2D, weight)
            .square()
            .sum(),
        [weight],
      );
      return [value, grads[weight.name]];
    };
    const x = tf.tensor2d([
      [1, -1],
      [0.5, 2],
    ]);
    const eager = valuesOf(step(x));
    const graph = valuesOf(graphOf(step, [weight])(x));
    graph.forEach((values, i) => values.forEach((value, j) => expect(value).toBeCloseTo(eager[i][j], 5)));
    tf.dispose([weight, x]);
  });

  it('compiles anew after dispose', () => {
    const graph = compile((x) => [x.add(1)], { variables: [], xla: false });
    expect(valuesOf(graph(tf.scalar(1)))).toEqual([[2]]);
    graph.dispose();
    expect(valuesOf(graph(tf.scalar(2)))).toEqual([[3]]);
    graph.dispose();
  });

  it('keeps no tensor and no memory over many calls', () => {
    const variable = tf.variable(tf.zeros([256, 256]));
    const graph = graphOf(
      (x) => {
        variable.assign(variable.mul(0.5).add(x));
        return [variable.sum(), variable.mul(2)];
      },
      [variable],
    );
    const call = () => tf.tidy(() => graph(tf.ones([256, 256]))[0].dataSync()[0]);
    call();
    const tensors = tf.memory().numTensors;
    for (let i = 0; i < 200; i++) call();
    const before = process.memoryUsage.rss();
    for (let i = 0; i < 1500; i++) call(); // 1,500 calls make 1.2 GB of results
    expect(tf.memory().numTensors).toBe(tensors);
    expect(process.memoryUsage.rss() - before).toBeLessThan(50e6);
    variable.dispose();
  });

  it('computes the same with XLA', () => {
    const variable = tf.variable(
      tf.tensor2d([
        [0.1, -0.4],
        [0.7, 0.2],
      ]),
    );
    const step: Step = (x) => {
      variable.assign(tf.softmax(tf.matMul(x as tf.Tensor2D, variable).tanh()) as tf.Tensor2D);
      return [variable.log().sum()];
    };
    const x = tf.tensor2d([
      [1, 2],
      [-1, 0.5],
    ]);
    const start = variable.clone();
    const run = (compute: Step) => {
      variable.assign(start);
      return [0, 1, 2].map(() => valuesOf(compute(x))[0][0]);
    };
    const eager = run(step);
    run(graphOf(step, [variable], true)).forEach((value, i) => expect(value).toBeCloseTo(eager[i], 5));
    tf.dispose([variable, x, start]);
  });
});
