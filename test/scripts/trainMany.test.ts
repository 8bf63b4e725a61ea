/**
 * scripts/train_many.py against the library: the same losses, and after some steps the same weights and scores; and what it
 * makes of a small chain is taken by the store. It needs a Python with JAX (JAX_PYTHON, or python3), and is skipped without.
 */
import { execFile, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, it } from 'vitest';
import { maskTrainerFor, trainerFor } from '../../lib/dist/experiments/machines';
import { exportRuns } from '../../lib/dist/experiments/sweep/exportRuns';
import { sweepPlan } from '../../lib/dist/experiments/sweep/plan';
import { gpt2Config, gpt2Init, gpt2Shapes } from '../../lib/dist/models/gpt2';
import { loadGpt2, saveGpt2 } from '../../lib/dist/models/gpt2File';
import { RunStore } from '../../lib/dist/runs/runStore';
import { unambiguousRows } from '../../lib/dist/tasks/modularArithmetic';
import { randomNormal } from '../../lib/dist/tensorflow/dropout';
import type { HostTensors } from '../../lib/dist/tensorflow/hostTensor';
import { readSafetensors } from '../../lib/dist/tensorflow/safetensors';
import { snapshot } from '../../lib/dist/tensorflow/variables';
import { batchesOf } from '../../lib/dist/training/batches';

const python = process.env.JAX_PYTHON ?? 'python3';
const isThere = spawnSync(python, ['-c', 'import jax, safetensors']).status === 0;
const folder = mkdtempSync(join(tmpdir(), 'train-many-'));
afterAll(() => rmSync(folder, { recursive: true }));

const CHECK = `
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from train_many import *
folder = Path(sys.argv[2])
tokens = np.array(json.loads((folder / "tokens.json").read_text()), np.int32).reshape(-1, 4)
start, active = load_gpt2(folder / "start", 3, 128), jnp.ones(3)
batches = [(tokens[i : i + 60], np.arange(60) < len(tokens) - i) for i in range(0, len(tokens), 60)]
batches = [(np.resize(rows, (60, 4)), on.astype(np.float32)) for rows, on in batches]
losses = {"transfer": [], "mask": []}
of_model = jax.jit(jax.value_and_grad(mean_loss))
of_scores = jax.jit(jax.value_and_grad(mask_loss, has_aux=True))
p, m, v = start, zeros(start), zeros(start)
for step, (rows, weights) in enumerate(batches, 1):
    loss, gradients = of_model(p, rows, weights, active)
    p, m, v = adamw(p, gradients, m, v, step=step, rate=1e-3, decay=0.01)
    losses["transfer"].append(float(loss))
settings = {"layers": 3, "width": 128, "numbers": 1000}
(folder / "transfer").mkdir()
save_gpt2(folder / "transfer", jax.tree.map(np.asarray, p), settings)
scores = {name: jnp.full_like(start["h"][name], INITIAL_SCORE) for name in MASKED}
m, v = zeros(scores), zeros(scores)
for step, (rows, weights) in enumerate(batches, 1):
    (loss, _), gradients = of_scores(scores, start, rows, weights, active, 3.0, 1e-4)
    scores, m, v = adamw(scores, gradients, m, v, step=step, rate=1e-2, decay=0.01)
    losses["mask"].append(float(loss))
each = {f"transformer.h.{block}.{name}": np.asarray(values[block]) for name, values in scores.items() for block in range(3)}
save_file(each, folder / "scores.safetensors")
print(json.dumps(losses))
`;

/** Steps of AdamW magnify rounding where a gradient is nearly 0: single weights may differ by a part of a step, hardly any do. */
function expectSame(found: HostTensors, expected: HostTensors, step: number): void {
  for (const [name, { data }] of Object.entries(expected)) {
    const distances = Float64Array.from(data as Float32Array, (value, i) =>
      Math.abs(value - Number(found[name].data[i])),
    );
    distances.sort();
    expect([name, distances[distances.length >> 1] < 1e-6]).toEqual([name, true]);
    expect([name, distances[distances.length - 1] < step]).toEqual([name, true]);
  }
}

