/** What shows a computation while it goes on. */
export { liveChart } from './chart';
export { finished } from './finished';
export { experimentObserver as experiment } from './observers/experimentObserver';
export { notebookObserver as run } from './observers/notebookObserver';
export { runsObserver as runs } from './observers/runsObserver';
export { progress } from './progress';
