/** The gradients of a dense tanh network's output in its parameters, by hand: tfjs has none of single examples. */
import type { HostTensors } from '../tensorflow/hostTensor';

/**
 * Forwards, then backwards, in double precision, since kernels of Jacobians are nearly singular.
 *
 * @param values a weight [out, in] and a bias [out] for each layer, in this order, as `denseNetwork` has them; one output.
 * @param x [rows][inputs]
 * @returns outputs [rows], and their gradients [rows][parameters]: weight row by row, then bias, layer by layer; `lastLayer` are
 * the columns of the last one, its inputs and 1: [rows][width + 1]
 */
export function tanhJacobian(values: HostTensors, x: readonly (readonly number[])[]) {
  const tensors = Object.values(values).map(({ shape, data }) => ({ shape, data: Array.from(data as Float64Array) }));
  const layers = tensors.flatMap(({ shape: [out, into], data }, i) => {
    const weight = Array.from({ length: out }, (_, k) => data.slice(k * into, (k + 1) * into));
    return i % 2 === 1 ? [] : [{ into, out, weight, bias: tensors[i + 1]?.data ?? [] }];
  });
  const widths = [x[0]?.length ?? layers[0]?.into, ...layers.map(({ out }) => out)];
  const fits = layers.every(({ into, out, bias }, i) => into === widths[i] && bias.length === out);
  if (!fits || layers.length === 0 || widths[layers.length] !== 1)
    throw new Error(`These are no weights and biases of a dense network of ${widths[0]} inputs and one output.`);

  const rows = x.map((input) => {
    const seen: number[][] = [[...input]]; // by each layer: [in]; last the output
    for (const [i, { weight, bias }] of layers.entries()) {
      const sums = weight.map((row, k) => row.reduce((sum, value, j) => sum + value * seen[i][j], bias[k]));
      seen.push(i < layers.length - 1 ? sums.map(Math.tanh) : sums);
    }
    const gradient: number[][] = [];
    let signal = [1]; // the output's gradient in a layer's sums: [out]
    for (let i = layers.length - 1; i >= 0; i--) {
      gradient.unshift(...signal.map((own) => seen[i].map((value) => own * value)), signal);
      const back = (j: number) => signal.reduce((sum, own, k) => sum + own * layers[i].weight[k][j], 0);
      signal = seen[i].map((value, j) => back(j) * (1 - value ** 2));
    }
    return { output: seen[layers.length][0], gradient: gradient.flat() };
  });
  const jacobian = rows.map(({ gradient }) => gradient);
  const last = layers[layers.length - 1].into + 1;
  return { outputs: rows.map(({ output }) => output), jacobian, lastLayer: jacobian.map((row) => row.slice(-last)) };
}
