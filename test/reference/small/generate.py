"""Makes a folder of reference vectors with PyTorch and transformers, in the format of the README one folder up.

    python generate.py FOLDER [--layers 2 --width 12 ...]

The vectors beside this file come from the default settings (PyTorch 2.13, transformers 5.23): nearly every size, setting and
name differs from those of the vectors one folder up, so that what is written into the comparison would show.
"""

import argparse
import json
import math
from pathlib import Path

import numpy as np
import torch
import transformers
from safetensors.numpy import save_file
from torch.func import functional_call
from transformers import GPT2Config, GPT2LMHeadModel

parser = argparse.ArgumentParser()
parser.add_argument("folder", type=Path)
parser.add_argument("--layers", type=int, default=2)
parser.add_argument("--width", type=int, default=12)
parser.add_argument("--heads", type=int, default=3)
parser.add_argument("--mlp", type=int, default=20)
parser.add_argument("--numbers", type=int, default=30)
parser.add_argument("--positions", type=int, default=6)
parser.add_argument("--tokens", type=int, default=4)
parser.add_argument("--epsilon", type=float, default=1e-3)
parser.add_argument("--rows", type=int, default=7)
parser.add_argument("--steps", type=int, default=3)
parser.add_argument("--samples", type=int, default=16)
parser.add_argument("--beta1", type=float, default=0.8)
parser.add_argument("--beta2", type=float, default=0.99)
parser.add_argument("--adam-epsilon", type=float, default=1e-7)
parser.add_argument("--temperatures", type=float, nargs="+", default=[2, 6, 18])
parser.add_argument("--mask-rate", type=float, default=3e-3)
parser.add_argument("--seed", type=int, default=1)
args = parser.parse_args()
torch.manual_seed(args.seed)
rng = np.random.default_rng(args.seed)
args.folder.mkdir(parents=True, exist_ok=True)

VOCABULARY = args.numbers + 1
config = GPT2Config(
    vocab_size=VOCABULARY,
    n_positions=args.positions,
    n_embd=args.width,
    n_head=args.heads,
    n_layer=args.layers,
    n_inner=args.mlp,
    layer_norm_epsilon=args.epsilon,
    resid_pdrop=0,
    embd_pdrop=0,
    attn_pdrop=0,
    attn_implementation="eager",
    bos_token_id=None,
    eos_token_id=None,
)
MODEL_SETTINGS = {
    "vocab_size": VOCABULARY,
    "n_positions": args.positions,
    "n_embd": args.width,
    "n_head": args.heads,
    "n_layer": args.layers,
    "mlp": args.mlp,
    "dropout": 0.0,
    "activation": "gelu_new (tanh)",
    "layer_norm_epsilon": args.epsilon,
    "tied_embedding": True,
}
ADAM = {"betas": [args.beta1, args.beta2], "eps": args.adam_epsilon}
models = {dtype: GPT2LMHeadModel(config).to(dtype).eval() for dtype in (torch.float32, torch.float64)}
LAYERS = [f"transformer.h.{i}.{name}" for i in range(args.layers) for name in ("attn.c_attn", "attn.c_proj", "mlp.c_fc", "mlp.c_proj")]


def draw_weights():
    weights = {}
    for name, parameter in models[torch.float32].named_parameters():
        if ".ln_" in name:
            center, deviation = (1, 0.2) if name.endswith("weight") else (0, 0.1)
        else:
            center, deviation = 0, 0.05 if name.endswith("bias") else 0.2 if ".w" in name and ".wte" not in name else 0.25
        weights[name] = (center + deviation * rng.standard_normal(parameter.shape)).astype(np.float32)
    return weights


WEIGHTS = draw_weights()


def tokens(*shape):
    ids = rng.integers(0, args.numbers, (*shape, args.tokens))
    ids[..., -2] = args.numbers
    ids[..., -1] = rng.integers(0, 7, shape)
    return ids.astype(np.int32)


def logits_of(parameters, ids, dtype, **options):
    return functional_call(models[dtype], parameters, (torch.as_tensor(ids).long(),), options)


def token_losses(logits, ids):
    labels = torch.as_tensor(ids).long()[:, 1:]
    return -torch.log_softmax(logits[:, :-1], -1).gather(-1, labels[..., None])[..., 0]


def leaves(arrays, dtype):
    return {name: torch.tensor(values, dtype=dtype, requires_grad=True) for name, values in arrays.items()}


