"""Trains many runs of the arithmetic chain at once on a GPU, with JAX.

    npm run sweep -- fig2 --layers 4,6 --export FOLDER
    python scripts/train_many.py OUT FOLDER [FOLDER ...] [--seconds 500] [--precision tensorfloat32]

FOLDER holds what `npm run sweep -- NAME --export FOLDER` wrote: the settings of the missing runs, and their rows; the transfer
runs of the first folder are made first. All base models train side by side in one program, then all masks, then the transfer
runs of a depth, so that the GPU is busy although each model is small.

Training is that of the library (method section 1: losses, optimizers, schedules, which epoch counts). What is drawn at random
here (initialisation, order, dropout, controls) comes from JAX, so that a run is another draw of the same experiment and not the
same bits. OUT gets one folder for each run, as the run store keeps it: moved into runs/, the sweep takes its rows. Runs whose
folders are in OUT are not made again. With --seconds neither masks nor a group of transfer runs begin after that time, and base
models that are not done by then are made anew the next time.

One process a depth, each with a folder of its own, keeps a GPU busy where NVIDIA's MPS lets them share it (and
XLA_PYTHON_CLIENT_PREALLOCATE=false). Needs jax, numpy and safetensors.
"""

import argparse
import csv
import functools
import hashlib
import json
import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
from safetensors.numpy import load_file, save_file

MAPS = ["attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj"]
MASKED = [f"{name}.weight" for name in MAPS]
HEADS = 4
EPSILON = 1e-5
INITIAL_SCORE = -0.1
MOST_ATTEMPTS = 8
KINDS = ["random", "original", "subnet", "subnet_sampled", "subnet_sampled_complement"]
# Transfer runs in one program: more make it no faster by run.
MOST_TOGETHER = 72


# ---- GPT-2, its parameters with the blocks behind one another: h[name] is [layers, ...] ----


def block_shapes(width: int) -> dict[str, tuple[int, ...]]:
    return {
        "ln_1.weight": (width,), "ln_1.bias": (width,),
        "attn.c_attn.weight": (width, 3 * width), "attn.c_attn.bias": (3 * width,),
        "attn.c_proj.weight": (width, width), "attn.c_proj.bias": (width,),
        "ln_2.weight": (width,), "ln_2.bias": (width,),
        "mlp.c_fc.weight": (width, 4 * width), "mlp.c_fc.bias": (4 * width,),
        "mlp.c_proj.weight": (4 * width, width), "mlp.c_proj.bias": (width,),
    }  # fmt: skip


def initial(key, vocabulary: int, width: int, layers: int, residual):
    """Fresh parameters; `residual` is the deviation of the residual projections, 0.02 / sqrt(2 layers)."""
    keys = iter(jax.random.split(key, 2 + len(MASKED)))
    normal = lambda shape, deviation=0.02: jax.random.normal(next(keys), shape) * deviation
    blocks = {}
    for name, shape in block_shapes(width).items():
        if name in MASKED:
            blocks[name] = normal((layers, *shape), residual if "c_proj" in name else 0.02)
        else:
            blocks[name] = jnp.full((layers, *shape), 1.0 if name.endswith("weight") else 0.0)
    return {
        "wte": normal((vocabulary, width)), "wpe": normal((4, width)),
        "ln_f.weight": jnp.ones(width), "ln_f.bias": jnp.zeros(width), "h": blocks,
    }  # fmt: skip


def norm(x, weight, bias):
    centred = x - x.mean(-1, keepdims=True)
    return centred * jax.lax.rsqrt((centred**2).mean(-1, keepdims=True) + EPSILON) * weight + bias


def logits(p, ids, active, key=None, rate=0.0):
    """ids [rows, tokens] -> [rows, tokens, vocabulary]. `active` [layers] is 0 for blocks that a shallower model has not."""
    rows, tokens = ids.shape
    width = p["wte"].shape[1]
    layers = active.shape[0]
    if rate > 0:
        keys = jax.random.split(key, 4)
        kept = lambda key, *shape: jax.random.bernoulli(key, 1 - rate, shape) / (1 - rate)
        drops = [kept(keys[0], layers, rows, tokens, tokens, HEADS), *(kept(one, layers, rows, tokens, width) for one in keys[1:3])]
        embedded = kept(keys[3], rows, tokens, width)
    else:
        drops, embedded = [jnp.ones((layers, 1, 1, 1, 1)), jnp.ones((layers, 1, 1, 1)), jnp.ones((layers, 1, 1, 1))], 1
    x = (p["wte"][ids] + p["wpe"][:tokens]) * embedded
    causal = jnp.tril(jnp.ones((tokens, tokens), bool))[:, :, None]

    def block(x, of):
        h, on, (first, second, third) = of
        linear = lambda x, name: x @ h[f"{name}.weight"] + h[f"{name}.bias"]
        q, k, v = jnp.split(linear(norm(x, h["ln_1.weight"], h["ln_1.bias"]), "attn.c_attn"), 3, -1)
        q, k, v = (part.reshape(rows, tokens, HEADS, -1) for part in (q, k, v))
        # [rows, query, key, head]: with three tokens, products summed are faster than matrix products
        scores = (q[:, :, None] * k[:, None]).sum(-1) / np.sqrt(width / HEADS)
        weights = jax.nn.softmax(jnp.where(causal, scores, -1e9), 2) * first
        mixed = (weights[..., None] * v[:, None]).sum(2).reshape(rows, tokens, width)
        x = x + on * second * linear(mixed, "attn.c_proj")
        hidden = jax.nn.gelu(linear(norm(x, h["ln_2.weight"], h["ln_2.bias"]), "mlp.c_fc"), approximate=True)
        return x + on * third * linear(hidden, "mlp.c_proj"), None

    x, _ = jax.lax.scan(block, x, (p["h"], active, drops))
    return norm(x, p["ln_f.weight"], p["ln_f.bias"]) @ p["wte"].T


