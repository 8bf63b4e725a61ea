/**
 * compile(): a function of tensors and variables, written in plain tfjs, becomes one TensorFlow graph.
 *
 * tfjs sends every operation of a training step to TensorFlow by itself (about 1,250 calls at 2 layers). Here the
 * function runs under observation; what passes the binding is written down as a graph, and from then on one call
 * runs the whole step, optionally fused by XLA.
 */
import { withTemporaryFolder } from '../files/temporaryFolder';
import { tf } from './backend';
import { type GraphNode, writeSavedModel } from './graph';
import { nativeBackend } from './native';
import { tidied } from './tidy';

export interface CompileOptions {
  /** All variables that the function reads or assigns. It must make none itself: create optimizer state first. */
  variables: tf.Variable[];
  /** Let XLA fuse and compile the graph: fewer, larger kernels, after some seconds of compiling. */
  xla?: boolean;
}

/** A compiled function: call it with tensors of the shapes that it knows, or new ones (it is then traced again). */
export interface Compiled {
  (...inputs: tf.Tensor[]): tf.Tensor[];
  /** Frees the graphs. */
  dispose(): void;
}

interface Program {
  session: number;
  /** Tensors that are fed, in order: the inputs, then variables. */
  feed: string;
  /** What is fetched: outputs, then new values of assigned variables. */
  fetch: string;
  variables: tf.Variable[];
  assigned: tf.Variable[];
  outputs: number;
}

/**
 * Compiles `step`. At its first call for a set of input shapes the function runs, twice, and what it computes then is what
 * every call computes. So whatever changes from call to call must be an input (a learning rate, the key of `Dropout`) or a
 * variable of the list, which it may assign. Everything else that JavaScript does in it happens while it is traced, and
 * never again.
 *
 * The call throws a sentence where the function
 * - reads the value of a tensor (so it cannot branch on values),
 * - draws random numbers by tfjs or Math.random, counts, or asks the time: seen where two traces differ,
 * - reads or assigns a variable that is not in the list, or makes one, as optimizers of tf.train do at their first step,
 * - disposes of its inputs, keeps a tensor that it computes (tf.keep) without returning it, or runs a saved model.
 *
 * It may call another compiled function, which is then a part of it: its variables must be in this list too.
 *
 * Not seen: what is the same in both traces and changes later, such as a schedule that holds its rate for some steps.
 */
export function compile(step: (...inputs: tf.Tensor[]) => tf.Tensor[], options: CompileOptions): Compiled {
  const programs = new Map<string, Program>();
  const run = (...inputs: tf.Tensor[]): tf.Tensor[] => {
    if (tracing) return step(...inputs); // as a part of the function that is traced
    requireAlive(inputs, options.variables);
    const key = inputs.map((input) => `${input.dtype}[${input.shape}]`).join();
    let program = programs.get(key);
    if (!program) {
      program = load(step, inputs, options);
      programs.set(key, program);
      const first = program;
      return withoutAnswer(() => execute(first, inputs)); // XLA compiles now
    }
    return execute(program, inputs);
  };
  return Object.assign(run, {
    dispose() {
      for (const { session } of programs.values()) nativeBackend().binding.deleteSavedModel(session);
      programs.clear();
    },
  });
}

/**
 * A call in which this process answers nobody for some seconds, though it is not stuck. The kernel listens for it, and does
 * not end the process then (scripts/kernel.mjs).
 */
function withoutAnswer<T>(call: () => T): T {
  const events: NodeJS.EventEmitter = process;
  events.emit('computing', true);
  try {
    return call();
  } finally {
    events.emit('computing', false);
  }
}

/** Whether a function is being traced. */
let tracing = false;

