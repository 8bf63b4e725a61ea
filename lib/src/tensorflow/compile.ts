/**
 * compile(): a function of tensors and variables, written in plain tfjs, becomes one TensorFlow graph.
 *
 * tfjs sends every operation of a training step to TensorFlow by itself (about 1,250 calls at 2 layers). Here the
 * function runs once under observation; what passes the binding is written down as a graph, and from then on one call
 * runs the whole step, optionally fused by XLA.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { tf } from './backend';
import { type GraphNode, writeSavedModel } from './graph';
import { nativeBackend } from './native';
import { tidied } from './tidy';

export interface CompileOptions {
  /** Variables that the function reads or assigns. It must make none itself: create optimizer state first. */
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
 * Compiles `step`. The function must compute the same operations at every call for one set of input shapes (no
 * JavaScript branches on values: reading a value while it is traced is an error); it may assign variables.
 */
export function compile(step: (...inputs: tf.Tensor[]) => tf.Tensor[], options: CompileOptions): Compiled {
  const programs = new Map<string, Program>();
  const run = (...inputs: tf.Tensor[]): tf.Tensor[] => {
    const key = inputs.map((input) => `${input.dtype}[${input.shape}]`).join();
    let program = programs.get(key);
    if (!program) {
      program = load(step, inputs, options);
      programs.set(key, program);
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
  const { nodes, feeds, fetches, variables, assigned, outputs } = trace(step, inputs, options.variables);
  const folder = mkdtempSync(join(tmpdir(), 'subtask-induction-graph-'));
  try {
    writeSavedModel(folder, nodes, { xla: options.xla ?? true });
    const session = nativeBackend().binding.loadSavedModel(folder, 'serve');
    return { session, feed: feeds.join(), fetch: fetches.join(), variables, assigned, outputs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** One output of a node, "node:output", and its type. */
interface Edge {
  output: string;
  dtype: number;
}

interface Trace {
  nodes: GraphNode[];
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

/** Runs `step` once under observation; the variables keep the values that they had. */
function trace(step: (...inputs: tf.Tensor[]) => tf.Tensor[], inputs: tf.Tensor[], variables: tf.Variable[]): Trace {
  const backend = nativeBackend();
  const real = backend.binding;
  const nodes: GraphNode[] = [];
  const edges = new Map<number, Edge>(); // by native tensor id

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
  const constant = (id: number, shape: number[], dtype: number, values: ArrayBufferView) => {
    const name = `const_${nodes.length}`;
    edges.set(id, { output: `${name}:0`, dtype });
    nodes.push({
      name,
      op: 'Const',
      inputs: [],
      attributes: [{ name: 'dtype', type: real.TF_ATTR_TYPE, value: dtype }],
      tensor: { shape, dtype, bytes: new Uint8Array(values.buffer, values.byteOffset, values.byteLength).slice() },
    });
  };

  /** Where a tensor comes from. One from before the trace, known by its handle alone, becomes a constant. */
  const edgeOf = (id: number): Edge => {
    if (!edges.has(id)) {
      const [copy] = real.executeOp('Identity', [], [id], 1); // tells its shape and type
      constant(id, copy.shape, copy.dtype, real.tensorDataSync(id));
      real.deleteTensor(copy.id);
    }
    return edges.get(id) as Edge;
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

  // Clones share a handle, and handles are what edges are known by: each input and variable gets one of its own.
  const copyOf = (tensor: tf.Tensor) => wrap(real.executeOp('Identity', [], tensorIds([tensor]), 1)[0]);
  const traced = inputs.map(copyOf);
  const before = variables.map((variable) => {
    const value = tf.clone(variable as tf.Tensor);
    const copy = copyOf(variable);
    variable.assign(copy);
    copy.dispose();
    return { variable, id: tensorIds([variable])[0], value };
  });
  traced.forEach((input, index) => placeholder(input, `input_${index}`));
  variables.forEach((variable, index) => placeholder(variable, `variable_${index}`));

  const createTensor: typeof real.createTensor = (shape, dtype, values) => {
    const id = real.createTensor(shape, dtype, values);
    constant(id, shape, dtype, values as unknown as ArrayBufferView);
    return id;
  };
  const executeOp: typeof real.executeOp = (op, attributes, ids, outputs) => {
    const results = real.executeOp(op, attributes, ids, outputs);
    const sources = ids.map(edgeOf);
    const inferred = (INFERRED_ATTRIBUTES[op] ?? []).map((attribute, index) => ({
      name: attribute,
      type: real.TF_ATTR_TYPE,
      value: sources[index].dtype,
    }));
    const name = `${op}_${nodes.length}`;
    nodes.push({ name, op, inputs: sources.map(({ output }) => output), attributes: [...attributes, ...inferred] });
    results.forEach(({ id, dtype }, index) => edges.set(id, { output: `${name}:${index}`, dtype }));
    return results;
  };
  const tensorDataSync = () => {
    throw new Error(
      'A compiled function read the value of a tensor while it was traced; compute with tensors only, or move the reading out of it.',
    );
  };
  // The binding's own properties are read-only: an object in front of it takes the three calls that matter.
  const observed = Object.create(real, {
    createTensor: { value: createTensor },
    executeOp: { value: executeOp },
    tensorDataSync: { value: tensorDataSync },
  });

  Object.defineProperty(backend, 'binding', { value: observed, configurable: true, writable: true });
  try {
    return tidied(() => {
      const beginning = tf.scalar(0).id; // ids ascend
      const outputs = step(...traced);
      const fetches = tensorIds(outputs).map(fetchOf);
      const assigned: tf.Variable[] = [];
      for (const { variable, id } of before) {
        const [now] = tensorIds([variable]);
        if (now === id) continue;
        assigned.push(variable);
        fetches.push(fetchOf(now));
      }
      tf.dispose(outputs.filter(({ id }) => id > beginning)); // also those that the function kept (tf.keep)
      return {
        nodes,
        feeds: [...inputs.map((_, index) => `input_${index}:0`), ...variables.map((_, index) => `variable_${index}:0`)],
        fetches,
        variables,
        assigned,
        outputs: outputs.length,
      };
    });
  } finally {
    Object.defineProperty(backend, 'binding', { value: real, configurable: true, writable: true });
    tf.dispose(traced);
    for (const { variable, value } of before) {
      variable.assign(value);
      value.dispose();
    }
  }
}