def array(tensor):
    return tensor.detach().numpy().copy()


def digest(values):
    values = values.astype(np.float64)
    return {
        "n": values.size,
        "l2": float(np.sqrt((values**2).sum())),
        "sum": float(values.sum()),
        "max_abs": float(np.abs(values).max()),
    }


def float32_error(single, double):
    return {"max_abs_error": float(np.abs(single.astype(np.float64) - double).max()), "max_abs_value": float(np.abs(double).max())}


def indices(among):
    """Sampled positions: of a tensor of so many values, or among these."""
    among = np.arange(among) if isinstance(among, int) else among
    return np.sort(rng.choice(among, min(args.samples, len(among)), replace=False)).astype(np.int32)


def adamw(parameters, weight_decay):
    return torch.optim.AdamW(parameters, lr=1.0, betas=tuple(ADAM["betas"]), eps=ADAM["eps"], weight_decay=weight_decay)


def write(kind, settings, tensors):
    save_file({name: np.ascontiguousarray(values) for name, values in tensors.items()}, args.folder / f"{kind}.safetensors")
    listing = {name: {"dtype": str(values.dtype), "shape": list(values.shape)} for name, values in tensors.items()}
    versions = {"torch": torch.__version__, "transformers": transformers.__version__}
    (args.folder / f"{kind}.json").write_text(json.dumps({"kind": kind, **versions, **settings, "tensors": listing}) + "\n")


COMMON = {"model": MODEL_SETTINGS, "weights": "small-weights.safetensors"}


def both(run):
    """The same computation in float64 and in float32."""
    return run(torch.float64), run(torch.float32)


# ---------------------------------------------------------------------------------------------------------------- forward

def forward():
    ids = tokens(args.rows)
    idx = {name: indices(values.size) for name, values in WEIGHTS.items()}

    def run(dtype):
        parameters = leaves(WEIGHTS, dtype)
        output = logits_of(parameters, ids, dtype, output_hidden_states=True)
        losses = token_losses(output.logits, ids)
        losses.mean().backward()
        return {
            "logits": array(output.logits),
            "hidden": np.stack([array(state) for state in output.hidden_states]),
            "token_loss": array(losses),
            "loss": losses.mean().item(),
            "grad": {name: array(parameter.grad) for name, parameter in parameters.items()},
        }

    double, single = both(run)
    tensors = {
        "ids": ids,
        "logits": single["logits"],
        "logits_f64": double["logits"],
        "hidden": single["hidden"],
        "token_loss": single["token_loss"],
        "grad/transformer.wte.weight": single["grad"]["transformer.wte.weight"],
    }
    for name, gradient in double["grad"].items():
        tensors[f"idx/{name}"] = idx[name]
        tensors[f"grad_sample/{name}"] = gradient.ravel()[idx[name]].astype(np.float32)
    settings = {
        **COMMON,
        "loss_float32": single["loss"],
        "loss_float64": double["loss"],
        "argmax_at_separator": double["logits"][:, -2].argmax(-1).tolist(),
        "float32_error": {
            "logits": float32_error(single["logits"], double["logits"]),
            "hidden": float32_error(single["hidden"], double["hidden"]),
            "grad": {name: float32_error(single["grad"][name], double["grad"][name]) for name in WEIGHTS},
        },
        "grad_digest_float64": {name: digest(gradient) for name, gradient in double["grad"].items()},
    }
    write("gpt2-forward", settings, tensors)


# ------------------------------------------------------------------------------------------------------------ adamw-steps