function requireAlive(inputs: tf.Tensor[], variables: tf.Variable[]): void {
  const input = inputs.findIndex(({ isDisposed }) => isDisposed);
  if (input >= 0)
    throw new Error(`Input ${input + 1} of a compiled function is disposed of: give a tensor that is not.`);
  const variable = variables.find(({ isDisposed }) => isDisposed);
  if (!variable) return;
  throw new Error(
    `The variable ${described(variable)} of a compiled function is disposed of: compile anew with a variable that is not.`,
  );
}

function execute(program: Program, inputs: tf.Tensor[]): tf.Tensor[] {
  const backend = nativeBackend();
  const ids = tensorIds([...inputs, ...program.variables]);
  const results = backend.binding
    .runSavedModel(program.session, ids, program.feed, program.fetch)
    .map((metadata) => wrap(metadata));
  program.assigned.forEach((variable, index) => {
    const value = results[program.outputs + index];
    variable.assign(value);
    value.dispose();
  });
  return results.slice(0, program.outputs);
}

/** The tensors' handles in the native library; values still in JavaScript are handed over first. */
function tensorIds(tensors: tf.Tensor[]): number[] {
  return (nativeBackend() as unknown as { getInputTensorIds(tensors: tf.Tensor[]): number[] }).getInputTensorIds(
    tensors,
  );
}

function wrap(metadata: { id: number; shape: number[]; dtype: number }): tf.Tensor {
  const backend = nativeBackend() as unknown as { createOutputTensor(metadata: unknown): tf.Tensor };
  return backend.createOutputTensor(metadata);
}

function load(step: (...inputs: tf.Tensor[]) => tf.Tensor[], inputs: tf.Tensor[], options: CompileOptions): Program {
  const first = trace(step, inputs, options.variables);
  requireSame(first, trace(step, inputs, options.variables, first.constants));
  const { nodes, feeds, fetches, variables, assigned, outputs } = first;
  const session = withTemporaryFolder((folder) => {
    writeSavedModel(folder, nodes, { xla: options.xla ?? true });
    return nativeBackend().binding.loadSavedModel(folder, 'serve');
  });
  return { session, feed: feeds.join(), fetch: fetches.join(), variables, assigned, outputs };
}

/** One output of a node, "node:output", and its type. */
interface Edge {
  output: string;
  dtype: number;
}

type Constant = NonNullable<GraphNode['tensor']>;

interface Trace {
  nodes: GraphNode[];
  /** Values of the constants, by native tensor id. */
  constants: Map<number, Constant>;
  feeds: string[];
  fetches: string[];
  variables: tf.Variable[];
  assigned: tf.Variable[];
  outputs: number;
}

/**
 * Type attributes that tfjs leaves out, because TensorFlow takes them from the inputs when an operation runs by itself; a
 * graph must say them. The n-th is the type of the n-th input.
 */
const INFERRED_ATTRIBUTES: Record<string, string[]> = { ExpandDims: ['T', 'Tdim'] };

/**
 * Refuses a function whose second trace is another one: what it took from JavaScript would stay as it was at the first. The
 * two are compared from their results back, since values that are still in JavaScript at the first come in another order at
 * the second; a constant that is the same native tensor both times is the same object, and needs no look at its values.
 */
function requireSame(first: Trace, second: Trace): void {
  const [nodes, others] = [first, second].map((trace) => new Map(trace.nodes.map((node) => [node.name, node])));
  const compared = new Set<string>();
  const open: [string, string][] = first.fetches.map((output, i) => [output, second.fetches[i] ?? '']);
  const [assigned, otherAssigned] = [first, second].map((trace) => trace.assigned.map(({ id }) => id).join());
  if (first.outputs !== second.outputs || assigned !== otherAssigned) open.push(['', '']);
  for (let pair = open.pop(); pair; pair = open.pop()) {
    if (compared.has(pair.join())) continue;
    compared.add(pair.join());
    const [[name, output], [otherName, otherOutput]] = pair.map((edge) => edge.split(':'));
    const [node, other] = [nodes.get(name), others.get(otherName)];
    const same =
      node?.op === other?.op &&
      (node?.op !== 'Placeholder' || name === otherName) &&
      output === otherOutput &&
      node?.inputs.length === other?.inputs.length &&
      JSON.stringify(node?.attributes) === JSON.stringify(other?.attributes);
    if (!node || !other || !same) {
      const what = node?.op === 'Placeholder' ? 'another input or variable' : (node?.op ?? 'its results');
      throw new Error(
        `A compiled function computed something else the second time that it was traced (${what}), but every call would compute what the first did: give what changes as an input, and decide nothing in it by what JavaScript counts or draws.`,
      );
    }
    if (node.tensor !== other.tensor) requireSameValues(node, other);
    open.push(...node.inputs.map((input, i): [string, string] => [input, other.inputs[i]]));
  }
}

