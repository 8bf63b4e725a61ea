/** Tidy tables for cells: published results and ours in the same columns. */
export { tablesFolder as folder } from '../runs/project';
export * from './curves';
export {
  decisions,
  figure4,
  imageSubnetworks,
  type OfChain,
  photographs,
  publishedDecisions,
  publishedShapeBias,
  realStimuli,
  shapeBias,
} from './images';
export * from './networks';
export type { Chosen } from './tidy';
