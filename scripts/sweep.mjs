// @ts-check
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { readArguments } from './lib/arguments.mjs';
import { durationText } from './lib/duration.mjs';
import { Failure, runScript } from './lib/failure.mjs';
import { readJson, readText } from './lib/files.mjs';
import { ROOT } from './lib/project.mjs';
import { tail } from './lib/run.mjs';
import { setUp } from './setup/setUp.mjs';
import { listOf, namesOf, seedsOf, wholeNumber } from './sweep/arguments.mjs';
import { installSnakemake } from './sweep/installSnakemake.mjs';
import { sweepLibrary } from './sweep/library.mjs';
import { showProgress } from './sweep/progress.mjs';
import { startSnakemake } from './sweep/snakemake.mjs';

const USAGE = `npm run sweep
npm run sweep -- NAME [--layers 2,12] [--n 0,10,100] [--seeds 3] [--conditions subnet,random] [--models resnet]
                     [--changes "none,20 photographs"] [--preset NAME] [--tables FOLDER] [--folders FILE]
                     [--cores N] [--dry-run] [--executor slurm [-- ARGUMENTS OF SNAKEMAKE]] [--export FOLDER]

Without a name, lists the experiments, how many of their runs are in data/results, how many are missing and about how long
those would take.

With one, makes its runs whose rows are not there yet, and what they start from, in as many processes as --cores says (by
default one for each core that it may use, as far as memory goes), and puts the rows there at the end. Ctrl-C ends it; the
same command goes on where it stopped. --dry-run prints what would run and about how long.

--seeds 3 means the seeds 1 to 3, --seeds 1,3 these two, and --seeds 3-5 those from 3 to 5.
--conditions takes names as in the column inherit_from, with what tells them apart after colons, such as
subnet_sampled:released or subnet:eval; --changes (of the experiment photographs) names as in the column changed.
The rows of other presets than an experiment's first go into runs/PRESET-results; --tables FOLDER keeps tables elsewhere.
--folders FILE names a JSON file that says where photographs lie (plain, pooled, pretrained).
--executor slurm submits the processes to a cluster, --cores of them at a time; what stands after -- is passed on to Snakemake.
--export FOLDER makes nothing: it writes what scripts/train_many.py needs to make runs of the arithmetic chain on
a GPU, many at once.`;

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
        seeds: { type: 'string' },
        conditions: { type: 'string' },
        models: { type: 'string' },
        changes: { type: 'string' },
        cores: { type: 'string' },
        preset: { type: 'string' },
        'dry-run': { type: 'boolean', default: false },
        executor: { type: 'string' },
        export: { type: 'string' },
        tables: { type: 'string' },
        folders: { type: 'string' },
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
  const executor = text('executor');
  if (executor !== undefined && executor !== 'slurm') {
    throw new Failure(`The executor is slurm, or this machine without --executor, and this is "${executor}".`);
  }
  const asked = {
    layers: listOf('layers', text('layers'), 1),
    sizes: listOf('n', text('n'), 0),
    seeds: seedsOf(text('seeds')),
    conditions: namesOf(text('conditions')),
    models: namesOf(text('models')),
    changes: namesOf(text('changes'))?.map((one) => (one === 'none' ? null : one)),
    preset: text('preset'),
  };
  const givenCores = text('cores') === undefined ? undefined : wholeNumber('cores', String(text('cores')), 1);
  if (text('settings') && !text('tables')) throw new Failure('Other settings (--settings) need --tables FOLDER.');
  if (text('export') && (positionals.length === 0 || values['dry-run'])) {
    throw new Failure('--export takes the name of an experiment, and no --dry-run: it makes no runs anyway.');
  }
  const [replaced, folders] = ['settings', 'folders'].map((option) => {
    const path = text(option);
    const read = path === undefined ? undefined : readJson(path);
    if (path !== undefined && !read) throw new Failure(`--${option}: there is no JSON in ${path}.`);
    return read;
  });
  await setUp();
  const library = await sweepLibrary();
  const { EXPERIMENTS, dataFile, makespan, projectStore, sweepPlan } = library;
  const [name, ...others] = positionals;
  const store = projectStore();
  /** @param {Record<string, any>} chain */
  const changed = (chain) =>
    Object.fromEntries(
      Object.entries(chain).map(([part, own]) => [
        part,
        Array.isArray(own) ? (replaced[part] ?? own) : { ...own, ...replaced[part] },
      ]),
    );
  /** @param {{presets: readonly string[]}} experiment */
  const wantedOf = ({ presets: [first] }) => {
    const preset = asked.preset ?? first;
    const own = preset === first ? dataFile('results') : join(store.folder, `${preset}-results`);
    return { ...asked, preset, tables: resolve(text('tables') ?? own), store, folders, change: replaced && changed };
  };
  if (!name) {
    listExperiments(library, wantedOf);
    return 0;
  }
  if (others.length > 0) throw new Failure('One sweep at a time.');
  const experiment = EXPERIMENTS[name];
  if (!experiment)
    throw new Failure(`There is no experiment "${name}": use one of ${Object.keys(EXPERIMENTS).join(', ')}.`);
  for (const [option, value] of Object.entries(asked)) {
    if (value === undefined || option === 'preset' || option in experiment.asked) continue;
    throw new Failure(`The experiment ${name} does not take --${option === 'sizes' ? 'n' : option}.`);
  }
  const wanted = wantedOf(experiment);

  const sweeps = join(store.folder, 'sweeps');
  if (values['dry-run']) nameEarlier(library, sweeps);
  else gatherEarlier(library, sweeps);
  const memory = Math.max(...experiment.wanted(wanted).map(({ settings }) => experiment.stage.cost(settings).memoryMb));
  const cores = givenCores ?? (executor ? CLUSTER_JOBS : processesHere(library, memory));
  const plan = sweepPlan(experiment, { ...wanted, cores });
  for (const sentence of plan.differing) console.error(sentence);
  const runs = plan.jobs.flatMap((job) => job.runs);
  if (runs.length === 0) {
    console.log(`${name}: all ${plan.done} rows are in ${shown(wanted.tables)}.`);
    return 0;
  }
  const steps = runs.reduce((sum, run) => sum + (run.stored ? 0 : run.steps), 0);
  console.log(
    `${name}: ${runs.length} runs in ${plan.jobs.length} processes, ${cores} at a time; ${plan.done} rows are there already.\n` +
      `About ${durationText(makespan(plan.jobs, cores))}, ${steps.toLocaleString('en')} training steps.`,
  );
  const folder = text('export');
  if (folder) {
    console.log(
      `${library.exportRuns(plan, folder, store)} runs are described in ${folder}: train them with scripts/train_many.py.`,
    );
    return 0;
  }
  if (values['dry-run']) {
    printPlan(plan);
    return 0;
  }
  await installSnakemake({ slurm: executor === 'slurm' });
  return carryOut(library, { plan, sweeps, cores, executor, more });
});

