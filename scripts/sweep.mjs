// @ts-check
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readArguments } from './lib/arguments.mjs';
import { Failure, runScript } from './lib/failure.mjs';
import { readJson, readText } from './lib/files.mjs';
import { ROOT } from './lib/project.mjs';
import { tail } from './lib/run.mjs';
import { durationText } from './readme/times.mjs';
import { setUp } from './setup/setUp.mjs';
import { conditionsAmong, listOf, seedsOf, wholeNumber } from './sweep/arguments.mjs';
import { installSnakemake } from './sweep/installSnakemake.mjs';
import { showProgress } from './sweep/progress.mjs';
import { startSnakemake } from './sweep/snakemake.mjs';

const PRESETS = ['quick', 'paper'];
const USAGE = `npm run sweep -- NAME [--layers 2,12] [--n 0,10,100] [--seeds 3] [--conditions subnet,random] [--cores N]
                     [--preset paper|quick] [--dry-run] [--executor slurm [-- ARGUMENTS OF SNAKEMAKE]]

Makes the runs of a sweep whose rows are not in data/results yet: base models, masks and transfer runs, in as many
processes as --cores says (by default one for each core that it may use, as far as memory goes), and puts their rows there at
the end. Ctrl-C ends it; the same command goes on where it stopped. --dry-run prints what would run and about how long.

--seeds 3 means the seeds 1 to 3, --seeds 1,3 these two, and --seeds 3-5 those from 3 to 5.
--conditions takes names as in the column inherit_from, with the sampler after a colon where there are two, such as
subnet_sampled:released. --preset quick takes the small
settings, whose rows go into runs/quick-results. --tables FOLDER keeps the tables elsewhere. --executor slurm submits the
processes to a cluster, --cores of them at a time; what stands after -- is passed on to Snakemake.`;

/** Processes in a cluster's queue at the same time. */
const CLUSTER_JOBS = 50;

runScript(async () => {
  const end = process.argv.indexOf('--', 2);
  const more = end < 0 ? [] : process.argv.splice(end).slice(1);
  const { values, positionals } = readArguments(
    {
      allowPositionals: true,
      options: {
        layers: { type: 'string' },
        n: { type: 'string' },
        seeds: { type: 'string', default: '1' },
        conditions: { type: 'string' },
        cores: { type: 'string' },
        preset: { type: 'string', default: 'paper' },
        'dry-run': { type: 'boolean', default: false },
        executor: { type: 'string' },
        tables: { type: 'string' },
        // For tests: a JSON file with values that replace some of every chain's settings.
        settings: { type: 'string' },
        help: { type: 'boolean' },
      },
    },
    USAGE,
  );
  /** @param {string} name */
  const text = (name) => /** @type {string | undefined} */ (/** @type {any} */ (values)[name]);
  if (values.help) {
    console.log(USAGE);
    return 0;
  }
  const preset = String(values.preset);
  if (!PRESETS.includes(preset)) throw new Failure(`The preset is ${PRESETS.join(' or ')}, and this is "${preset}".`);
  const executor = text('executor');
  if (executor !== undefined && executor !== 'slurm') {
    throw new Failure(`The executor is slurm, or this machine without --executor, and this is "${executor}".`);
  }
  const asked = {
    layers: listOf('layers', text('layers'), 1),
    sizes: listOf('n', text('n'), 0),
    seeds: seedsOf(String(values.seeds)),
    cores: text('cores') === undefined ? undefined : wholeNumber('cores', String(text('cores')), 1),
  };
  if (text('settings') && !text('tables')) throw new Failure('Other settings (--settings) need --tables FOLDER.');
  await setUp();
  const library = (await import('subtask-induction')).default;
  const { SWEEPS, conditionKeys, dataFile, isNamed, makespan, projectStore, sweepPlan } = library;
  const [name, ...others] = positionals;
  if (!name || others.length > 0 || !SWEEPS[name]) {
    const known = Object.entries(SWEEPS).map(([sweep, { about }]) => `  ${sweep.padEnd(10)} ${about}`);
    const problem = name
      ? others.length > 0
        ? 'One sweep at a time'
        : `There is no sweep "${name}"`
      : 'Say which sweep';
    throw new Failure(`${problem}: the sweeps are\n${known.join('\n')}`);
  }
  const conditions = conditionsAmong(text('conditions'), conditionKeys(SWEEPS[name]), isNamed);
  const store = projectStore();
  const tables = text('tables') ?? (preset === 'paper' ? dataFile('results') : join(store.folder, 'quick-results'));
  const replaced = text('settings') ? readJson(/** @type {string} */ (text('settings'))) : undefined;

  const depths = asked.layers ?? SWEEPS[name].layers;
  const cores = asked.cores ?? (executor ? CLUSTER_JOBS : processesHere(library, Math.max(...depths)));

  const sweeps = join(store.folder, 'sweeps');
  if (values['dry-run']) nameEarlier(library, sweeps);
  else gatherEarlier(library, sweeps);
  const plan = sweepPlan({
    sweep: name,
    preset: /** @type {'quick' | 'paper'} */ (preset),
    ...asked,
    cores,
    conditions,
    tables: resolve(tables),
    store,
    change: (settings) => ({
      base: { ...settings.base, ...replaced?.base },
      discovery: { ...settings.discovery, ...replaced?.discovery },
      transfer: { ...settings.transfer, ...replaced?.transfer },
      sizes: replaced?.sizes ?? settings.sizes,
    }),
  });
  const runs = plan.jobs.flatMap((job) => job.runs);
  if (runs.length === 0) {
    console.log(`${name}: all ${plan.done} rows are in ${shown(tables)}.`);
    return 0;
  }
  const steps = runs.reduce((sum, run) => sum + (run.stored ? 0 : run.steps), 0);
  console.log(
    `${name}: ${runs.length} runs in ${plan.jobs.length} processes, ${cores} at a time; ${plan.done} rows are there already.\n` +
      `About ${durationText(makespan(plan.jobs, cores))}, ${steps.toLocaleString('en')} training steps.`,
  );
  if (values['dry-run']) {
    printPlan(plan);
    return 0;
  }
  await installSnakemake({ slurm: executor === 'slurm' });
  return carryOut(library, { plan, sweeps, cores, executor, more });
});

