export * from './project';
export * from './resultsTable';
export * from './runStore';
export * from './tableSchema';