/**
 * @param {import('./sweep/library.mjs').SweepLibrary} library
 * @param {(experiment: any) => any} wantedOf
 */
function listExperiments({ EXPERIMENTS, makespan, standOfRuns, sweepPlan, usableCores }, wantedOf) {
  console.log('The experiments, how many of their runs are there, and how long the missing ones take on this machine:');
  const width = Math.max(...Object.keys(EXPERIMENTS).map((name) => name.length));
  const cores = usableCores();
  for (const [name, experiment] of Object.entries(EXPERIMENTS)) {
    const wanted = wantedOf(experiment);
    if (!experiment.presets.includes(wanted.preset)) continue;
    const { there, missing } = standOfRuns(experiment, wanted);
    const { jobs } = sweepPlan(experiment, { ...wanted, cores });
    const time = jobs.length > 0 ? `, about ${durationText(makespan(jobs, cores))}` : '';
    console.log(
      `  ${name.padEnd(width)} ${String(there).padStart(4)} there, ${missing} missing${time}: ${experiment.about}`,
    );
  }
}

/**
 * How many processes this machine may run at the same time: one for each core, as many as memory is there for.
 *
 * @param {import('./sweep/library.mjs').SweepLibrary} library
 * @param {number} memoryMb that one needs
 */
function processesHere({ usableCores, usableMemory }, memoryMb) {
  return Math.max(1, Math.min(usableCores(), Math.floor(usableMemory() / 2 ** 20 / memoryMb)));
}

/**
 * Takes the rows of sweeps that were killed before they could gather them.
 *
 * @param {import('./sweep/library.mjs').SweepLibrary} library
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
 * @param {import('./sweep/library.mjs').SweepLibrary} library
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
 * @param {import('./sweep/library.mjs').SweepLibrary} library
 * @param {{plan: import('../lib/dist/experiments/sweep/plan.js').SweepPlan, sweeps: string, cores: number, executor?: string, more: string[]}} options
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

/** @param {import('../lib/dist/experiments/sweep/plan.js').SweepPlan} plan */
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
