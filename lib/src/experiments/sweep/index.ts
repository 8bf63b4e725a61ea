export { exportRuns } from './exportRuns';
export { SweepFolder } from './folder';
export { allTables, gatherTables, runSweepJob } from './job';
export { type PlannedRun, type SweepJob, type SweepOptions, type SweepPlan, standOfRuns, sweepPlan } from './plan';
export { type FailedRun, type SweepProgress, sweepProgress } from './progress';
export { makespan } from './schedule';