def adamw_steps():
    batches, evaluation = tokens(args.steps, args.rows), tokens(args.rows + 2)
    idx = {name: indices(values.size) for name, values in WEIGHTS.items()}
    tensors = {"batches": batches, "eval_batch": evaluation, **{f"idx/{name}": at for name, at in idx.items()}}
    cases = {}
    definitions = {
        "strong_decay": ([2e-3] * args.steps, 0.1, 0.5),
        "unclipped": ([1e-3 * (1 - k / 9) for k in range(args.steps)], 0.0, None),
    }
    for case, (rates, weight_decay, clip) in definitions.items():

        def run(dtype):
            parameters = leaves(WEIGHTS, dtype)
            optimizer = adamw(parameters.values(), weight_decay)
            loss = lambda ids: token_losses(logits_of(parameters, ids, dtype).logits, ids).mean()
            steps, after = [], []
            for k, rate in enumerate(rates):
                optimizer.zero_grad()
                before = loss(batches[k])
                before.backward()
                norm = torch.nn.utils.clip_grad_norm_(parameters.values(), clip if clip is not None else math.inf)
                optimizer.param_groups[0]["lr"] = rate
                optimizer.step()
                steps.append(
                    {
                        "step": k + 1,
                        "lr": rate,
                        "loss_before": before.item(),
                        "grad_norm_before_clip": norm.item(),
                        "loss_after_same_batch": loss(batches[k]).item(),
                        "loss_after_eval_batch": loss(evaluation).item(),
                    }
                )
                after.append({name: array(parameter) for name, parameter in parameters.items()})
            return steps, after

        (steps64, after64), (steps32, after32) = both(run)
        for k in (2, args.steps):
            for name, values in after64[k - 1].items():
                tensors[f"{case}/after{k}/{name}"] = values.ravel()[idx[name]].astype(np.float32)
        cases[case] = {
            "weight_decay": weight_decay,
            "clip": clip,
            "steps_float64": steps64,
            "steps_float32": steps32,
            "final_digest_float64": {name: digest(values) for name, values in after64[-1].items()},
            "final_change_l2_float64": {name: digest(values - WEIGHTS[name])["l2"] for name, values in after64[-1].items()},
            "float32_error_final": {name: float32_error(after32[-1][name], values) for name, values in after64[-1].items()},
        }
    write("adamw-steps", {**COMMON, **ADAM, "cases": cases}, tensors)


# ---------------------------------------------------------------------------------------------------------- mask-training

def mask_training():
    temperatures = args.temperatures
    batches, evaluation = tokens(len(temperatures), args.rows), tokens(args.rows - 2)
    rate, weight_decay = args.mask_rate, 0.05
    shapes = {layer: WEIGHTS[f"{layer}.weight"].shape for layer in LAYERS}
    random = {layer: (0.1 * rng.standard_normal(shape)).astype(np.float32) for layer, shape in shapes.items()}
    uniform = {layer: np.full(shape, 0.05, np.float32) for layer, shape in shapes.items()}
    idx = {layer: indices(math.prod(shape)) for layer, shape in shapes.items()}
    tensors = {"batches": batches, "eval_batch": evaluation, **{f"idx/{layer}": at for layer, at in idx.items()}}
    tensors.update({f"start/{layer}": values for layer, values in random.items()})
    cases = {}
    definitions = {"from_0.05": (uniform, "float32(0.05) everywhere", 1e-3), "from_random": (random, "start/*", 1e-5)}
    for case, (start, what, penalty) in definitions.items():

        def run(dtype):
            base = {name: torch.tensor(values, dtype=dtype) for name, values in WEIGHTS.items()}
            scores = leaves(start, dtype)
            optimizer = adamw(scores.values(), weight_decay)
            optimizer.param_groups[0]["lr"] = rate

            def model(mask, ids):
                masked = {f"{layer}.weight": base[f"{layer}.weight"] * mask[layer] for layer in LAYERS}
                return logits_of({**base, **masked}, ids, dtype).logits

            steps, grads, values = [], [], []
            for k, temperature in enumerate(temperatures):
                optimizer.zero_grad()
                mask = {layer: torch.sigmoid(temperature * score) for layer, score in scores.items()}
                task = token_losses(model(mask, batches[k]), batches[k]).mean()
                l0 = sum(entries.sum() for entries in mask.values())
                total = task + penalty * l0
                total.backward()
                optimizer.step()
                hard = {layer: (score.detach() > 0).to(dtype) for layer, score in scores.items()}
                logits = model(hard, evaluation)
                kept = {layer: int(entries.sum().item()) for layer, entries in hard.items()}
                right = logits[:, -2].argmax(-1).numpy() == evaluation[:, -1]
                steps.append(
                    {
                        "step": k + 1,
                        "temperature": temperature,
                        "task_loss": task.item(),
                        "l0_sum": l0.item(),
                        "l0_term": penalty * l0.item(),
                        "total_loss": total.item(),
                        "after_step": {
                            "hard_mask_kept": kept,
                            "hard_mask_kept_total": sum(kept.values()),
                            "eval_loss_hard_mask": token_losses(logits, evaluation).mean().item(),
                            "eval_accuracy_hard_mask": float(right.mean()),
                        },
                    }
                )
                grads.append({layer: array(score.grad) for layer, score in scores.items()})
                values.append({layer: array(score) for layer, score in scores.items()})
            return steps, grads, values, array(logits)

        (steps64, grads64, values64, logits64), (steps32, grads32, values32, _) = both(run)
        for k in range(len(temperatures)):
            for layer in LAYERS:
                tensors[f"{case}/step{k + 1}/grad/{layer}"] = grads64[k][layer].ravel()[idx[layer]].astype(np.float32)
                tensors[f"{case}/step{k + 1}/score/{layer}"] = values64[k][layer].ravel()[idx[layer]].astype(np.float32)
        tensors[f"{case}/eval_logits_after{len(temperatures)}"] = logits64.astype(np.float32)
        cases[case] = {
            "start": what,
            "lambda": penalty,
            "steps_float64": steps64,
            "steps_float32": steps32,
            "grad_digest_float64": [{layer: digest(step[layer]) for layer in LAYERS} for step in grads64],
            "score_digest_float64": {layer: digest(values64[-1][layer]) for layer in LAYERS},
            "float32_error": {
                "grad": [{layer: float32_error(a[layer], b[layer]) for layer in LAYERS} for a, b in zip(grads32, grads64)],
                f"score_after{len(temperatures)}": {layer: float32_error(values32[-1][layer], values64[-1][layer]) for layer in LAYERS},
            },
        }
    settings = {
        **COMMON,
        "lr": rate,
        "weight_decay": weight_decay,
        **ADAM,
        "cases": cases,
        "trainable_parameters": [f"{layer}.weight_mask_params" for layer in LAYERS],
    }
    write("mask-training", settings, tensors)