def row_losses(p, tokens, active, **pass_):
    """Mean next-token cross entropy of each row: tokens [rows, 4] -> [rows]"""
    each = jax.nn.log_softmax(logits(p, tokens[:, :-1], active, **pass_))
    return -jnp.take_along_axis(each, tokens[:, 1:, None], -1)[..., 0].mean(-1)


def answers(p, tokens, active):
    return logits(p, tokens[:, :-1], active)[:, -1].argmax(-1)


# ---- Training ----


def adamw(p, gradients, m, v, *, step, rate, decay, moves=None):
    """torch's AdamW; entries where `moves` is False neither step nor decay. `step` counts from 1."""
    m = jax.tree.map(lambda m, g: 0.9 * m + 0.1 * g, m, gradients)
    v = jax.tree.map(lambda v, g: 0.999 * v + 0.001 * g * g, v, gradients)
    first, second = 1 - 0.9**step, jnp.sqrt(1 - 0.999**step)
    moved = jax.tree.map(lambda p, m, v: p * (1 - rate * decay) - rate / first * m / (jnp.sqrt(v) / second + 1e-8), p, m, v)
    return moved if moves is None else jax.tree.map(jnp.where, moves, moved, p), m, v


def epoch(step, state, tokens, count, steps, batch: int, order_key):
    """
    One epoch of one run over its first `count` of tokens [rows, 4]: `step(state, rows, weights, index)` gives a state and a loss.
    A last batch that is not full has rows of weight 0. Returns the state and the mean loss. `steps` may be more than the run
    has: then nothing happens in those beyond.
    """
    total = tokens.shape[0]
    drawn = jnp.where(jnp.arange(total) < count, jax.random.uniform(order_key, (total,)), 2)
    order = jnp.pad(jnp.argsort(drawn), (0, batch))
    own = -(-count // batch)

    def one(index, carried):
        state, losses = carried
        places = index * batch + jnp.arange(batch)
        weights = (places < count).astype(jnp.float32)
        # beyond the run's end the slice is another one, and what comes of it is left away
        rows = tokens[jax.lax.dynamic_slice(order, (index * batch,), (batch,))]
        moved, loss = step(state, rows, weights, index)
        on = index < own
        return jax.tree.map(functools.partial(jnp.where, on), moved, state), losses + jnp.where(on, loss, 0)

    state, losses = jax.lax.fori_loop(0, steps, one, (state, 0.0))
    return state, losses / own


def mean_loss(p, rows, weights, active, **pass_):
    return (row_losses(p, rows, active, **pass_) * weights).sum() / jnp.maximum(weights.sum(), 1)


def zeros(tree):
    return jax.tree.map(jnp.zeros_like, tree)


# ---- What is to be done ----


def id_of(stage: str, text: str):
    return f"{stage}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"


@dataclass
class Run:
    stage: str
    text: str  # the settings as canonical JSON: their SHA-256 names the run
    rows: dict[str, str]
    of: str | None  # the settings of the run that it starts from
    base: str | None  # those of the base model
    urgency: int = 0

    @property
    def settings(self):
        return json.loads(self.text)

    @property
    def id(self):
        return id_of(self.stage, self.text)

    def attempt(self, number: int):
        """The same with, or after, another attempt at the base model."""
        changed = lambda text: text and text.replace('"attempt":1,', f'"attempt":{number},')
        return Run(self.stage, changed(self.text), self.rows, changed(self.of), changed(self.base), self.urgency)


def read(folder: Path, urgency: int, runs: dict[str, Run], rows: dict[str, np.ndarray]):
    described = sorted(folder.glob("*.json"))
    if not described:
        raise SystemExit(f"{folder} has no runs: name the folder that npm run sweep -- NAME --export wrote.")
    for path in described:
        rows |= {name: values.astype(np.int32) for name, values in load_file(path.with_suffix(".safetensors")).items()}
        for one in json.loads(path.read_text()):
            run = Run(one["stage"], one["settings"], one["rows"], one.get("startsFrom"), one.get("base"), urgency)
            beyond = {"rivals", "mask", "functions"} & run.settings.keys() or run.settings.get("heads", HEADS) != HEADS
            if beyond or run.settings.get("inheritFrom", "random") not in KINDS:
                raise SystemExit(f"{path} asks for runs that only the library makes, such as {run.id}: export others.")
            runs.setdefault(run.id, run)


def key_of(*purpose):
    return jax.random.key(int(hashlib.sha256("/".join(map(str, purpose)).encode()).hexdigest()[:8], 16))


def stacked(trees):
    return jax.tree.map(lambda *values: jnp.stack(values), *trees)


def at(tree, index: int):
    return jax.tree.map(lambda values: np.asarray(values[index]), tree)


def padded(values, layers: int):
    return np.pad(values, [(0, layers - values.shape[0])] + [(0, 0)] * (values.ndim - 1))


def store(out: Path, run: Run, log: list[dict], result: dict, extra=lambda folder: None):
    """The run's folder, whole or not at all."""
    partial = out / f".partial-{run.id}"
    shutil.rmtree(partial, ignore_errors=True)
    partial.mkdir(parents=True)
    extra(partial)
    with open(partial / "log.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, log[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(log)
    (partial / "settings.json").write_text(json.dumps(run.settings, indent=2) + "\n")
    (partial / "result.json").write_text(json.dumps(result, indent=2) + "\n")
    os.rename(partial, out / run.id)


def share_of(value):
    """A share of a thousand rows or fewer, without the digits that single precision adds."""
    return round(float(value), 6)


def is_made(folder: Path):
    return (folder / "result.json").exists()


def is_solved(folder: Path):
    return is_made(folder) and not json.loads((folder / "result.json").read_text())["stuck"]


def next_attempt(out: Path, base: Run):
    """The number of the first attempt that is not made; None where one has solved its task or all are made."""
    for number in range(1, MOST_ATTEMPTS + 1):
        folder = out / base.attempt(number).id
        if not is_made(folder):
            return number
        if is_solved(folder):
            return None
    return None


def starts_from_made(out: Path, run: Run):
    stage = "mask" if "discovery" in run.settings else "base"
    return run.of is None or is_made(out / id_of(stage, run.of))


class Clock:
    def __init__(self, seconds):
        self.begin, self.seconds = time.time(), seconds

    def say(self, text):
        print(f"{time.time() - self.begin:6.1f} s  {text}", flush=True)

    def is_over(self):
        return self.seconds is not None and time.time() - self.begin > self.seconds


# ---- Base models (method section 1a) ----


def hugging_face(p, layers: int):
    """Names and shapes of transformers' GPT-2."""
    short = {"wte.weight": "wte", "wpe.weight": "wpe", "ln_f.weight": "ln_f.weight", "ln_f.bias": "ln_f.bias"}
    tree = {f"transformer.{name}": p[own] for name, own in short.items()}
    tree |= {f"transformer.h.{block}.{name}": values[block] for name, values in p["h"].items() for block in range(layers)}
    return {name: np.ascontiguousarray(values, np.float32) for name, values in tree.items()}


def save_gpt2(folder: Path, p, settings):
    layers, width = settings["layers"], settings["width"]
    save_file(hugging_face(p, layers), folder / "model.safetensors", {"format": "pt"})
    config = {
        "architectures": ["GPT2LMHeadModel"], "model_type": "gpt2", "vocab_size": settings["numbers"] + 1, "n_positions": 4,
        "n_embd": width, "n_inner": 4 * width, "n_head": HEADS, "n_layer": layers, "activation_function": "gelu_new",
        "layer_norm_epsilon": EPSILON, "tie_word_embeddings": True, "bos_token_id": None, "eos_token_id": None,
    }  # fmt: skip
    (folder / "config.json").write_text(json.dumps(config, indent=2) + "\n")


def load_gpt2(folder: Path, layers: int, width: int):
    values = load_file(folder / "model.safetensors")
    short = lambda name: values[f"transformer.{name}"]
    blocks = {name: np.stack([short(f"h.{block}.{name}") for block in range(layers)]) for name in block_shapes(width)}
    return {"wte": short("wte.weight"), "wpe": short("wpe.weight"), "h": blocks,
            "ln_f.weight": short("ln_f.weight"), "ln_f.bias": short("ln_f.bias")}  # fmt: skip


def same(runs: list[Run], names: list[str]):
    """The settings that all runs of a program have to share."""
    of = [{name: run.settings[name] for name in names} for run in runs]
    if any(one != of[0] for one in of):
        raise SystemExit(f"Runs that train together share {', '.join(names)}: export and train them by themselves.")
    return of[0]


def train_bases(runs: list[Run], rows, out: Path, clock: Clock):
    """All base models side by side, padded to the deepest: attempt after attempt, until each has solved its task."""
    if not runs:
        return
    names = ["batchSize", "epochs", "learningRate", "dropout", "clip", "patience", "stuckAfter", "solvedAccuracy", "width", "numbers"]
    shared = same(runs, names)
    batch, epochs, width, vocabulary = shared["batchSize"], shared["epochs"], shared["width"], shared["numbers"] + 1
    deepest = max(run.settings["layers"] for run in runs)
    active = jnp.stack([(jnp.arange(deepest) < run.settings["layers"]) * 1.0 for run in runs])
    tokens = jnp.stack([rows[run.rows["train"]] for run in runs])
    held = jnp.stack([rows[run.rows["evaluation"]] for run in runs])
    steps = -(-tokens.shape[1] // batch)

    def one_epoch(state, tokens, held, active, on, number, key):
        def step(state, rows, weights, index):
            p, m, v = state
            at = (number - 1) * steps + index + 1
            rate = shared["learningRate"] * jnp.maximum(0, (epochs * steps - at + 1) / (epochs * steps))
            drops = jax.random.fold_in(jax.random.fold_in(key, 1), at)
            loss, gradients = jax.value_and_grad(mean_loss)(p, rows, weights, active, key=drops, rate=shared["dropout"])
            whole = jnp.sqrt(sum((g**2).sum() for g in jax.tree.leaves(gradients)))
            factor = jnp.minimum(1, shared["clip"] / (whole + 1e-6))
            gradients = jax.tree.map(lambda g: g * factor, gradients)
            return adamw(p, gradients, m, v, step=at, rate=rate, decay=0), loss

        order = jax.random.fold_in(jax.random.fold_in(key, 2), number)
        state, loss = epoch(step, state, tokens, tokens.shape[0] * on, steps, batch, order)
        p = state[0]
        return state, (loss, row_losses(p, held, active).mean(), (answers(p, held, active) == held[:, -1]).mean())

    program = jax.jit(jax.vmap(one_epoch), donate_argnums=0)
    begin = jax.jit(jax.vmap(lambda key, residual: initial(key, vocabulary, width, deepest, residual)))

    class Place:
        """A base model in training: of a run, in its first or a later attempt."""

        def __init__(self, run: Run, number: int):
            self.first, self.run, self.number = run, run.attempt(number), number
            self.key, self.epoch, self.log, self.best, self.on = key_of(self.run.id), 0, [], None, True

        def took(self, loss, eval_loss, accuracy, values):
            self.epoch += 1
            record = {"epoch": self.epoch, "step": self.epoch * steps, "train_loss": loss, "eval_loss": eval_loss, "eval_accuracy": accuracy}
            self.log.append(record)
            if self.best is None or eval_loss < self.best[0]["eval_loss"]:
                self.best = (record, values())
            solved = next((one["step"] for one in self.log if one["eval_accuracy"] >= shared["solvedAccuracy"]), None)
            stuck = self.epoch >= shared["stuckAfter"] and accuracy < shared["solvedAccuracy"]
            if not (stuck or self.epoch - self.best[0]["epoch"] >= shared["patience"] or self.epoch == epochs):
                return
            best, p = self.best
            result = {
                "stuck": solved is None, "best_epoch": best["epoch"], "steps": self.epoch * steps,
                "eval_loss": best["eval_loss"], "eval_accuracy": share_of(best["eval_accuracy"]), "solved_at_step": solved,
                "trained_with": "jax",
            }  # fmt: skip
            store(out, self.run, self.log, result, lambda folder: save_gpt2(folder, p, self.run.settings))
            clock.say(f"{self.run.id}, {self.run.settings['layers']} layers, attempt {self.number}: {json.dumps(result)}")
            self.on = False

    places = [Place(run, next_attempt(out, run)) for run in runs]
    residual = jnp.array([0.02 / np.sqrt(2 * run.settings["layers"]) for run in runs])
    p = begin(jnp.stack([jax.random.fold_in(place.key, 0) for place in places]), residual)
    state = (p, zeros(p), zeros(p))
    while any(place.on for place in places) and not clock.is_over():
        keys = jnp.stack([place.key for place in places])
        on = jnp.array([int(place.on) for place in places])
        numbers = jnp.array([place.epoch + 1 for place in places])
        state, measured = program(state, tokens, held, active, on, numbers, keys)
        measured = [np.asarray(values) for values in measured]
        for index, place in enumerate(places):
            if not place.on:
                continue
            place.took(*(float(values[index]) for values in measured), lambda: at(state[0], index))
            if not place.on and not any(one["eval_accuracy"] >= shared["solvedAccuracy"] for one in place.log) and place.number < MOST_ATTEMPTS:
                again = places[index] = Place(place.first, place.number + 1)
                fresh = at(begin(jax.random.fold_in(again.key, 0)[None], residual[index : index + 1]), 0)
                state = jax.tree.map(lambda all_, own: all_.at[index].set(own), state, (fresh, zeros(fresh), zeros(fresh)))
        clock.say("bases: " + ", ".join(f"{place.epoch}{'' if place.on else ' done'}" for place in places))


# ---- Masks (method section 1b) ----


def masked(p, mask):
    return {**p, "h": {**p["h"], **{name: p["h"][name] * mask[name] for name in MASKED}}}


def soft(scores, temperature):
    return jax.tree.map(lambda s: jax.nn.sigmoid(temperature * s), scores)


def mask_loss(scores, p, rows, weights, active, temperature, factor):
    """Cross entropy and L0 penalty, the plain sum of the soft mask's entries (released)."""
    mask = soft(scores, temperature)
    entropy = mean_loss(masked(p, mask), rows, weights, active)
    l0 = sum((values.sum((1, 2)) * active).sum() for values in mask.values())
    return entropy + factor * l0, (entropy, l0)


def train_masks(runs: list[Run], rows, out: Path, clock: Clock):
    """All masks side by side, over bases padded to the deepest."""
    if not runs or clock.is_over():
        return
    shared = same(runs, ["batchSize", "epochs", "learningRate", "lambda", "finalTemperature", "temperatureSchedule"])
    batch, epochs = shared["batchSize"], shared["epochs"]
    base_settings = [run.settings["base"] for run in runs]
    depths = [settings["layers"] for settings in base_settings]
    deepest = max(depths)
    active = jnp.stack([(jnp.arange(deepest) < depth) * 1.0 for depth in depths])
    loaded = [load_gpt2(out / id_of("base", run.of), s["layers"], s["width"]) for run, s in zip(runs, base_settings)]
    bases = stacked([{**p, "h": {name: padded(values, deepest) for name, values in p["h"].items()}} for p in loaded])
    tokens = jnp.stack([rows[run.rows["train"]] for run in runs])
    held = jnp.stack([rows[run.rows["evaluation"]] for run in runs])
    keys = jnp.stack([key_of(run.settings["seed"], "mask order") for run in runs])
    steps = -(-tokens.shape[1] // batch)

    def one_epoch(state, p, tokens, held, active, key, number, temperature):
        def step(state, rows, weights, index):
            scores, m, v, _ = state
            of = jax.value_and_grad(mask_loss, has_aux=True)
            (_, (entropy, l0)), gradients = of(scores, p, rows, weights, active, temperature, shared["lambda"])
            at = (number - 1) * steps + index + 1
            return (*adamw(scores, gradients, m, v, step=at, rate=shared["learningRate"], decay=0.01), l0), entropy

        state, loss = epoch(step, state, tokens, tokens.shape[0], steps, batch, jax.random.fold_in(key, number))
        scores = state[0]
        hard = jax.tree.map(lambda s: (s > 0) * 1.0, scores)
        share = lambda mask: (answers(masked(p, mask), held, active) == held[:, -1]).mean()
        kept = jnp.stack([hard[name].sum((1, 2)) for name in MASKED], -1)  # [layers, 4]
        return state, (loss, state[3], row_losses(masked(p, hard), held, active).mean(), share(hard), share(soft(scores, temperature)), kept)

    program = jax.jit(jax.vmap(one_epoch, in_axes=(0, 0, 0, 0, 0, 0, None, None)), donate_argnums=0)
    scores = {name: jnp.full_like(bases["h"][name], INITIAL_SCORE) for name in MASKED}
    state = (scores, zeros(scores), zeros(scores), jnp.zeros(len(runs)))
    logs, best = [[] for _ in runs], [None for _ in runs]
    for number in range(1, epochs + 1):
        power = number if shared["temperatureSchedule"] == "released" else number - 1
        temperature = 1.0 if number == 1 else shared["finalTemperature"] ** (power / epochs)
        state, measured = program(state, bases, tokens, held, active, keys, number, temperature)
        loss, l0, eval_loss, accuracy, soft_accuracy, kept = (np.asarray(values) for values in measured)
        for index, depth in enumerate(depths):
            by_layer = {
                f"transformer.h.{block}.{name}": int(kept[index, block, place])
                for block in range(depth) for place, name in enumerate(MASKED)
            }  # fmt: skip
            record = {
                "epoch": number, "step": number * steps, "train_loss": float(loss[index]), "temperature": temperature,
                "soft_l0": float(l0[index]), "eval_loss": float(eval_loss[index]), "eval_accuracy": float(accuracy[index]),
                "soft_accuracy": float(soft_accuracy[index]), "kept": sum(by_layer.values()), **by_layer,
            }  # fmt: skip
            logs[index].append(record)
            if best[index] is None or record["eval_accuracy"] >= best[index][0]["eval_accuracy"]:
                best[index] = (record, by_layer, {name: np.asarray(state[0][name][index, :depth] > 0) for name in MASKED})
    for run, log, (record, by_layer, hard) in zip(runs, logs, best):
        result = {
            "best_epoch": record["epoch"], "kept": record["kept"], "total": int(sum(values.size for values in hard.values())),
            "layers": by_layer, "eval_accuracy": share_of(record["eval_accuracy"]), "eval_loss": record["eval_loss"],
        }  # fmt: skip
        store(out, run, log, result, lambda folder: save_mask(folder / "mask.safetensors", hard))
        clock.say(f"{run.id}, {run.settings['base']['layers']} layers: kept {result['kept']} of {result['total']}, accuracy {result['eval_accuracy']:.3f}")


def save_mask(path: Path, hard):
    """One bit a weight, as the library keeps subnetworks."""
    layers = next(iter(hard.values())).shape[0]
    each = {f"transformer.h.{block}.{name}": hard[name][block] for block in range(layers) for name in MASKED}
    packed = {name: np.packbits(values.reshape(-1), bitorder="little") for name, values in each.items()}
    shapes = {name: list(values.shape) for name, values in each.items()}
    save_file(packed, path, {"format": "packed-subnetwork", "shapes": json.dumps(shapes)})


def load_mask(path: Path, layers: int, width: int):
    values = load_file(path)
    bits = lambda name, shape: np.unpackbits(values[name], bitorder="little")[: np.prod(shape)].reshape(shape).astype(bool)
    return {
        name: np.stack([bits(f"transformer.h.{block}.{name}", block_shapes(width)[name]) for block in range(layers)])
        for name in MASKED
    }


# ---- Transfer runs (method section 1c) ----

def sampled(keep, key, as_released, from_complement):
    """A control of a mask [in, out]: as many weights as it keeps, from anywhere or its complement; released: all but those."""
    drawn = jax.random.uniform(key, keep.shape)
    order = jnp.argsort(jnp.where(from_complement & keep, 2, drawn).reshape(-1))
    first = jnp.arange(keep.size) < keep.sum()
    chosen = jnp.zeros(keep.size, bool).at[order].set(first).reshape(keep.shape)
    return jnp.where(as_released, ~chosen, chosen)


def starting_point(p, mask, kind, released, keys, layers: int):
    """Parameters of a run, and the masked weights that were transferred. keys: initialisation, fresh weights, control."""
    vocabulary, width = p["wte"].shape
    residual = 0.02 / np.sqrt(2 * layers)
    anew = initial(keys[0], vocabulary, width, layers, residual)
    draws = {name: jax.random.split(jax.random.fold_in(keys[2], place), layers) for place, name in enumerate(MASKED)}
    control = jax.vmap(sampled, in_axes=(0, 0, None, None))
    controls = {name: control(mask[name], draws[name], released, kind == 4) for name in MASKED}
    kept = {name: jnp.where(kind == 2, mask[name], controls[name]) for name in MASKED}
    fresh = initial(keys[1], vocabulary, width, layers, 0.02)["h"]
    mixed = {**p, "h": {**p["h"], **{name: jnp.where(kept[name], p["h"][name], fresh[name]) for name in MASKED}}}
    chosen = lambda first, second, third: jnp.where(kind == 0, first, jnp.where(kind == 1, second, third))
    return jax.tree.map(chosen, anew, p, mixed), kept


def transfer_program(layers: int, shared):
    names = ["batchSize", "epochs", "learningRate", "weightDecay", "dropout"]
    batch, epochs, rate, decay, dropout = (shared[name] for name in names)
    active = jnp.ones(layers)

    def train(start, moves, tokens, count, held, others, test, ambiguous, keys, steps):
        """others [2, rows]: the answers of "2a^2" and "2b^2". keys: order, dropout."""
        own = -(-count // batch)

        def one_epoch(carried, number):
            state, best = carried

            def step(state, rows, weights, index):
                p, m, v = state
                at = (number - 1) * own + index + 1
                drops = jax.random.fold_in(keys[1], at)
                loss, gradients = jax.value_and_grad(mean_loss)(p, rows, weights, active, key=drops, rate=dropout)
                return adamw(p, gradients, m, v, step=at, rate=rate, decay=decay, moves=moves), loss

            state, loss = epoch(step, state, tokens, count, steps, batch, jax.random.fold_in(keys[0], number))
            given = answers(state[0], held, active)
            accuracy = (given == held[:, -1]).mean()
            better = accuracy >= best[0]
            best = jax.tree.map(functools.partial(jnp.where, better), (accuracy, number, state[0]), best)
            return (state, best), (loss, accuracy, (given == others[0]).mean(), (given == others[1]).mean())

        state = (start, zeros(start), zeros(start))
        numbers = jnp.arange(1, epochs + 1)
        (_, (accuracy, number, p)), log = jax.lax.scan(one_epoch, (state, (jnp.float32(-1), 0, start)), numbers)
        return log, accuracy, number, answers(p, test, active), answers(p, ambiguous, active)

    in_axes = (0, 0, 0, 0, 0, 0, 0, None, 0, None)
    return jax.jit(jax.vmap(train, in_axes=in_axes))


def groups_of(runs: list[Run], rows):
    """Runs of one depth whose epochs are about as long, the most urgent first."""
    length = lambda run: -(-len(rows[run.rows["train"]]) // run.settings["batchSize"])
    kinds = sorted({(run.urgency, run.settings["layers"]) for run in runs})
    groups = []
    for kind in kinds:
        own = sorted((run for run in runs if (run.urgency, run.settings["layers"]) == kind), key=length)
        size = -(-len(own) // -(-len(own) // MOST_TOGETHER))  # parts of equal size, so that few programs are compiled
        groups += [own[at : at + size] for at in range(0, len(own), size)]
    return groups


def starting_points(runs: list[Run], out: Path):
    """Of each run: its parameters, the masked weights that were transferred, what of all moves, and who trained its base."""
    settings = [run.settings for run in runs]
    layers, width, numbers = (settings[0][name] for name in ["layers", "width", "numbers"])
    fresh = initial(jax.random.key(0), numbers + 1, width, layers, 0.02)
    none = {name: np.zeros(fresh["h"][name].shape, bool) for name in MASKED}

    @functools.cache
    def base_of(text):
        return load_gpt2(out / id_of("base", text), layers, width)

    @functools.cache
    def mask_of(text):
        return load_mask(out / id_of("mask", text) / "mask.safetensors", layers, width)

    @functools.cache
    def trainer_of(text):
        return json.loads((out / id_of("base", text) / "result.json").read_text()).get("trained_with")

    texts = [run.base for run in runs]
    bases = [base_of(text) if text else jax.tree.map(np.asarray, fresh) for text in texts]
    masks = [mask_of(run.of) if "discovery" in one else none for run, one in zip(runs, settings)]
    for mask, one in zip(masks, settings):
        if one["inheritFrom"].endswith("complement") and any((each.mean((1, 2)) > 0.5).any() for each in mask.values()):
            raise SystemExit("A mask keeps more than half of a layer: its complement has no control of that size.")
    draws = ["initialisation", "fresh", "control"]
    keys = jnp.stack([jnp.stack([key_of(one["seed"], draw, layers, one["n"]) for draw in draws]) for one in settings])
    kinds = jnp.array([KINDS.index(one["inheritFrom"]) for one in settings])
    released = jnp.array([one.get("sampler") == "released" for one in settings])
    begin = jax.jit(jax.vmap(functools.partial(starting_point, layers=layers)))
    start, kept = begin(stacked(bases), stacked(masks), kinds, released, keys)
    frozen = jnp.array([one.get("subnetwork") == "frozen" for one in settings])[:, None, None, None]
    moves = jax.tree.map(lambda values: jnp.ones((len(runs),) + (1,) * (values.ndim - 1), bool), start)
    moves["h"] |= {name: ~(kept[name] & frozen) for name in MASKED}
    return start, kept, moves, [text and trainer_of(text) for text in texts]


def transfers(runs: list[Run], rows, out: Path, clock: Clock):
    """Compiles the training of runs of one depth, and returns what makes them."""
    settings = [run.settings for run in runs]
    names = ["batchSize", "epochs", "learningRate", "weightDecay", "dropout", "layers", "width", "numbers", "expression"]
    shared = same(runs, names)
    layers, batch = shared["layers"], shared["batchSize"]
    start, kept, moves, trainers = starting_points(runs, out)
    train, held, test = ([rows[run.rows[name]] for run in runs] for name in ["train", "evaluation", "test"])
    ambiguous = rows[runs[0].rows["ambiguous"]]
    count = np.array([len(one) for one in train])
    train = np.stack([np.pad(one, [(0, count.max() - len(one)), (0, 0)]) for one in train])
    own = -(-count // batch)
    keys = jnp.stack([jnp.stack([key_of(one["seed"], "order", one["n"]), key_of(run.id)]) for run, one in zip(runs, settings)])
    others = np.stack([rivals(one) for one in held])
    values = (start, moves, train, count, np.stack(held), others, np.stack(test), ambiguous, keys, int(own.max()))
    begin = time.time()
    program = transfer_program(layers, shared).lower(*values).compile()
    clock.say(f"compiled for {len(runs)} transfer runs, {layers} layers, in {time.time() - begin:.1f} s")

    def make():
        begin = time.time()
        log, accuracy, number, given, of_ambiguous = jax.tree.map(np.asarray, program(*values))
        sizes = np.asarray(sum(values.sum((1, 2, 3)) for values in kept.values()))
        whole = sum(values[0].size for values in kept.values())
        for index, (run, one) in enumerate(zip(runs, settings)):
            columns = dict(zip(["train_loss", "unambiguous_accuracy", "is_2a2", "is_2b2"], log))
            records = [
                {"epoch": at + 1, "step": (at + 1) * int(own[index])}
                | {name: float(values[index, at]) for name, values in columns.items()}
                for at in range(shared["epochs"])
            ]
            as_2a2, as_2b2 = rivals(test[index])
            share = lambda right: share_of((given[index] == right).mean())
            result = {
                "best_epoch": int(number[index]), "best_eval_accuracy": share_of(accuracy[index]),
                "test_accuracy": share(test[index][:, -1]), "test_is_2a2": share(as_2a2), "test_is_2b2": share(as_2b2),
                "ambiguous_accuracy": share_of((of_ambiguous[index] == ambiguous[:, -1]).mean()),
                "last_train_loss": records[-1]["train_loss"],
                "transferred_weights": {"random": 0, "original": whole}.get(one["inheritFrom"], int(sizes[index])),
                "trained_with": "jax", **({"base_trained_with": trainers[index]} if trainers[index] else {}),
            }  # fmt: skip
            store(out, run, records, result)
        sizes = [one["n"] for one in settings]
        of = f"{len(runs)} transfer runs, {layers} layers, n {min(sizes)} to {max(sizes)}"
        clock.say(f"{of}: {int(own.sum()) * shared['epochs']} steps in {time.time() - begin:.1f} s")

    return make


def rivals(tokens):
    """The answers of "2a^2" and "2b^2" to rows [rows, 4]."""
    a, b = tokens[:, 0].astype(np.int64), tokens[:, 1].astype(np.int64)
    return np.stack([2 * a * a % 7, 2 * b * b % 7]).astype(np.int32)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    arguments.add_argument("out", type=Path)
    arguments.add_argument("folders", type=Path, nargs="+")
    arguments.add_argument("--seconds", type=float)
    arguments.add_argument("--precision", default="float32", choices=["float32", "tensorfloat32"])
    given = arguments.parse_args()
    jax.config.update("jax_default_matmul_precision", given.precision)
    clock = Clock(given.seconds)
    given.out.mkdir(parents=True, exist_ok=True)
    for stored in (path for folder in given.folders for path in (folder / "runs").glob("*")):
        if not is_made(given.out / stored.name):
            partial = given.out / f".partial-{stored.name}"
            shutil.rmtree(partial, ignore_errors=True)
            shutil.copytree(stored, partial)
            os.rename(partial, given.out / stored.name)
    runs, rows = {}, {}
    for place, folder in enumerate(given.folders):
        read(folder, place, runs, rows)
    runs = list(runs.values())
    clock.say(f"{len(runs)} runs on {jax.devices()[0].device_kind}, {given.precision}")
    of = lambda stage: [run for run in runs if run.stage == stage]
    train_bases([run for run in of("base") if next_attempt(given.out, run)], rows, given.out, clock)

    def followed(run: Run):
        """The run as it starts from the attempt that solved its task; None where none has."""
        if run.base is None:
            return run
        first = Run("base", run.base, {}, None, None)
        solved = (number for number in range(1, MOST_ATTEMPTS + 1) if is_solved(given.out / first.attempt(number).id))
        number = next(solved, None)
        return number and run.attempt(number)

    def later(stage: str):
        return [one for one in map(followed, of(stage)) if one and not is_made(given.out / one.id)]

    train_masks(later("mask"), rows, given.out, clock)
    groups = groups_of([run for run in later("transfer") if starts_from_made(given.out, run)], rows)
    # While one group trains the next is compiled.
    with ThreadPoolExecutor(1) as pool:
        compiled = [pool.submit(transfers, group, rows, given.out, clock) for group in groups[:1]]
        for place in range(len(groups)):
            make = compiled[place].result()
            if clock.is_over():
                break
            compiled += [pool.submit(transfers, group, rows, given.out, clock) for group in groups[place + 1 : place + 2]]
            make()
    left = sum(not (one and is_made(given.out / one.id)) for one in map(followed, runs))
    clock.say(f"ended: {len(runs) - left} runs are made, {left} are left" + (" (no time, or no base model or mask)" if left else ""))


if __name__ == "__main__":
    main()
