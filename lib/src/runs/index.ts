export * from './experiment';
export * from './observer';
export * from './project';
export * from './publishedSchemas';
export * from './resultsTable';
export * from './runStore';
export { type Made, Runner, type Stage, type Training, type Workshop } from './stage';
