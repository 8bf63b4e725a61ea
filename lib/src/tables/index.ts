/** Tidy tables for cells: published results and ours in the same columns. */
export * from './curves';
export { folder } from './folder';
