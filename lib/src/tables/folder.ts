export { tablesFolder as folder } from '../runs/project';