function requireSameValues({ tensor }: GraphNode, { tensor: again }: GraphNode): void {
  if (tensor && again && `${tensor.shape}` === `${again.shape}` && !Buffer.compare(tensor.bytes, again.bytes)) return;
  throw new Error(
    `A compiled function made a constant of shape [${tensor?.shape}] that was another one at a second call (random numbers of tfjs or JavaScript, a counter, a schedule), but every call would have the first: give what changes as an input; for dropout there is Dropout, with its key as an input.`,
  );
}

/** Every variable of this process that is not disposed of. */
function allVariables(): tf.Variable[] {
  const { state } = tf.engine() as unknown as { state: { registeredVariables: Record<string, tf.Variable> } };
  return Object.values(state.registeredVariables);
}

const described = ({ name, shape }: tf.Variable) => `"${name}" of shape [${shape}]`;

/**
 * Runs `step` once under observation; the variables keep the values that they had. `known` has the constants of an earlier
 * trace: what it took from before (an embedding table, say) is not read again.
 */
function trace(
  step: (...inputs: tf.Tensor[]) => tf.Tensor[],
  inputs: tf.Tensor[],
  variables: tf.Variable[],
  known: Trace['constants'] = new Map(),
): Trace {
  const backend = nativeBackend();
  const real = backend.binding;
  const nodes: GraphNode[] = [];
  const constants: Trace['constants'] = new Map();
  const edges = new Map<number, Edge>(); // by native tensor id

  // Tensors are known by their handles, which clones share: each input and variable gets one of its own.
  const copyOf = (tensor: tf.Tensor) => wrap(real.executeOp('Identity', [], tensorIds([tensor]), 1)[0]);
  const held = (variable: tf.Variable) => {
    const shared = backend.refCount(variable.dataId) > 1;
    const value = tf.clone(variable as tf.Tensor);
    if (shared) tf.tidy(() => variable.assign(copyOf(variable)));
    return { variable, id: tensorIds([variable])[0], value };
  };
  const traced = inputs.map(copyOf);
  const before = variables.map(held);
  const others = allVariables()
    .filter((variable) => !variables.includes(variable))
    .map(held);
  const notGiven = new Map(others.map(({ id, variable }) => [id, variable]));
  const read: tf.Variable[] = [];
  /** Results of operations that are not disposed of yet, by handle: their shapes. */
  const alive = new Map<number, number[]>();

  const placeholder = (tensor: tf.Tensor, name: string) => {
    const [id] = tensorIds([tensor]);
    const dtype = backend.getDTypeInteger(tensor.dtype);
    edges.set(id, { output: `${name}:0`, dtype });
    nodes.push({
      name,
      op: 'Placeholder',
      inputs: [],
      attributes: [
        { name: 'dtype', type: real.TF_ATTR_TYPE, value: dtype },
        { name: 'shape', type: real.TF_ATTR_SHAPE, value: tensor.shape },
      ],
    });
  };
  const bytesOf = ({ buffer, byteOffset, byteLength }: ArrayBufferView) =>
    new Uint8Array(buffer, byteOffset, byteLength).slice();
  const constant = (id: number, tensor: Constant) => {
    const { dtype } = tensor;
    const name = `const_${nodes.length}`;
    constants.set(id, tensor);
    edges.set(id, { output: `${name}:0`, dtype });
    const attributes = [{ name: 'dtype', type: real.TF_ATTR_TYPE, value: dtype }];
    nodes.push({ name, op: 'Const', inputs: [], attributes, tensor });
  };
  const readConstant = (id: number): Constant => {
    const [copy] = real.executeOp('Identity', [], [id], 1); // tells its shape and type
    real.deleteTensor(copy.id);
    return { shape: copy.shape, dtype: copy.dtype, bytes: bytesOf(real.tensorDataSync(id)) };
  };

  /** Where a tensor comes from. One from before the trace, known by its handle alone, becomes a constant. */
  const edgeOf = (id: number): Edge => {
    if (!edges.has(id)) {
      const variable = notGiven.get(id);
      if (variable) read.push(variable);
      constant(id, known.get(id) ?? readConstant(id));
    }
    const edge = edges.get(id) as Edge;
    if (edge.dtype === real.TF_STRING) {
      throw new Error(
        'A compiled function uses a tensor of strings, which a graph cannot take: keep to numbers in it.',
      );
    }
    return edge;
  };

  /** What to fetch for a tensor. TensorFlow does not fetch what it is fed, so an input or variable goes through a node. */
  const fetchOf = (id: number): string => {
    const { output, dtype } = edgeOf(id);
    const fed = nodes.some(({ name, op }) => op === 'Placeholder' && output === `${name}:0`);
    if (!fed) return output;
    const name = `Identity_${nodes.length}`;
    const type = { name: 'T', type: real.TF_ATTR_TYPE, value: dtype };
    nodes.push({ name, op: 'Identity', inputs: [output], attributes: [type] });
    return `${name}:0`;
  };

  traced.forEach((input, index) => placeholder(input, `input_${index}`));
  variables.forEach((variable, index) => placeholder(variable, `variable_${index}`));

  const createTensor: typeof real.createTensor = (shape, dtype, values) => {
    const id = real.createTensor(shape, dtype, values);
    constant(id, { shape, dtype, bytes: bytesOf(values as unknown as ArrayBufferView) });
    return id;
  };
  const executeOp: typeof real.executeOp = (op, attributes, ids, outputs) => {
    // A seed belongs to one operation that runs by itself; in a graph it would begin a sequence.
    if (attributes.some(({ name }) => name === 'seed')) {
      throw new Error(
        `A compiled function draws random numbers with ${op}, which are others than without compile(): draw them outside and give them as an input; for dropout there is Dropout, with its key as an input.`,
      );
    }
    if (outputs === 0) {
      throw new Error(
        `A compiled function runs ${op}, which has no result, and later calls would leave it out: run it outside, on what the function returns.`,
      );
    }
    const sources = ids.map(edgeOf);
    const results = real.executeOp(op, attributes, ids, outputs);
    const inferred = (INFERRED_ATTRIBUTES[op] ?? []).map((attribute, index) => ({
      name: attribute,
      type: real.TF_ATTR_TYPE,
      value: sources[index].dtype,
    }));
    const name = `${op}_${nodes.length}`;
    nodes.push({ name, op, inputs: sources.map(({ output }) => output), attributes: [...attributes, ...inferred] });
    results.forEach(({ id, dtype, shape }, index) => {
      edges.set(id, { output: `${name}:${index}`, dtype });
      alive.set(id, shape);
    });
    return results;
  };
  const deleteTensor = (id: number) => {
    real.deleteTensor(id);
    alive.delete(id);
  };
  const runSavedModel = () => {
    throw new Error(
      'A compiled function runs a saved model, whose results of now every call would have: run it outside, and give its results as inputs.',
    );
  };
  const tensorDataSync = () => {
    throw new Error(
      'A compiled function read the value of a tensor while it was traced; compute with tensors only, or move the reading out of it.',
    );
  };
  // The binding's own properties are read-only: an object in front of it takes the calls that matter.
  const observed = Object.create(real, {
    createTensor: { value: createTensor },
    executeOp: { value: executeOp },
    tensorDataSync: { value: tensorDataSync },
    deleteTensor: { value: deleteTensor },
    runSavedModel: { value: runSavedModel },
  });

  const through = (binding: typeof real) =>
    Object.defineProperty(backend, 'binding', { value: binding, configurable: true, writable: true });
  // At once, so that an optimizer makes them again when it next runs without compile().
  const makeVariable = ({ shape }: tf.Tensor) => {
    throw new Error(
      `A compiled function makes a variable of shape [${shape}], which would begin anew at every call: make it before, and add it to the variables (optimizers of tf.train make theirs at the first step; adamW and sgd make them before).`,
    );
  };
  const engine = tf.engine() as { makeVariable?: unknown };
  through(observed);
  engine.makeVariable = makeVariable;
  tracing = true;
  let result: Trace;
  try {
    result = tidied(() => {
      const beginning = tf.scalar(0).id; // ids ascend
      const outputs = step(...traced);
      requireNoEffects(traced, before, others, read);
      const fetches = tensorIds(outputs).map(fetchOf);
      const assigned: tf.Variable[] = [];
      for (const { variable, id } of before) {
        const [now] = tensorIds([variable]);
        if (now === id) continue;
        assigned.push(variable);
        fetches.push(fetchOf(now));
      }
      requireNoEffects(traced, before, others, read); // what it only returns or assigns is read too
      tf.dispose(outputs.filter(({ id }) => id > beginning)); // also those that the function kept (tf.keep)
      return {
        nodes,
        constants,
        feeds: [...inputs.map((_, index) => `input_${index}:0`), ...variables.map((_, index) => `variable_${index}:0`)],
        fetches,
        variables: [...variables],
        assigned,
        outputs: outputs.length,
      };
    });
  } finally {
    tracing = false;
    delete engine.makeVariable; // the class has the real one
    tf.dispose(traced);
    for (const { variable, value } of [...before, ...others]) {
      if (!variable.isDisposed) variable.assign(value);
      value.dispose();
    }
    through(real);
  }
  const [kept] = alive.values();
  if (kept) {
    throw new Error(
      `A compiled function keeps a tensor of shape [${kept}] that it computes, which later calls would not make anew: return it, or compute it before.`,
    );
  }
  return result;
}