it.skipIf(!isThere)(
  'trains as the library does',
  async () => {
    const config = gpt2Config({ layers: 3 });
    const shapes = gpt2Shapes(config);
    const noise = snapshot(
      Object.fromEntries(Object.entries(shapes).map(([name, shape], i) => [name, randomNormal(shape, 9, i, 0.05)])),
    );
    // Noise on vectors too, so that nothing hides behind zeros.
    const start = Object.fromEntries(
      Object.entries(snapshot(gpt2Init(config, 5))).map(([name, value]) => [
        name,
        { ...value, data: (value.data as Float32Array).map((own, i) => own + Number(noise[name].data[i])) },
      ]),
    );
    const data = unambiguousRows({ expression: 'a + ab', rows: 200, seed: 1 });
    mkdirSync(join(folder, 'start'));
    saveGpt2(join(folder, 'start'), { config, parameters: start });
    writeFileSync(join(folder, 'tokens.json'), JSON.stringify([...data.tokens]));
    const batches = [...batchesOf(data, 60)];
    const trainer = trainerFor({ config, dropout: 0, weightDecay: 0.01 });
    trainer.start(start);
    const transfer = batches.map((batch, i) => trainer.step(batch, i + 1, 1e-3).loss);
    const masks = maskTrainerFor(config);
    masks.start(start);
    const options = { learningRate: 1e-2, temperature: 3, lambda: 1e-4 };
    const mask = batches.map((batch, i) => masks.step(batch, i + 1, options).loss);

    const { stdout } = await promisify(execFile)(python, ['-c', CHECK, resolve('scripts'), folder]);
    const losses = JSON.parse(stdout);
    losses.transfer.forEach((loss: number, i: number) => expect(loss).toBeCloseTo(transfer[i], 4));
    losses.mask.forEach((loss: number, i: number) => expect(loss).toBeCloseTo(mask[i], 3));
    expectSame(loadGpt2(join(folder, 'transfer')).parameters, trainer.snapshot(), 1e-3);
    expectSame(readSafetensors(join(folder, 'scores.safetensors')).tensors, masks.snapshot(), 1e-2);
  },
  120_000,
);

const ATTEMPTS = `
import json, sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from train_many import *
out, base = Path(sys.argv[2]), Run("base", '{"attempt":1,"layers":2}', {}, None, None)
found = [next_attempt(out, base)]
for number, stuck in [(1, True), (2, False)]:
    folder = out / base.attempt(number).id
    folder.mkdir(parents=True)
    (folder / "result.json").write_text(json.dumps({"stuck": stuck}))
    found.append(next_attempt(out, base))
print(json.dumps(found))
`;

it.skipIf(!isThere)(
  'takes up a base model after a stuck attempt, and leaves one that has solved its task',
  async () => {
    const { stdout } = await promisify(execFile)(python, [
      '-c',
      ATTEMPTS,
      resolve('scripts'),
      join(folder, 'attempts'),
    ]);
    expect(JSON.parse(stdout)).toEqual([1, 2, null]);
  },
);

it.skipIf(!isThere)(
  'makes the runs of a chain as the store keeps them, with controls of the size of the mask',
  async () => {
    const [todo, made] = ['todo', 'made'].map((name) => join(folder, 'chain', name));
    const planned = (at: string) => {
      const store = new RunStore({ folder: at });
      const asked = { preset: 'smoke', layers: [2], sizes: [40], tables: join(folder, 'tables'), store } as const;
      const plan = sweepPlan('fig2', asked as unknown as Parameters<typeof sweepPlan>[1]);
      return { store, plan, runs: plan.jobs.flatMap((job) => job.runs) };
    };
    const { plan, store, runs } = planned(join(folder, 'chain', 'runs'));
    exportRuns(plan, todo, store);
    const { stdout } = await promisify(execFile)(python, ['scripts/train_many.py', made, todo]);
    expect(stdout).toContain(`${runs.length} runs are made, 0 are left`);

    const found = planned(made);
    expect(found.runs.filter(({ stored }) => !stored)).toEqual([]);
    const results = runs.map(({ stage, settings }) => ({
      settings: settings as { inheritFrom?: string; sampler?: string },
      result: found.store.find(stage, settings)!.result<Record<string, number>>(),
    }));
    const { kept, total } = results.find(({ result }) => 'kept' in result)!.result;
    const sizes = results
      .filter(({ settings }) => settings.inheritFrom?.startsWith('subnet'))
      .map(({ settings: { sampler }, result }) =>
        sampler === 'released' ? total - result.transferred_weights : result.transferred_weights,
      );
    expect(sizes).toEqual(Array(5).fill(kept));
  },
  240_000,
);
