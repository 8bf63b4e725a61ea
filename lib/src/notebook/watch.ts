/** What shows a computation while it goes on. */
export { finished } from './finished';
export { experimentObserver as experiment } from './observers/experimentObserver';
export { notebookObserver as run } from './observers/notebookObserver';
export { runsObserver as runs } from './observers/runsObserver';
export { progress } from './progress';