/** A variable, and the handle of the value that it had before the trace. */
interface Held {
  variable: tf.Variable;
  id: number;
}

/** Refuses a function that has disposed of what it was given, or has assigned or `read` one of the `others`, the variables that are not in its list. */
function requireNoEffects(inputs: tf.Tensor[], variables: Held[], others: Held[], read: tf.Variable[]): void {
  const given = [...inputs, ...[...variables, ...others].map(({ variable }) => variable)];
  const gone = given.find(({ isDisposed }) => isDisposed);
  if (gone) {
    throw new Error(
      `A compiled function disposes of ${gone instanceof tf.Variable ? `the variable ${described(gone)}` : 'an input'}, which later calls would not do: dispose of it outside.`,
    );
  }
  const assigned = others.find(({ variable, id }) => tensorIds([variable])[0] !== id);
  if (assigned) {
    throw new Error(
      `A compiled function assigns the variable ${described(assigned.variable)}, which is not in its list and would not change at later calls: add it to the variables (in place of an optimizer of tf.train, whose state cannot be listed, take adamW or sgd).`,
    );
  }
  if (read.length > 0) {
    throw new Error(
      `A compiled function reads the variable ${described(read[0])}, which is not in its list, and would have its present value at every call: add it to the variables.`,
    );
  }
}
