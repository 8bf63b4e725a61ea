// @ts-check
import { constants } from 'node:os';
import { jupyterEnvironment, ROOT } from '../lib/project.mjs';
import { run } from '../lib/run.mjs';
import { addon } from './addon.mjs';
import { kernel } from './kernel.mjs';
import { library } from './library.mjs';
import { lockSetup } from './lock.mjs';
import { npmPackages } from './npmPackages.mjs';
import { findCompiler, findPython, requireGlibc, requirePlatform, requireSpace } from './prerequisites.mjs';
import { pythonEnvironment } from './pythonEnvironment.mjs';
import { saying } from './step.mjs';
import { installedTensorflow, tensorflowLibrary } from './tensorflowLibrary.mjs';

/** Disk space that each step takes at its height, in GB, the clients' own caches included. */
const SPACE_GB = new Map([
  [npmPackages, { cpu: 0.8, gpu: 0.8 }],
  [pythonEnvironment, { cpu: 0.5, gpu: 0.5 }],
  [tensorflowLibrary, { cpu: 1.7, gpu: 12 }],
]);

/** One stage after the other; in a stage the rows are made side by side, and a row's steps one after the other. */
const STAGES = [
  [
    [npmPackages, library],
    [pythonEnvironment, tensorflowLibrary, kernel],
  ],
  [[addon]],
];
const STEPS = STAGES.flat(2);

/**
 * Makes whatever is missing of the project's set-up, a line for each part. A second call finds everything made.
 *
 * @param {object} [options]
 * @param {'cpu' | 'gpu'} [options.variant] build of TensorFlow; without it the one that is installed, or else the CPU's
 * @param {boolean} [options.verbose] a line also for what is there already
 */
export async function setUp({ variant, verbose = false } = {}) {
  requirePlatform(process.platform, process.arch);
  /** @type {ReturnType<typeof lockSetup> | undefined} */
  let lock;
  const interruption = new Interruption();
  /** @type {import('./step.mjs').Context} */
  const context = {
    root: ROOT,
    variant: variant ?? installedTensorflow(ROOT)?.variant ?? 'cpu',
    python: once(findPython),
    compiler: once(findCompiler),
    run(program, args, env) {
      /** @param {number} pid */
      const onProcess = (pid) => {
        const ends = [lock?.holdFor(pid), interruption.watch(pid)];
        return () => {
          for (const end of ends) end?.();
        };
      };
      return run(program, args, { cwd: ROOT, env: { ...jupyterEnvironment(), ...env }, onProcess });
    },
  };

  let missing = await missingSteps(context);
  // Everything that can stop the set-up is looked at before the first download.
  if (missing.includes(pythonEnvironment)) await context.python();
  if (missing.includes(addon)) await context.compiler();
  if (missing.includes(tensorflowLibrary)) requireGlibc();
  const neededGb = missing.reduce((sum, step) => sum + (SPACE_GB.get(step)?.[context.variant] ?? 0), 0);
  if (neededGb > 0) requireSpace(ROOT, neededGb);

  // The library is compiled quickly and in one go: several commands may do so at once.
  const onlyLibrary = missing.length === 1 && missing[0] === library;
  if (!onlyLibrary) {
    lock = lockSetup(ROOT);
    // Another set-up may have ended just before.
    missing = await missingSteps(context);
  }
  const silent = onlyLibrary && !verbose;
  /** @param {import('./step.mjs').Step} step */
  const make = async (step) => {
    if (!missing.includes(step)) {
      if (verbose) console.log(`${step.name(context)}: there already`);
    } else if (silent) await step.make(context);
    else await saying(step.name(context), () => step.make(context));
  };
  interruption.listen();
  try {
    for (const rows of STAGES) {
      const made = await Promise.allSettled(
        rows.map(async (steps) => {
          for (const step of steps) await make(step);
        }),
      );
      // What is made beside a failure is whole by now, and stays.
      const failed = made.find(({ status }) => status === 'rejected');
      if (!failed) continue;
      await interruption.waitForSignal();
      throw /** @type {PromiseRejectedResult} */ (failed).reason;
    }
  } finally {
    interruption.stopListening();
    lock?.release();
  }
}

/**
 * The steps whose product is missing or no longer right.
 *
 * @param {import('./step.mjs').Context} context
 */
async function missingSteps(context) {
  const missing = new Set();
  for (const step of STEPS) {
    // npm ci wipes the addon, and another TensorFlow needs another one; the kernel is inside Python's environment.
    const wiped =
      (step === addon && (missing.has(npmPackages) || missing.has(tensorflowLibrary))) ||
      (step === kernel && missing.has(pythonEnvironment));
    if (wiped || !(await step.isDone(context))) missing.add(step);
  }
  return [...missing];
}

/**
 * @template T
 * @param {() => Promise<T>} find
 * @returns {() => Promise<T>}
 */
function once(find) {
  /** @type {Promise<T> | undefined} */
  let found;
  return () => {
    found ??= find();
    return found;
  };
}

/** How long programs may take to end when the set-up is interrupted. */
const PATIENCE_MS = 1000;

/** Ctrl-C ends the programs that are running, and the set-up with one sentence; what was made by then stays. */
class Interruption {
  /** @type {NodeJS.Signals[]} */
  #signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  /**
   * Process numbers.
   * @type {Set<number>}
   */
  #programs = new Set();
  /** @type {number | undefined} */
  #status;

  /**
   * Gives what is to be called when the program has ended.
   *
   * @param {number} program process number
   */
  watch(program) {
    this.#programs.add(program);
    if (this.#status !== undefined) process.kill(program, 'SIGTERM');
    return () => {
      this.#programs.delete(program);
      if (this.#status !== undefined && this.#programs.size === 0) process.exit(this.#status);
    };
  }

  listen() {
    for (const signal of this.#signals) process.on(signal, this.#interrupt);
  }

  stopListening() {
    for (const signal of this.#signals) process.off(signal, this.#interrupt);
  }

  /** Ctrl-C ends programs too, and their end may be seen before the signal: with this, the signal has the time to come first. */
  waitForSignal() {
    return new Promise((resolve) => setTimeout(resolve, 100));
  }

  #interrupt = (/** @type {NodeJS.Signals} */ signal) => {
    if (this.#status !== undefined) return;
    this.#status = 128 + constants.signals[signal];
    console.error('\nThe set-up was interrupted: run the same command again and it goes on.');
    if (this.#programs.size === 0) process.exit(this.#status);
    for (const program of this.#programs) process.kill(program, 'SIGTERM');
    // npm would go on for half a minute, and the next set-up would have to wait for it. What it leaves is made anew.
    setTimeout(() => {
      for (const program of this.#programs) process.kill(program, 'SIGKILL');
      process.exit(this.#status);
    }, PATIENCE_MS);
  };
}