/**
 * How many processes this machine may run at the same time: one for each core, as many as memory is there for.
 *
 * @param {typeof import('../lib/dist/index.js')} library
 * @param {number} layers of the largest model
 */
function processesHere({ memoryMb, usableCores, usableMemory }, layers) {
  return Math.max(1, Math.min(usableCores(), Math.floor(usableMemory() / 2 ** 20 / memoryMb(layers))));
}

/**
 * Takes the rows of sweeps that were killed before they could gather them.
 *
 * @param {typeof import('../lib/dist/index.js')} library
 * @param {string} sweeps
 */
function gatherEarlier({ SweepFolder, gatherTables }, sweeps) {
  for (const earlier of SweepFolder.list(sweeps)) {
    if (earlier.isOwned()) continue;
    try {
      gatherTables(earlier.allTables(), earlier.plan.tables);
      earlier.remove();
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      console.error(`${shown(earlier.path)} was not gathered, and is left as it is: ${message}`);
    }
  }
}

/**
 * Names the sweeps whose rows would be gathered first; a dry run changes nothing.
 *
 * @param {typeof import('../lib/dist/index.js')} library
 * @param {string} sweeps
 */
function nameEarlier({ SweepFolder }, sweeps) {
  const waiting = SweepFolder.list(sweeps).filter((earlier) => !earlier.isOwned({ now: Date.now() }));
  for (const { path } of waiting) {
    console.log(
      `${shown(path)} waits to be gathered: without --dry-run its rows are taken first, and fewer runs are left.`,
    );
  }
}

/**
 * Runs a plan to its end, and gathers its rows however it ends.
 *
 * @param {typeof import('../lib/dist/index.js')} library
 * @param {{plan: import('../lib/dist/index.js').SweepPlan, sweeps: string, cores: number, executor?: string, more: string[]}} options
 * @returns {Promise<number>} exit status
 */
async function carryOut({ SweepFolder, gatherTables, sweepProgress }, { plan, sweeps, cores, executor, more }) {
  mkdirSync(sweeps, { recursive: true });
  const time = new Date().toISOString().slice(0, 19).replaceAll(':', '-');
  const folder = SweepFolder.create(join(sweeps, `${time}-${plan.sweep}-${randomBytes(2).toString('hex')}`), plan);
  const start = Date.now();
  let interrupted = false;
  const snakemake = startSnakemake({ folder: folder.path, cores, executor, more });
  const stop = () => {
    if (interrupted) return;
    interrupted = true;
    console.log('\nStopping; what is finished is gathered.');
    snakemake.stop();
  };
  process.on('SIGINT', stop).on('SIGTERM', stop).on('SIGHUP', stop);
  const progress = showProgress(() => sweepProgress(folder, { cores }));
  const status = await snakemake.ended;
  progress.end();

  const gathered = gatherTables(folder.allTables(), plan.tables);
  const { done, of, failed, blocked } = sweepProgress(folder, { cores, ended: true });
  console.log(`${plan.sweep}: ${done} of ${of} runs made in ${durationText((Date.now() - start) / 1000)}.`);
  for (const { table, added, differing } of gathered) {
    if (added > 0) console.log(`${shown(join(plan.tables, table))}: ${added} rows added`);
    if (differing > 0) {
      console.log(
        `${shown(join(plan.tables, table))}: ${differing} rows are there with other values, and were left alone`,
      );
    }
  }
  for (const { name, job, reason } of failed) {
    console.error(`failed twice: ${name}: ${reason} (${shown(join(folder.path, 'logs', `${job}.txt`))})`);
  }
  for (const name of blocked) console.error(`not begun, since what it starts from failed: ${name}`);
  const left = of - done - failed.length - blocked.length;
  if (left > 0) {
    if (!interrupted) console.error(`${shown(snakemake.log)} ends:\n${tail(readText(snakemake.log) ?? '')}\n`);
    console.error(`${left} runs are left: run the same command again and it goes on.`);
  }
  if (interrupted) return 130;
  if (done < of) return 1;
  folder.remove();
  return status;
}

/** @param {import('../lib/dist/index.js').SweepPlan} plan */
function printPlan(plan) {
  for (const { id, needs, runs, seconds } of plan.jobs) {
    console.log(`\n${id}: ${durationText(seconds)}${needs.length > 0 ? `, after ${needs.join(', ')}` : ''}`);
    for (const { name, run, stored, steps } of runs) {
      const where = stored ? 'in the store' : `${steps.toLocaleString('en')} steps`;
      console.log(`  ${(run ?? '?').padEnd(21)} ${name}, ${where}`);
    }
  }
  if (plan.jobs.some(({ runs }) => runs.some(({ run }) => run === null))) {
    console.log('\n?: the name depends on which attempt at the base model succeeds.');
  }
}

/**
 * A path as a person in the project's folder would write it.
 *
 * @param {string} path
 */
function shown(path) {
  const short = relative(ROOT, path);
  return short.startsWith('..') || !existsSync(path) ? path : short;
}
