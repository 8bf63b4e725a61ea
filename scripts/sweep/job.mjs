// @ts-check
/**
 * One job of a sweep, in a process of its own: node job.mjs FOLDER JOB. Its environment is SINGLE_THREAD. Exit status 0
 * where the job is finished.
 */
import { runScript } from '../lib/failure.mjs';
import { sweepLibrary } from './library.mjs';

/** How often a job looks whether its sweep is still there. */
const LOOK_MS = 1000;

runScript(async () => {
  const [path, job] = process.argv.slice(2);
  const { projectStore, runSweepJob, SweepFolder } = await sweepLibrary();
  const { runLog } = (await import('../../lib/dist/runs/observer.js')).default;
  const folder = new SweepFolder(path);
  const endIfAlone = () => {
    if (folder.isOwned()) return;
    console.error('The sweep has ended, and this job with it.');
    process.exit(1);
  };
  endIfAlone();
  setInterval(endIfAlone, LOOK_MS).unref();

  const failed = await runSweepJob(folder, job, { store: projectStore(), observer: runLog(console.log) });
  if (!failed) return 130;
  for (const { name, reason } of failed) console.error(`${name} failed: ${reason}`);
  return folder.isFinished(job) ? 0 : 1;
});
