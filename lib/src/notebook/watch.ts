/** What shows a computation while it goes on. */
export { liveChart } from './chart';
export { notebookObserver as run } from './observers/notebookObserver';
export { experimentObserver as experiment } from './observers/runsObserver';
export { progress } from './progress';

/**
 * The run or chain that an earlier cell made, if it was made to its end.
 *
 * @throws Error when it was interrupted, so that nothing is built on half a training.
 */
export function finished<T extends object>(run: T | undefined): T {
  if (run === undefined || ('log' in run && !('id' in run && run.id))) {
    throw new Error('The run that this cell needs was interrupted: run the cell that makes it again, then this one.');
  }
  return run;
}
