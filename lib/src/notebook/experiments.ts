export * from '../experiments';
export { dataEfficiency, targets, variants } from './computing';
