/** What cells take of the tables of all experiments: published results and ours in the same columns. */
export { tablesFolder as folder } from '../../runs/project';
export type { Chosen } from '../../tables/tidy';
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
