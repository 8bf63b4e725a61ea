import fc from 'fast-check';
import { expect, it } from 'vitest';
import { exitsOf, exitTaken, occamNetwork } from '../../lib/dist/models/occam';
import { tf } from '../../lib/dist/tensorflow/backend';
import { tidied } from '../../lib/dist/tensorflow/tidy';
import { tensorsOf, variablesOf } from '../../lib/dist/tensorflow/variables';

it('a row leaves at the first open gate from exit 1 on, or at the last exit', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 2, maxLength: 6 }), (gates) => {
      const taken = exitTaken(gates);
      expect(taken).toBeGreaterThanOrEqual(1);
      expect(gates[taken] >= 0.5 || taken === gates.length - 1).toBe(true);
      expect(gates.slice(1, taken).every((gate) => gate < 0.5)).toBe(true);
    }),
  );
});

const of = { side: 8, width: 4, classes: 3 };

it('has an exit after each stage, with maps of half the places; without exits, logits', () => {
  const net = occamNetwork({ ...of, withExits: true });
  const plain = occamNetwork({ ...of, withExits: false });
  tidied(() => {
    const x = tf.randomUniform([5, 8, 8, 3], 0, 1, 'float32', 1);
    const { output, taps } = net.forward(tensorsOf(net.init(1)), x);
    const exits = exitsOf(taps);
    expect(exits.map(({ cams }) => cams.shape)).toEqual([4, 2, 1, 1].map((places) => [5, places, places, 3]));
    expect(output.shape).toEqual([5, 16]);
    const rows = output.arraySync();
    exits.forEach(({ logits, gates }, i) => {
      expect(rows.map((row) => row.slice(4 * i, 4 * i + 3))).toEqual(logits.arraySync());
      expect(rows.map((row) => row[4 * i + 3])).toEqual(gates.arraySync());
      expect(gates.dataSync().every((gate) => gate > 0 && gate < 1)).toBe(true);
    });
    expect(plain.forward(tensorsOf(plain.init(1)), x).output.shape).toEqual([5, 3]);
  });
  const shared = Object.keys(plain.shapes).filter((name) => name.startsWith('shortcut'));
  expect(shared.every((name) => name in net.shapes)).toBe(true);
});

it('the first exit trains without the stages, a gate without its exit, and the others with all before', () => {
  const net = occamNetwork({ ...of, withExits: true });
  const stem = '0.weight';
  const moved = tidied(() => {
    const parameters = variablesOf(tensorsOf(net.init(1)));
    const trained = Object.fromEntries(Object.entries(parameters).filter(([name]) => !net.statistics.includes(name)));
    const x = tf.randomUniform([5, 8, 8, 3], 0, 1, 'float32', 1);
    const names = (loss: (exits: ReturnType<typeof exitsOf>) => tf.Tensor) => {
      const whole = () =>
        loss(exitsOf(net.forward(parameters, x, { normalization: 'train' }).taps))
          .square()
          .sum() as tf.Scalar;
      const reached = Object.entries(parameters).filter(([name]) => name in trained);
      const { grads } = tf.variableGrads(
        whole,
        reached.map(([, variable]) => variable),
      );
      return reached
        .filter(([, { name }]) => grads[name] && grads[name].abs().max().dataSync()[0] > 0)
        .map(([name]) => name);
    };
    const all = [
      names((exits) => exits[0].logits),
      names((exits) => exits[3].gates),
      names((exits) => exits[1].logits),
    ];
    tf.dispose(parameters);
    return all;
  });
  expect(moved[0]).toContain('cams 0.weight');
  expect(moved[0]).not.toContain(stem);
  expect(moved[1].length).toBeGreaterThan(0);
  expect(moved[1]).not.toContain(stem);
  expect(moved[1]).not.toContain('cams 3.weight');
  expect(moved[2]).toContain(stem);
  expect(moved[2]).not.toContain('cams 0.weight');
});
