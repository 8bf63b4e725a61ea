/** What the notebooks of the workshop import. */
export { check, handIn, hint, keepPlan, predict, predicted, progress, reveal, solution } from './desk';
export { handedIn, seat, sit } from './progress';
export { todo } from './verdict';