# --------------------------------------------------------------------------------------------------------------- transfer

def transfer():
    batches, ids = tokens(args.steps, args.rows), tokens(args.rows - 1)
    rate, weight_decay = 1e-3, 0.1
    mask = {layer: (rng.random(WEIGHTS[f"{layer}.weight"].shape) < rng.uniform(0.2, 0.6)).astype(np.uint8) for layer in LAYERS}
    reinit = {layer: (0.02 * rng.standard_normal(mask[layer].shape)).astype(np.float32) for layer in LAYERS}
    idx_masked = {layer: indices(np.flatnonzero(mask[layer])) for layer in LAYERS}
    idx_free = {layer: indices(np.flatnonzero(mask[layer] == 0)) for layer in LAYERS}
    others = [name for name in WEIGHTS if name.removesuffix(".weight") not in mask]
    idx = {name: indices(WEIGHTS[name].size) for name in others}
    effective = {layer: np.where(mask[layer] == 1, WEIGHTS[f"{layer}.weight"], reinit[layer]) for layer in LAYERS}
    start = {**WEIGHTS, **{f"{layer}.weight": values for layer, values in effective.items()}}
    parts = {"masked": idx_masked, "free": idx_free}
    tensors = {"ids": ids, "batches": batches, **{f"idx/{name}": at for name, at in idx.items()}}
    for layer in LAYERS:
        tensors[f"mask/{layer}"] = mask[layer]
        tensors[f"reinit/{layer}"] = reinit[layer]
        for part, at in parts.items():
            tensors[f"idx_{part}/{layer}"] = at[layer]
            tensors[f"effective_{part}/{layer}"] = effective[layer].ravel()[at[layer]]
    with torch.no_grad():
        logits = [array(logits_of(leaves(start, dtype), ids, dtype).logits) for dtype in (torch.float64, torch.float32)]
        losses = [token_losses(torch.as_tensor(values), ids).mean().item() for values in logits]
    tensors["logits_f64"], tensors["logits"] = logits

    cases = {}
    for case, trainable in {"kept": False, "moving": True}.items():

        def run(dtype):
            # Two weights a masked layer, as in the authors' layers: the subnetwork's and the new one's.
            parameters = leaves({name: start[name] for name in others}, dtype)
            new = leaves(reinit, dtype)
            subnet = leaves({layer: WEIGHTS[f"{layer}.weight"] for layer in LAYERS}, dtype)
            for weight in subnet.values():
                weight.requires_grad_(trainable)
            ones = {layer: torch.tensor(mask[layer], dtype=dtype) for layer in LAYERS}
            optimizer = adamw([*parameters.values(), *new.values(), *subnet.values()], weight_decay)
            optimizer.param_groups[0]["lr"] = rate

            def now():
                return {layer: subnet[layer] * ones[layer] + new[layer] * (1 - ones[layer]) for layer in LAYERS}

            def loss(batch):
                weights = {f"{layer}.weight": values for layer, values in now().items()}
                return token_losses(logits_of({**parameters, **weights}, batch, dtype).logits, batch).mean()

            steps, after, grads = [], [], None
            for k in range(args.steps):
                optimizer.zero_grad()
                before = loss(batches[k])
                before.backward()
                grads = grads or {layer: array(new[layer].grad) for layer in LAYERS}
                optimizer.step()
                steps.append({"step": k + 1, "loss_before": before.item(), "loss_after_on_ids": loss(ids).item()})
                after.append(
                    (
                        {layer: array(values) for layer, values in now().items()},
                        {name: array(parameter) for name, parameter in parameters.items()},
                    )
                )
            return steps, after, grads

        (steps64, after64, grads64), (steps32, after32, _) = both(run)
        for k in (1, args.steps):
            weights, rest = after64[k - 1]
            for layer in LAYERS:
                for part, at in parts.items():
                    tensors[f"{case}/effective_{part}_after{k}/{layer}"] = weights[layer].ravel()[at[layer]].astype(np.float32)
            for name in others:
                tensors[f"{case}/after{k}/{name}"] = rest[name].ravel()[idx[name]].astype(np.float32)
        for layer in LAYERS:
            tensors[f"{case}/grad_free/{layer}"] = grads64[layer].ravel()[idx_free[layer]].astype(np.float32)
        moved = {}
        for layer in LAYERS:
            change = np.abs(after64[0][0][layer] - effective[layer])
            inside = mask[layer] == 1
            moved[layer] = {
                "effective: masked entries that changed": int((change[inside] > 0).sum()),
                "effective: free entries that changed": int((change[~inside] > 0).sum()),
                "effective: masked": int(inside.sum()),
                "effective: free": int((~inside).sum()),
                "max |change| of effective free entries": float(change[~inside].max()),
            }
        errors = {f"{layer} (effective)": float32_error(after32[-1][0][layer], after64[-1][0][layer]) for layer in LAYERS}
        errors.update({name: float32_error(after32[-1][1][name], after64[-1][1][name]) for name in others})
        without = [f"{layer}.weight_mask_params" for layer in LAYERS]
        cases[case] = {
            "steps_float64": steps64,
            "steps_float32": steps32,
            "after_step_1": moved,
            "parameters_without_gradient": without + ([] if trainable else [f"{layer}.weight_subnet" for layer in LAYERS]),
            "effective_digest_after": [{layer: digest(weights[layer]) for layer in LAYERS} for weights, _ in after64],
            f"other_parameters_digest_after{args.steps}": {name: digest(after64[-1][1][name]) for name in others},
            f"float32_error_after{args.steps}": errors,
        }
    samplers = {}
    for layer in LAYERS:
        kept, size = int(mask[layer].sum()), mask[layer].size
        samplers[layer] = {
            "discovered": kept,
            "size": size,
            "released subnet_sampled mask ones": size - kept,
            "expected overlap of its zeros with the discovered mask": kept * kept / size,
        }
        if 2 * kept > size:
            samplers[layer]["released subnet_sampled_complement"] = "raises: more than 50 percent of the weights"
        else:
            samplers[layer]["released subnet_sampled_complement mask ones"] = size - kept
            samplers[layer]["... of these inside the discovered mask"] = kept
    settings = {
        **COMMON,
        "lr": rate,
        "weight_decay": weight_decay,
        **ADAM,
        "clip": None,
        "mask_kept": {layer: int(mask[layer].sum()) for layer in LAYERS},
        "mask_size": {layer: mask[layer].size for layer in LAYERS},
        "cases": cases,
        "loss_float32": losses[1],
        "loss_float64": losses[0],
        "effective_digest": {layer: digest(effective[layer]) for layer in LAYERS},
        "float32_error_logits": float32_error(logits[1], logits[0]),
        "released_samplers": samplers,
    }
    write("transfer", settings, tensors)


write("small-weights", {}, WEIGHTS)
forward()
adamw_steps()
mask_training()
transfer()
